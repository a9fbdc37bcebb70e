"""Kinds by name: those built in, from a literal dict, and those from outside, from entry points (插件)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points


def kinds_of(*, built_in: Mapping[str, str], group: str) -> tuple[str, ...]:
    """Every kind there is, sorted. A plug-in cannot take a built-in's name."""
    return tuple(sorted({*built_in, *(found.name for found in entry_points(group=group))}))


def entry_of(*, kind: str, built_in: Mapping[str, str], group: str) -> EntryPoint | None:
    """Where a kind's opener stands, to be loaded; None where there is no such kind."""
    if kind in built_in:
        return EntryPoint(name=kind, value=built_in[kind], group=group)
    return next(iter(entry_points(group=group, name=kind)), None)
