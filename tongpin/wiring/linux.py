"""What the kernel offers to one who looks after processes: who is alive, who dies with whom, and a safe signal."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(*, by: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `by` to the child when the thread that started it ends, however it ends."""
    parent = os.getpid()

    def settle() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return settle


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become our children, as they do for PID 1, and do not escape to it."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def processes() -> Iterator[int]:
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            yield int(entry.name)


def folder_of(pid: int) -> str | None:
    """The folder a process stands in; None where it is gone, a zombie, or not ours to see."""
    try:
        return os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)")
    except OSError:
        return None


def command_of(pid: int) -> bytes:
    return _read(pid, "cmdline")


def environment_of(pid: int) -> bytes:
    return _read(pid, "environ")


def short_name_of(pid: int) -> bytes:
    return _read(pid, "comm").strip()


def parent_of(pid: int) -> int | None:
    """None where the process is gone."""
    status = _read(pid, "stat")
    # The second field is the name in brackets and may hold anything, brackets included.
    fields = status.rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else None


def is_alive(pid: int) -> bool:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return bool(fields) and fields[0] not in (b"Z", b"X")


def send(pid: int, sign: signal.Signals, *, if_still: Callable[[int], bool]) -> None:
    """Signal a process we did not start, and never the stranger that took its number in between."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    except OSError:  # a kernel or sandbox without pidfds: the check alone has to do
        if if_still(pid):
            _kill(pid, sign)
        return
    try:
        if if_still(pid):
            signal.pidfd_send_signal(handle, sign)
    except (ProcessLookupError, PermissionError):
        pass
    finally:
        os.close(handle)


def end(pids: Iterable[int], *, by: signal.Signals, within: float, if_still: Callable[[int], bool]) -> set[int]:
    """Send `by`, then wait; returns who is still there after `within` seconds."""
    left = set(pids)
    for pid in left:
        send(pid, by, if_still=if_still)
    deadline = time.monotonic() + within
    while left := {pid for pid in left if is_alive(pid) and if_still(pid)}:
        if time.monotonic() >= deadline:
            break
        time.sleep(0.02)
    return left


def _kill(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, sign)


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
