"""The exports we know by their headers, one module per platform, in one literal tuple.

To add one: copy a neighbour, give its titles their meanings, put it into LAYOUTS, make rows for it in the tests.
No header is a promise of its platform; what is not known here is read by the plain words of `generic`.
"""

from . import abroad, bills, douyin, jd, kuaituantuan, pinduoduo, taobao, weidian, youzan
from .layout import DateInNumber, Kind, Layout, Needs, Refused, RefusedKind
from .refused import LOGISTICS_TITLES, REFUSED

LAYOUTS: tuple[Layout, ...] = (
    taobao.ORDERS,
    taobao.ITEMS,
    jd.ORDERS,
    pinduoduo.ORDERS,
    douyin.ORDERS,
    youzan.ORDERS,
    youzan.ITEMS,
    youzan.CUSTOMERS,
    kuaituantuan.ORDERS,
    weidian.ITEMS,
    bills.WECHAT_PAY,
    bills.WECHAT_PERSONAL,
    bills.ALIPAY_PERSONAL,
    abroad.SHOPIFY,
    abroad.ONLINE_RETAIL,
)

BY_ID = {layout.id: layout for layout in LAYOUTS}

__all__ = [
    "BY_ID", "LAYOUTS", "LOGISTICS_TITLES", "REFUSED", "DateInNumber", "Kind", "Layout", "Needs", "Refused",
    "RefusedKind",
]  # fmt: skip
