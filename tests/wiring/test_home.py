import os
import stat
from pathlib import Path

import pytest

from tests.wiring.ups import as_root
from tongpin.wiring.home import Home, HomeError, home

FOLDERS = {"keys", "backups", "files", "imports", "run", "log"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(at: Path) -> str:
    with pytest.raises(HomeError) as refused:
        Home(at).make()
    return str(refused.value)


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGPIN_HOME", str(tmp_path / "a" / ".." / "同频"))
    assert home() == Home(tmp_path / "同频")


def test_without_a_name_the_home_lies_in_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGPIN_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == Home(tmp_path / ".tongpin")
    assert not (tmp_path / ".tongpin").exists()


def test_a_control_character_in_the_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGPIN_HOME", "/tmp/a\nb")
    with pytest.raises(HomeError, match="control character"):
        home()


def test_every_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = Home(tmp_path / "deep" / "home").make()
    assert {path.name: mode(path) for path in made.root.iterdir()} == dict.fromkeys(FOLDERS, 0o700)
    assert mode(made.root) == 0o700


def test_making_it_again_changes_nothing(tmp_path: Path) -> None:
    made = Home(tmp_path / "home").make()
    (made.files / "a").write_text("kept")
    assert Home(tmp_path / "home").make() == made
    assert (made.files / "a").read_text() == "kept"


def test_a_folder_that_is_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    Home(tmp_path).make()
    assert mode(tmp_path) == 0o700


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    said = f"{tmp_path / 'file'} is a file where a folder is needed. Move it away, or set TONGPIN_HOME."
    assert refusal(tmp_path / "file") == said
    assert refusal(tmp_path / "file" / "home") == said
    assert (tmp_path / "file").read_text() == "kept"


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)).endswith("cannot be made: the path is too long.")


@as_root
def test_the_home_of_another_account_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    os.chown(tmp_path, 65534, 65534)
    assert "belongs to the account nobody, and this is root." in refusal(tmp_path)
    assert mode(tmp_path) == 0o755
    assert list(tmp_path.iterdir()) == []
