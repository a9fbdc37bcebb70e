"""Who takes part in what: the literal lists that lower layers cannot import."""

from __future__ import annotations

from tongpin.core.figures.actions import forget_people
from tongpin.core.files.erasing import erase_from_files
from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.money.setting_up import open_till
from tongpin.core.money.tills import register_till_opener
from tongpin.core.people.erasure import Erasing, register_eraser
from tongpin.core.people.exporting import register_exporter
from tongpin.core.people.whereabouts import register_whereabouts
from tongpin.core.places.erasing import erase_from_places
from tongpin.core.places.exporting import export_places
from tongpin.core.places.whereabouts import WHEREABOUTS
from tongpin.core.sending.erasing import erase_from_sending
from tongpin.core.sending.exporting import export_letters
from tongpin.loop.gather.erasing import erase_from_gather
from tongpin.loop.gather.exporting import export_gather
from tongpin.loop.give.erasing import erase_from_give
from tongpin.loop.give.exporting import export_give
from tongpin.loop.sell.orders.erasing import erase_from_sell
from tongpin.loop.sell.orders.exporting import export_sell
from tongpin.loop.sell.orders.settling import register as pay_for_orders
from tongpin.loop.sell.plays.group_buy.settling import register as pay_for_group_buys
from tongpin.loop.share.erasing import erase_from_share
from tongpin.loop.share.exporting import export_share
from tongpin.wiring.filing import export_files
from tongpin.wiring.lake import erase_from_lake


def register_all() -> None:
    """Called once when Django is ready."""
    register_eraser("places", erase_from_places)
    register_eraser("intake", erase_from_intake)
    register_eraser("figures", _erase_from_figures)
    register_eraser("files", erase_from_files)
    register_exporter("files", export_files)
    register_exporter("places", export_places)
    register_eraser("gather", erase_from_gather)
    register_exporter("gather", export_gather)
    register_eraser("give", erase_from_give)
    register_exporter("give", export_give)
    register_eraser("sell", erase_from_sell)
    register_exporter("sell", export_sell)
    register_eraser("share", erase_from_share)
    register_exporter("share", export_share)
    register_eraser("sending", erase_from_sending)
    register_eraser("lake", erase_from_lake)
    register_exporter("sending", export_letters)
    register_till_opener(open_till)
    pay_for_orders()
    pay_for_group_buys()
    register_whereabouts(WHEREABOUTS)


def _erase_from_figures(erasing: Erasing) -> None:
    """Figures stand below people and know no erasing."""
    forget_people(person_ids=erasing.person_ids)
