"""`bin/tongpin` on small trees: what it installs, when, and what it says where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "requirements.lock": "attrs==1.0 \\\n    --hash=sha256:00\n",
    "requirements-dev.lock": "attrs==1.0 \\\n    --hash=sha256:00\npytest-xdist==2.0 \\\n    --hash=sha256:00\n",
    "requirements-uv.lock": "uv==3.0 \\\n    --hash=sha256:00\n",
}
# Stands for the environment's Python: runs our script for real, and notes what else it is asked to do.
PYTHON = """#!/bin/sh
case "$*" in
*environment.py*) exec {python} "$@" ;;
*"-m pip --version"* | *"pip config list"*) exit 0 ;;
esac
echo "$*" >> {calls}
case "$*" in *" sync "*) sleep {pause}; exit {code} ;; esac
"""


class Tree:
    """A clone in a folder with a space in its name, and an environment that was made already."""

    def __init__(self, folder: Path, *installed: str, code: int = 0, pause: float = 0) -> None:
        self.root = folder / "a clone"
        self.calls = folder / "calls"
        for name in ("bin/tongpin", "tongpin/wiring/environment.py"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.root / name)
        for name, text in LOCKS.items():
            (self.root / name).write_text(text)
        (self.root / ".venv" / "bin").mkdir(parents=True)
        self.python = self.root / ".venv" / "bin" / "python"
        self.python.write_text(PYTHON.format(python=sys.executable, calls=self.calls, code=code, pause=pause))
        self.python.chmod(0o755)
        self.packages = self.root / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
        self.packages.mkdir(parents=True)
        for name in installed:
            (self.packages / f"{name}.dist-info").mkdir()
            (self.packages / f"{name}.dist-info" / "RECORD").touch()

    def run(self, *arguments: str, cwd: str = "/", by: Path | None = None) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [by or self.root / "bin" / "tongpin", *arguments]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)

    def made_calls(self) -> list[str]:
        text = self.calls.read_text() if self.calls.exists() else ""
        self.calls.unlink(missing_ok=True)
        return [line.replace(str(self.root), "ROOT") for line in text.splitlines()]

    @property
    def installed_set(self) -> str:
        path = self.root / ".venv" / "tongpin.json"
        return str(json.loads(path.read_text())["set"]) if path.exists() else ""


PIP = "-I -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps --only-binary=:all: -r ROOT/"
SYNC = "-m uv pip sync --python ROOT/.venv/bin/python --require-hashes --compile-bytecode ROOT/"
RUNTIME, DEV = ("attrs-1.0", "uv-3.0"), ("attrs-1.0", "pytest_xdist-2.0", "uv-3.0")


def test_what_is_missing_is_installed_once_and_then_the_command_runs(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    assert tree.run("up", "--host", "a b").returncode == 0
    asked = [f"{PIP}requirements-uv.lock", f"{SYNC}requirements.lock", "-m tongpin.wiring.cli up --host a b"]
    assert tree.made_calls() == asked
    tree.run("check")
    assert tree.made_calls() == ["-m tongpin.wiring.cli check"]


def test_an_environment_made_by_hand_from_the_same_lock_is_taken_as_it_is(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *RUNTIME)
    tree.run("up")
    assert tree.made_calls() == ["-m tongpin.wiring.cli up"]
    assert tree.installed_set == "runtime"


def test_the_set_for_developers_serves_the_product_too(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *DEV)
    tree.run("up")
    assert (tree.made_calls(), tree.installed_set) == (["-m tongpin.wiring.cli up"], "dev")


def test_the_tests_ask_for_more_than_the_product(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *RUNTIME)
    tree.run("up")
    tree.made_calls()
    assert tree.run("--environment", "dev").returncode == 0
    assert (tree.made_calls(), tree.installed_set) == ([f"{SYNC}requirements-dev.lock"], "dev")


def test_a_changed_lock_is_followed_and_a_developer_stays_one(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *DEV)
    tree.run("--environment", "dev")
    with (tree.root / "requirements-dev.lock").open("a") as lock:
        lock.write("# newer\n")
    tree.run("--environment", "runtime")
    assert (tree.made_calls(), tree.installed_set) == ([f"{SYNC}requirements-dev.lock"], "dev")


def test_after_a_failed_installation_the_next_start_installs_again(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "uv-3.0", code=3)
    for _ in range(2):
        failed = tree.run("up")
        assert failed.returncode == 1
        assert "This step failed (3)" in failed.stderr
        assert (tree.made_calls(), tree.installed_set) == ([f"{SYNC}requirements.lock"], "")


def test_of_two_starts_at_once_one_installs_and_both_run(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "uv-3.0", pause=0.5)
    starts = [subprocess.Popen([tree.root / "bin" / "tongpin", "up"], stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [start.wait(30) for start in starts] == [0, 0, 0]
    assert sorted(tree.made_calls()) == [*["-m tongpin.wiring.cli up"] * 3, f"{SYNC}requirements.lock"]


def test_it_is_found_through_a_link_and_from_any_folder(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *RUNTIME)
    (tmp_path / "shortcut").symlink_to(tree.root / "bin" / "tongpin")
    (tmp_path / "link to link").symlink_to("shortcut")
    assert tree.run("up", cwd=str(tmp_path), by=tmp_path / "link to link").returncode == 0
    assert tree.made_calls() == ["-m tongpin.wiring.cli up"]


@pytest.mark.parametrize(
    ("script", "found"), [("[ $1 = --version ] && echo Python 3.9.2", "Python 3.9.2"), (None, "no python3")]
)
def test_without_a_python_that_is_new_enough_it_says_what_to_install(
    tmp_path: Path, script: str | None, found: str
) -> None:
    tree = Tree(tmp_path)
    tree.python.unlink()
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "dirname", "readlink"):
        (programs / name).symlink_to(str(shutil.which(name)))
    if script:
        (programs / "python3").write_text(f"#!/bin/sh\n{script} || exit 1\n")
        (programs / "python3").chmod(0o755)
    said = subprocess.run(
        [tree.root / "bin" / "tongpin", "up"], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert said.stderr == (
        f"Tongpin needs Python 3.11 or newer; this machine has {found}.\n"
        "On Debian 12 or Ubuntu 24.04: apt-get install python3 python3-venv\n"
    )


def test_without_ensurepip_it_says_what_to_install(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.python.unlink()
    programs = tmp_path / "programs"
    programs.mkdir()
    # A Python as Debian ships it without python3-venv.
    missing = f'case "$*" in *"import ensurepip"*) exit 1 ;; esac\nexec {sys.executable} "$@"'
    (programs / "python3").write_text(f"#!/bin/sh\n{missing}\n")
    (programs / "python3").chmod(0o755)
    script = (tree.root / "tongpin/wiring/environment.py").read_text()
    # The script asks its own interpreter, whose name the shell above cannot change.
    script = script.replace("[sys.executable, ", f"[{str(programs / 'python3')!r}, ")
    (tree.root / "tongpin/wiring/environment.py").write_text(script)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    said = subprocess.run(
        [tree.root / "bin" / "tongpin", "up"], env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "lacks the module ensurepip. On Debian or Ubuntu: apt-get install python3 python3-venv." in said.stderr


def test_the_front_end_is_built_when_what_it_is_made_from_changed(tmp_path: Path) -> None:
    tree = Tree(tmp_path, *RUNTIME)
    build = tree.root / "tongpin/web/look/build.py"
    build.parent.mkdir(parents=True)
    build.write_text("1")
    (tree.root / "package-lock.json").write_text("{}")
    built = ["-P -m tongpin.web.look.build", "-m tongpin.wiring.cli up"]
    with_node = shutil.which("node") and shutil.which("npm")
    node = (
        []
        if with_node
        else [
            "-m uv pip install --quiet --python ROOT/.venv/bin/python --require-hashes -r ROOT/requirements-node.lock"
        ]
    )
    for change in ("first", "second"):
        (tree.root / "package-lock.json").write_text(json.dumps(change))
        tree.run("up")
        assert tree.made_calls() == [*node, *built]
        tree.run("up")
        assert tree.made_calls() == built[1:]
    shutil.rmtree(tree.root / "tongpin/web/look/static")
    tree.run("up")
    assert tree.made_calls() == [*node, *built]


@pytest.mark.slow
def test_a_fresh_clone_makes_its_environment_and_a_killed_start_is_made_good(tmp_path: Path) -> None:
    root = tmp_path / "a fresh clone"
    for name in ("bin/tongpin", "tongpin/wiring/environment.py", *LOCKS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    killed = subprocess.Popen(
        [root / "bin/tongpin", "--environment", "runtime"], stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        killed.wait(3)
    except subprocess.TimeoutExpired:
        os.killpg(killed.pid, 9)
        killed.wait()
    assert not (root / ".venv/tongpin.json").exists()
    subprocess.run([root / "bin/tongpin", "--environment", "runtime"], check=True, cwd="/")
    code = "import django, psycopg, granian; print(django.VERSION[:2])"
    said = subprocess.run([root / ".venv/bin/python", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "(5, 2)\n"
