"""Are the generated pages up to date? Runs every generator of this folder in check mode; bin/lint calls it.

A generator is a script beside this one that takes `--write` (makes its page) and `--check` (exit 1 if it differs).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


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
