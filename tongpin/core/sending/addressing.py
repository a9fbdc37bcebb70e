"""Where a letter goes in the platform's own terms, looked up as it leaves and kept nowhere else."""

from __future__ import annotations

from collections.abc import Collection

from tongpin.channels.port import Address
from tongpin.core.people.knowing import full_identity
from tongpin.core.people.models import Identity, Strength
from tongpin.core.people.roots import groups_of, roots_of

KNOWN_BY: dict[str, str] = {
    "mail": "mail",
    "sms": "phone",
    "matrix": "matrix",
    "wecom": "external_userid",
    "official_account": "openid",
}
"""Which of a person's identities is their address on a channel. On any other, our own number of them is."""


def person_addresses(*, person_ids: Collection[int], channel: str) -> dict[int, Address]:
    """Those who can be reached on a channel: of several addresses the one that was known last."""
    roots = roots_of(person_ids=person_ids)
    kind = KNOWN_BY.get(channel)
    if kind is None:
        return {person: Address(kind="person", value=str(root)) for person, root in roots.items()}
    groups = groups_of(roots=set(roots.values()))
    root_by_member = {member: root for root, members in groups.items() for member in members}
    latest: dict[int, Identity] = {}
    held = Identity.objects.filter(person__in=root_by_member, kind=kind, strength=Strength.STRONG)
    for one in held.order_by("linked_at", "pk"):
        # Openids of mini apps and shops are of their own worlds: an account's own letters do not reach them.
        if not one.namespace.startswith(("mini", "shop:")):
            latest[root_by_member[one.person_id]] = one
    full = {root: full_identity(one) for root, one in latest.items()}
    return {person: Address(kind="person", value=full[root]) for person, root in roots.items() if full.get(root)}
