"""How the house stands with its homeserver: read once, refused aloud; and what the homeserver is to be told of us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tongpin.channels.port import BadConfig

KNOWN: Final = frozenset({"homeserver", "server_name", "as_token", "hs_token", "localpart"})

_NAME: Final = re.compile(r"[0-9A-Za-z.\-]{1,230}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_LOCAL: Final = re.compile(r"[a-z0-9.\-/=]{1,60}")
_TOKEN: Final = re.compile(r"[0-9A-Za-z._~+/=\-]{20,200}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Homeserver:
    """Where it answers, the name in its ids, the two secrets, and our own name there."""

    url: str
    name: str
    as_token: str
    hs_token: str
    localpart: str

    @property
    def us(self) -> str:
        """The user id under which we speak."""
        return f"@{self.localpart}:{self.name}"

    def is_ours(self, user: str) -> bool:
        """Whether a user id is ours, or of the names that are kept for us."""
        return user == self.us or (user.startswith(f"@{self.localpart}_") and user.endswith(f":{self.name}"))


def read_homeserver(*, config: Mapping[str, str]) -> Homeserver:
    """Settings: homeserver (its client address), server_name (what stands behind the colon of its ids), as_token and
    hs_token (two secrets of at least 20 characters), localpart (our name there). Raises BadConfig."""
    given = {name: value.strip() for name, value in config.items()}
    for setting in sorted(set(given) - KNOWN):
        raise BadConfig(setting=setting, must=f"left out; known are {', '.join(sorted(KNOWN))}")
    url = given.get("homeserver", "").rstrip("/")
    if not _is_address(url):
        raise BadConfig(setting="homeserver", must="the homeserver's address, such as https://matrix.example.com")
    if not _NAME.fullmatch(given.get("server_name", "")):
        raise BadConfig(setting="server_name", must="what stands behind the colon of its ids, such as example.com")
    if not _LOCAL.fullmatch(given.get("localpart", "")):
        raise BadConfig(setting="localpart", must="a name of a-z 0-9 . - = /, such as tongpin")
    for setting in ("as_token", "hs_token"):
        if not _TOKEN.fullmatch(given.get(setting, "")):
            raise BadConfig(setting=setting, must="a secret of 20 to 200 letters and digits, as in the registration")
    if given["as_token"] == given["hs_token"]:
        raise BadConfig(setting="hs_token", must="another secret than as_token")
    return Homeserver(
        url=url,
        name=given["server_name"],
        as_token=given["as_token"],
        hs_token=given["hs_token"],
        localpart=given["localpart"],
    )


def registration_yaml(*, config: Mapping[str, str], url: str) -> str:
    """The file its operator gives the homeserver (`app_service_config_files`). `url` is where we take what it tells, up
    to `/_matrix`. Raises BadConfig."""
    server = read_homeserver(config=config)
    kept = f"{re.escape(server.localpart)}_.*:{re.escape(server.name)}"
    lines = {
        "id": f"tongpin-{server.localpart}",
        "url": url.rstrip("/"),
        "as_token": server.as_token,
        "hs_token": server.hs_token,
        "sender_localpart": server.localpart,
        "rate_limited": False,
        "namespaces": {
            "users": [{"exclusive": True, "regex": f"@{kept}"}],
            "aliases": [{"exclusive": True, "regex": f"#{kept}"}],
            "rooms": [],
        },
    }
    # A JSON value is a YAML value, so nothing that was typed can become something else.
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in lines.items())


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.username is None
            and not (parts.query or parts.fragment)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
