"""The port every channel (渠道) stands behind: what we say to a platform and hear from it.

Rules that hold for all of them:
- A key is ours, 1–32 of [0-9A-Za-z_-], and stands for one letter or one command for ever. Whoever sends may be killed
  after the platform took a letter and before the receipt was written; it then sends again with the SAME key. A channel
  with `capabilities.idempotent` gives the same receipt and says it once; any other may say it twice.
- A letter that arrives as several messages derives a key for each from its own (`key-0`, `key-1`, …), in order.
- Order within a place is kept by the caller: it sends the next letter to an address when the one before has its answer.
- `parse` is pure and takes raw bytes as received; what it cannot read is BadPayload, never another exception.
- What `capabilities` denies is refused for good (TransportError, `not_offered` or `too_long`), before anything is sent.
- Addresses, words and secrets never stand in an exception's text. Whatever is not a TransportError is a bug.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

KEY = re.compile(r"[0-9A-Za-z_-]{1,32}")

Part: TypeAlias = Literal["text", "pictures", "voice", "card"]
Whither: TypeAlias = Literal["place", "person"]
Verb: TypeAlias = Literal["invite", "kick", "mute", "redact", "tag", "open_group"]
ArrivalKind: TypeAlias = Literal["message", "edited", "redacted", "reaction", "joined", "left", "asked_to_join"]

State: TypeAlias = dict[str, Any]

REASONS: dict[str, str] = {
    "bad_config": "a setting is missing or cannot be; see which",
    "gone": "what was to be changed is no longer there",
    "needs_human": "the platform lets only a person do this",
    "no_answer": "the platform did not answer in time; send again with the same key",
    "no_such_address": "there is nobody under this address",
    "not_allowed": "the platform does not let us do this in this place",
    "not_offered": "the channel does not offer this; see its capabilities",
    "rate_limited": "the platform wants us to be slower",
    "refused": "the platform refused; its own pages say why",
    "refused_us": "the platform does not accept our account; look at the channel's settings",
    "shut_out": "the receiver does not want to hear from us",
    "too_long": "the letter is longer than the platform takes",
    "unreachable": "the platform could not be reached",
}
"""Every reason a built-in channel gives, with what it means; screens word them in the reader's language."""


class ChannelError(Exception):
    """What went wrong as a code (`reason`) that screens word; the text holds no personal data."""

    def __init__(self, *, reason: str, text: str = "") -> None:
        super().__init__(f"{reason}: {text or REASONS.get(reason, 'see the platform')}")
        self.reason = reason


class TransportError(ChannelError):
    """permanent: THIS letter did not arrive and will not. Otherwise nobody knows: send again, with the same key.

    retry_after: how long the platform wants us to wait. wide: it concerns the whole channel (it is down, slows us, does
    not accept our account), so the other letters wait as well; never together with permanent.
    """

    def __init__(
        self, *, reason: str, permanent: bool, retry_after: timedelta | None = None, wide: bool = False
    ) -> None:
        if permanent and (wide or retry_after is not None):
            raise ValueError("what will never arrive is not tried again, and says nothing of other letters")
        super().__init__(reason=reason)
        self.permanent, self.retry_after, self.wide = permanent, retry_after, wide


class BadPayload(ChannelError):
    """Not to be believed or not to be read: reason `signature`, `stale`, `unreadable` or `not_offered`."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason, text="the payload is not taken; nothing was changed")


class BadConfig(ChannelError):
    """A setting (`setting`) is missing or cannot be; the text says what it must be and never repeats what it was."""

    def __init__(self, *, setting: str, must: str) -> None:
        super().__init__(reason="bad_config", text=f"“{setting}” must be {must}")
        self.setting = setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to, in the platform's own terms: a room's or group's id; a mail address, openid or user id."""

    kind: Whither
    value: str

    def __post_init__(self) -> None:
        if not self.value:
            raise ValueError("an address must say where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in the media store, with what is said of it to those who cannot see it."""

    media: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A recording in the media store."""

    media: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A link with a face (卡片): title, a line below, a picture in the media store."""

    title: str
    url: str
    text: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said. Platforms without a subject leave it out; `speaker` is shown as who said it where that can be."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    voice: Voice | None = None
    card: Card | None = None
    subject: str = ""
    speaker: str = ""

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("a letter says something: give a text, a picture, a voice or a card")

    @property
    def parts(self) -> frozenset[Part]:
        """What it is made of."""
        held: dict[Part, bool] = {
            "text": bool(self.text),
            "pictures": bool(self.pictures),
            "voice": self.voice is not None,
            "card": self.card is not None,
        }
        return frozenset(part for part, there in held.items() if there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One thing said to one address. in_reply_to: the platform's own id of what it answers. due: useless afterwards."""

    key: str
    to: Address
    content: Content
    in_reply_to: str = ""
    due: datetime | None = None

    def __post_init__(self) -> None:
        check_key(key=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be done on a platform (指令), all in its own terms.

    invite, kick, mute: `person` in `place` (mute `until`). redact: `message` in `place`. tag: `name` on `person`.
    open_group: `name`; the receipt's platform_id is the new place's address.
    """

    key: str
    verb: Verb
    place: str = ""
    person: str = ""
    message: str = ""
    name: str = ""
    until: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        check_key(key=self.key)
        for needed in NEEDS[self.verb]:
            if not getattr(self, needed):
                raise ValueError(f"to {self.verb} needs a {needed}")


NEEDS: Mapping[Verb, tuple[str, ...]] = {
    "invite": ("place", "person"),
    "kick": ("place", "person"),
    "mute": ("place", "person"),
    "redact": ("place", "message"),
    "tag": ("person", "name"),
    "open_group": ("name",),
}
"""What each command cannot do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The platform took it. `more`: ids of further messages of the same letter, so that all can be redacted.

    by_human: it waits for a person, who will do it or not; nothing has left yet.
    """

    platform_id: str
    at: datetime
    more: tuple[str, ...] = ()
    by_human: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Something heard that is not text. `reference` is the platform's own (mxc://…); nothing was fetched."""

    kind: Literal["picture", "voice", "video", "file"]
    reference: str
    media_type: str = ""
    name: str = ""
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was heard, in the platform's own terms. `key` is unique in its place.

    about: key of what was edited, redacted or reacted to. ours: we said it ourselves; it is never relayed.
    """

    kind: ArrivalKind
    key: str
    place: str
    sender: str
    at: datetime
    sender_name: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    thread: str = ""
    about: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do.

    needs_human: everything ends with a person who does it (企业微信群发, 待转发). idempotent: the same key twice is said
    once. hears: `parse` reads something. rate: letters and commands a second (0: no limit), of which `burst` at once;
    at_once: sent side by side. answers_within: seconds after which no answer comes any more. text_limit: characters.
    """

    to: frozenset[Whither]
    parts: frozenset[Part]
    verbs: frozenset[Verb] = frozenset()
    needs_human: bool = False
    idempotent: bool = False
    hears: bool = False
    rate: float = 0.0
    burst: int = 1
    at_once: int = 8
    answers_within: float = 30.0
    text_limit: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the platform answers us now. `named`: whom it takes us for (an account's public name)."""

    ok: bool
    reason: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A stored picture or recording."""

    content: bytes
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What a human is asked to do (待转发). kind: `paste` for a letter, else the command's verb. text: to be copied.

    message: the platform's id the command is about, where there is one.
    """

    key: str
    kind: str
    to: Address | None
    text: str
    pictures: tuple[str, ...] = ()
    url: str = ""
    message: str = ""
    due: datetime | None = None


class StateStore(Protocol):
    """Where a channel keeps what it must not forget; handed in. Values are JSON objects, versions rise with each put."""

    async def get(self, *, key: str) -> tuple[State, int] | None:
        """The value and its version, as committed by whoever came last."""

    async def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        """Compare and set; expected_version None: there must be none yet. False: somebody was quicker."""


class MediaStore(Protocol):
    """Where pictures and recordings lie; handed in."""

    async def read(self, *, media: str) -> Media | None:
        """What lies under this name, or nothing."""

    async def keep(self, *, media: Media) -> str:
        """Keeps what was heard and gives its name; the same content has the same name."""


class Rooms(Protocol):
    """Our own rooms: sending there is storing. Both give an id, and the same one for the same key."""

    async def keep(self, *, letter: Letter) -> str: ...

    async def obey(self, *, command: Command) -> str: ...


class Errands(Protocol):
    """Where to-dos for humans are kept."""

    async def give(self, *, todo: ToDo) -> str:
        """Gives an id, and the same one for the same key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """What the house hands a channel. A channel that needs what is not there refuses to open (BadConfig)."""

    state: StateStore | None = None
    media: MediaStore | None = None
    rooms: Rooms | None = None
    errands: Errands | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    """The few words a channel must say by itself, in the house's language, by code (`open_link`)."""
    allowed: tuple[str, ...] = ()
    """The house's own servers, as host or host:port: a channel goes there although they are not public (base/egress)."""


@runtime_checkable
class Channel(Protocol):
    """A channel. Opening one makes no connection; it belongs to the event loop that first uses it."""

    @property
    def kind(self) -> str:
        """Its name in the registry."""

    @property
    def capabilities(self) -> Capabilities: ...

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """What a payload says, in order; things we do not care for are left out. Pure. Raises BadPayload."""

    async def send(self, *, letter: Letter) -> Receipt:
        """Sends it. Raises TransportError."""

    async def do(self, *, command: Command) -> Receipt:
        """Does it. Raises TransportError."""

    async def check(self) -> Health:
        """Asks the platform whether it knows us; never raises TransportError."""

    async def close(self) -> None:
        """Ends its connections; may be called twice."""


def check_key(*, key: str) -> str:
    """The key itself. ValueError where a platform would refuse it."""
    if not KEY.fullmatch(key):
        raise ValueError("a key is 1 to 32 of 0-9 A-Z a-z _ -")
    return key


def refuse_letter(*, letter: Letter, capabilities: Capabilities) -> None:
    """Raises the TransportError of a letter that the channel cannot take."""
    if letter.to.kind not in capabilities.to or not letter.content.parts <= capabilities.parts:
        raise TransportError(reason="not_offered", permanent=True)
    if len(letter.content.text) > capabilities.text_limit:
        raise TransportError(reason="too_long", permanent=True)


def refuse_command(*, command: Command, capabilities: Capabilities) -> None:
    """Raises the TransportError of a command that the channel does not know."""
    if command.verb not in capabilities.verbs:
        raise TransportError(reason="not_offered", permanent=True)
