"""Do the pages for people hold together? `python docs/links.py --check`.

Every relative link leads to a file and, where it names one, to a heading; every setting the product reads stands in
operations.md; every command of `tongpin` stands on some page; every layout, meaning and reason of an import stands in
import.md; Chinese and English have the same pages and sections.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tongpin.channels.sheet.layouts import LAYOUTS
from tongpin.channels.sheet.meaning import Meaning

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
OF_SETTINGS = DOCS / "operations.md"
OF_IMPORTS = DOCS / "import.md"
REASONS = ROOT / "tongpin" / "web" / "console" / "reasons.py"
LANGUAGES = ("zh", "en")

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.MULTILINE)
SETTING = re.compile(r"[\"'](TONGPIN_[A-Z0-9_]+|DATABASE_URL)[\"']")
COMMANDS = re.compile(r"\{([a-z,-]+)\}")
NOT_FOR_PEOPLE = frozenset({"TONGPIN_SUPERVISED"})
"""What the product tells its own processes; nobody sets it by hand."""


def pages() -> list[Path]:
    """All pages: in the root and below docs/."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@cache
def text_of(page: Path) -> str:
    """A page without code: what stands in code is neither link nor heading."""
    return CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))


@cache
def anchors(page: Path) -> frozenset[str]:
    """What `#…` may name on a page, the way code hosts make it: small letters, no punctuation, hyphens for spaces."""
    found: set[str] = set()
    plain = FENCE.sub("", page.read_text(encoding="utf-8"))
    for _, title in HEADING.findall(plain):
        shown = LINK.sub(lambda link: link[0].split("](")[0].lstrip("!["), title)
        made = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        times = next(n for n in range(len(found) + 1) if (f"{made}-{n}" if n else made) not in found)
        found.add(f"{made}-{times}" if times else made)
    return frozenset(found)


def broken_links() -> Iterator[str]:
    """Relative links that lead nowhere."""
    for page in pages():
        for target in LINK.findall(text_of(page)):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            shown = f"{page.relative_to(ROOT)}: {target}"
            if not there.is_relative_to(ROOT):
                yield f"{shown} leads out of the project"
            elif not there.exists():
                yield f"{shown} leads to nothing"
            elif parts.fragment and there.suffix == ".md" and unquote(parts.fragment) not in anchors(there):
                yield f"{shown} names no heading there"


def settings_read() -> set[str]:
    """Names of environment variables that the product looks at."""
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "tongpin").rglob("*.py")]
    return {name for text in code for name in SETTING.findall(text)} - NOT_FOR_PEOPLE


def unknown_settings() -> Iterator[str]:
    """Settings without a word, and words about settings that are gone."""
    told = set(re.findall(r"`(TONGPIN_[A-Z0-9_]+|DATABASE_URL)`", OF_SETTINGS.read_text(encoding="utf-8")))
    for name in sorted(settings_read() - told):
        yield f"{OF_SETTINGS.relative_to(ROOT)} says nothing of the setting {name}"
    for name in sorted(told - settings_read()):
        yield f"{OF_SETTINGS.relative_to(ROOT)} tells of {name}, which nothing reads"


def commands() -> list[str]:
    """The commands of `tongpin`, as it tells them itself."""
    run = subprocess.run(
        [sys.executable, "-m", "tongpin.wiring.cli", "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = COMMANDS.search(run.stdout)
    return told[1].split(",") if told else []


def untold_commands() -> Iterator[str]:
    """Commands that no page shows."""
    everything = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    for name in commands():
        if not re.search(rf"tongpin {re.escape(name)}\b", everything):
            yield f"no page tells of the command tongpin {name}"


def reasons() -> set[str]:
    """Codes that an import can end with, as the console words them. Read, not imported: that would want Django."""
    tables = [node for node in ast.parse(REASONS.read_text(encoding="utf-8")).body if isinstance(node, ast.AnnAssign)]
    worded = {node.target.id: node.value for node in tables if isinstance(node.target, ast.Name)}
    keys = [key for name in ("ROWS", "REFUSALS") if isinstance(of := worded[name], ast.Dict) for key in of.keys]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def untold_codes() -> Iterator[str]:
    """Words of imports that import.md does not know."""
    page = OF_IMPORTS.read_text(encoding="utf-8")
    known = {*(layout.id for layout in LAYOUTS), *(meaning.value for meaning in Meaning), *reasons()}
    for code in sorted(known):
        if f"`{code}`" not in page:
            yield f"{OF_IMPORTS.relative_to(ROOT)} says nothing of {code}"


def unequal_languages() -> Iterator[str]:
    """Pages that one language has and the other lacks, or that have other sections there."""
    first, second = (DOCS / language for language in LANGUAGES)
    names = {folder: {path.relative_to(folder) for path in folder.rglob("*.md")} for folder in (first, second)}
    pairs = [(zh, zh.with_name(zh.name.replace(".zh.", "."))) for zh in sorted(DOCS.rglob("*.zh.md"))]
    for one, other in ((first, second), (second, first)):
        for name in sorted(names[one] - names[other]):
            yield f"{(one / name).relative_to(ROOT)} has no counterpart in {other.name}"
    pairs += [(first / name, second / name) for name in sorted(names[first] & names[second])]
    for zh, en in pairs:
        if not en.exists():
            yield f"{zh.relative_to(ROOT)} has no counterpart in English"
            continue
        levels = [[len(marks) for marks, _ in HEADING.findall(text_of(page))] for page in (zh, en)]
        if levels[0] != levels[1]:
            yield f"{zh.relative_to(ROOT)} and {en.relative_to(ROOT)} have other sections"


def main() -> int:
    """1 where something does not hold, each thing on a line of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", required=True)
    parser.parse_args()
    wrong = [*broken_links(), *unknown_settings(), *untold_commands(), *untold_codes(), *unequal_languages()]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
