"""How the house's mail leaves: read once, refused aloud."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Literal, TypeAlias

from tongpin.channels.port import BadConfig

Security: TypeAlias = Literal["tls", "starttls", "none"]

USUAL: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
KNOWN = frozenset({"host", "port", "security", "user", "password", "sender", "sender_name", "ca_file"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str
    sender_name: str
    tls: ssl.SSLContext | None

    @property
    def domain(self) -> str:
        """The sender's domain, under which our letters are numbered."""
        return self.sender.rpartition("@")[2]


def read_server(*, config: Mapping[str, str]) -> MailServer:
    """Settings: host, port (465, 587 or 25 by security), security (tls, starttls; none for this machine only), user,
    password, sender, sender_name, ca_file. Raises BadConfig."""
    given = {name: value.strip() for name, value in config.items()}
    for setting in sorted(set(given) - KNOWN):
        raise BadConfig(setting=setting, must=f"left out; known are {', '.join(sorted(KNOWN))}")
    host = given.get("host", "")
    if not host or any(c.isspace() or c in "/@" for c in host):
        raise BadConfig(setting="host", must="the mail server's name, such as smtp.example.com")
    security = given.get("security") or "tls"
    if security not in USUAL or (security == "none" and not _is_here(host)):
        raise BadConfig(setting="security", must="tls or starttls (none only for a server on this machine)")
    port = given.get("port") or str(USUAL[security])
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise BadConfig(setting="port", must="a number from 1 to 65535, or left out")
    sender = given.get("sender", "")
    if parseaddr(sender)[1] != sender or not sender.isascii() or sender.count("@") != 1 or not sender.split("@")[1]:
        raise BadConfig(setting="sender", must="the address letters come from, such as hello@example.com")
    if bool(given.get("user")) != bool(given.get("password")):
        raise BadConfig(setting="password", must="given together with user, or both left out")
    return MailServer(
        host=host,
        port=int(port),
        security=security,
        user=given.get("user", ""),
        password=config.get("password", ""),
        sender=sender,
        sender_name=" ".join(given.get("sender_name", "").split()),
        tls=None if security == "none" else _context(given.get("ca_file", "")),
    )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise BadConfig(setting="ca_file", must="a readable file of certificates in PEM, or left out") from error
