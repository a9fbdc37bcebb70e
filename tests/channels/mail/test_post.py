"""Mail that really leaves, to a small server of our own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tongpin.channels.mail.post import MailChannel, open_mail
from tongpin.channels.port import Address, Content, Health, Letter, Supplies, TransportError
from tongpin.testing.smtp_server import Manners, SmtpServer

LETTER = Letter(
    key="k1",
    to=Address(kind="person", value="xiaomei@example.org"),
    content=Content(text="您好\n.\n再见", subject="登录"),
)
T = TypeVar("T")


def channel(server: SmtpServer, **more: str) -> MailChannel:
    config = {"host": "127.0.0.1", "port": str(server.port), "security": "none", "sender": "hello@example.com", **more}
    return open_mail(config=config, supplies=Supplies())


def meeting(server: SmtpServer, deed: Callable[[SmtpServer], Awaitable[T]]) -> T:
    async def walk() -> T:
        async with server:
            return await deed(server)

    return asyncio.run(walk())


def refusal(manners: Manners, **more: str) -> tuple[str, bool, bool]:
    async def deed(server: SmtpServer) -> TransportError:
        with pytest.raises(TransportError) as told:
            await channel(server, **more).send(letter=LETTER)
        return told.value

    error = meeting(SmtpServer(manners=manners), deed)
    assert "xiaomei" not in f"{error} {error.__cause__} {error.__context__ if not error.__suppress_context__ else ''}"
    return error.reason, error.permanent, error.wide


def test_a_letter_arrives_as_it_was_written() -> None:
    server = SmtpServer()
    receipt = meeting(server, lambda at: channel(at).send(letter=LETTER))
    (taken,) = server.taken
    mail = message_from_bytes(taken.content, policy=policy.default)
    plain = mail.get_body(("plain",))  # type: ignore[attr-defined]
    assert (taken.sender, taken.receivers) == ("hello@example.com", ("xiaomei@example.org",))
    assert plain.get_content().splitlines() == ["您好", ".", "再见"]
    assert (mail["Message-ID"], receipt.platform_id) == ("<k1@example.com>", "<k1@example.com>")


@pytest.mark.parametrize(
    ("manners", "expected"),
    [
        (Manners(receiver="550 no such box"), ("no_such_address", True, False)),
        (Manners(receiver="450 greylisted"), ("no_answer", False, False)),
        (Manners(content="554 looks like spam"), ("refused", True, False)),
        (Manners(content="451 later"), ("rate_limited", False, False)),
        (Manners(drop_after_content=True), ("unreachable", False, True)),
    ],
)
def test_each_refusal_says_whether_it_is_for_good(manners: Manners, expected: tuple[str, bool, bool]) -> None:
    assert refusal(manners) == expected


def test_a_wrong_password_stops_the_channel_and_not_the_letter() -> None:
    manners = Manners(user="hello", password="right")
    assert refusal(manners, user="hello", password="wrong") == ("refused_us", False, True)


def test_the_right_password_is_taken() -> None:
    server = SmtpServer(manners=Manners(user="hello", password="right"))
    meeting(server, lambda at: channel(at, user="hello", password="right").send(letter=LETTER))
    assert len(server.taken) == 1


def test_a_server_that_is_not_there_is_down_for_all() -> None:
    async def walk() -> tuple[TransportError, Health]:
        async with SmtpServer() as server:
            gone = channel(server)
        with pytest.raises(TransportError) as told:
            await gone.send(letter=LETTER)
        return told.value, await gone.check()

    error, health = asyncio.run(walk())
    assert (error.reason, error.permanent, error.wide) == ("unreachable", False, True)
    assert health == Health(ok=False, reason="unreachable")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that only its own file vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_it_is_encrypted(certificate: tuple[Path, ssl.SSLContext], security: str) -> None:
    cert, context = certificate
    server = SmtpServer(tls=context) if security == "tls" else SmtpServer(starttls=context)
    meeting(server, lambda at: channel(at, security=security, ca_file=str(cert)).send(letter=LETTER))
    assert len(server.taken) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_nobody_vouches_for_gets_nothing(certificate: tuple[Path, ssl.SSLContext], security: str) -> None:
    _, context = certificate
    server = SmtpServer(tls=context) if security == "tls" else SmtpServer(starttls=context)

    async def deed(at: SmtpServer) -> TransportError:
        with pytest.raises(TransportError) as told:
            await channel(at, security=security).send(letter=LETTER)
        return told.value

    error = meeting(server, deed)
    assert (error.reason, error.wide, server.taken) == ("refused_us", True, [])


def test_a_server_without_encryption_gets_nothing() -> None:
    async def deed(at: SmtpServer) -> str:
        with pytest.raises(TransportError) as told:
            await channel(at, security="starttls").send(letter=LETTER)
        return told.value.reason

    server = SmtpServer()
    assert (meeting(server, deed), server.taken) == ("refused_us", [])
