import os
import stat
from pathlib import Path

import pytest

from tests.wiring.ups import as_root
from tongpin.wiring.home import Home
from tongpin.wiring.postgres.account import Account
from tongpin.wiring.postgres.failures import PostgresError
from tongpin.wiring.postgres.place import PORT, Place, expected, noted, settle

US = Account("us", os.getuid(), os.getgid())
NOBODY = Account("nobody", 65534, 65534)


def test_a_home_with_a_short_path_holds_data_and_sockets(open_folder: Path) -> None:
    home = Home(open_folder / "home").make()
    assert settle(home, US, system=open_folder / "system") == Place(home.pg, home.run)
    assert noted(home) is None


def test_a_home_with_a_long_path_has_its_sockets_in_a_short_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Home(tmp_path / ("同频" * 20)).make()
    place = settle(home, US, system=tmp_path)
    assert place.data == home.pg
    assert len(os.fsencode(place.sockets / f".s.PGSQL.{PORT}")) <= 107
    assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700
    assert settle(home, US, system=tmp_path) == noted(home) == expected(home, system=tmp_path) == place
    place.sockets.rmdir()


def test_a_runtime_folder_of_ones_own_is_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    runtime = open_folder / "1000"
    runtime.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert settle(Home(tmp_path / ("x" * 90)).make(), US, system=tmp_path).sockets.parent == runtime


def test_a_noted_socket_folder_that_another_could_enter_is_given_up(tmp_path: Path) -> None:
    home = Home(tmp_path / ("x" * 90)).make()
    first = settle(home, US, system=tmp_path)
    first.sockets.chmod(0o755)
    second = settle(home, US, system=tmp_path)
    assert second.sockets != first.sockets
    assert noted(home) == second
    first.sockets.rmdir()
    second.sockets.rmdir()


def test_a_damaged_note_is_said(tmp_path: Path) -> None:
    (tmp_path / "pg.where").write_text("data: somewhere\n")
    with pytest.raises(PostgresError, match=r"pg\.where is damaged"):
        noted(Home(tmp_path))


@as_root
def test_root_keeps_only_the_data_outside_and_leaves_a_note(open_folder: Path) -> None:
    home = Home(open_folder / "home").make()
    system = open_folder / "system"
    foreseen = expected(home, system=system)
    assert not system.exists()
    place = settle(home, NOBODY, system=system)
    assert place == foreseen == noted(home)
    assert place.data.parent.parent == system
    assert place.data.parent.owner() == place.sockets.owner() == "nobody"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place.data.parent, place.sockets)] == [0o700, 0o700]
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert str(place.data) in (home.root / "pg.where").read_text()


@as_root
def test_a_new_home_does_not_take_up_the_data_of_a_lost_one(open_folder: Path) -> None:
    home = Home(open_folder / "home").make()
    place = settle(home, NOBODY, system=open_folder / "system")
    place.data.mkdir()
    (home.root / "pg.where").unlink()
    with pytest.raises(PostgresError) as refused:
        settle(home, NOBODY, system=open_folder / "system")
    assert f"move {place.data.parent} away" in str(refused.value)
    assert noted(home) is None


@as_root
def test_a_folder_that_a_stranger_put_there_is_not_used(open_folder: Path) -> None:
    home = Home(open_folder / "home").make()
    folder = expected(home, system=open_folder / "system").data.parent
    folder.mkdir(parents=True)
    (folder / "trap").touch()
    with pytest.raises(PostgresError, match="does not belong to the account nobody"):
        settle(home, NOBODY, system=open_folder / "system")


@as_root
def test_a_system_folder_that_others_may_write_is_refused(open_folder: Path) -> None:
    (open_folder / "system").mkdir()
    (open_folder / "system").chmod(0o777)
    with pytest.raises(PostgresError, match="may be written by others than root"):
        settle(Home(open_folder / "home").make(), NOBODY, system=open_folder / "system")
