"""Who is a member of a community since when, and which places are its own."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tongpin.insight.lake import Clocks, Lake

HEARD = "heard"
"""The scene of a join that nobody saw: a member was first heard in a group, or read in its list."""


def places_of(*, lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """The places that belong to a community: `place`. The latest word about a place holds."""
    opened = lake.facts("place.opened", clocks).select("seq", "community", place="place_id")
    assigned = lake.facts("place.assigned", clocks).select("seq", "community", place="place_id")
    told = ibis.union(opened, assigned)
    held = told.group_by("place").agg(community=told["community"].argmax(told["seq"]))
    return lake.of(community, held.filter(held["place"].notnull())).select("place")


def within(table: ir.Table, *, lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """Only the facts that happened in places of the community (0: all)."""
    if not community:
        return table
    places = places_of(lake=lake, clocks=clocks, community=community)
    return table.semi_join(places, table["place_id"] == places["place"])


def members_since(*, lake: Lake, clocks: Clocks, community: int = 0) -> ir.Table:
    """Everybody who ever became a member, teammates left out: `person`, `since` (the first admission or join), `came`.

    `came` False: the first we know is that they spoke in a group or stood in its list (scene `heard`). They are members
    from then on, but nobody saw them come: they may have been there for years, so they are no newcomers.
    """
    return lake.shared("members", clocks, community, lambda: _members_since(lake, clocks, community))


def _members_since(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    accepted = lake.of(community, lake.facts("admission.accepted", clocks))
    joined = within(lake.facts("member.joined", clocks), lake=lake, clocks=clocks, community=community)
    let_in = accepted.mutate(_seen=ibis.literal(True))
    both = ibis.union(*(_told(table) for table in (let_in, joined.mutate(_seen=joined["scene"] != HEARD))))
    first = both.group_by("person").agg(since=both["at"].min(), _came=both["at"].min(where=both["_seen"]))
    return first.select("person", "since", came=ibis.coalesce(first["_came"] == first["since"], ibis.literal(False)))


def newcomers(members: ir.Table) -> ir.Table:
    """Of members those who were seen to come (新成员): let in, joined, or put in by a teammate."""
    return members.filter(members["came"])


def _told(table: ir.Table) -> ir.Table:
    return table.filter(table["person_id"].notnull(), ~table["internal"]).select("at", "_seen", person="person_id")
