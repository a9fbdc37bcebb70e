"""What is known of people, in full, as the rules of likeness read it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from tongpin.core.people.knowing import full_identity, full_life, full_name, full_trait
from tongpin.core.people.likeness import Address, Record
from tongpin.core.people.models import Identity, LifeFact, Person, Trait

ACCOUNTS = ("shop_account", "chat_account", "pay_account")
PARTS = "address_parts"
"""A life fact that holds an address field by field, as JSON; where both stand, it says more than the line."""

_YEAR = re.compile(r"\d{4}-?\d{2}")
_address = msgspec.json.Decoder(dict[str, str])

_FIELD = {
    "masked_phone": "masked_phones",
    "masked_name": "names",
    "phone": "phones",
    "mail": "mails",
    "name": "names",
    "nickname": "nicknames",
    "number": "numbers",
    "account_hint": "accounts",
}
"""Where each kind of trait goes. A `number` is written `kind:value`, an account hint `shop:name`, as told."""


def records_of(*, person_ids: Sequence[int]) -> dict[int, Record]:
    """A record for each of these people who was not erased and is no teammate or machine. Four queries."""
    people = Person.objects.filter(pk__in=person_ids, erased_at=None, internal=False)
    held: dict[int, dict[str, list[str]]] = {}
    births: dict[int, str] = {}
    addresses: dict[int, list[Address]] = defaultdict(list)
    for person in people.only("nickname", "name_sealed"):
        fields = held.setdefault(person.pk, defaultdict(list))
        if person.nickname:
            fields["nicknames"].append(person.nickname)
        if person.name_sealed is not None:
            fields["names"].append(full_name(person))
    for one in Identity.objects.filter(person__in=held, kind__in=("phone", "mail", *ACCOUNTS)):
        value = full_identity(one)
        if one.kind in ACCOUNTS:
            kind = f"{one.kind}/{one.namespace}".replace(":", ".")
            held[one.person_id]["accounts"].append(f"{kind}:{value}")
        else:
            held[one.person_id]["phones" if one.kind == "phone" else "mails"].append(value)
    for trait in Trait.objects.filter(person__in=held):
        if trait.kind in _FIELD:
            held[trait.person_id][_FIELD[trait.kind]].append(full_trait(trait))
    for fact in LifeFact.objects.filter(person__in=held, kind__in=("address", PARTS, "birthday")):
        value = full_life(fact)
        if fact.kind == "birthday":
            if _YEAR.match(value):
                births.setdefault(fact.person_id, value)
        elif fact.kind == "address":
            addresses[fact.person_id].append(Address(detail=value))
        else:
            addresses[fact.person_id].append(_parts(value))
    return {
        person: Record(
            person,
            birth=births.get(person),
            addresses=tuple(addresses.get(person, ())),
            **{name: tuple(values) for name, values in fields.items()},
        )
        for person, fields in held.items()
    }


def _parts(value: str) -> Address:
    known = _address.decode(value)
    return Address(**{name: text for name, text in known.items() if name in Address.__dataclass_fields__})
