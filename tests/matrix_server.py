"""A real homeserver (Synapse) for tests: in a folder of its own, on this machine only, with us registered in it.

Synapse is not of the project: without it (`matrix-synapse` from PyPI) the tests that need it skip.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.ports import free_port
from tongpin.channels.matrix.configuration import registration_yaml
from tongpin.channels.port import Media, Supplies

NAME = "house.test"
US = f"@tongpin:{NAME}"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082".replace(
        " ", ""
    )
)


@dataclass(frozen=True)
class Told:
    """A request the homeserver made to us."""

    path: str
    authorization: str
    body: bytes


class Ear:
    """Where the homeserver tells us things, kept as they came."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        ear = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                ear.told.append(Told(self.path, self.headers.get("Authorization", ""), body))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hooks/matrix"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class MemoryMedia:
    """A media store in memory: `p1` is a picture, `v1` a recording."""

    def __init__(self) -> None:
        self.held = {
            "p1": Media(content=PIXEL, media_type="image/png", name="tea.png"),
            "v1": Media(content=b"\0" * 64, media_type="audio/mp4", name="hello.m4a"),
        }

    async def read(self, *, media: str) -> Media | None:
        return self.held.get(media)

    async def keep(self, *, media: Media) -> str:
        raise AssertionError("the channel keeps nothing")


class Synapse:
    """One homeserver that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ear = folder, Ear()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = {
            "homeserver": self.url,
            "server_name": NAME,
            "as_token": secrets.token_hex(24),
            "hs_token": secrets.token_hex(24),
            "localpart": "tongpin",
        }
        self.registration = ""
        """The file a house gives its operator, where the real one is told and not our ear."""
        self._process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, str] = {}

    @cached_property
    def _settings(self) -> Path:
        told = self.registration or registration_yaml(config=self.config, url=self.ear.url)
        (self.folder / "tongpin.yaml").write_text(told)
        fast = {"per_second": 1000, "burst_count": 10000}
        settings: dict[str, Any] = {
            "server_name": NAME,
            "pid_file": str(self.folder / "pid"),
            "listeners": [
                {
                    "port": self.port,
                    "bind_addresses": ["127.0.0.1"],
                    "type": "http",
                    "tls": False,
                    "resources": [{"names": ["client"], "compress": False}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "synapse.db")}},
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(self.folder / "signing.key"),
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "trusted_key_servers": [],
            "report_stats": False,
            "presence": {"enabled": False},
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "bcrypt_rounds": 4,
            "rc_registration": fast,
            "rc_login": {"address": fast, "account": fast},
            "rc_invites": {"per_room": fast, "per_user": fast, "per_issuer": fast},
            "rc_joins": {"local": fast},
            "rc_message": fast,
            "app_service_config_files": [str(self.folder / "tongpin.yaml")],
        }
        log = {
            "version": 1,
            "handlers": {"file": {"class": "logging.FileHandler", "filename": str(self.folder / "log")}},
            "root": {"level": "WARNING", "handlers": ["file"]},
        }
        # JSON is YAML.
        (self.folder / "log.yaml").write_text(json.dumps(log))
        path = self.folder / "homeserver.yaml"
        path.write_text(json.dumps(settings))
        subprocess.run([*self._command(path), "--generate-keys"], check=True, capture_output=True, timeout=120)
        return path

    @staticmethod
    def _command(path: Path) -> list[str]:
        return [sys.executable, "-m", "synapse.app.homeserver", "--config-path", str(path)]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        said = self.folder / "said"
        with said.open("ab") as out:
            self._process = subprocess.Popen(
                self._command(self._settings), stdout=out, stderr=subprocess.STDOUT, cwd=self.folder
            )
        for _ in range(600):
            code = self._process.poll()
            if code is not None:
                raise RuntimeError(f"Synapse ended with {code} before it answered: {said.read_text()[-2000:]}")
            try:
                if httpx.get(f"{self.url}/_matrix/client/versions", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError("Synapse did not answer in time")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def close(self) -> None:
        self.stop()
        self.ear.close()

    def supplies(self) -> Supplies:
        return Supplies(media=MemoryMedia(), allowed=(f"127.0.0.1:{self.port}",))

    def ask(self, method: str, path: str, token: str = "", said: Any = None) -> Any:
        """What a person's own client would ask. `path` behind /_matrix/client/v3."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.request(method, f"{self.url}/_matrix/client/v3{path}", headers=headers, json=said, timeout=20)
        told = answer.json()
        assert answer.status_code == 200, told
        return told

    def person(self, name: str) -> tuple[str, str]:
        """A user and their token; the same for the same name."""
        if name not in self._tokens:
            said = {"username": name, "password": "right horse battery", "auth": {"type": "m.login.dummy"}}
            self._tokens[name] = str(self.ask("POST", "/register", said=said)["access_token"])
        return f"@{name}:{NAME}", self._tokens[name]

    def room(self, token: str, *, invite: str = US, preset: str = "private_chat") -> str:
        """A room of somebody's, with us invited."""
        return str(self.ask("POST", "/createRoom", token, {"preset": preset, "invite": [invite]})["room_id"])

    def said_in(self, room: str, token: str) -> list[dict[str, Any]]:
        """Messages of a room, oldest first, as a member sees them."""
        return [one for one in self._events(room, token) if one["type"] == "m.room.message"]

    def arrived(self, room: str, person: str) -> int:
        """How much of ours there is: in a room, in rooms with somebody, and rooms called n."""
        count = 0
        for other in self.ask("GET", "/joined_rooms", self.us)["joined_rooms"]:
            state = self.ask("GET", f"/rooms/{quote(other)}/state", self.us)
            count += any(one["type"] == "m.room.name" and one["content"]["name"] == "n" for one in state)
            if other != room and any(one["state_key"] == person for one in state):
                count += len(self.said_in(other, self.us))
        for event in self._events(room, self.us):
            about_them = event["type"] == "m.room.member" and event["state_key"] == person
            count += about_them or event["type"] in {"m.room.message", "m.room.redaction"}
        return count

    @property
    def us(self) -> str:
        """What we ask with."""
        return self.config["as_token"]

    def _events(self, room: str, token: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"/rooms/{quote(room)}/messages?dir=f&limit=1000", token)["chunk"])

    def heard(self, wanted: str, *, seconds: float = 15.0) -> bytes:
        """The transaction in which something (an event's id) was told to us, waited for."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for one in list(self.ear.told):
                if wanted.encode() in one.body:
                    return one.body
            time.sleep(0.05)
        raise AssertionError("the homeserver did not tell us")


def start_synapse(folder: Path) -> Synapse:
    """A homeserver that answers; skips where Synapse is not installed."""
    if find_spec("synapse") is None:
        pytest.skip("Synapse is not here: pip install matrix-synapse to talk to a real homeserver")
    server = Synapse(folder)
    server.start()
    return server


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Synapse]:
    """One Synapse for all tests of a process."""
    with tempfile.TemporaryDirectory(prefix="tongpin-synapse-") as folder:
        server = start_synapse(Path(folder))
        yield server
        server.close()
