"""What the house hands its channels: state, rooms, errands, media, and the few words they must say by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings

from tongpin.base.clock import now
from tongpin.channels.port import Supplies
from tongpin.core.files.media import HouseMedia
from tongpin.core.sending.delivering import HouseErrands
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.rooms import HouseRooms
from tongpin.core.sending.state import DatabaseStateStore


def house_supplies(
    *,
    kind: str,
    desk: Desk,
    texts: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = now,
) -> Supplies:
    """Supplies for one kind of channel. All of them work at the desk; nothing is opened until it is used."""
    return Supplies(
        state=DatabaseStateStore(kind=kind, desk=desk),
        media=HouseMedia(thread=desk, clock=clock),
        rooms=HouseRooms(desk=desk, clock=clock),
        errands=HouseErrands(desk=desk, clock=clock),
        texts=texts or {},
        allowed=tuple(settings.EGRESS_ALLOWED),
    )
