"""Who takes part in what: the literal lists that lower layers cannot import."""

from __future__ import annotations

from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.people.erasure import register_eraser
from tongpin.core.people.exporting import register_exporter
from tongpin.core.people.whereabouts import register_whereabouts
from tongpin.core.places.erasing import erase_from_places
from tongpin.core.places.exporting import export_places
from tongpin.core.places.whereabouts import WHEREABOUTS


def register_all() -> None:
    """Called once when Django is ready."""
    register_eraser("places", erase_from_places)
    register_eraser("intake", erase_from_intake)
    register_exporter("places", export_places)
    register_whereabouts(WHEREABOUTS)
