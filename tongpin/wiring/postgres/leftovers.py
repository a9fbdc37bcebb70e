"""Processes that a dead or forgotten server left behind in a data folder.

They are found by where they stand, never by `postmaster.pid`: after a crash or a restart of the machine its number
may belong to a stranger.
"""

import signal
from collections.abc import Callable
from pathlib import Path

from tongpin.wiring import linux

_BACKEND_TITLE = b"postgres: "


def end_leftovers(data: Path, *, grace: float) -> int:
    """End every server process in this data folder; returns how many there were.

    A living master gets `grace` seconds to write everything down. Backends without a master are ended at once:
    they can no longer commit, and a new server may not start beside them.
    """
    stands_here = _standing_in(data)
    found = {pid for pid in linux.processes() if stands_here(pid)}
    masters = {pid for pid in found if not linux.command_of(pid).startswith(_BACKEND_TITLE)}
    if masters and grace > 0:
        linux.end(masters, by=signal.SIGINT, within=grace, if_still=stands_here)
        linux.end(masters, by=signal.SIGQUIT, within=min(grace, 3.0), if_still=stands_here)
    for _ in range(50):
        # Looked for anew each time: a master that was being ended may have started another child.
        left = {pid for pid in linux.processes() if stands_here(pid)}
        if not left:
            break
        linux.end(left, by=signal.SIGKILL, within=1.0, if_still=stands_here)
    return len(found)


def _standing_in(data: Path) -> Callable[[int], bool]:
    folder = str(data.resolve())

    def stands_here(pid: int) -> bool:
        # A shell whose user looked into the data folder is no server.
        return linux.folder_of(pid) == folder and linux.short_name_of(pid) == b"postgres"

    return stands_here
