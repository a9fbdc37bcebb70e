"""Cuts a style sheet down to the classes we use: all of Tabler is 635 kB, the parts this console builds on a tenth."""

from __future__ import annotations

import re
from collections.abc import Iterator

_USED = """
    card card-header card-body card-footer card-title table table-responsive btn btn-primary btn-danger btn-link
    form-label form-control form-select form-check form-check-input form-check-label form-hint form-range form-fieldset
    invalid-feedback is-invalid progress progress-bar placeholder visually-hidden visually-hidden-focusable
    d-none text-nowrap text-truncate text-end text-center w-100 active disabled show
"""
TABLER = frozenset(_USED.split())
"""The Tabler classes our templates may use; the tests refuse a class that is neither here nor in our own sheets."""

_CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
_NEGATED = re.compile(r":not\([^()]*\)")
_SKIP = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", re.S)
_NESTED = ("@media", "@supports", "@layer", "@container")


def _marks(css: str) -> Iterator[tuple[int, str]]:
    """Positions of braces and semicolons outside strings and comments."""
    masked = _SKIP.sub(lambda found: " " * len(found.group()), css)
    return ((found.start(), found.group()) for found in re.finditer(r"[{};]", masked))


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(prelude, body) of every rule at the top level; body None for a statement such as @charset."""
    start = opened = depth = 0
    for at, mark in _marks(css):
        if mark == "{":
            opened = opened if depth else at
            depth += 1
        elif mark == "}":
            depth -= 1
            if not depth:
                yield css[start:opened].strip(), css[opened + 1 : at]
                start = at + 1
        elif not depth:
            yield css[start:at].strip(), None
            start = at + 1


def _selectors(prelude: str) -> list[str]:
    """A selector list parted at its outer commas."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            parts.append(prelude[start:at])
            start = at + 1
    return [*parts, prelude[start:]]


def trim(css: str, *, keep: frozenset[str]) -> str:
    """The same sheet without rules that need a class outside `keep`, without comments, @charset and source map."""
    out = []
    for prelude, body in _rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if body is None or prelude.startswith("@charset"):
            continue
        if prelude.startswith(_NESTED):
            inner = trim(body, keep=keep)
            if inner:
                out.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            out.append(f"{prelude}{{{body}}}")
        else:
            wanted = [s for s in _selectors(prelude) if set(_CLASS.findall(_NEGATED.sub("", s))) <= keep]
            if wanted:
                out.append(f"{','.join(wanted)}{{{body}}}")
    kept = "\n".join(out)
    return _without_idle_frames(kept)


def _without_idle_frames(css: str) -> str:
    """Drops @keyframes nothing names any more."""
    for name in set(re.findall(r"@keyframes ([\w-]+)", css)):
        if len(re.findall(rf"(?<![\w-]){re.escape(name)}(?![\w-])", css)) == css.count(f"@keyframes {name}{{"):
            css = re.sub(rf"@keyframes {re.escape(name)}\{{(?:[^{{}}]*\{{[^{{}}]*\}})*[^{{}}]*\}}\n?", "", css)
    return css
