"""A letter as mail: plain text, and a minimal page beside it with the link as something to press."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from tongpin.channels.mail.configuration import MailServer
from tongpin.channels.port import Content, Letter

SUBJECT_LIMIT = 150
ADDRESS = re.compile(r"""[^\s@<>()\[\],;:"\\\x00-\x1f]{1,64}@[^\s@<>()\[\],;:"\\\x00-\x1f]{1,253}""")


def message_id(*, key: str, server: MailServer) -> str:
    """The same letter always has the same id, so that a mailbox can tell one sent twice."""
    return f"<{key}@{server.domain}>"


def as_mail(*, letter: Letter, server: MailServer, at: datetime) -> EmailMessage:
    """The letter ready to be handed in. Raises ValueError where the address is none."""
    # Few servers take an address beyond ASCII, and refuse it as if they refused us.
    if not (ADDRESS.fullmatch(letter.to.value) and letter.to.value.isascii()):
        raise ValueError("this is no address of a mailbox")
    user, _, domain = letter.to.value.rpartition("@")
    mail = EmailMessage()
    mail["Subject"] = subject_of(letter.content)
    mail["From"] = MailAddress(server.sender_name, addr_spec=server.sender)
    mail["To"] = MailAddress("", user, domain)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(key=letter.key, server=server)
    mail["Auto-Submitted"] = "auto-generated"
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
    mail.set_content(as_text(letter.content))
    mail.add_alternative(as_page(letter.content), subtype="html")
    return mail


def subject_of(content: Content) -> str:
    """The subject, else the card's title, else the first line; one line, cut."""
    title = content.card.title if content.card else ""
    first = content.subject or title or content.text.strip().partition("\n")[0]
    return " ".join(first.split())[:SUBJECT_LIMIT]


def as_text(content: Content) -> str:
    """For readers without pictures."""
    card = content.card
    face = [] if card is None else [line for line in (card.title, card.text, card.url) if line]
    return "\n\n".join(block for block in (content.text, "\n".join(face)) if block) + "\n"


def as_page(content: Content) -> str:
    """The same as HTML, without styles from elsewhere and without anything that calls home."""
    blocks = [
        f"<p>{'<br>'.join(escape(line) for line in block.splitlines())}</p>"
        for block in content.text.split("\n\n")
        if block.strip()
    ]
    if (card := content.card) is not None:
        line = f"<br>{escape(card.text)}" if card.text else ""
        address = escape(card.url, quote=True)
        blocks.append(f'<p><a href="{address}"><strong>{escape(card.title)}</strong></a>{line}</p><p>{address}</p>')
    body = "\n".join(blocks)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'
