"""A letter as mail."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tongpin.channels.mail.configuration import read_server
from tongpin.channels.mail.writing import as_mail, subject_of
from tongpin.channels.port import Address, Card, Content, Letter

SERVER = read_server(config={"host": "smtp.example.com", "sender": "hello@example.com", "sender_name": "同频 社群"})
LINK = Card(title="登录", text="十分钟内有效", url="https://example.com/s?a=1&b=<2>")


def letter(content: Content, to: str = "xiaomei@example.org") -> Letter:
    return Letter(key="k1", to=Address(kind="person", value=to), content=content)


def written(content: Content, noon: datetime) -> EmailMessage:
    mail = as_mail(letter=letter(content), server=SERVER, at=noon)
    read = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_link_to_sign_in_can_be_read_with_and_without_html(noon: datetime) -> None:
    mail = written(Content(text="您好！\n\n请点击登录。", card=LINK), noon)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().splitlines() == [
        *("您好！", "", "请点击登录。", ""),
        *("登录", "十分钟内有效", "https://example.com/s?a=1&b=<2>"),
    ]
    assert '<a href="https://example.com/s?a=1&amp;b=&lt;2&gt;"><strong>登录</strong></a>' in page.get_content()
    assert {name: str(mail[name]) for name in ("Subject", "From", "To", "Message-ID")} == {
        "Subject": "登录",
        "From": "同频 社群 <hello@example.com>",
        "To": "xiaomei@example.org",
        "Message-ID": "<k1@example.com>",
    }


def test_what_people_typed_never_becomes_a_tag_or_a_header(noon: datetime) -> None:
    mail = written(Content(text="<script>x</script>", subject="你好\r\nBcc: a@b.c"), noon)
    page = mail.get_body(("html",))
    assert page is not None
    assert "<p>&lt;script&gt;x&lt;/script&gt;</p>" in page.get_content()
    assert mail["Bcc"] is None
    assert mail["Subject"] == "你好 Bcc: a@b.c"


def test_a_subject_is_found_where_none_is_given() -> None:
    assert subject_of(Content(text="第一行\n第二行")) == "第一行"
    assert subject_of(Content(text="x", card=LINK)) == "登录"
    assert len(subject_of(Content(text="长" * 1000))) == 150


@pytest.mark.parametrize("address", ["no-address", "a@b\r\nBcc: c@d.e", "@", "a b@example.com", "林@example.com"])
def test_what_is_no_address_is_refused(address: str, noon: datetime) -> None:
    with pytest.raises(ValueError, match="no address"):
        as_mail(letter=letter(Content(text="x"), address), server=SERVER, at=noon)
