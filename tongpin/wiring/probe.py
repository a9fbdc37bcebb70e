"""Does this address answer yet? Asked again and again, never waiting, so that whoever asks can do other work."""

import contextlib
import errno
import socket
from urllib.parse import urlsplit

_PATIENCE = 3.0
_PAUSE = 0.03
_LONGEST_PAUSE = 0.5
_SLOWER = 1.3
"""Each attempt that failed is followed by a longer pause: what does not answer at once may be writing a line for each."""


def why_not_to_be_had(url: str) -> str:
    """Why nobody can begin to listen at this address, by the system's word; empty where one can.

    Web servers share a port with whoever shares theirs, and each then answers every other question.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as own:
        # What was answered here a minute ago does not stand in the way; who listens here now does.
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind((host, port))
        except OSError as failure:
            return (
                f"Port {port}: {failure.strerror}. Give another one with --port; the live pages take the one after it."
            )
    return ""


class Probe:
    """Satisfied by a status of 200 to 399. Plain HTTP, as the processes speak among themselves."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url!r}: a probe asks a plain http:// address on this machine")
        self._host = parts.hostname
        self._port = parts.port or 80
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
        self._socket: socket.socket | None = None
        self._sent = False
        self._heard = b""
        self._began = 0.0
        self._pause = _PAUSE
        self.due = 0.0
        self.status = 0
        """What the last answer said; 0 where there was none yet."""

    def step(self, now: float) -> bool:
        """Go on a little; call it again at `due`."""
        self.due = now + _PAUSE
        try:
            if self._socket is None:
                self._begin(now)
            if self._go_on():
                return True
        except BlockingIOError:
            if now - self._began <= _PATIENCE:
                return False
        except OSError:
            pass
        self.close()
        self.due = now + self._pause
        self._pause = min(self._pause * _SLOWER, _LONGEST_PAUSE)
        return False

    def begin_anew(self) -> None:
        """The process was ended or started again: nothing of the one before is remembered."""
        self.close()
        self._pause, self.status, self.due = _PAUSE, 0, 0.0

    def close(self) -> None:
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.close()
        self._socket = None

    def _begin(self, now: float) -> None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._sent, self._heard, self._began = False, b"", now
        failure = self._socket.connect_ex((self._host, self._port))
        if failure not in (0, errno.EINPROGRESS):
            raise OSError(failure, "no connection")

    def _go_on(self) -> bool:
        assert self._socket is not None
        if not self._sent:
            if refused := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(refused, "no connection")
            try:
                self._socket.send(self._request)
            except OSError as failure:
                if failure.errno == errno.ENOTCONN:
                    raise BlockingIOError
                raise
            self._sent = True
        while b"\r\n" not in self._heard:
            piece = self._socket.recv(4096)
            if not piece:
                break
            self._heard += piece
        self.close()
        words = self._heard.split(b"\r\n", 1)[0].split()
        self.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        return 200 <= self.status < 400
