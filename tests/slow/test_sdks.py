"""The SDKs of two others, used as their users use them, while the web process is killed again and again: each event is in
the ledger once."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slow.house import ROOT, House, house_at
from tests.wiring.ups import wait_for
from tongpin.wiring.postgres import temporary_cluster

pytestmark = pytest.mark.slow

EVENTS = 10_000
SECONDS = 35
"""Over which an SDK's user tells of them: long enough for all the kills."""
KILLS = 6


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("sdks")
    with temporary_cluster(folder, fsync=True) as temporary:
        with house_at(folder, database=temporary.cluster.dsn(role="app")) as started:
            yield started


def test_ten_thousand_events_of_each_sdk_arrive_once_whatever_is_killed(house: House, tmp_path: Path) -> None:
    dice = random.Random(11)
    users = {}
    for which in ("segment", "rudder"):
        argv = [sys.executable, "-m", "tests.slow.sdk_user", which, house.at, house.told["server"]]
        users[which] = subprocess.Popen(
            [*argv, str(EVENTS), str(SECONDS), str(tmp_path / which)],
            cwd=ROOT, env=house.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    kills: list[str] = []
    while len(kills) < KILLS:
        time.sleep(dice.uniform(0.5, 3.0))
        wait_for(lambda: house.server_in("web"), within=90, what="the web process to be back")
        inner = len(kills) % 2 == 1
        if house.kill("web", inner=inner):
            still = sorted(which for which, user in users.items() if user.poll() is None)
            kills.append(f"{'server' if inner else 'web'} while {' and '.join(still) or 'nobody'} sends")
    print(kills)
    assert all(line.endswith("rudder and segment sends") for line in kills), kills
    told: dict[str, dict[int, str]] = {}
    for which, user in users.items():
        _, said = user.communicate(timeout=400)
        assert user.returncode == 0, f"{which}: {said[-2000:]}"
        kept = json.loads((tmp_path / which).read_text())
        assert kept["given_up"] == [], f"{which} gave up by itself after its own retries: {kept['given_up'][:3]}"
        told[which] = {n: message for n, message in kept["told"]}
    for which, sent in told.items():
        assert (len(sent), len(set(sent.values()))) == (EVENTS, EVENTS)
        found = house.rows(
            "select body->>'message', coalesce(body->'properties'->>'n', body->'traits'->>'n')::int, e.kind"
            " from entry e join identity i on i.person_id = e.person_id where i.kind = 'custom' and i.shown like %s"
            " and e.kind in ('event.tracked', 'page.viewed', 'traits.told')",
            [f"{which}-%"],
        )
        ids, numbers = Counter(row[0] for row in found), Counter(row[1] for row in found)
        lost, doubled = set(sent.values()) - set(ids), {one for one, times in ids.items() if times > 1}
        print(f"{which}: {len(sent):,} sent, {len(found):,} in the ledger, {Counter(row[2] for row in found)}")
        assert not lost, f"{which}: {len(lost)} lost, {sorted(lost)[:3]}"
        assert not doubled, f"{which}: {len(doubled)} doubled, {sorted(doubled)[:3]}"
        assert {row[1]: row[0] for row in found} == sent, f"{which}: numbers do not stand with their ids"
        assert set(numbers.values()) == {1}, f"{which}: numbers told more than once {numbers.most_common(3)}"
    bad = house.rows("select reason, count(*) from track_problem group by 1")
    assert bad == [], f"events that could not be used: {bad}"
    house.settle()
    print(house.check_projections())
