"""What a person gets when they ask for their data has a title and a head for every column, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from tongpin.core.people.exporting import COLUMNS, TITLES
from tongpin.loop.sell.orders.writing import Recipient

TREE = Path(__file__).resolve().parents[2] / "tongpin"


def sections() -> Iterator[tuple[str, set[str]]]:
    """(code, columns) of every section that any exporter yields, as they stand in the code."""
    for path in sorted(TREE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.name != "exporting.py" and "people.exporting import Section" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Section":
                code = node.args[1]
                assert isinstance(code, ast.Constant), path
                yield code.value, set(_columns(node.args[2]))


def _columns(rows: ast.expr) -> Iterator[str]:
    for node in ast.walk(rows):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant))


def test_every_section_has_a_title() -> None:
    codes = {code for code, _ in sections()}
    assert len(codes) > 20
    assert codes - set(TITLES) == set()
    assert set(TITLES) - codes == set(), "no exporter yields these any more"


def test_every_column_has_a_head() -> None:
    named = {column for _, columns in sections() for column in columns} | {one.name for one in fields(Recipient)}
    assert named - set(COLUMNS) == set()
