"""Letters and commands as to-dos: the text as it is to be copied, whole, with the link on a line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tongpin.base.clock import now
from tongpin.channels.port import (
    Address,
    Arrival,
    BadConfig,
    BadPayload,
    Capabilities,
    Command,
    Content,
    Errands,
    Health,
    Letter,
    Receipt,
    Supplies,
    ToDo,
    refuse_command,
    refuse_letter,
)

PASTE = "paste"

CAPABILITIES = Capabilities(
    to=frozenset({"place", "person"}),
    parts=frozenset({"text", "pictures", "card"}),
    verbs=frozenset({"invite", "kick", "mute", "redact", "tag", "open_group"}),
    needs_human=True,
    idempotent=True,
)


def text_to_copy(content: Content) -> str:
    """What a person pastes: the words, then the card as title, line and link."""
    card = content.card
    face = [] if card is None else [line for line in (card.title, card.text, card.url) if line]
    return "\n\n".join(block for block in (content.text, "\n".join(face)) if block)


def as_todo(letter: Letter) -> ToDo:
    """A letter as something to paste."""
    content = letter.content
    card = content.card
    pictures = tuple(one.media for one in content.pictures)
    if card is not None and card.picture:
        pictures = (*pictures, card.picture)
    return ToDo(
        key=letter.key,
        kind=PASTE,
        to=letter.to,
        text=text_to_copy(content),
        pictures=pictures,
        url=card.url if card else "",
        due=letter.due,
    )


def as_deed(command: Command) -> ToDo:
    """A command as something to do by hand."""
    place, person = command.place, command.person
    to = Address(kind="place", value=place) if place else Address(kind="person", value=person) if person else None
    return ToDo(key=command.key, kind=command.verb, to=to, text=command.name, message=command.message)


class ErrandChannel:
    """Sends by giving errands; whether they are done is told later, by the human."""

    kind = "errand"
    capabilities = CAPABILITIES

    def __init__(self, *, errands: Errands) -> None:
        self._errands = errands

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """What was said in a plain group comes back as an export, by import."""
        raise BadPayload(reason="not_offered")

    async def send(self, *, letter: Letter) -> Receipt:
        refuse_letter(letter=letter, capabilities=self.capabilities)
        return await self._give(as_todo(letter))

    async def do(self, *, command: Command) -> Receipt:
        refuse_command(command=command, capabilities=self.capabilities)
        return await self._give(as_deed(command))

    async def _give(self, todo: ToDo) -> Receipt:
        return Receipt(platform_id=await self._errands.give(todo=todo), at=now(), by_human=True)

    async def check(self) -> Health:
        return Health(ok=True)

    async def close(self) -> None:
        """Nothing is open."""


def open_errand(*, config: Mapping[str, str], supplies: Supplies) -> ErrandChannel:
    """Needs `supplies.errands`; has no settings."""
    for setting in sorted(config):
        raise BadConfig(setting=setting, must="left out; errands have no settings")
    if supplies.errands is None:
        raise BadConfig(setting="errands", must="handed in: where to-dos are kept")
    return ErrandChannel(errands=supplies.errands)
