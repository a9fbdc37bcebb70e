"""Who is a member of a community since when, and which places are its own."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tongpin.insight.lake import Clocks, Lake


def places_of(*, lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """The places that belong to a community: `place`. The latest word about a place holds."""
    opened = lake.facts("place.opened", clocks).select("seq", "community", place="place_id")
    assigned = lake.facts("place.assigned", clocks).select("seq", "community", place="place_id")
    told = ibis.union(opened, assigned)
    held = told.group_by("place").agg(community=told["community"].argmax(told["seq"]))
    return held.filter(held["community"] == community, held["place"].notnull()).select("place")


def within(table: ir.Table, *, lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """Only the facts that happened in places of the community (0: all)."""
    if not community:
        return table
    places = places_of(lake=lake, clocks=clocks, community=community)
    return table.semi_join(places, table["place_id"] == places["place"])


def members_since(*, lake: Lake, clocks: Clocks, community: int = 0) -> ir.Table:
    """Everybody who ever became a member, teammates left out: `person`, `since` (the first admission or join)."""
    accepted = lake.facts("admission.accepted", clocks)
    if community:
        accepted = accepted.filter(accepted["community"] == community)
    joined = within(lake.facts("member.joined", clocks), lake=lake, clocks=clocks, community=community)
    both = ibis.union(*(_came(table) for table in (accepted, joined)))
    return lake.kept(both.group_by("person").agg(since=both["at"].min()))


def _came(table: ir.Table) -> ir.Table:
    return table.filter(table["person_id"].notnull(), ~table["internal"]).select("at", person="person_id")
