"""Said by welcome (入群仪式): each newcomer's steps, in the right order."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import CommunityId, MessageId


@fact("welcome.begun", key=("person", "community", "occurrence"), step="gather", subject="person")
class WelcomeBegun(Fact):
    """A newcomer's entry ritual began (欢迎): so many steps."""

    community: CommunityId
    steps: int
    occurrence: int = 1


@fact("welcome.step_done", key=("person", "community", "ritual_step", "occurrence"), step="gather", subject="person")
class WelcomeStepDone(Fact):
    """One step is done: welcomed, rules read, how it works, introduced themselves (自我介绍), first act."""

    community: CommunityId
    ritual_step: Code
    message: MessageId = 0
    occurrence: int = 1


@fact("welcome.finished", key=("person", "community", "occurrence"), step="gather", subject="person")
class WelcomeFinished(Fact):
    """All steps are done, or the newcomer stopped answering (`complete` false)."""

    community: CommunityId
    complete: bool
    occurrence: int = 1
