"""The door to the outside: real servers on loopback are reached through the allow-list, everything else by a made-up
resolver."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tongpin.base.egress import Egress, EgressError, Limits, Refused, TooMuch, Unreachable

PUBLIC = "93.184.215.14"


def knows(table: dict[str, Sequence[str]]) -> Callable[[str, int], Sequence[str]]:
    """A resolver with these names and no others."""

    def resolve(host: str, port: int) -> Sequence[str]:
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return table[host]

    return resolve


@pytest.fixture
def server(httpserver: HTTPServer) -> HTTPServer:
    return httpserver


@pytest.fixture
def door(server: HTTPServer) -> Iterator[Egress]:
    with Egress(allowed=[f"localhost:{server.port}"]) as opened:
        yield opened


def reason_of(door: Egress, url: str) -> tuple[type[EgressError], str]:
    with pytest.raises(EgressError) as caught:
        door.fetch(url)
    return type(caught.value), caught.value.reason


def test_an_allowed_server_is_reached_and_its_answer_comes_whole(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/orders", query_string="page=2", headers={"X-Key": "k"}).respond_with_data(
        "你好", status=203, headers={"X-Next": "3"}
    )
    answer = door.fetch(server.url_for("/orders?page=2"), secrets={"X-Key": "k"})
    assert (answer.status, answer.content.decode(), answer.headers["x-next"]) == (203, "你好", "3")


def test_a_body_is_sent(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/in", method="POST", data=b'{"a":1}').respond_with_data("ok")
    assert door.fetch(server.url_for("/in"), method="POST", content=b'{"a":1}').content == b"ok"


def test_loopback_is_refused_unless_allowed(server: HTTPServer) -> None:
    server.expect_request("/").respond_with_data("the house itself")
    with Egress() as door:
        assert reason_of(door, server.url_for("/")) == (Refused, "port")
    with Egress(allowed=["localhost:1"]) as door:
        assert reason_of(door, server.url_for("/")) == (Refused, "port")
    assert server.log == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/", "address"),
        ("http://localhost/", "address"),
        ("http://127.1/", "address"),
        ("http://0x7f000001/", "address"),
        ("http://2130706433/", "address"),
        ("http://[::1]/", "address"),
        ("http://[::ffff:127.0.0.1]/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("https://10.0.0.1:8443/", "address"),
        ("http://93.184.215.14:22/", "port"),
        ("http://93.184.215.14:5432/", "port"),
        ("ftp://93.184.215.14/", "scheme"),
        ("file:///etc/passwd", "url"),
        ("gopher://93.184.215.14/", "scheme"),
        ("http://user:word@93.184.215.14/", "userinfo"),
        ("http:///nowhere", "url"),
        ("//shop.example/", "scheme"),
        ("/orders", "url"),
        ("", "url"),
        ("http://exa mple/", "url"),
        ("http://a\n.example/", "url"),
        ("http://" + "a" * 5000 + "/", "url"),
        ("http://１２７.0.0.1/", "url"),
    ],
)
def test_what_leads_into_the_house_or_nowhere_is_refused(url: str, reason: str) -> None:
    with Egress() as door:
        assert reason_of(door, url) == (Refused, reason)


def test_a_name_that_leads_into_the_house_is_refused() -> None:
    inside = {"evil.example": ["10.0.0.5"], "mixed.example": ["fd00::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]}
    with Egress(resolve=knows(inside)) as door:
        assert reason_of(door, "http://evil.example/") == (Refused, "address")
        assert reason_of(door, "https://mixed.example/") == (Refused, "address")
        assert reason_of(door, "https://unknown.example/") == (Unreachable, "name")


def test_of_several_addresses_only_public_ones_are_dialled() -> None:
    with Egress(resolve=knows({"both.example": ["127.0.0.1", PUBLIC, "10.0.0.1"]})) as door:
        assert door.addresses("both.example", 80) == [PUBLIC]


def test_our_own_house_is_refused_by_name_and_by_address() -> None:
    table = {"shop.example": [PUBLIC], "alias.example": [PUBLIC], "other.example": ["93.184.215.15"]}
    with Egress(own=["Shop.example"], resolve=knows(table)) as door:
        assert reason_of(door, "https://shop.example/") == (Refused, "own")
        assert reason_of(door, "https://SHOP.EXAMPLE./") == (Refused, "own")
        assert reason_of(door, "https://alias.example/") == (Refused, "own")
        assert door.addresses("other.example", 443) == ["93.184.215.15"]


def test_an_address_of_this_machine_is_refused_however_public_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongpin.base.egress.is_this_machine", lambda address: address == PUBLIC)
    with Egress(resolve=knows({"hairpin.example": [PUBLIC]})) as door:
        assert reason_of(door, "https://hairpin.example/") == (Refused, "own")


def test_a_name_that_changes_its_mind_is_dialled_where_it_was_checked(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the first answer is public, every later one is this machine. There is only one look-up, and the
    connection goes to what it said."""
    server.expect_request("/").respond_with_data("the house itself")
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    dialled: list[str] = []
    with Egress(resolve=lambda host, port: next(answers)) as door:
        guard = door._pool._network_backend

        def dial(address: str, port: int, *_: object) -> object:
            import httpcore

            dialled.append(address)
            raise httpcore.ConnectError("not in this test")

        monkeypatch.setattr(guard._inner, "connect_tcp", dial)
        assert reason_of(door, "http://rebind.example:8080/") == (Unreachable, "connect")
        assert reason_of(door, "http://rebind.example:8080/") == (Refused, "address")
    assert dialled == [PUBLIC]


def test_redirects_are_followed_and_each_is_checked(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/a").respond_with_response(Response(status=302, headers={"Location": "/b"}))
    server.expect_request("/b").respond_with_response(Response(status=307, headers={"Location": "c?x=1"}))
    server.expect_request("/c", query_string="x=1").respond_with_data("there")
    assert door.fetch(server.url_for("/a")).content == b"there"
    for place in ("http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd", "http://[::1]:8080/"):
        server.expect_oneshot_request("/out").respond_with_response(Response(status=301, headers={"Location": place}))
        assert reason_of(door, server.url_for("/out"))[0] is Refused


def test_five_redirects_are_enough(door: Egress, server: HTTPServer) -> None:
    def onward(request: Request) -> Response:
        n = int(request.args["n"])
        return Response(str(n)) if n == 5 else Response(status=302, headers={"Location": f"/go?n={n + 1}"})

    server.expect_request("/go").respond_with_handler(onward)
    assert door.fetch(server.url_for("/go?n=0")).content == b"5"
    assert reason_of(door, server.url_for("/go?n=-1")) == (Refused, "redirects")


def test_secrets_and_bodies_stay_with_the_origin_they_were_meant_for(server: HTTPServer) -> None:
    with HTTPServer() as other, Egress(allowed=["127.0.0.1", "localhost"]) as door:
        seen: list[dict[str, str]] = []

        def note(request: Request) -> Response:
            seen.append({k: v for k, v in request.headers if k in ("Authorization", "X-Key", "Accept-Language")})
            return Response("ok")

        other.expect_request("/there").respond_with_handler(note)
        server.expect_request("/same").respond_with_handler(note)
        for path, place in (("/x", other.url_for("/there")), ("/y", "/same")):
            server.expect_request(path).respond_with_response(Response(status=307, headers={"Location": place}))
            sent = {"Accept-Language": "zh"}
            kept = {"Authorization": "Bearer s", "X-Key": "s"}
            assert door.fetch(server.url_for(path), headers=sent, secrets=kept).content == b"ok"
        assert seen == [{"Accept-Language": "zh"}, {"Accept-Language": "zh", "Authorization": "Bearer s", "X-Key": "s"}]
        with pytest.raises(Refused) as caught:
            door.fetch(server.url_for("/x"), method="POST", content=b"words")
        assert caught.value.reason == "elsewhere"
        assert len(seen) == 2


def test_a_post_that_is_redirected_for_reading_becomes_a_get(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/form", method="POST").respond_with_response(
        Response(status=303, headers={"Location": "/done"})
    )
    server.expect_request("/done", method="GET").respond_with_data("done")
    assert door.fetch(server.url_for("/form"), method="POST", content=b"a=b").content == b"done"


def test_too_large_an_answer_is_cut_off(server: HTTPServer) -> None:
    def stream(_: Request) -> Response:
        return Response(b"x" * 1000 for _ in range(1000))

    server.expect_request("/told").respond_with_data(b"x" * 20_000)
    server.expect_request("/untold").respond_with_handler(stream)
    with Egress(allowed=["127.0.0.1", "localhost"], limits=Limits(size=10_000)) as door:
        assert reason_of(door, server.url_for("/told")) == (TooMuch, "size")
        assert reason_of(door, server.url_for("/untold")) == (TooMuch, "size")


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_packed_answers_are_unpacked_and_bombs_are_not(packing: str, server: HTTPServer) -> None:
    pack = gzip.compress if packing == "gzip" else zlib.compress
    server.expect_request("/fine").respond_with_data(pack("咖啡".encode() * 50), headers={"Content-Encoding": packing})
    server.expect_request("/bomb").respond_with_data(pack(bytes(50_000_000)), headers={"Content-Encoding": packing})
    server.expect_request("/cut").respond_with_data(pack(b"abc" * 99)[:-9], headers={"Content-Encoding": packing})
    server.expect_request("/lie").respond_with_data(b"plain", headers={"Content-Encoding": packing})
    with Egress(allowed=["127.0.0.1", "localhost"], limits=Limits(size=100_000)) as door:
        assert door.fetch(server.url_for("/fine")).content.decode() == "咖啡" * 50
        assert reason_of(door, server.url_for("/bomb")) == (TooMuch, "size")
        assert reason_of(door, server.url_for("/cut")) == (Unreachable, "broken")
        assert reason_of(door, server.url_for("/lie")) == (Unreachable, "packing")


def test_a_packing_we_did_not_ask_for_is_refused(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/").respond_with_data(b"\x0b\x02", headers={"Content-Encoding": "br"})
    assert reason_of(door, server.url_for("/")) == (Unreachable, "packing")


def test_the_body_can_be_left_unread(door: Egress, server: HTTPServer) -> None:
    server.expect_request("/").respond_with_data(b"x" * 500_000)
    with door.stream(server.url_for("/")) as answer:
        assert answer.status == 200
    assert door.fetch(server.url_for("/")).status == 200


@contextmanager
def talking(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that says whatever it likes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                self.request.recv(65536)
                say(self.request)
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def drip(first: bytes) -> Callable[[socket.socket], None]:
    """Says `first`, then a byte every now and then for a long time."""

    def say(line: socket.socket) -> None:
        line.sendall(first)
        for _ in range(200):
            time.sleep(0.05)
            line.sendall(b"x")

    return say


@pytest.mark.parametrize(
    ("first", "where"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", "in its headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", "in its body"),
    ],
)
def test_a_server_that_drips_is_left_when_the_time_is_up(first: bytes, where: str) -> None:
    with (
        talking(drip(first)) as port,
        Egress(allowed=["127.0.0.1", "localhost"], limits=Limits(seconds=0.4, step=0.3)) as door,
    ):
        assert reason_of(door, f"http://127.0.0.1:{port}/") == (TooMuch, "time"), where


def test_a_server_that_says_nothing_is_left_after_a_step() -> None:
    wait = threading.Event()
    with (
        talking(lambda line: bool(wait.wait(5)) and None) as port,
        Egress(allowed=["127.0.0.1", "localhost"], limits=Limits(seconds=5, step=0.2)) as door,
    ):
        assert reason_of(door, f"http://127.0.0.1:{port}/") == (Unreachable, "slow")
        wait.set()


def test_a_resolver_that_hangs_is_left() -> None:
    wait = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        wait.wait(5)
        return []

    with Egress(resolve=hang, limits=Limits(step=0.1)) as door:
        assert reason_of(door, "http://slow.example/") == (Unreachable, "slow")
    wait.set()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"not http at all\r\n\r\n", (Unreachable, "broken")),
        (b"", (Unreachable, "broken")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", (Unreachable, "broken")),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 150 + b"\r\n", (TooMuch, "headers")),
        (b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 200_000, (Unreachable, "broken")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", (Unreachable, "broken")),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::bad/\r\n\r\n", (Refused, "url")),
        (b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n", None),
    ],
)
def test_garbage_has_a_reason(said: bytes, reason: tuple[type[EgressError], str] | None) -> None:
    with talking(lambda line: line.sendall(said)) as port, Egress(allowed=["127.0.0.1", "localhost"]) as door:
        found = reason_of(door, f"http://127.0.0.1:{port}/")
        assert reason is None or found == reason


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with Egress(allowed=["127.0.0.1", "localhost"]) as door:
            assert reason_of(door, f"http://127.0.0.1:{taken.getsockname()[1]}/") == (Unreachable, "connect")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    at, key_at = folder / "cert.pem", folder / "key.pem"
    at.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_at.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return at, key_at


def test_a_certificate_is_checked_against_the_name_although_an_address_is_dialled(tmp_path: Path) -> None:
    at, key_at = certificate(tmp_path, "shop.example")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(at, key_at)
    trusting = ssl.create_default_context(cafile=str(at))
    table = {"shop.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    with HTTPServer(ssl_context=serving) as server:
        server.expect_request("/").respond_with_data("safe")
        allowed = [f"{name}:{server.port}" for name in table]
        with Egress(allowed=allowed, resolve=knows(table), tls=trusting) as door:
            assert door.fetch(f"https://shop.example:{server.port}/").content == b"safe"
            assert reason_of(door, f"https://other.example:{server.port}/") == (Unreachable, "tls")
        with Egress(allowed=allowed, resolve=knows(table)) as door:
            assert reason_of(door, f"https://shop.example:{server.port}/") == (Unreachable, "tls")


def test_errors_never_repeat_the_address(door: Egress) -> None:
    with pytest.raises(Refused) as caught:
        door.fetch("http://127.0.0.1/in?token=secret-word")
    assert "secret-word" not in str(caught.value)


def test_the_environments_proxies_are_not_used(
    door: Egress, server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    server.expect_request("/").respond_with_data("direct")
    assert door.fetch(server.url_for("/")).content == b"direct"


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://[", "http://a@", "http:"]))
def test_whatever_is_typed_as_an_address_is_checked_without_a_crash(text: str, before: str) -> None:
    door = Egress(resolve=knows({}))
    try:
        target = door.checked(before + text)
    except Refused:
        return
    assert target.scheme in ("http", "https")
    assert target.raw_host
