"""When the guest said something on the stage, every group has it; what groups ask meanwhile comes to the host."""

from __future__ import annotations

from tongpin.core.ledger.entries import Entry
from tongpin.loop.give.talks import actions as talks


def relay_segment(entry: Entry) -> None:
    """Queues the segment for each place that takes every one, at once and in order."""
    talks.relay_number(talk_id=entry.body["talk"], number=entry.body["segment"], at=entry.at)


def take_question(entry: Entry) -> None:
    """What sounds like a question in a group of a live talk goes into its queue."""
    if entry.place_id is not None:
        talks.take_message(
            place_id=entry.place_id,
            person_id=entry.person_id,
            message_id=entry.body["message"],
            at=entry.at,
            cause=entry.as_cause(),
        )


def drop_recalled_question(entry: Entry) -> None:
    """A question that was taken back in its group is taken back here: nobody reads it any more."""
    talks.recall_question(message_id=int(entry.body["message"]), at=entry.at)
