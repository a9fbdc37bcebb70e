"""Channels by name: one literal dict, and entry points `tongpin.channels` for those from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tongpin.base.plugs import entry_of, kinds_of
from tongpin.channels.port import Channel, ChannelError, Supplies

GROUP = "tongpin.channels"

CHANNELS: dict[str, str] = {
    "web": "tongpin.channels.web.rooms:open_web",
    "errand": "tongpin.channels.errand.todo:open_errand",
    "mail": "tongpin.channels.mail.post:open_mail",
    "matrix": "tongpin.channels.matrix.rooms:open_matrix",
    "fake": "tongpin.channels.fake.platform:open_fake",
}
"""kind → where its opener stands. To add one, copy a neighbour's folder and add a line."""


class Opener(Protocol):
    """What an entry names: reads the config (raises BadConfig) and gives the channel; opens no connection."""

    def __call__(self, *, config: Mapping[str, str], supplies: Supplies) -> Channel: ...


class UnknownChannel(ChannelError):
    """No channel of this kind is built in or installed, or what is installed is none."""


def channel_kinds() -> tuple[str, ...]:
    """Every kind there is, sorted. A plug-in cannot take a built-in's name."""
    return kinds_of(built_in=CHANNELS, group=GROUP)


def open_channel(*, kind: str, config: Mapping[str, str], supplies: Supplies) -> Channel:
    """The channel, ready to use. Raises UnknownChannel, or BadConfig where a setting is missing or cannot be."""
    entry = entry_of(kind=kind, built_in=CHANNELS, group=GROUP)
    if entry is None:
        raise UnknownChannel(reason="unknown_channel", text=f"there are {', '.join(channel_kinds())}")
    opener: Opener = entry.load()
    channel = opener(config=config, supplies=supplies)
    if not isinstance(channel, Channel) or channel.kind != kind:
        raise UnknownChannel(
            reason="not_a_channel", text=f"what is installed as “{kind}” is not a channel of that kind"
        )
    return channel
