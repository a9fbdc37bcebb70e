"""Writes docs/reactions.md from the table of consequences: `python docs/reactions.py --write`, or `--check`."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

from check import kept

PAGE = Path(__file__).resolve().parent / "reactions.md"
CLOCK = Path(__file__).resolve().parent.parent / "tongpin"
INTRODUCTION = """\
<!-- Written by docs/reactions.py. Change tongpin/reactions/table.py, then run: python docs/reactions.py --write -->

# Who reacts: what follows when something happened

The ledger is written by actions; what follows in **other** rooms stands in one table, `tongpin/reactions/table.py`. A
reaction runs after the fact has committed, exactly once, in the order of the fact's subject, in its lane: an import in
*bulk* never delays a talk in *session*. One that fails is tried again and then parked; the console shows it.
"""


def page() -> str:
    """The whole page. Needs Django set up."""
    from tongpin.reactions.table import LANES, REACTIONS  # noqa: PLC0415 - models must be loaded first

    parts = [INTRODUCTION, "\n## After a fact\n\n| when | lane | then |\n| --- | --- | --- |\n"]
    for lane in LANES:
        for where, one in REACTIONS:
            if where == lane:
                told = (inspect.getdoc(one.call) or "").split("\n")[0]
                parts.append(f"| `{one.kind}` | {lane} | `{one.call.__name__}`: {told} |\n")
    parts.append("\n## By the clock\n\n| every | task | what |\n| --- | --- | --- |\n")
    parts += [f"| `{cron}` | `{name}` | {told} |\n" for cron, name, told in _by_the_clock()]
    return "".join(parts)


def _by_the_clock() -> list[tuple[str, str, str]]:
    """(cron, name, first line of what it does) of every periodic task."""
    found = []
    for path in sorted(CLOCK.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "app.periodic(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "app.periodic":
                    cron = str(ast.literal_eval(mark.keywords[0].value))
                    found.append((cron, node.name, (ast.get_docstring(node) or "").split("\n")[0]))
    return found


def main() -> int:
    """Writes the page, or says whether it is up to date."""
    from tongpin.web.api.schema import begin  # noqa: PLC0415 - it sets Django up without a database

    begin()
    return kept(PAGE, page, words=__doc__)


if __name__ == "__main__":
    sys.exit(main())
