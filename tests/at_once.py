"""Deeds that begin at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Runs deeds in threads that begin together; returns what each gave or raised."""
    gate = threading.Barrier(len(deeds))
    found: list[Any] = [None] * len(deeds)

    def work(place: int, deed: Callable[[], Any]) -> None:
        gate.wait(30)
        try:
            found[place] = deed()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(i, deed)) for i, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found
