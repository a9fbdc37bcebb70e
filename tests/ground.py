"""The ground tests stand on: a home of their own and, where no DATABASE_URL is given, a PostgreSQL of their own.

Loaded by `-p tests.ground` before Django reads its settings. Workers of a parallel run inherit what the first process set.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A run that a shell put in the background is deaf to Ctrl-C, and so is every process it starts; tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nobody pulls the plug of a test; a process that must survive a kill is one of its own and syncs as it does at home.
os.fsync = os.fdatasync = lambda file: None

if "TONGPIN_TEST_GROUND" not in os.environ:
    _folder = Path(tempfile.mkdtemp(prefix="tongpin-ground-"))
    _stack = ExitStack()
    _stack.callback(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["TONGPIN_TEST_GROUND"] = str(_folder)
    os.environ["TONGPIN_HOME"] = str(_folder / "house")
    os.environ["TONGPIN_KEY_FILE"] = str(_folder / "house" / "keys" / "personal.keys")
    (_folder / "house" / "static").mkdir(parents=True)
    os.environ["TONGPIN_STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    os.environ.pop("TONGPIN_SECRET_KEY", None)
    if not os.environ.get("DATABASE_URL"):
        from tongpin.wiring.postgres import temporary_cluster

        _server = _stack.enter_context(temporary_cluster(_folder, fsync=False, settings={"max_connections": "200"}))
        os.environ["TONGPIN_TEST_SERVER"] = str(_folder)
        os.environ["DATABASE_URL"] = _server.cluster.dsn(role="app")
    atexit.register(_stack.close)
