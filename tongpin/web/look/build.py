"""Makes the front-end files (前端文件): `python -m tongpin.web.look.build`. Safe to run twice, quick the second time.

npm fetches the libraries by `package-lock.json` into `var/front-end`; what pages need is copied to `static/vendor/`,
which is never committed: Tabler trimmed to our classes, one sprite of icons, htmx. Translations are compiled here too.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import polib

from tongpin.web.look.icons import ICONS
from tongpin.web.look.node import BuildError, npm, run
from tongpin.web.look.trim import TABLER, trim

LOOK = Path(__file__).resolve().parent
PRODUCT = LOOK.parent.parent
ROOT = PRODUCT.parent
WORK = ROOT / "var" / "front-end"
VENDOR = LOOK / "static" / "vendor"
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
MADE = ("tabler.css", "icons.svg", "htmx.js", "mark.svg", "LICENSES.txt")
STAMP = ".made-from"

_ICON_START = '<symbol id="{name}" viewBox="0 0 24 24">'


def build(*, say: Callable[[str], None] = print) -> bool:
    """Fetches, copies and compiles what is not up to date. True where anything was made. Raises BuildError."""
    made = _vendor(say=say)
    return compile_messages() > 0 or made


def compile_messages(*, folder: Path = PRODUCT) -> int:
    """Every .po below `folder` as .mo beside it. Returns how many were written. Raises BuildError on a broken .po."""
    written = 0
    for source in sorted(folder.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        try:
            content = polib.pofile(str(source)).to_binary()
        except (OSError, ValueError) as error:
            raise BuildError(f"{source.name} cannot be compiled: {error}") from error
        _put(target, content)
        written += 1
    return written


def collect() -> bool:
    """Gathers all static files into STATIC_ROOT, hashed and compressed, where any changed. Needs Django set up."""
    from django.conf import settings  # noqa: PLC0415 - the build itself runs before settings can be read
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    root = Path(settings.STATIC_ROOT)
    seen = hashlib.blake2b(repr(settings.STORAGES["staticfiles"]).encode(), digest_size=16)
    for finder in get_finders():
        for path, storage in finder.list(["django_htmx"]):
            state = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    stamp = root / STAMP
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return False
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx", STAMP])
    _put(stamp, seen.hexdigest().encode())
    return True


def _vendor(*, say: Callable[[str], None]) -> bool:
    stamp = VENDOR / STAMP
    whole = stamp.exists() and all((VENDOR / name).exists() for name in MADE)
    if not (ROOT / "package-lock.json").exists():
        if whole:
            return False  # an installed wheel carries the files
        raise BuildError("The front-end files are missing and package-lock.json is not here to fetch them by.")
    sources = [*(ROOT / name for name in MANIFESTS), *(LOOK / n for n in ("build.py", "icons.py", "trim.py"))]
    state = _digest([*sources, LOOK / "static/look/tokens.css", _mark_drawing(), _htmx()])
    if whole and stamp.read_text() == state:
        return False
    began = time.monotonic()
    modules = _modules()
    fresh = LOOK / ".vendor.new"  # beside static/, so that no collector sees it half made
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, content in _contents(modules).items():
        _put(fresh / name, content)
    _put(fresh / STAMP, state.encode())
    _swap(fresh, VENDOR)
    say(f"front-end files made in {time.monotonic() - began:.0f} s")
    return True


def _modules() -> Path:
    """The folder of fetched packages, exactly as the lock names them."""
    modules, stamp = WORK / "node_modules", WORK / STAMP
    state = _digest(ROOT / name for name in MANIFESTS)
    if modules.is_dir() and stamp.exists() and stamp.read_text() == state:
        return modules
    try:
        WORK.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        for name in MANIFESTS:
            shutil.copyfile(ROOT / name, WORK / name)
    except OSError as error:
        raise BuildError(
            f"Cannot write to {WORK}: {error.strerror}. Run the build as the owner of this folder."
        ) from error
    run([*npm(root=ROOT, work=WORK), "ci"], where=WORK, what="npm ci")
    shutil.rmtree(WORK / "node", ignore_errors=True)  # 230 MB that only a changed lock would want again
    _put(stamp, state.encode())
    return modules


def _contents(modules: Path) -> dict[str, bytes]:
    """What goes into the vendor folder, by file name."""
    sheet = (modules / "@tabler/core/dist/css/tabler.min.css").read_text()
    # In a layer, so that our own sheets win without a race of selectors.
    tabler = f"@layer tabler{{\n{trim(sheet, keep=TABLER)}\n}}\n"
    licences = [(name, modules / name / "LICENSE") for name in ("@tabler/core", "@tabler/icons")]
    notes = [f"{name}\n{path.read_text()}" for name, path in licences if path.exists()]
    return {
        "tabler.css": tabler.encode(),
        "icons.svg": sprite(folder=modules / "@tabler/icons/icons/outline").encode(),
        "htmx.js": _htmx().read_bytes(),
        "mark.svg": mark(tokens=(LOOK / "static/look/tokens.css").read_text()).encode(),
        "LICENSES.txt": "\n\n".join([*notes, "htmx\nZero-Clause BSD, https://htmx.org"]).encode(),
    }


def sprite(*, folder: Path) -> str:
    """One SVG with every icon of ICONS as a symbol. Raises BuildError for a name the library does not draw."""
    symbols = []
    for name in sorted(ICONS):
        path = folder / f"{name}.svg"
        if not path.exists():
            raise BuildError(f"icons.py names {name!r}, which @tabler/icons does not draw.")
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", path.read_text())
        body = "".join(re.sub(r"\s+", " ", s) for s in shapes if 'stroke="none"' not in s)
        symbols.append(f"{_ICON_START.format(name=name)}{body}</symbol>")
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def mark(*, tokens: str) -> str:
    """The product's mark as a file of its own, for the browser's tab: the drawing of the rail in the light tokens."""
    light = tokens.split("[data-bs-theme=dark]")[0]
    values = dict(re.findall(r"--([\w-]+):\s*([^;]+);", light))
    return re.sub(r"var\(--([\w-]+)\)", lambda found: values[found.group(1)].strip(), _mark_drawing().read_text())


def _mark_drawing() -> Path:
    return LOOK / "templates" / "look" / "art" / "mark.svg"


def _htmx() -> Path:
    import django_htmx  # noqa: PLC0415 - only its folder is wanted

    return Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"


def _digest(paths: Iterable[Path]) -> str:
    seen = hashlib.blake2b(digest_size=16)
    for path in paths:
        seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _put(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _swap(fresh: Path, target: Path) -> None:
    old = fresh.with_name(".vendor.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Builds and reports; 1 with a plain message where it cannot."""
    try:
        print("front-end files made" if build(say=lambda _line: None) else "front-end files are up to date")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
