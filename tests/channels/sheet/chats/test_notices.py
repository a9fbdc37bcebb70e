from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tongpin.channels.sheet.chats.notices import notice
from tongpin.channels.sheet.chats.values import SELF, Notice, Party

AT = datetime(2024, 3, 1, tzinfo=UTC)
ME = Party("", SELF)
LIN, MEI, QIANG, STRANGER = Party("林老师"), Party("小美"), Party("阿强"), Party("路人")


@pytest.mark.parametrize(
    ("text", "kind", "who", "by"),
    [
        ('"林老师"邀请"小美"加入了群聊', "joined", (MEI,), LIN),
        ('你邀请"小美、阿强"加入了群聊', "joined", (MEI, QIANG), ME),
        ('"林老师"邀请你加入了群聊，群聊参与人还有：小美、阿强', "joined", (ME,), LIN),
        ('"林老师"邀请你和"小美"加入了群聊', "joined", (ME, MEI), LIN),
        ('" 小美"通过扫描"林老师"分享的二维码加入群聊', "joined", (MEI,), LIN),
        ('"小美"通过扫描你分享的二维码加入群聊  撤销', "joined", (MEI,), ME),
        ('你将"路人"移出了群聊', "left", (STRANGER,), ME),
        ('"林老师"将"路人"移出了群聊', "left", (STRANGER,), LIN),
        ('"路人"退出了群聊', "left", (STRANGER,), None),
        ('"小美" 撤回了一条消息', "recalled", (MEI,), None),
        ("你撤回了一条消息", "recalled", (ME,), None),
        ('"林老师"撤回了成员"小美"的一条消息', "recalled", (MEI,), LIN),
        ('"林老师"修改群名为“樱桃二群”', "renamed", (), LIN),
        ('"Lin" invited "Mei" to the group chat', "joined", (Party("Mei"),), Party("Lin")),
        ('You invited "Mei, Bo" to the group chat', "joined", (Party("Mei"), Party("Bo")), ME),
        ('"Lin" invited you and "Mei" to the group chat', "joined", (ME, Party("Mei")), Party("Lin")),
        ('"Mei" joined the group chat via the QR Code shared by "Lin".', "joined", (Party("Mei"),), Party("Lin")),
        ('"Mei" joined group chat via the QR code you shared.', "joined", (Party("Mei"),), ME),
        ('You removed "Bo" from the group chat', "left", (Party("Bo"),), ME),
        ('"Mei" recalled a message', "recalled", (Party("Mei"),), None),
        ('"Lin" changed the group name to "Cherries 2"', "renamed", (), Party("Lin")),
        ("小美加入本群。", "joined", (MEI,), None),
        ("小美(12345)加入了本群", "joined", (Party("小美", "12345"),), None),
        ("林老师(10086)邀请小美(12345)加入了本群。", "joined", (Party("小美", "12345"),), Party("林老师", "10086")),
        ("路人退出了本群", "left", (STRANGER,), None),
        ("路人(12345)被管理员林老师(10086)移出本群", "left", (Party("路人", "12345"),), Party("林老师", "10086")),
        ("管理员林老师将路人移出了本群", "left", (STRANGER,), LIN),
        ("林老师撤回了小美的一条消息", "recalled", (MEI,), LIN),
        ("林老师修改群名称为“樱桃”", "renamed", (), LIN),
        ("收到红包，请在手机上查看", "other", (), None),
        ('"林老师"拍了拍"小美"', "other", (), None),
        ("以上是打招呼的内容", "other", (), None),
    ],
)
def test_plain_wordings_are_read(text: str, kind: str, who: tuple[Party, ...], by: Party | None) -> None:
    assert notice(text, row=7, at=AT, place="p") == Notice(7, AT, kind, who, text, by, None, "p")  # type: ignore[arg-type]


def test_a_text_that_names_nobody_keeps_the_rows_own_sender() -> None:
    assert notice("开启了群验证", row=1, at=AT, who=LIN) == Notice(1, AT, "other", (LIN,), "开启了群验证")


def test_long_and_hostile_texts_are_not_searched_for_long() -> None:
    for text in ('"' * 400, "加入" * 200, ("被移出" * 100)[:399], '"a"邀请' * 80, "x" * 100_000 + "加入了群聊"):
        assert notice(text, row=1, at=AT).kind == "other"
