"""Said by the charter (公约): rules that stand before people come, who agreed to them, and the doors they open."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import CommunityId


@fact("charter.adopted", key=("community", "edition"), step="gather")
class CharterAdopted(Fact):
    """A community got its charter, or a new edition of it (群规): how many rules, roles, rituals."""

    community: CommunityId
    edition: int
    rules: int
    roles: int = 0
    rituals: int = 0


@fact("charter.accepted", key=("person", "community", "edition"), step="gather", subject="person")
class CharterAccepted(Fact):
    """A person agreed to an edition of the charter."""

    community: CommunityId
    edition: int


@fact("launch_item.done", key=("community", "item", "occurrence"), step="gather")
class LaunchItemDone(Fact):
    """One thing of the launch checklist stands (开群清单). `done` of `total` are there now."""

    community: CommunityId
    item: Code
    done: int
    total: int
    occurrence: int = 1


@fact("door.opened", key=("community", "door", "occurrence"), step="gather")
class DoorOpened(Fact):
    """People may come in now (开放): seeds only, by members' invitation, or everybody."""

    community: CommunityId
    door: Code
    occurrence: int = 1


@fact("door.shut", key=("community", "door", "occurrence"), step="gather")
class DoorShut(Fact):
    """A door of a community was closed again."""

    community: CommunityId
    door: Code
    reason: Code = ""
    occurrence: int = 1
