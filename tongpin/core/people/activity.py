"""The fold of `person_activity`: how much the ledger holds about each person, by step, and when they last acted.

It runs while thousands of facts a second come in: one statement a slice, straight from the entries. A row changes in
place unless its last day does.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.ledger.feed import Slice
from tongpin.core.ledger.projections import Tables

TABLE = "person_activity"

COLUMNS = ("gather", "give", "sell", "share")

TOLD_OF_THEM = frozenset(
    """
    admission.accepted admission.checked admission.reconsidered admission.refused agent.approved agent.levelled
    agent.refused agent.verified agent_order.shipped answer.accepted badge.won benefit.delivered breach.found
    broadcast.called_off broadcast.planned bill_line.booked commission.accrued commission.clawed_back
    commission.released commission.settled commission.withheld complaint.settled contact.answered contact.lost
    contact.made contributor.rewarded coupon.given coupon.lapsed customer.told deliverable.done duty.given duty.missed
    errand.done errand.given errand.missed feedback.answered feedback.passed fraud.decided fraud.suspected
    gathering.missed gathering.seat_offered guest.invited homework.handed_in identity.linked incident.decided
    journey.entered journey.left journey.started journey.step_taken journey.stopped leader.proposed leader.raised
    lesson.released letter.cancelled letter.failed letter.queued letter.sent letter.withheld level.reached
    life_fact.noted membership.ended message.kept need.found need.settled note.written nurture.begun nurture.ended
    nurture.step_done order.amended order.cancelled order.shipped owner.set payout.approved payout.failed
    payout.refused payout.sent payout.settled person.met points.earned points.taken_back promise.broken promise.kept
    promise.made question.routed rank.taken recommendation.earned referral.disqualified referral.reward_taken_back
    referral.rewarded refund.failed refund.settled restock.awaited return.settled rights.ended rights.given role.given
    seed.asked seed.chosen share.asked signal.decided signal.followed signal.proposed speaker.rewarded
    statement.closed streak.broken survey.asked tag.put tag.taken talk_with.planned touchpoint.asked trial.chosen
    trial.shipped trust.witnessed value.given vouch.breached welcome.begun welcome.step_done
    """.split()
)
"""Kinds that happen to a person or are said of them. Like everything of the house and of insight they are counted, but
are no sign of life: a tag, a letter, a note must not make somebody look active."""

_MECHANICS = ("fact.withdrawn", "fact.restored")
"""They undo and redo other facts and are none of a person's own."""

_OTHER = len(COLUMNS)
STEPS = {kind: (COLUMNS.index(fact.step) if fact.step in COLUMNS else _OTHER) for kind, fact in CATALOGUE.items()}
OWN = frozenset(kind for kind in CATALOGUE if STEPS[kind] != _OTHER and kind not in TOLD_OF_THEM)
FURTHER = [(kind, field) for kind, fact in CATALOGUE.items() for field in fact.further.values()]

_COUNTED = ", ".join(f"sum(n) filter (where step = {i})::int as {name}" for i, name in enumerate((*COLUMNS, "other")))

_FOLD = f"""
with blocks as (
    select * from unnest(%(lo)s::bigint[], %(hi)s::bigint[]) as b(lo, hi)
), came as materialized (
    select e.seq, e.kind, e.at, e.person_id,
           case when e.kind = any(%(bodied)s) then e.body end as body
    from blocks b join entry e on e.seq between b.lo and b.hi
), undone as (
    select e.kind, e.at, e.person_id, e.body, case when c.kind = 'fact.restored' then 1 else -1 end as n
    from came c join entry e on e.seq = (c.body->>'entry')::bigint
    where c.kind in ('fact.withdrawn', 'fact.restored')
), facts as (
    select kind, at, person_id, body, 1 as n from came where kind not in ('fact.withdrawn', 'fact.restored')
    union all select kind, at, person_id, body, n from undone
), about as (
    select kind, at, person_id, n from facts where person_id is not null
    union all
    select f.kind, f.at, (f.body->>x.field)::bigint, f.n
    from facts f join unnest(%(further_kind)s::text[], %(further_field)s::text[]) as x(kind, field) on x.kind = f.kind
    where (f.body->>x.field)::bigint is distinct from coalesce(f.person_id, 0)
), told as (
    select a.person_id, a.at, a.n, s.step, s.own
    from about a join unnest(%(kind)s::text[], %(step)s::smallint[], %(own)s::boolean[]) as s(kind, step, own)
      on s.kind = a.kind
    where a.person_id is not null
), summed as (
    select person_id, min(at) as first_at, bool_or(own) as acted, {_COUNTED}, min(n) as least,
           (coalesce(max(at) filter (where own), max(at)) at time zone %(zone)s)::date as last_day
    from told t
    where not exists (select from person p where p.id = t.person_id and p.erased_at is not null)
    group by person_id
), written as (
    insert into {{table}} as a (person_id, first_at, last_day, acted, gather, give, sell, share, other)
    select person_id, first_at, last_day, acted, coalesce(gather, 0), coalesce(give, 0), coalesce(sell, 0),
           coalesce(share, 0), coalesce(other, 0)
    from summed order by person_id
    on conflict (person_id) do update set
        first_at = least(a.first_at, excluded.first_at),
        last_day = case when excluded.acted and not a.acted then excluded.last_day
                        when a.acted and not excluded.acted then a.last_day
                        else greatest(a.last_day, excluded.last_day) end,
        acted = a.acted or excluded.acted,
        gather = a.gather + excluded.gather, give = a.give + excluded.give, sell = a.sell + excluded.sell,
        share = a.share + excluded.share, other = a.other + excluded.other
)
select (select array_agg(person_id) from summed where least < 0),
       exists (select from came where kind = 'person.erased')
"""

_AGAIN = """
with gone as (
    delete from {table} where person_id = any(%(people)s) and gather + give + sell + share + other <= 0
), about as (
    select e.person_id, e.seq, e.kind, e.at from entry e where e.person_id = any(%(people)s)
    union all
    select x.person_id, x.seq, e.kind, e.at from entry_person x join entry e on e.seq = x.seq
    where x.person_id = any(%(people)s)
), known as (
    select a.person_id, min(a.at) as first_at, bool_or(a.kind = any(%(own_kinds)s)) as acted,
           (coalesce(max(a.at) filter (where a.kind = any(%(own_kinds)s)), max(a.at)) at time zone %(zone)s)::date
               as last_day
    from about a where a.kind = any(%(kind)s) and not exists (select from entry_withdrawn w where w.seq = a.seq)
    group by a.person_id
)
update {table} a set first_at = k.first_at, last_day = k.last_day, acted = k.acted from known k
where a.person_id = k.person_id and a.gather + a.give + a.sell + a.share + a.other > 0
"""


def fold(cursor: Any, part: Slice, tables: Tables) -> None:
    """Adds a slice. After a withdrawal the first and last day of who is concerned are looked up again."""
    table = tables[TABLE]
    undoes = not part.kinds.isdisjoint(_MECHANICS)  # then facts of any kind and any time are concerned
    kinds = [kind for kind in (CATALOGUE if undoes else sorted(part.kinds)) if kind not in _MECHANICS]
    further = FURTHER if undoes else [(kind, field) for kind, field in FURTHER if kind in part.kinds]
    values = {
        "lo": [lo for lo, _ in part.blocks],
        "hi": [hi for _, hi in part.blocks],
        "bodied": sorted({"fact.withdrawn", "fact.restored", *(kind for kind, _ in further)}),
        "further_kind": [kind for kind, _ in further],
        "further_field": [field for _, field in further],
        "kind": kinds,
        "step": [STEPS[kind] for kind in kinds],
        "own": [kind in OWN for kind in kinds],
        "own_kinds": sorted(OWN),
        "zone": settings.ZONE,
    }
    cursor.execute(_FOLD.format(table=table), values)
    people, someone_erased = cursor.fetchone()
    if people:
        cursor.execute(_AGAIN.format(table=table), {**values, "people": people})
    if someone_erased:
        cursor.execute(f"delete from {table} a using person p where p.id = a.person_id and p.erased_at is not null")
