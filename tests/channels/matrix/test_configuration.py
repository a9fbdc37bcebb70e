"""What a merchant typed to set Matrix up, and what the homeserver's operator is given."""

from __future__ import annotations

import json
import re

import pytest

from tongpin.channels.matrix.configuration import read_homeserver, registration_yaml
from tongpin.channels.port import BadConfig

GOOD = {
    "homeserver": "https://matrix.example.com/",
    "server_name": "example.com",
    "as_token": "a-secret-of-the-house",
    "hs_token": "a-secret-of-the-server",
    "localpart": "tongpin",
}


def test_what_is_ours_is_told_from_what_is_not() -> None:
    server = read_homeserver(config=GOOD)
    assert (server.url, server.us) == ("https://matrix.example.com", "@tongpin:example.com")
    users = ["@tongpin:example.com", "@tongpin_lin:example.com", "@tongpin_lin:other.com", "@tongpinx:example.com"]
    assert [server.is_ours(user) for user in users] == [True, True, False, False]


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"homeserver": ""}, "homeserver"),
        ({"homeserver": "matrix.example.com"}, "homeserver"),
        ({"homeserver": "https://user:word@example.com"}, "homeserver"),
        ({"homeserver": "https://example.com:port"}, "homeserver"),
        ({"homeserver": "https://example.com/?a=1"}, "homeserver"),
        ({"server_name": "https://example.com"}, "server_name"),
        ({"localpart": "@tongpin"}, "localpart"),
        ({"localpart": "tong_pin"}, "localpart"),
        ({"as_token": "secret word"}, "as_token"),
        ({"hs_token": "a-secret\nof-the-house-and"}, "hs_token"),
        ({"hs_token": GOOD["as_token"]}, "hs_token"),
        ({"hosst": "secret word"}, "hosst"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_never_repeated(changed: dict[str, str], setting: str) -> None:
    with pytest.raises(BadConfig) as told:
        read_homeserver(config={**GOOD, **changed})
    assert told.value.setting == setting
    assert "secret word" not in str(told.value)


def test_nothing_of_it_is_shown() -> None:
    assert "secret" not in repr(read_homeserver(config=GOOD))


def test_the_registration_names_us_our_names_and_where_we_listen() -> None:
    written = registration_yaml(config=GOOD, url="https://shop.example.com/hooks/matrix/")
    read = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in written.splitlines()}
    kept = read.pop("namespaces")
    assert read == {
        "id": "tongpin-tongpin",
        "url": "https://shop.example.com/hooks/matrix",
        "as_token": GOOD["as_token"],
        "hs_token": GOOD["hs_token"],
        "sender_localpart": "tongpin",
        "rate_limited": False,
    }
    assert [one["exclusive"] for one in (*kept["users"], *kept["aliases"])] == [True, True]
    assert re.fullmatch(kept["users"][0]["regex"], "@tongpin_lin:example.com")
    assert not re.fullmatch(kept["users"][0]["regex"], "@tongpin_lin:exampleXcom")
