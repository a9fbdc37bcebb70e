"""Long jobs about people."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongpin.base.clock import now
from tongpin.core.people.models import Person
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.people.wishes import erase_due

STEP = 500


@app.task(queue="people", queueing_lock=None)
def look_for_likeness(via: str) -> None:
    """Looks for others like the people who came by one import. Safe to run twice: suggestions are kept once a pair."""
    last = 0
    while True:
        ids = list(
            Person.objects.filter(via=via, pk__gt=last, erased_at=None)
            .order_by("pk")
            .values_list("pk", flat=True)[:STEP]
        )
        if not ids:
            return
        suggest_for(person_ids=ids, at=now())
        last = ids[-1]


@app.periodic(cron="11 * * * *")
@app.task(queue="people", queueing_lock="erase_due")
def erase_who_asked(timestamp: int) -> None:
    """Members who asked to be erased a week ago are erased."""
    erase_due(at=now())
