"""Processes of an earlier `up` on the same home that outlived it, for instance after a kill -9."""

import os
import signal

from tongpin.wiring import linux
from tongpin.wiring.home import Home

_MARK = "TONGPIN_SUPERVISED"


def mark(home: Home) -> dict[str, str]:
    """The environment that a supervised process and all it starts carry."""
    return {_MARK: str(home.root)}


def end_survivors(home: Home, *, grace: float) -> int:
    """End them, gently first; returns how many there were. Only for the holder of the home's lock."""
    wanted = os.fsencode(f"{_MARK}={home.root}")
    ours = _ourselves()

    def is_survivor(pid: int) -> bool:
        return pid not in ours and wanted in linux.environment_of(pid).split(b"\0")

    found = {pid for pid in linux.processes() if is_survivor(pid)}
    if found:
        left = linux.end(found, by=signal.SIGTERM, within=grace, if_still=is_survivor)
        linux.end(left, by=signal.SIGKILL, within=2.0, if_still=is_survivor)
    return len(found)


def _ourselves() -> set[int]:
    """This process and those above it."""
    above: set[int] = set()
    pid: int | None = os.getpid()
    while pid and pid not in above:
        above.add(pid)
        pid = linux.parent_of(pid)
    return above
