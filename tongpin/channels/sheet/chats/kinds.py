"""What kind a message is: by the format's own type codes, by a type's name, by a placeholder such as «[图片]»."""

from __future__ import annotations

import re
from html import unescape

from .values import Kind

CHATLAB: dict[int, Kind] = {
    0: "text", 1: "image", 2: "voice", 3: "video", 4: "file", 5: "sticker", 7: "link", 8: "location",
    20: "red_packet", 21: "transfer", 22: "poke", 23: "call", 24: "share", 25: "reply", 26: "forward", 27: "card",
    80: "system", 81: "system", 99: "other",
}  # fmt: skip

_WECHAT: dict[int, Kind] = {
    1: "text", 3: "image", 34: "voice", 37: "system", 42: "card", 43: "video", 47: "sticker", 48: "location",
    50: "call", 62: "video", 66: "card", 10000: "system", 10002: "system",
}  # fmt: skip
_WECHAT_APP: dict[int, Kind] = {
    1: "text", 3: "share", 4: "share", 5: "link", 6: "file", 8: "sticker", 17: "location", 19: "forward",
    33: "share", 36: "share", 51: "share", 53: "text", 57: "reply", 62: "poke", 63: "share", 74: "file",
    88: "share", 2000: "transfer", 2001: "red_packet", 2003: "red_packet",
}  # fmt: skip

_NAMED: tuple[tuple[str, Kind], ...] = (
    ("系统|system|notice|撤回|recall|revoke|邀请加入|添加好友|service", "system"),
    ("拍一拍|戳一戳|poke|nudge", "poke"),
    ("通话|call|voip", "call"),
    ("引用|回复|quote|reply", "reply"),
    ("转发|聊天记录|forward", "forward"),
    ("红包|red_?packet|red_?envelope", "red_packet"),
    ("转账|transfer", "transfer"),
    ("表情|贴图|sticker|emoji|gif", "sticker"),
    ("名片|card|contact", "card"),
    ("位置|location", "location"),
    ("小程序|视频号|音乐|分享[)）]?(?!.*链接)|share|music|mini_?program", "share"),
    ("链接|link|url", "link"),
    ("图片|照片|image|photo|picture|^img$", "image"),
    ("视频|video", "video"),
    ("语音|voice|audio", "voice"),
    ("文件|file|document", "file"),
    ("文本|文字|接龙|^text|^message$|^msg$|^default$|^normal$", "text"),
)
_NAMED_RULES = tuple((re.compile(pattern), kind) for pattern, kind in _NAMED)

# Words that stand for something not in the export. Of the second group real words may follow: «[文件]报价.xlsx».
_ALONE: dict[str, Kind] = {
    "图片": "image", "照片": "image", "闪照": "image", "image": "image", "photo": "image", "picture": "image",
    "语音": "voice", "语音消息": "voice", "voice": "voice", "audio": "voice", "voice message": "voice",
    "视频": "video", "短视频": "video", "video": "video",
    "表情": "sticker", "动画表情": "sticker", "gif表情": "sticker", "表情包": "sticker", "sticker": "sticker",
    "名片": "card", "个人名片": "card", "contact card": "card",
    "语音通话": "call", "视频通话": "call", "通话": "call", "voice call": "call", "video call": "call",
    "位置": "location", "地理位置": "location", "位置共享": "location", "location": "location",
    "戳一戳": "poke", "拍一拍": "poke",
}  # fmt: skip
_WITH_WORDS: dict[str, Kind] = {
    "文件": "file", "file": "file", "链接": "link", "link": "link", "红包": "red_packet", "qq红包": "red_packet",
    "微信红包": "red_packet", "red packet": "red_packet", "红包封面": "red_packet", "转账": "transfer",
    "微信转账": "transfer", "transfer": "transfer", "小程序": "share", "视频号": "share", "分享": "share",
    "音乐": "share", "mini program": "share", "合并转发": "forward", "聊天记录": "forward", "转发的聊天记录": "forward",
    "chat history": "forward", "引用": "reply", "引用消息": "reply",
}  # fmt: skip
_BRACKET = re.compile(r"(?:> )?!?\[([^\[\]|:：(（\n]{1,20})(?:[|:：(（][^\[\]\n]{0,500})?\](?:\([^()\n]{0,2000}\))?")


def named_kind(name: str) -> Kind:
    """The kind a type column means by a word, Chinese or English; "other" for unknown words."""
    folded = name.strip().lower()
    for rule, kind in _NAMED_RULES:
        if rule.search(folded[:64]):
            return kind
    return "other"


def wechat_kind(code: int, sub: int) -> Kind:
    """By WeChat's own type code; newer databases put the app type into the upper 32 bits."""
    if code > 0xFFFF_FFFF:
        code, sub = code & 0xFFFF_FFFF, code >> 32
    if code == 49:
        return _WECHAT_APP.get(sub, "share" if sub else "other")
    return _WECHAT.get(code, "other")


def placeholder_kind(text: str) -> Kind | None:
    """The kind of a message that is nothing but a placeholder; None where people's own words are found."""
    start = text[:1]
    if start not in ("[", "!", ">"):
        return None
    found = _BRACKET.match(text)
    if found is None:
        return None
    word = found[1].strip().lower()
    kind = _WITH_WORDS.get(word)
    if kind is not None:
        return kind
    kind = _ALONE.get(word)
    if kind is None:
        return None
    rest = text[found.end() :].strip()
    while rest:
        following = _BRACKET.match(rest)
        if following is None or _ALONE.get(following[1].strip().lower()) != kind:
            return None
        rest = rest[following.end() :].strip()
    return kind


_TITLE = re.compile(r"<title>(?:<!\[CDATA\[)?([^<\]]{0,4000})")
_CONTENT = re.compile(r"<(?:content|replacemsg|plain|template)>(?:<!\[CDATA\[)?([^<\]]{1,4000})")
_SERVER_ID = re.compile(r"<svrid>(\d{5,20})</svrid>")


def is_markup(text: str) -> bool:
    """WeChat's raw XML, which means nothing to people."""
    return text.startswith(("<?xml", "<msg", "<sysmsg", "<appmsg", "<voipmsg"))


def markup_words(text: str) -> str:
    """The words inside WeChat's raw XML: a title, else a system text, else nothing. Never parsed as XML."""
    found = _TITLE.search(text) or _CONTENT.search(text)
    return unescape(found[1]).strip() if found else ""


def markup_reply(text: str) -> str | None:
    """The server id of the message that a quote answers."""
    found = _SERVER_ID.search(text)
    return found[1] if found else None
