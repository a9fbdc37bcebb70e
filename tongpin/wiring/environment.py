"""Makes `.venv` from the hashed locks and builds the front end, before anything of it can be imported.

Run as a script by any Python from 3.11 on: `python3 -I environment.py runtime|dev`. Only the standard library.
Safe when two run at once (a lock), when killed at any moment (a stamp is written last), when the tree was moved.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = (3, 11)
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
UV_LOCK = "requirements-uv.lock"
NODE_LOCK = "requirements-node.lock"
VENDOR = Path("tongpin/web/look/static/vendor")
BUILD = "tongpin.web.look.build"
FRONT_END = (
    "package*.json",
    "tongpin/web/look/*.py",
    "tongpin/web/look/static/look/*",
    "tongpin/web/look/templates/look/art/*",
    "tongpin/*/locale/*/LC_MESSAGES/*.po",
    "tongpin/*/*/locale/*/LC_MESSAGES/*.po",
)


class Failed(Exception):
    """The environment cannot be made; the text says what to do."""


def main(arguments: list[str]) -> int:
    wanted = arguments[0] if arguments else "runtime"
    root = Path(__file__).resolve().parents[2]
    if wanted not in LOCKS:
        print(f"environment.py takes {' or '.join(LOCKS)}, not {wanted!r}.", file=sys.stderr)
        return 2
    try:
        prepare(root, wanted=wanted)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        step = " ".join(str(part) for part in failure.cmd[:6])
        print(
            f"This step failed ({failure.returncode}): {step} …\nMend what it says above, then try again.",
            file=sys.stderr,
        )
        return 1
    except OSError as failure:
        print(f"{failure.filename or root}: {failure.strerror}. Mend that, then try again.", file=sys.stderr)
        return 1
    return 0


def prepare(root: Path, *, wanted: str) -> None:
    """Bring the environment to `wanted` ("dev" includes "runtime") and the front end up to date, where they are not."""
    if _installed(root, wanted) and not _front_end_due(root):
        return
    with _alone(root):
        if not _installed(root, wanted):
            _install(root, wanted)
        if _front_end_due(root):
            _build_front_end(root)


def _installed(root: Path, wanted: str) -> str:
    """The set that is in place and serves, or an empty text."""
    # bin/tongpin runs us by the environment's own Python. Where an upgrade of the system made that another version,
    # what is installed below lib/ cannot be imported any more.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not os.access(_python(root), os.X_OK) or not (root / ".venv" / "lib" / version).is_dir():
        return ""
    kept = _stamp(root)
    if kept.get("set") in ({wanted, "dev"}) and kept.get("lock") == _digest(root / LOCKS[kept["set"]]):
        return kept["set"]
    return ""


def _install(root: Path, wanted: str) -> None:
    if wanted == "runtime" and _stamp(root).get("set") == "dev":
        wanted = "dev"
    if not _stamp(root):
        # An environment that somebody made by hand from the same locks is as good as ours.
        for found in ("dev", wanted):
            if _holds(root, LOCKS[found]):
                _write_stamp(root, found)
                return
    _require_python()
    _stamp_path(root).unlink(missing_ok=True)
    _say(f"Preparing the environment in {root / '.venv'} (once; from {LOCKS[wanted]}) …")
    _make_venv(root)
    _install_uv(root)
    uv = [str(_python(root)), "-m", "uv", "pip", "sync", "--python", str(_python(root))]
    _run([*uv, "--require-hashes", "--compile-bytecode", str(root / LOCKS[wanted])], root, env=_as_pip_is_told(root))
    _write_stamp(root, wanted)


def _make_venv(root: Path) -> None:
    if _has_pip(root):
        return
    base = getattr(sys, "_base_executable", None) or sys.executable
    _run([base, "-I", "-m", "venv", "--clear", str(root / ".venv")], root)
    if not _has_pip(root):
        raise Failed(f"{base} made an environment without pip. {_what_to_install()}")


def _has_pip(root: Path) -> bool:
    python = _python(root)
    if not os.access(python, os.X_OK):
        return False
    return subprocess.run([python, "-I", "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _install_uv(root: Path) -> None:
    if not _holds(root, UV_LOCK):
        pip = [str(_python(root)), "-I", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        _run([*pip, "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(root / UV_LOCK)], root)


def _as_pip_is_told(root: Path) -> dict[str, str]:
    """uv does not read pip's configuration, where many keep the address of a near mirror. Pass it on."""
    pip = [str(_python(root)), "-I", "-m", "pip", "config", "list"]
    said = subprocess.run(pip, capture_output=True, text=True, check=False, cwd=root).stdout
    told = {}
    for scope in ("global", "install", ":env:"):
        for name, value in re.findall(rf"^{re.escape(scope)}\.([a-z-]+)='(.*)'$", said, re.MULTILINE):
            told[name.replace("_", "-")] = value.replace("\\n", " ").strip()
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "trusted-host": "UV_INSECURE_HOST",
        "cert": "SSL_CERT_FILE",
    }
    env = {variable: told[name] for name, variable in names.items() if name in told and variable not in os.environ}
    if "UV_FIND_LINKS" in env:
        env["UV_FIND_LINKS"] = ",".join(env["UV_FIND_LINKS"].split())
    # Every file is named by its hash in the lock, so any of the places may serve it.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **env}


def _holds(root: Path, lock: str) -> bool:
    """Whether the environment has exactly the versions that a lock names (it may have more)."""
    present = set()
    for folder in (root / ".venv").glob("lib/python3*/site-packages/*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        if (folder / "RECORD").is_file():
            present.add((_plain(name), version))
    pins = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)([^\n\\]*)", (root / lock).read_text(), re.MULTILINE
    )
    return bool(pins) and all((_plain(name), version) in present for name, version, marker in pins if ";" not in marker)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _front_end_due(root: Path) -> bool:
    if not (root / "tongpin/web/look/build.py").is_file():
        return False
    try:
        return (root / VENDOR / ".stamp").read_text() != _front_end_state(root)
    except FileNotFoundError:
        return True


def _build_front_end(root: Path) -> None:
    _say("Building the front end (once) …")
    if not (shutil.which("node") and shutil.which("npm")):
        uv = [str(_python(root)), "-m", "uv", "pip", "install", "--quiet", "--python", str(_python(root))]
        _install_uv(root)
        _run([*uv, "--require-hashes", "-r", str(root / NODE_LOCK)], root, env=_as_pip_is_told(root))
    _run([str(_python(root)), "-P", "-m", BUILD], root, env={"PYTHONPATH": str(root)})
    (root / VENDOR).mkdir(parents=True, exist_ok=True)
    _write(root / VENDOR / ".stamp", _front_end_state(root))


def _front_end_state(root: Path) -> str:
    """Name, size and time of all the build reads. Too strict does no harm: a build with nothing to do is quick."""
    read = [path for pattern in FRONT_END for path in sorted(root.glob(pattern)) if path.is_file()]
    seen = [(str(path.relative_to(root)), path.stat().st_size, path.stat().st_mtime_ns) for path in read]
    made = [path.with_suffix(".mo").exists() for path in read if path.suffix == ".po"]
    return hashlib.sha256(json.dumps([seen, made]).encode()).hexdigest()


def _require_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise Failed(f"Tongpin needs Python 3.11 or newer; {sys.executable} is {found}. {_what_to_install()}")
    for module in ("venv", "ensurepip"):
        found_at = subprocess.run([sys.executable, "-I", "-c", f"import {module}"], capture_output=True, check=False)
        if found_at.returncode:
            raise Failed(f"{sys.executable} lacks the module {module}. {_what_to_install()}")


def _what_to_install() -> str:
    return "On Debian or Ubuntu: apt-get install python3 python3-venv. On Fedora: dnf install python3."


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One at a time on this tree; the kernel lets go of the lock when its holder dies."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another start is preparing the environment; waiting for it …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def _stamp_path(root: Path) -> Path:
    return root / ".venv" / "tongpin.json"


def _stamp(root: Path) -> dict[str, str]:
    try:
        kept = json.loads(_stamp_path(root).read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and kept.get("set") in LOCKS else {}


def _write_stamp(root: Path, which: str) -> None:
    _write(_stamp_path(root), json.dumps({"set": which, "lock": _digest(root / LOCKS[which])}))


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run(command: list[str], root: Path, *, env: dict[str, str] | None = None) -> None:
    clean = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    }
    # What is built is nobody's answer: it goes where messages go, and a caller may read our stdout.
    subprocess.run(command, check=True, cwd=root, env={**clean, **(env or {})}, stdout=sys.stderr)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
