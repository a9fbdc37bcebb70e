"""The only door to the outside for HTTP (出口). Whoever can type an address must not reach into the house with it.

Names are resolved here, every address is checked, and the connection goes to the very address that was checked; so
again after each redirect and for each new connection. Size, time, number of headers and redirects are bounded. Proxies
of the environment are not used: they would resolve names themselves.
"""

from __future__ import annotations

import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import httpcore
import httpx

from tongpin.base.addresses import is_public, is_this_machine

PORTS: Final = frozenset({80, 443, 8080, 8443})
USUAL: Final = {"http": 80, "https": 443}
AGENT: Final = "Tongpin"
PIECE: Final = 64 * 1024
LONGEST: Final = 4000
"""Characters of an address at most."""

_HOST: Final = re.compile(r"[a-z0-9_.:\-]{1,253}")
_SAFE: Final = frozenset({"accept", "accept-language", "user-agent"})
"""Headers that also go to another origin, should one redirect there."""

_until: ContextVar[float] = ContextVar("tongpin_egress_until")

Resolver = Callable[[str, int], Sequence[str]]


class EgressError(Exception):
    """`reason` is a code, `host` the name that was asked for; the whole address may hold secrets and is not repeated."""

    def __init__(self, reason: str, host: str = "") -> None:
        super().__init__(f"{reason}: {host}" if host else reason)
        self.reason, self.host = reason, host


class Refused(EgressError):
    """We do not go there: url, scheme, userinfo, port, address, own, redirects, downgrade, elsewhere."""


class TooMuch(EgressError):
    """The answer is more than we take: size, headers, time."""


class Unreachable(EgressError):
    """There was no answer, or none that can be read: name, connect, tls, slow, broken, packing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost. `seconds` are for all of it, redirects included; `step` for one connect or read."""

    size: int = 5_000_000
    seconds: float = 30.0
    step: float = 10.0
    headers: int = 100
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status; `content` is unpacked."""

    status: int
    headers: httpx.Headers
    content: bytes


class Streaming:
    """An answer whose body is still to be read, once."""

    def __init__(self, response: httpcore.Response, headers: httpx.Headers, host: str, limit: int) -> None:
        self.status, self.headers = response.status, headers
        self._response, self._host, self._limit = response, host, limit

    def pieces(self) -> Iterator[bytes]:
        """The body, unpacked, in pieces. Raises TooMuch beyond the limit, Unreachable where it breaks off."""
        length = self.headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and int(length) > self._limit:
            raise TooMuch("size", self._host)
        size = 0
        with _told(self._host):
            raw: Iterable[bytes] = self._response.iter_stream()
            for piece in _unpacked(_counted(raw, self._limit, self._host), self.headers, self._host):
                size += len(piece)
                if size > self._limit:
                    raise TooMuch("size", self._host)
                yield piece


class Egress:
    """A door with its own connections. `allowed` are the house's own servers as `host` or `host:port`; `own` the names
    under which this house is reached itself. Safe to use from several threads."""

    def __init__(
        self,
        *,
        allowed: Collection[str] = (),
        own: Collection[str] = (),
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = frozenset(_allowed(one) for one in allowed)
        self._own = frozenset(name.lower().rstrip(".") for name in own)
        self._limits = limits or Limits()
        self._resolve = resolve or named
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, max_connections=20, max_keepalive_connections=4, keepalive_expiry=5.0,
            network_backend=_Guard(self),
        )  # fmt: skip

    def __enter__(self) -> Egress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._pool.close()

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Answer:
        """One request and its whole answer. `secrets` are headers like `headers`; neither goes to another origin.

        Raises Refused, TooMuch, Unreachable.
        """
        with self.stream(url, method=method, headers=headers, secrets=secrets, content=content) as answer:
            return Answer(answer.status, answer.headers, b"".join(answer.pieces()))

    @contextmanager
    def stream(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Iterator[Streaming]:
        """The same with the body left to read. Redirects are followed first."""
        mark = _until.set(time.monotonic() + self._limits.seconds)
        try:
            target = self.checked(url)
            sent = {"User-Agent": AGENT, "Accept": "*/*", **(headers or {}), **(secrets or {})}
            for _ in range(self._limits.redirects + 1):
                with _told(target.host):
                    response = self._pool.handle_request(_request(method, target, sent, content))
                try:
                    answered = httpx.Headers(response.headers)
                    if len(response.headers) > self._limits.headers:
                        raise TooMuch("headers", target.host)
                    onward = answered.get("location") if response.status in (301, 302, 303, 307, 308) else None
                    if onward is None:
                        yield Streaming(response, answered, target.host, self._limits.size)
                        return
                finally:
                    response.close()
                old, target = target, self.checked(_joined(target, onward))
                if response.status in (301, 302, 303) and method not in ("GET", "HEAD"):
                    method, content = "GET", b""
                if _origin(old) != _origin(target):
                    if content:
                        raise Refused("elsewhere", target.host)
                    sent = {name: value for name, value in sent.items() if name.lower() in _SAFE}
                if old.scheme == "https" and target.scheme == "http":
                    raise Refused("downgrade", target.host)
            raise Refused("redirects", target.host)
        finally:
            _until.reset(mark)

    def checked(self, url: str) -> httpx.URL:
        """An address one may ask for, as far as it can be told without resolving its name. Raises Refused."""
        try:
            target = httpx.URL(url) if len(url) <= LONGEST else None
        except (httpx.InvalidURL, ValueError) as error:
            raise Refused("url") from error
        if target is None or not _HOST.fullmatch(name := target.raw_host.decode("ascii", "replace")):
            raise Refused("url")
        if target.scheme not in USUAL:
            raise Refused("scheme", name)
        if target.userinfo:
            raise Refused("userinfo", name)
        port = target.port or USUAL[target.scheme]
        if not self.is_allowed(name, port):
            if port not in PORTS:
                raise Refused("port", name)
            if name.rstrip(".") in self._own:
                raise Refused("own", name)
        return target

    def is_allowed(self, host: str, port: int) -> bool:
        """True for one of the house's own servers."""
        return (host.lower().rstrip("."), port) in self._allowed or (host.lower().rstrip("."), None) in self._allowed

    def addresses(self, host: str, port: int) -> list[str]:
        """Where a name leads, as far as we go there. Raises Refused, Unreachable."""
        found = list(dict.fromkeys(self._asked(host, port)))
        if not found:
            raise Unreachable("name", host)
        if self.is_allowed(host, port):
            return found
        public = [one for one in found if is_public(one)]
        if not public:
            raise Refused("address", host)
        ours = {one for name in self._own for one in self._quietly_asked(name, port)}
        outside = [one for one in public if one not in ours and not is_this_machine(one)]
        if not outside:
            raise Refused("own", host)
        return outside

    def _asked(self, host: str, port: int) -> Sequence[str]:
        """Asks the resolver, which has no time limit of its own, and no longer than there is time."""
        answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="egress-name", daemon=True).start()
        try:
            found = answers.get(timeout=_left(self._limits.step))
        except queue.Empty:
            raise Unreachable("slow", host) from None
        if isinstance(found, Exception):
            raise Unreachable("name", host) from found
        return found

    def _quietly_asked(self, host: str, port: int) -> Sequence[str]:
        try:
            return self._asked(host, port)
        except Unreachable:
            return ()

    @property
    def step(self) -> float:
        """Seconds for one connect or read."""
        return self._limits.step


def named(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine's resolver gives them. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Guard(httpcore.NetworkBackend):
    """Opens connections for the pool: the name is resolved, checked and dialled in one go."""

    def __init__(self, door: Egress) -> None:
        self._door, self._inner = door, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to one of the addresses that were checked."""
        for address in self._door.addresses(host, port):
            try:
                opened = self._inner.connect_tcp(address, port, _left(self._door.step), local_address, socket_options)
                return _Timed(opened, self._door.step)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise Unreachable("connect", host)

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """There is no way out through a file."""
        raise Refused("scheme")

    def sleep(self, seconds: float) -> None:
        """The pool does not retry, so nothing waits."""


class _Timed(httpcore.NetworkStream):
    """A connection on which no single step takes longer than what is left of the request's time."""

    def __init__(self, inner: httpcore.NetworkStream, step: float) -> None:
        self._inner, self._step = inner, step

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._step))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._step))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            return _Timed(self._inner.start_tls(ssl_context, server_hostname, _left(self._step)), self._step)
        except httpcore.ConnectError as error:
            raise Unreachable("tls", server_hostname or "") from error

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(step: float) -> float:
    """Seconds for the next step. Raises TooMuch where the time is up."""
    left = _until.get(time.monotonic() + step) - time.monotonic()
    if left <= 0:
        raise TooMuch("time")
    return min(left, step)


@contextmanager
def _told(host: str) -> Iterator[None]:
    """What goes wrong on the way, in our words."""
    try:
        yield
    except httpcore.TimeoutException as error:
        if _until.get(0.0) <= time.monotonic():
            raise TooMuch("time", host) from error
        raise Unreachable("slow", host) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise Unreachable("broken", host) from error
    except zlib.error as error:
        raise Unreachable("packing", host) from error


def _allowed(entry: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]:port` as (host, port)."""
    text = entry.strip().lower()
    host, _, port = text.rpartition(":") if re.search(r"[^:]:\d+$", text) or "]:" in text else (text, "", "")
    return host.strip("[]").rstrip("."), int(port) if port else None


def _request(method: str, target: httpx.URL, headers: Mapping[str, str], content: bytes) -> httpcore.Request:
    sent = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers.items()]
    sent += [(b"Host", target.netloc), (b"Accept-Encoding", b"gzip, deflate")]
    if content or method not in ("GET", "HEAD"):
        sent.append((b"Content-Length", str(len(content)).encode()))
    where = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
    return httpcore.Request(method, where, headers=sent, content=content)


def _joined(target: httpx.URL, onward: str) -> str:
    try:
        return str(target.join(onward[:LONGEST]))
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("url", target.host) from error


def _origin(target: httpx.URL) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port or USUAL.get(target.scheme, 0)


def _counted(raw: Iterable[bytes], limit: int, host: str) -> Iterator[bytes]:
    """What comes over the wire is bounded as well: much may be sent that unpacks to nothing."""
    size = 0
    for piece in raw:
        size += len(piece)
        if size > limit:
            raise TooMuch("size", host)
        yield piece


def _unpacked(raw: Iterable[bytes], headers: httpx.Headers, host: str) -> Iterator[bytes]:
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        yield from raw
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise Unreachable("packing", host)
    # 47: gzip or zlib, whichever the first bytes say. Pieces are bounded, so that little cannot become much at once.
    opener = zlib.decompressobj(47)
    for piece in raw:
        while piece:
            yield opener.decompress(piece, PIECE)
            piece = opener.unconsumed_tail
    yield opener.flush()
    if not opener.eof:
        raise Unreachable("broken", host)
