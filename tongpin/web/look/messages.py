"""Every text our pages can show, from templates and code, in the one catalogue (developers: `bin/messages`).

Needs no gettext: templates go through Django's own `templatize`, Python through its syntax tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polib
from django.utils.translation.template import templatize

PRODUCT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = Path(__file__).resolve().parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop", "N_"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
_CALL = re.compile(r"(?<![\w.])(_|n?p?gettext(?:_lazy|_noop)?)\(")


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """One text in English as it stands in the code. `context` tells two equal texts apart."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is wrong with the catalogue: texts without Chinese, texts no page shows any more."""

    missing: tuple[Text, ...]
    idle: tuple[Text, ...]


def texts(*, folder: Path = PRODUCT) -> dict[Text, list[str]]:
    """Every text below `folder` with the files it stands in, relative to it."""
    found: dict[Text, list[str]] = {}
    for path in sorted(
        [*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]
    ):
        for text in _in_file(path):
            where = found.setdefault(text, [])
            if (name := str(path.relative_to(folder))) not in where:
                where.append(name)
    return found


def lacks(*, folder: Path = PRODUCT, catalogue: Path = CATALOGUE) -> Lack:
    """What the Chinese catalogue lacks, and what it holds for nobody."""
    wanted = set(texts(folder=folder))
    known = {_key(entry): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
    missing = [t for t in wanted if t not in known or not known[t].translated()]
    return Lack(tuple(sorted(missing)), tuple(sorted(set(known) - wanted)))


def merge(*, folder: Path = PRODUCT, catalogue: Path = CATALOGUE) -> Lack:
    """Adds new texts to the catalogue, drops idle ones, renews where each stands. Returns what lacks Chinese."""
    old = polib.pofile(str(catalogue)) if catalogue.exists() else polib.POFile()
    known = {_key(entry): entry for entry in old}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for text, where in sorted(texts(folder=folder).items()):
        entry = known.get(text) or polib.POEntry(
            msgid=text.text, msgid_plural=text.plural, msgctxt=text.context or None
        )
        if text.plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: ""}
        entry.occurrences = [(name, "") for name in where]
        entry.flags = ["python-format"] if "%(" in text.text else []
        entry.obsolete = False
        fresh.append(entry)
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(catalogue))
    return lacks(folder=folder, catalogue=catalogue)


def _key(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _in_file(path: Path) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(source)
        yield from _calls(ast.walk(tree), called=_imported(tree))
    elif "{%" in source or "{{" in source:
        yield from _in_template(templatize(source, origin=path.name))


def _in_template(code: str) -> Iterator[Text]:
    """`templatize` leaves the texts as calls among letters that mean nothing; each call is read by itself."""
    for found in _CALL.finditer(code):
        for end in (at.end() for at in re.finditer(r"\)", code[found.start() :])):
            try:
                call = ast.parse(code[found.start() : found.start() + end].strip(), mode="eval")
            except SyntaxError:
                continue
            yield from _calls(ast.walk(call))
            break


def _imported(tree: ast.Module) -> dict[str, str]:
    """Names of Django's functions in a module that calls them otherwise: `gettext_lazy as lazy`."""
    return {
        one.asname: one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if one.asname
    }


def _calls(nodes: Iterable[ast.AST], *, called: Mapping[str, str] = MappingProxyType({})) -> Iterator[Text]:
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        name = called.get(name, name)
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in _PLAIN and words:
            yield Text(words[0])
        elif name in _PLURAL and len(words) >= 2:
            yield Text(words[0], plural=words[1])
        elif name in _CONTEXT and len(words) >= 2:
            yield Text(words[1], context=words[0])
        elif name in _CONTEXT_PLURAL and len(words) >= 3:
            yield Text(words[1], plural=words[2], context=words[0])
