"""What a merchant typed to set mail up."""

from __future__ import annotations

import pytest

from tongpin.channels.mail.configuration import read_server
from tongpin.channels.port import BadConfig

GOOD = {"host": "smtp.example.com", "sender": "hello@example.com", "user": "hello", "password": "secret word"}


def test_the_least_that_is_needed() -> None:
    server = read_server(config={"host": "smtp.example.com", "sender": "hello@example.com"})
    assert (server.host, server.port, server.security, server.user, server.domain) == (
        "smtp.example.com",
        465,
        "tls",
        "",
        "example.com",
    )
    assert server.tls is not None
    assert server.tls.check_hostname


def test_the_port_follows_the_security() -> None:
    assert read_server(config={**GOOD, "security": "starttls"}).port == 587
    assert read_server(config={**GOOD, "security": "starttls", "port": "2525"}).port == 2525


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"host": ""}, "host"),
        ({"host": "smtp://x"}, "host"),
        ({"security": "ssl"}, "security"),
        ({"security": "none"}, "security"),
        ({"port": "0"}, "port"),
        ({"port": "９"}, "port"),
        ({"sender": "nobody"}, "sender"),
        ({"sender": "a@b\r\nBcc: c@d"}, "sender"),
        ({"sender": "林 <a@example.com>"}, "sender"),
        ({"password": ""}, "password"),
        ({"ca_file": "/nowhere/at-all.pem"}, "ca_file"),
        ({"hosst": "x"}, "hosst"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_never_repeated(changed: dict[str, str], setting: str) -> None:
    with pytest.raises(BadConfig) as told:
        read_server(config={**GOOD, **changed})
    assert told.value.setting == setting
    assert "secret word" not in str(told.value)


def test_a_server_on_this_machine_may_be_plain() -> None:
    assert read_server(config={**GOOD, "host": "127.0.0.1", "security": "none"}).tls is None


def test_nothing_of_it_is_shown() -> None:
    assert "secret word" not in repr(read_server(config=GOOD))
