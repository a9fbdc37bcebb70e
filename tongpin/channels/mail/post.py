"""The channel of mail. smtplib blocks, so each letter has a thread of its own while it leaves."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence

from tongpin.base.clock import now
from tongpin.channels.mail.configuration import MailServer, read_server
from tongpin.channels.mail.writing import as_mail, message_id
from tongpin.channels.port import (
    Arrival,
    BadPayload,
    Capabilities,
    Command,
    Health,
    Letter,
    Receipt,
    Supplies,
    TransportError,
    refuse_command,
    refuse_letter,
)

STEP = 15.0
"""Seconds for one step of the talk with the server."""

CAPABILITIES = Capabilities(
    to=frozenset({"person"}),
    parts=frozenset({"text", "card"}),
    rate=5.0,
    burst=5,
    at_once=4,
    answers_within=60.0,
    text_limit=100_000,
)


class MailChannel:
    """Hands letters to one mail server."""

    kind = "mail"
    capabilities = CAPABILITIES

    def __init__(self, *, server: MailServer) -> None:
        self._server = server

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """Nobody answers by mail."""
        raise BadPayload(reason="not_offered")

    async def send(self, *, letter: Letter) -> Receipt:
        refuse_letter(letter=letter, capabilities=self.capabilities)
        at = now()
        try:
            mail = as_mail(letter=letter, server=self._server, at=at)
        except ValueError:
            raise TransportError(reason="no_such_address", permanent=True) from None
        await asyncio.to_thread(self._talk, lambda smtp: smtp.send_message(mail))
        return Receipt(platform_id=message_id(key=letter.key, server=self._server), at=at)

    async def do(self, *, command: Command) -> Receipt:
        refuse_command(command=command, capabilities=self.capabilities)
        raise TransportError(reason="not_offered", permanent=True)

    async def check(self) -> Health:
        try:
            await asyncio.to_thread(self._talk, lambda smtp: smtp.noop())
        except TransportError as error:
            return Health(ok=False, reason=error.reason)
        return Health(ok=True, named=self._server.host)

    async def close(self) -> None:
        """Nothing is open between two letters."""

    def _talk(self, deed: Callable[[smtplib.SMTP], object]) -> None:
        # What smtplib raises repeats addresses and the server's words: none of it may travel on.
        try:
            with self._connected() as smtp:
                deed(smtp)
        except TransportError:
            raise
        except Exception as error:
            raise _told(error) from None

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=STEP, context=server.tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=STEP)
        try:
            if server.security == "starttls":
                smtp.starttls(context=server.tls)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _told(error: Exception) -> TransportError:
    """What went wrong, as the port says it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return TransportError(reason="refused_us", permanent=False, wide=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((code for code, _ in error.recipients.values()), default=550)
        return TransportError(reason="no_such_address" if code >= 500 else "no_answer", permanent=code >= 500)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return TransportError(reason="refused_us", permanent=False, wide=True)
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPServerDisconnected):
        return TransportError(reason="unreachable", permanent=False, wide=True)
    if isinstance(error, smtplib.SMTPResponseException):
        for_good = error.smtp_code >= 500
        return TransportError(reason="refused" if for_good else "rate_limited", permanent=for_good)
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return TransportError(reason="refused_us", permanent=False, wide=True)
    if isinstance(error, OSError | smtplib.SMTPException):
        return TransportError(reason="unreachable", permanent=False, wide=True)
    return TransportError(reason="refused", permanent=True)


def open_mail(*, config: Mapping[str, str], supplies: Supplies) -> MailChannel:
    """Settings as `read_server` tells them; needs nothing handed in."""
    return MailChannel(server=read_server(config=config))
