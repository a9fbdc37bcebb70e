"""Places where a provider may keep its state in tests: plain, and one where somebody is always quicker."""

from __future__ import annotations

import copy
from collections.abc import Callable
from threading import Lock

from tongpin.cashier.port import State


class MemoryStore:
    """A StateStore in a dict. What goes in and out is copied, as a database would."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[State, int]] = {}
        self.lock = Lock()

    def get(self, *, key: str) -> tuple[State, int] | None:
        return copy.deepcopy(self.kept.get(key))

    def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        with self.lock:
            found = self.kept.get(key)
            if (found[1] if found else None) != expected_version:
                return False
            self.kept[key] = (copy.deepcopy(value), (expected_version or 0) + 1)
            return True

    def items(self, *, prefix: str) -> list[tuple[str, State]]:
        return [(key, copy.deepcopy(value)) for key, (value, _) in list(self.kept.items()) if key.startswith(prefix)]


class ContestedStore(MemoryStore):
    """After a get, before its caller can put, whoever waits in `quicker` acts, each once."""

    def __init__(self) -> None:
        super().__init__()
        self.quicker: list[Callable[[], object]] = []

    def get(self, *, key: str) -> tuple[State, int] | None:
        found = super().get(key=key)
        if self.quicker:
            self.quicker.pop(0)()
        return found


class LostStore(MemoryStore):
    """Never lets a put through: as if somebody were quicker each time."""

    def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        return False
