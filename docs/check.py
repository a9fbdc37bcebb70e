"""Are the generated pages up to date? Runs every generator of this folder in check mode; bin/lint calls it.

And what generators have in common: `kept`.

A generator is a script beside this one that takes `--write` (makes its page) and `--check` (exit 1 if it differs).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent


def kept(path: Path, page: Callable[[], str], *, words: str | None) -> int:
    """The main of a generator: writes its page, or says whether it is up to date."""
    parser = argparse.ArgumentParser(description=words)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    if parser.parse_args().write:
        path.write_text(page(), encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == page():
        return 0
    print(f"docs/{path.name} is not up to date: run python docs/{path.stem}.py --write", file=sys.stderr)
    return 1


def main() -> int:
    """0 where every page is what its generator would write now."""
    paths = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH", "")]))
    stale = 0
    for generator in sorted(HERE.glob("*.py")):
        if generator.name != Path(__file__).name:
            run = subprocess.run(
                [sys.executable, str(generator), "--check"], env={**os.environ, "PYTHONPATH": paths}, check=False
            )
            stale += run.returncode != 0
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
