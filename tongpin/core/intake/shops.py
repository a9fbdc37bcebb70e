"""Whose shop a table is from: as a person names it, as the file itself tells, else the unnamed one of its platform.

Order numbers mean something within a shop, so a file that came in once must meet the same shop again, and two shops must
not share one unless their numbers cannot be equal.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import QuerySet

from tongpin.base.text import clean
from tongpin.channels.sheet.cells import BLANK, text_of
from tongpin.channels.sheet.columns import cell_at
from tongpin.channels.sheet.meaning import Meaning
from tongpin.channels.sheet.recognised import Recognised
from tongpin.channels.sheet.sample import take_sample
from tongpin.channels.sheet.titles import as_written, fold_title
from tongpin.core.intake.models import Batch
from tongpin.core.ledger.models import Origin
from tongpin.core.places.actions import find_place, know_place
from tongpin.core.places.models import Place

GENERAL = "sheet"
"""The platform of tables that are none's."""

_UNNAMED = {
    "taobao": "淘宝未命名店铺",
    "jd": "京东未命名店铺",
    "pinduoduo": "拼多多未命名店铺",
    "douyin": "抖音未命名店铺",
    "youzan": "有赞未命名店铺",
    "kuaituantuan": "快团团未命名店铺",
    "weidian": "微店未命名店铺",
    "shopify": "Shopify 未命名店铺",
    "online_retail": "Online Retail 未命名店铺",
}

_COUNTED_TOGETHER = frozenset({"taobao", "jd", "pinduoduo", "douyin", "youzan", "weidian"})
"""Platforms that number the orders of all their shops in one count: equal numbers are the same order."""

_TITLES = frozenset({"店铺名称", "店铺名", "店铺", "shop", "shopname"})
"""Titles of columns that name the shop. A branch (门店, 归属店铺) is none: a month's export has others than a day's."""

NAMED = 20
"""So many shops of one file are named to who must choose."""

How = Literal["named", "told", "only", "unnamed"]


class Resolved(NamedTuple):
    """The shop's name, the place if it is there already, and how it was found: named by a person, told by the file, the
    only shop known of its platform, or the unnamed one."""

    name: str
    place: Place | None
    how: How


def told_shops(found: Recognised) -> tuple[str, ...]:
    """The shops that the first rows of a table name; none where no column does."""
    named = [
        column.index
        for column in found.columns
        if column.meaning is Meaning.STORE and fold_title(as_written(column.title)) in _TITLES
    ]
    if not named or not found.importable:
        return ()
    told: dict[str, None] = {}
    for row in take_sample(found.opened).after(found.header_row):
        text = text_of(cell_at(row.cells, named[0]))
        if text not in BLANK and (name := clean(text, limit=120)):
            told[name] = None
    return tuple(told)[:NAMED]


def unnamed_shop(platform: str) -> str:
    """What the shop of files is called that nobody has named."""
    return _UNNAMED.get(platform, f"{platform} 未命名店铺")


def to_choose(platform: str) -> list[str]:
    """Shops of a platform of which somebody must say which, where a file does not: none where that is plain."""
    if platform not in _COUNTED_TOGETHER or _unnamed_place(platform) is not None:
        return []
    names = list(_shops(platform).values_list("name", flat=True)[:NAMED])
    return names if len(names) > 1 else []


def resolve(batch: Batch, platform: str, *, told: str) -> Resolved:
    """The shop of a table. `told` is what the file itself says, which counts as long as nobody has said otherwise."""
    platform = platform or GENERAL
    name = batch.shop_name or told
    if not name:
        return _nameless(platform)
    how: How = "told" if name == told else "named"
    place = find_place(kind=Place.Kind.SHOP, platform=platform, name=name)
    if place is None and how == "told" and platform in _COUNTED_TOGETHER:
        # Files of this shop that did not tell its name are the unnamed shop's: it has a name now.
        alone = _only(platform)
        unnamed = _unnamed_place(platform)
        if alone is not None and unnamed is not None and alone.pk == unnamed.pk:
            place = unnamed
    return Resolved(name, place, how)


def open_shop(batch: Batch, platform: str, *, told: str, at: datetime) -> Place:
    """The shop of a table, opened or given its name where that is new."""
    found = resolve(batch, platform, told=told)
    if found.place is not None and found.how == "told" and found.place.name != found.name:
        found.place.name = found.name
        found.place.save(update_fields=["name"])
    return know_place(
        kind=Place.Kind.SHOP,
        platform=platform or GENERAL,
        name=found.place.name if found.place is not None else found.name,
        at=at,
        actor=f"import:{batch.pk}",
        community=batch.community,
        origin=Origin.HISTORY,
    )


def _nameless(platform: str) -> Resolved:
    unnamed = _unnamed_place(platform)
    if unnamed is not None:
        return Resolved(unnamed.name, unnamed, "unnamed")
    if platform in _COUNTED_TOGETHER and (only := _only(platform)) is not None:
        return Resolved(only.name, only, "only")
    return Resolved(unnamed_shop(platform), None, "unnamed")


def _unnamed_place(platform: str) -> Place | None:
    """The unnamed shop, also where an earlier version called it by its platform's code."""
    names = (unnamed_shop(platform), platform)
    found = (find_place(kind=Place.Kind.SHOP, platform=platform, name=name) for name in names)
    return next((place for place in found if place is not None), None)


def _only(platform: str) -> Place | None:
    shops = list(_shops(platform)[:2])
    return shops[0] if len(shops) == 1 else None


def _shops(platform: str) -> QuerySet[Place]:
    return Place.objects.filter(kind=Place.Kind.SHOP, platform=platform, external_id="").order_by("name")


__all__ = ["GENERAL", "Resolved", "open_shop", "resolve", "to_choose", "told_shops", "unnamed_shop"]
