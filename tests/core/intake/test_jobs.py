"""Imports nobody waits for: one in line at a time, taken up after any crash, tidied away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from time_machine import travel

from tests.web.console.shop_files import imported, many_orders, orders, uploaded
from tongpin.core.intake import actions, jobs
from tongpin.core.intake.models import Batch, Row, TrackProblem, TrackRecent
from tongpin.core.intake.uploads import path_of
from tongpin.core.people.labels import put_tag, write_note
from tongpin.core.people.models import Identity, Person, Suggestion
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Actor
from tongpin.wiring.readers import plain_parameters

pytestmark = pytest.mark.django_db
ANYBODY = Actor("staff", 1, "local")


@pytest.fixture(autouse=True)
def _at_noon_in_a_house_of_its_own(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    with travel(noon, tick=False):
        yield


def in_line() -> list[tuple[str, dict[str, object]]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def test_an_import_its_line_in_the_trail_and_its_job_commit_together(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    with transaction.atomic():
        jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)
        transaction.set_rollback(True)
    batch.refresh_from_db()
    assert (batch.state, in_line(), AuditLine.objects.count()) == ("ready", [], 0)
    jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)
    batch.refresh_from_db()
    assert (batch.state, batch.by, in_line()) == ("queued", "staff:1", [(jobs.RUN, {"batch_id": batch.pk})])
    assert [line.action for line in AuditLine.objects.all()] == ["import.run"]


def test_a_worker_that_starts_takes_up_what_lost_its_worker_and_leaves_what_is_in_hand(noon: datetime) -> None:
    lost, in_hand, ready = uploaded(orders(), at=noon), uploaded(many_orders(3), at=noon), uploaded(orders(), at=noon)
    Batch.objects.filter(pk__in=[lost.pk, in_hand.pk]).update(state="running", started_at=noon, beat_at=noon)
    with psycopg.connect(**plain_parameters(), autocommit=True) as another:
        another.execute("select pg_advisory_lock(7200000, %s)", [in_hand.pk])
        assert jobs.take_up() == 1
    assert in_line() == [(jobs.RUN, {"batch_id": lost.pk})]
    ready.refresh_from_db()
    assert ready.state == "ready"


def test_a_batch_stands_in_line_once(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    for _ in range(3):
        jobs.defer(jobs.RUN, batch.pk)
    assert in_line() == [(jobs.RUN, {"batch_id": batch.pk})]


def test_the_worker_knows_every_job_that_is_deferred_and_tends_every_minute() -> None:
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert {jobs.RUN, jobs.TAKE_BACK} <= set(app.tasks)
    assert periodic["tongpin.core.intake.tend"] == "* * * * *"


def test_running_twice_is_running_once(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    counts = dict(batch.counts)
    jobs.run(batch_id=batch.pk)
    jobs.run(batch_id=batch.pk + 1000)
    batch.refresh_from_db()
    assert (batch.state, batch.counts, Person.objects.count()) == ("done", counts, 2)


def test_a_second_import_waits_until_the_first_is_through(noon: datetime) -> None:
    first, second = uploaded(orders(), at=noon), uploaded(many_orders(3), at=noon, name="b.csv")
    for batch in (first, second):
        jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)
    ProcrastinateJob.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    jobs.run(batch_id=first.pk)
    second.refresh_from_db()
    assert (second.state, in_line()) == ("queued", [(jobs.RUN, {"batch_id": second.pk})])
    jobs.run(batch_id=second.pk)
    second.refresh_from_db()
    assert second.state == "done"


def test_the_worker_that_ends_leaves_the_import_behind_its_last_chunk(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongpin.core.intake.placing.ROWS", 5)
    batch = uploaded(many_orders(12), at=noon)
    jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)
    jobs.run(batch_id=batch.pk, stopping=lambda: True)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["rows"], batch.checkpoint) == ("running", 5, 6)
    jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["rows"], batch.counts["new"]) == ("done", 12, 12)
    assert Row.objects.filter(batch=batch).count() == 12


def test_an_outage_leaves_the_import_to_be_taken_up_again(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    batch = uploaded(orders(), at=noon)
    jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)

    def away(*_: object, **__: object) -> None:
        Batch.objects.filter(pk=batch.pk).update(state="running")
        raise OperationalError("the server is gone")

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "run_batch", away)
        jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "running"
    jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("done", 3)


def test_what_would_fail_again_ends_as_failed_and_its_words_stay_out_of_the_log(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    batch = uploaded(orders(), at=noon)
    jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)

    def broken(*_: object, **__: object) -> None:
        Batch.objects.filter(pk=batch.pk).update(state="running")
        raise ValueError("林小美 13800002716")

    monkeypatch.setattr(jobs, "run_batch", broken)
    jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.problem, batch.finished_at) == ("failed", "broke_off", noon)
    assert "ValueError" in caplog.text
    assert "13800002716" not in caplog.text


def test_a_small_import_is_taken_back_at_once_and_a_large_one_by_the_worker(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = imported(orders(), at=noon), imported(many_orders(4), at=noon, name="b.csv")
    facts = jobs.take_import_back(batch=small, actor=ANYBODY, at=noon)
    small.refresh_from_db()
    assert (facts is not None and facts > 0, small.state) == (True, "taken_back")
    monkeypatch.setattr(jobs, "SMALL", 0)
    assert jobs.take_import_back(batch=large, actor=ANYBODY, at=noon) is None
    large.refresh_from_db()
    assert large.state == "taking_back"
    expected = {"batch_id": large.pk, "actor": "staff:1", "at": noon.isoformat()}
    assert in_line()[-1] == (jobs.TAKE_BACK, expected)
    assert jobs.take_back(batch_id=large.pk, actor="staff:1", at=noon) > 0
    assert jobs.take_back(batch_id=large.pk) == 0
    large.refresh_from_db()
    assert (large.state, Person.objects.count()) == ("taken_back", 0)


def test_nothing_is_taken_back_twice_too_late_or_while_it_runs(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    with pytest.raises(actions.TooLate):
        jobs.take_import_back(batch=batch, actor=ANYBODY, at=noon + timedelta(days=8))
    Batch.objects.filter(pk=batch.pk).update(state="running")
    with pytest.raises(actions.NotNow):
        jobs.take_import_back(batch=batch, actor=ANYBODY, at=noon)
    assert (Person.objects.count(), AuditLine.objects.filter(action="import.taken_back").count()) == (2, 0)


def test_whom_the_team_or_another_file_knows_stays(noon: datetime) -> None:
    batch = imported(many_orders(4), at=noon)
    noted, tagged, again, gone = Person.objects.order_by("pk")
    write_note(person_id=noted.pk, words="喜欢布书", staff=1, staff_name="晴姐", actor="staff:1", at=noon)
    put_tag(person_id=tagged.pk, name="常客", actor="staff:1", at=noon)
    low, high = sorted((again.pk, gone.pk))
    Suggestion.objects.create(low=low, high=high, score=0.9, made_at=noon)
    other = [row.replace("B2", "C2") for row in many_orders(4).decode().splitlines() if row.startswith(("订单", "B2"))]
    imported("\n".join(other).encode(), at=noon, name="又一份.csv", shop="别家")
    jobs.take_import_back(batch=batch, actor=ANYBODY, at=noon)
    assert set(Person.objects.values_list("pk", flat=True)) == {noted.pk, tagged.pk, again.pk}
    assert Suggestion.objects.count() == 0
    assert Identity.objects.filter(person=again.pk).exists()


def test_every_minute_lost_imports_are_put_in_line_again(noon: datetime) -> None:
    fresh, lost, leaving = (uploaded(many_orders(i), at=noon, name=f"{i}.csv") for i in (1, 2, 3))
    long_ago = noon - timedelta(minutes=5)
    Batch.objects.filter(pk=fresh.pk).update(state="running", uploaded_at=long_ago, beat_at=noon)
    Batch.objects.filter(pk=lost.pk).update(state="running", uploaded_at=long_ago, beat_at=long_ago)
    Batch.objects.filter(pk=leaving.pk).update(state="taking_back", uploaded_at=long_ago, beat_at=long_ago)
    assert jobs.tend(at=noon).resumed == 2
    assert in_line() == [(jobs.RUN, {"batch_id": lost.pk}), (jobs.TAKE_BACK, {"batch_id": leaving.pk})]
    jobs.tend(at=noon)
    assert len(in_line()) == 2


def test_what_was_never_started_goes_after_a_day_and_a_stray_file_with_it(noon: datetime) -> None:
    old, young = uploaded(orders(), at=noon), uploaded(many_orders(2), at=noon, name="b.csv")
    Batch.objects.filter(pk=old.pk).update(uploaded_at=noon - timedelta(hours=25))
    stray = path_of(old).with_name("stray.upload")
    stray.write_bytes(b"x")
    before = (noon - timedelta(hours=30)).timestamp()
    os.utime(stray, (before, before))
    assert jobs.tend(at=noon).uploads == 2
    assert list(Batch.objects.values_list("pk", flat=True)) == [young.pk]
    assert [path.name for path in path_of(young).parent.iterdir()] == [young.stored_as]


def test_rows_and_sent_events_are_kept_a_week_and_counts_for_good(noon: datetime) -> None:
    old, young = imported(orders(), at=noon), imported(many_orders(2), at=noon, name="b.csv")
    Batch.objects.filter(pk=old.pk).update(finished_at=noon - timedelta(days=7, hours=1))
    for days in (1, 8):
        TrackProblem.objects.create(write_key=1, reason="nobody", received_at=noon - timedelta(days=days))
        TrackRecent.objects.create(write_key=days, sealed=b"sealed", good=5, seen_at=noon - timedelta(days=days))
    assert jobs.tend(at=noon).rows == 4
    assert set(Row.objects.values_list("batch", flat=True)) == {young.pk}
    old.refresh_from_db()
    assert old.counts["rows"] == 3
    assert TrackProblem.objects.count() == 1
    kept = {key: bytes(sealed) for key, sealed in TrackRecent.objects.values_list("write_key", "sealed")}
    assert kept == {1: b"sealed", 8: b""}
    assert TrackRecent.objects.get(write_key=8).good == 5


def test_a_batch_another_process_runs_is_left_to_it(noon: datetime) -> None:
    import psycopg

    batch = uploaded(orders(), at=noon)
    jobs.queue_import(batch=batch, actor=ANYBODY, at=noon)
    parameters = {
        k: v
        for k, v in connection.get_connection_params().items()
        if k in {"dbname", "user", "password", "host", "port"}
    }
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("select pg_advisory_lock(7200000, %s)", [batch.pk])
        jobs.run(batch_id=batch.pk)
        batch.refresh_from_db()
        assert (batch.state, Person.objects.count()) == ("queued", 0)
        other.execute("select pg_advisory_unlock(7200000, %s)", [batch.pk])
    jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done"
