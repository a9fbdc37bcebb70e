from __future__ import annotations

import pytest

from tongpin.channels.sheet.chats.kinds import markup_reply, markup_words, named_kind, placeholder_kind, wechat_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[图片]", "image"),
        ("[图片][图片]", "image"),
        ("[图片] [图片]\n[图片]", "image"),
        ("[Image]", "image"),
        ("[Image: menu.jpg]", "image"),
        ("[语音]", "voice"),
        ("[语音](/voice/8)", "voice"),
        ("[视频]", "video"),
        ("![图片](/image/ab12)", "image"),
        ("[动画表情]", "sticker"),
        ("[表情]", "sticker"),
        ("[文件]团长手册.pdf", "file"),
        ("[文件|价目表.xlsx](/file/9)", "file"),
        ("[链接|樱桃怎么挑](https://example.com/a)", "link"),
        ("[小程序] 接龙", "share"),
        ("[红包]恭喜发财", "red_packet"),
        ("[转账|发送 ¥8.00]", "transfer"),
        ("[名片]", "card"),
        ("[语音通话]", "call"),
        ("[合并转发]", "forward"),
        ("> [引用]\n好的", "reply"),
    ],
)
def test_a_placeholder_gives_the_kind(text: str, kind: str) -> None:
    assert placeholder_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "[微笑]",
        "大家好[图片]",
        "[图片]这是今天的樱桃",
        "[图片][语音]",
        "[",
        "",
        "[[图片]]",
        "[团长通知] 今晚八点开团",
        "> 好的",
    ],
)
def test_peoples_own_words_stay_text(text: str) -> None:
    assert placeholder_kind(text) is None


@pytest.mark.parametrize(
    ("code", "sub", "kind"),
    [
        (1, 0, "text"),
        (3, 0, "image"),
        (34, 0, "voice"),
        (43, 0, "video"),
        (47, 0, "sticker"),
        (42, 0, "card"),
        (48, 0, "location"),
        (50, 0, "call"),
        (49, 5, "link"),
        (49, 6, "file"),
        (49, 19, "forward"),
        (49, 33, "share"),
        (49, 57, "reply"),
        (49, 62, "poke"),
        (49, 2000, "transfer"),
        (49, 2001, "red_packet"),
        (10000, 0, "system"),
        (49, 0, "other"),
        (-1, 0, "other"),
        (244813135921, 0, "reply"),
        (8594229559345, 0, "red_packet"),
    ],
)
def test_wechats_own_codes_give_the_kind(code: int, sub: int, kind: str) -> None:
    assert wechat_kind(code, sub) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("文本", "text"),
        ("图片", "image"),
        ("语音", "voice"),
        ("视频", "video"),
        ("动画表情", "sticker"),
        ("文件", "file"),
        ("(分享)小程序", "share"),
        ("(分享)卡片式链接", "link"),
        ("合并转发的聊天记录", "forward"),
        ("引用回复", "reply"),
        ("转账", "transfer"),
        ("语音通话", "call"),
        ("系统通知", "system"),
        ("拍一拍", "poke"),
        ("推荐公众号名片", "card"),
        ("位置", "location"),
        ("接龙", "text"),
        ("text", "text"),
        ("Image", "image"),
        ("system", "system"),
        ("whatever", "other"),
        ("", "other"),
    ],
)
def test_the_names_of_types_give_the_kind(name: str, kind: str) -> None:
    assert named_kind(name) == kind


def test_words_are_taken_out_of_raw_markup_without_parsing_it() -> None:
    quote = (
        "<?xml version='1.0'?><msg><appmsg><title>好的 &amp; 谢谢</title>"
        "<refermsg><svrid>7594861486645126963</svrid></refermsg></appmsg></msg>"
    )
    assert markup_words(quote) == "好的 & 谢谢"
    assert markup_reply(quote) == "7594861486645126963"
    recall = '<sysmsg type="revokemsg"><replacemsg><![CDATA["小美" 撤回了一条消息]]></replacemsg></sysmsg>'
    assert markup_words(recall) == '"小美" 撤回了一条消息'
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaa">]><msg><img aeskey="0"/></msg>'
    assert markup_words(bomb) == ""
