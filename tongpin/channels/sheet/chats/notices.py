"""System rows of WeChat and QQ, Chinese and English: who joined, left, recalled, renamed, and by whom.

Only plain wordings are read; anything else stays "other" with its text.
"""

from __future__ import annotations

import re
from datetime import datetime

from tongpin.base.text import clean

from .values import MAX_NAME, SELF, Notice, NoticeKind, Party

_Q = '["“”「」]'
_NAME = rf"{_Q}\s?(?P<%s>.+?)\s?{_Q}"
_BARE = r"(?P<%s>[^\"“”]+?)"
_ME = r"(?P<%s>你|您|[Yy]ou)"


def _rule(pattern: str, kind: NoticeKind) -> tuple[re.Pattern[str], NoticeKind]:
    """`@who` stands for a quoted name or «你», `@who~` for a bare name; the same for `@by`."""
    for field in ("who", "by"):
        me = _ME % f"{field}_me"
        pattern = pattern.replace(f"@{field}~", f"(?:{me}|{_BARE % field})")
        pattern = pattern.replace(f"@{field}", f"(?:{me}|{_NAME % field})")
    return re.compile(pattern), kind


_RULES: tuple[tuple[re.Pattern[str], NoticeKind], ...] = (
    # WeChat, Chinese
    _rule(rf"@by邀请(?P<who_me>你)和{_NAME % 'who'}加入了(?:外部)?群聊", "joined"),
    _rule(r"@by邀请@who加入了(?:外部)?群聊", "joined"),
    _rule(r"@who通过扫描@by分享的二维码加入群聊", "joined"),
    _rule(r"@who通过@by的邀请(?:二维码)?加入群聊", "joined"),
    _rule(r"@who通过扫描二维码加入群聊", "joined"),
    _rule(r"@who加入(?:了)?群聊", "joined"),
    _rule(r"@by(?:将|把)@who移出(?:了)?群聊", "left"),
    _rule(r"@who被@by移出(?:了)?群聊", "left"),
    _rule(r"@who(?:已)?(?:退出|离开)(?:了)?群聊", "left"),
    _rule(r"@by\s?撤回了(?:成员|群成员)?\s?@who的一条(?:群成员)?消息", "recalled"),
    _rule(r"@who\s?撤回了一条(?:成员)?消息", "recalled"),
    _rule(r"@by修改群(?:聊)?名(?:称)?为", "renamed"),
    # WeChat, English
    _rule(rf"@by invited (?P<who_me>you)(?: and {_NAME % 'who'})? to (?:the|a) group chat", "joined"),
    _rule(r"@by invited @who to (?:the|a) group chat", "joined"),
    _rule(r"@who joined (?:the )?group chat via (?:the QR [Cc]ode shared by @by|(?P<by_me2>your))", "joined"),
    _rule(r"@who joined (?:the )?group chat via the QR [Cc]ode (?P<by_me2>you) shared", "joined"),
    _rule(r"@by removed @who from (?:the )?group chat", "left"),
    _rule(r"@who (?:were|was) removed from (?:the )?group chat by @by", "left"),
    _rule(r"@who left (?:the )?group(?: chat)?", "left"),
    _rule(r"@who (?:has )?recalled a message", "recalled"),
    _rule(r"@by changed the group(?: chat)? name to", "renamed"),
    # QQ: names are bare, an id may follow in brackets
    _rule(r"@by~邀请\s?@who~\s?加入(?:了)?(?:本群|群聊)", "joined"),
    _rule(r"@who~\s?通过\s?@by~\s?的邀请加入(?:了)?(?:本群|群聊)", "joined"),
    _rule(r"@who~\s?通过扫描\s?@by~\s?分享的二维码加入(?:了)?(?:本群|群聊)", "joined"),
    _rule(r"@who~\s?(?:已经?)?加入(?:了)?(?:本群|群聊|该群)", "joined"),
    _rule(r"@who~\s?被(?:群主|管理员)?\s?@by~?\s?(?:移出|踢出|请出)(?:了)?(?:本群|群聊|该群)", "left"),
    _rule(r"(?:群主|管理员)?\s?@by~\s?(?:将|把)\s?@who~\s?(?:移出|踢出|请出)(?:了)?(?:本群|群聊|该群)", "left"),
    _rule(r"@who~\s?(?:已经?)?(?:退出|离开)(?:了)?(?:本群|群聊|该群)", "left"),
    _rule(r"@by~\s?撤回了\s?@who~\s?的(?:一条)?消息", "recalled"),
    _rule(r"@who~\s?撤回了一条(?:成员)?消息", "recalled"),
    _rule(r"(?:群主|管理员)?\s?@by~\s?(?:已)?(?:修改|更改)(?:了)?群(?:聊)?名(?:称|字)?(?:为|成)", "renamed"),
)
_HINT = re.compile("加入|移出|退出|离开|踢出|请出|撤回|群.{0,3}名|group|recalled")
_WITH_ID = re.compile(r"(.*?)\s?[(（<]([1-9]\d{4,11}|[^()<>@\s]{1,64}@[^()<>@\s]{1,64})[)）>]")
_LIST = re.compile("、|, ")
_LONGEST = 400


def _party(name: str) -> Party:
    found = _WITH_ID.fullmatch(name.strip())
    if found:
        return Party(clean(found[1], limit=MAX_NAME) or found[2], found[2])
    return Party(clean(name, limit=MAX_NAME))


def _parties(groups: dict[str, str | None], field: str) -> tuple[Party, ...]:
    mine = (Party("", SELF),) if groups.get(f"{field}_me") or groups.get(f"{field}_me2") else ()
    names = _LIST.split(groups.get(field) or "")
    return mine + tuple(party for party in map(_party, names) if party.name)


def notice(
    text: str, *, row: int, at: datetime, who: Party | None = None, external_id: str | None = None,
    place: str | None = None,
) -> Notice:  # fmt: skip
    """The notice a system text is. `who` is the row's own sender, taken where the text names nobody."""
    if len(text) <= _LONGEST and _HINT.search(text):
        for rule, kind in _RULES:
            found = rule.match(text)
            if found:
                groups = found.groupdict()
                named, by = _parties(groups, "who"), _parties(groups, "by")
                return Notice(row, at, kind, named, text, by[0] if by else None, external_id, place)
    return Notice(row, at, "other", (who,) if who else (), text, None, external_id, place)
