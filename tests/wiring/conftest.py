"""Throwaway homes."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wiring.ups import Plan, end_all_in
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster
from tongpin.wiring.postgres.account import serving_account
from tongpin.wiring.postgres.place import settle


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that every account may pass through, as /var/lib is."""
    folder = Path(tempfile.mkdtemp(prefix="tp-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster to copy, for tests that are not about how one is made."""
    folder = Path(tempfile.mkdtemp(prefix="tp-"))
    folder.chmod(0o755)
    cluster = Cluster(Home(folder / "home"), system=folder / "system", settings={"fsync": "off"})
    cluster.prepare()
    yield cluster
    shutil.rmtree(folder)


@pytest.fixture
def made(plan: Plan, template: Cluster) -> Cluster:
    """The cluster of the test's plan, made already."""
    plan.home.make()
    shutil.copy2(template.home.keys / "postgres.json", plan.home.keys)
    place = settle(plan.home, serving_account(), system=plan.system)
    subprocess.run(["cp", "-a", template.data, place.data], check=True)
    return plan.cluster


@pytest.fixture
def plan(open_folder: Path) -> Iterator[Plan]:
    made = Plan(home=Home(open_folder / "home"), system=open_folder / "system")
    yield made
    for up in made.ups:
        if up.process.poll() is None:
            up.process.kill()
        up.process.wait()
    end_all_in(made)
