"""A database for tests: made, served and removed again."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tongpin.wiring.home import Home
from tongpin.wiring.postgres.cluster import Cluster
from tongpin.wiring.postgres.configuration import WITHOUT_FSYNC
from tongpin.wiring.postgres.server import Server


@dataclass(frozen=True)
class Temporary:
    cluster: Cluster
    server: Server


@contextmanager
def temporary_cluster(
    folder: Path, *, fsync: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Temporary]:
    """A served cluster with its home in `folder`. Without `fsync` it is quicker and forgets what a power cut takes."""
    also = dict(settings or {}) if fsync else {**WITHOUT_FSYNC, **(settings or {})}
    # Root's server account may not enter a test's folder, so its data gets a short-lived place of its own.
    outside = Path(tempfile.mkdtemp(prefix="tongpin-test-")) if os.geteuid() == 0 else folder
    try:
        if os.geteuid() == 0:
            outside.chmod(0o711)
        cluster = Cluster(Home(folder.resolve() / "home"), settings=also, system=outside)
        server = cluster.open(dies_by=signal.SIGQUIT)
        try:
            server.launch_and_wait()
            yield Temporary(cluster, server)
        finally:
            server.ask_to_end(signal.SIGQUIT)
            server.stop()
    finally:
        if outside != folder:
            shutil.rmtree(outside, ignore_errors=True)
