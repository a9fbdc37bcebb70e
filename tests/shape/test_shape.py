"""What the import contracts cannot see: which way foreign keys point, hidden doors, sizes, names, words of facts."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, signals

from tongpin.core.facts.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "tongpin"
MOST_LINES = 500
LONGEST_FUNCTION = 60

HIDDEN_DOORS = frozenset({"get_model", "import_module", "import_string", "__import__"})
MAY_OPEN_THEM: dict[str, str] = {}
"""Files that may import by name, with the reason: what is loaded so, no contract can see."""

BANNED = frozenset(
    {
        *("common", "data", "helper", "helpers", "info", "misc", "util", "utils"),
        *("handler", "handlers", "manager", "managers", "process", "processes", "service", "services"),
    }
)
BANNED_AND_YET: dict[str, str] = {
    "core/facts/services.py": "the services that are sold (appointments, visit reports): the field's own word",
}
DJANGOS_OWN = frozenset({"templatetags"})
"""Folders that Django asks for by this name; the one around them says why."""

SAVING = ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed")


def modules() -> Iterator[Path]:
    """Every module that somebody wrote; migrations are written by Django and never edited."""
    return (p for p in sorted(TREE.rglob("*.py")) if "migrations" not in p.parts and "vendor" not in p.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def ranks(contract: str) -> dict[str, int]:
    """Layer → height, as `.importlinter` has it; siblings on one line are equally high."""
    kept = configparser.ConfigParser()
    kept.read(ROOT / ".importlinter", encoding="utf-8")
    layers = [line for line in kept[f"importlinter:contract:{contract}"]["layers"].splitlines() if line.strip()]
    return {name.strip(): len(layers) - at for at, line in enumerate(layers) for name in line.split("|")}


def height(model: type[Model]) -> tuple[int, int] | None:
    """How high a model's module stands: in the tree, then within the core. None where it is not ours."""
    parts = model.__module__.split(".")
    if parts[0] != "tongpin":
        return None
    return ranks("tree")[parts[1]], ranks("core")[parts[2]] if parts[1] == "core" else 0


def room(model: type[Model]) -> str:
    """The room of the loop (gather, give, sell, share) a model belongs to, or nothing."""
    parts = model.__module__.split(".")
    return parts[2] if parts[:2] == ["tongpin", "loop"] else ""


def pointing() -> Iterator[tuple[type[Model], type[Model], str]]:
    """(model, what it points to, by which field), of every relation that our models declare."""
    for model in apps.get_models(include_auto_created=True):
        if height(model) is None:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, Field) and field.is_relation and field.related_model is not None:
                yield model, field.related_model, field.name  # type: ignore[misc]


def test_foreign_keys_point_down() -> None:
    wrong = [
        f"{model.__name__}.{field} points up to {target.__name__}"
        for model, target, field in pointing()
        if (own := height(model)) and (other := height(target)) and other > own
    ]
    assert wrong == []


def test_between_rooms_stands_a_plain_id() -> None:
    wrong = [
        f"{model.__name__}.{field} points into the room {room(target)}"
        for model, target, field in pointing()
        if room(model) and room(target) and room(model) != room(target)
    ]
    assert wrong == []


def test_nothing_points_to_any_table_by_content_type() -> None:
    assert [f"{model.__name__}.{field}" for model, target, field in pointing() if target is ContentType] == []


def test_nothing_is_loaded_by_name() -> None:
    opened = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if named(path) not in MAY_OPEN_THEM
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and _called(node) in HIDDEN_DOORS
    ]
    assert opened == []


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nothing_listens_to_saving() -> None:
    listening = [
        f"{name} → {receiver.__module__}.{receiver.__qualname__}"
        for name in SAVING
        for one in getattr(signals, name).receivers
        if (receiver := _receiver(one[1])) is not None and receiver.__module__.startswith("tongpin.")
    ]
    assert listening == []


def _receiver(reference: object) -> object:
    """A receiver is kept weakly, or itself where nothing else holds it."""
    return reference() if type(reference).__name__ in ("ReferenceType", "WeakMethod") else reference  # type: ignore[operator]


def test_modules_are_short() -> None:
    long = {named(p): n for p in modules() if (n := len(p.read_text(encoding="utf-8").splitlines())) > MOST_LINES}
    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{named(path)}:{node.name}": lines
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    called = {named(p): {p.stem, *p.relative_to(TREE).parts[:-1]} & BANNED for p in modules()}
    assert [name for name, words in called.items() if words and name not in BANNED_AND_YET] == []


def test_every_exception_from_a_rule_is_still_needed() -> None:
    assert [name for name in (*BANNED_AND_YET, *MAY_OPEN_THEM) if not (TREE / name).is_file()] == []


def test_every_package_says_why_it_exists() -> None:
    packages = [p for p in modules() if p.name == "__init__.py" and p.parent.name not in DJANGOS_OWN]
    assert [named(p) for p in packages if not ast.get_docstring(parsed(p))] == []


def test_every_fact_says_what_happened() -> None:
    assert [kind for kind, cls in CATALOGUE.items() if not (vars(cls).get("__doc__") or "").strip()] == []


def test_every_fact_has_a_line_for_people() -> None:
    lines = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8").splitlines()
    told = {line: lines[at + 2] for at, line in enumerate(lines[:-2]) if line.startswith("#### `")}
    assert [kind for kind in CATALOGUE if not told.get(f"#### `{kind}`", "").strip()] == []


def test_every_copy_of_djangos_connection_raises_djangos_errors() -> None:
    """The sequencer's connection is its own."""
    raw = [named(path) for path in modules() if re.search(r"cursor\.copy\(", path.read_text(encoding="utf-8"))]
    assert sorted(raw) == ["core/ledger/copying.py", "core/ledger/sequencer.py"]


ADVISORY = re.compile(r"advisory\w*\(\s*(7[0-9_]{6,})|^(?:LOCK|NAMES|\w*_LOCK)(?:: Final)? = (7[0-9_]{6,})$", re.M)


def test_every_advisory_lock_is_one_modules_own() -> None:
    holders: dict[int, list[str]] = {}
    for path in modules():
        source = path.read_text(encoding="utf-8")
        numbers = {int((one[1] or one[2]).replace("_", "")) for one in ADVISORY.finditer(source)}
        if "advisory" in source and "hashtext('books.roll_up')" not in source:
            assert numbers, f"{named(path)}: this test does not see which lock it holds"
        for number in numbers:
            holders.setdefault(number, []).append(named(path))
    assert {number: places for number, places in holders.items() if len(places) > 1} == {}
