"""Said by sending (发送): letters, errands and commands with what became of each, and people we can no longer reach."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import (
    About,
    BroadcastId,
    ChannelAccountId,
    ErrandId,
    LetterId,
    SegmentId,
    StaffId,
    TrackedCodeId,
)


@fact("broadcast.planned", key=("broadcast",), step="give")
class BroadcastPlanned(Fact):
    """A message to many was released (群发): to how many people and places, how many were left out."""

    broadcast: BroadcastId
    letter_class: Code
    people: int
    places: int = 0
    withheld: int = 0
    held_out: int = 0
    segment: SegmentId = 0
    about_kind: Code = ""
    about: About = 0
    due: Time | None = None


@fact("broadcast.called_off", key=("broadcast",), step="give")
class BroadcastCalledOff(Fact):
    """A message to many was stopped; `unsent` letters never left."""

    broadcast: BroadcastId
    unsent: int


@fact("letter.queued", key=("letter",), step="give", lane="bulk", quiet=True)
class LetterQueued(Fact):
    """A letter to a person or a place waits for its turn (待发)."""

    letter: LetterId
    letter_class: Code
    channel: Code
    about_kind: Code = ""
    about: About = 0
    broadcast: BroadcastId = 0
    due: Time | None = None


@fact("letter.withheld", key=("letter",), step="give", lane="bulk", quiet=True)
class LetterWithheld(Fact):
    """A letter was kept back (拦下): no consent, quiet hours, cap, giving-to-selling balance, hold-out, unreachable."""

    letter: LetterId
    letter_class: Code
    channel: Code
    reason: Code
    about_kind: Code = ""
    about: About = 0


@fact("letter.sent", key=("letter",), step="give", lane="bulk", quiet=True)
class LetterSent(Fact):
    """A letter left and the platform took it (已发). `lag_ms` is how long it waited beyond its time."""

    letter: LetterId
    letter_class: Code
    channel: Code
    about_kind: Code = ""
    about: About = 0
    broadcast: BroadcastId = 0
    cost_fen: Fen = 0
    lag_ms: int = 0


@fact("letter.failed", key=("letter", "attempt"), step="give", lane="bulk", quiet=True)
class LetterFailed(Fact):
    """A letter did not arrive; it is tried again unless the failure is permanent (发送失败)."""

    letter: LetterId
    letter_class: Code
    channel: Code
    reason: Code
    permanent: bool = False
    attempt: int = 1


@fact("letter.cancelled", key=("letter",), step="give", lane="bulk", quiet=True)
class LetterCancelled(Fact):
    """A waiting letter was taken out of the queue."""

    letter: LetterId
    reason: Code


@fact("letter.opened", key=("letter",), step="give", lane="bulk", quiet=True)
class LetterOpened(Fact):
    """A letter was opened or marked as read for the first time, where the channel tells (已读)."""

    letter: LetterId
    letter_class: Code
    channel: Code
    about_kind: Code = ""
    about: About = 0


@fact("letter.clicked", key=("letter", "opening"), step="give", lane="bulk", quiet=True)
class LetterClicked(Fact):
    """The link in a letter was followed (点开)."""

    letter: LetterId
    opening: int
    letter_class: Code
    channel: Code
    tracked_code: TrackedCodeId = 0
    about_kind: Code = ""
    about: About = 0


@fact("errand.given", key=("errand",), step="give", lane="session")
class ErrandGiven(Fact):
    """A human must do what no software may (待转发): paste into a plain group, confirm a mass send, post Moments."""

    errand: ErrandId
    errand_kind: Code
    staff: StaffId = 0
    about_kind: Code = ""
    about: About = 0
    due: Time | None = None


@fact("errand.done", key=("errand",), step="give", lane="session")
class ErrandDone(Fact):
    """The errand was done, by one tap or by the platform's own word (已转发)."""

    errand: ErrandId
    errand_kind: Code
    staff: StaffId = 0
    about_kind: Code = ""
    about: About = 0


@fact("errand.missed", key=("errand",), step="give", lane="session")
class ErrandMissed(Fact):
    """Nobody did the errand in time, or it was declined."""

    errand: ErrandId
    errand_kind: Code
    reason: Code


@fact("command.done", key=("command",), step="house", lane="session", quiet=True)
class CommandDone(Fact):
    """A platform did what we told it (指令): invite, kick, mute, redact, tag, open a group."""

    command: int
    verb: Code
    channel: Code
    about_kind: Code = ""
    about: About = 0


@fact("command.failed", key=("command", "attempt"), step="house", lane="session")
class CommandFailed(Fact):
    """A platform refused a command."""

    command: int
    verb: Code
    channel: Code
    reason: Code
    permanent: bool = False
    attempt: int = 1


@fact("channel.connected", key=("account", "occurrence"), step="house")
class ChannelConnected(Fact):
    """An account on a channel is connected and answers (接通): a WeCom app, an official account, a Matrix server."""

    account: ChannelAccountId
    channel: Code
    occurrence: int = 1


@fact("channel.broken", key=("account", "occurrence"), step="house")
class ChannelBroken(Fact):
    """An account on a channel no longer answers or lost its rights; somebody must look."""

    account: ChannelAccountId
    channel: Code
    reason: Code
    occurrence: int = 1


@fact("contact.lost", key=("person", "channel", "occurrence"), step="give", subject="person")
class ContactLost(Fact):
    """A person shut us out or cannot be reached any more (退订, 拉黑, 取关, 退信). If willed, a sign of distrust."""

    channel: Code
    how: Code
    willed: bool = True
    letter: LetterId = 0
    occurrence: int = 1


@fact("contact.regained", key=("person", "channel", "occurrence"), step="gather", subject="person")
class ContactRegained(Fact):
    """A person can be reached again on a channel that was lost."""

    channel: Code
    how: Code = ""
    occurrence: int = 1
