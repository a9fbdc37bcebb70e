"""Addresses of sell and of the settings of payments; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import (
    group_buys_list,
    offers_edit,
    offers_list,
    offers_page,
    offers_picture,
    orders_list,
    orders_page,
    orders_refund,
    payments_deeds,
    payments_page,
)

OFFER = "sell/offers/<int:offer_id>/"
ORDER = "sell/orders/<int:order_id>/"
REFUND = "settings/payments/refunds/<int:refund_id>/"

urlpatterns = [
    path("sell/", offers_list.offers, name="offers"),
    path("sell/offers/new/", offers_list.offer_new, name="offer_new"),
    path(OFFER, offers_page.offer, name="offer"),
    path(f"{OFFER}edit/", offers_edit.offer_edit, name="offer_edit"),
    path(f"{OFFER}price/", offers_page.offer_price, name="offer_price"),
    path(f"{OFFER}stock/", offers_page.offer_stock, name="offer_stock"),
    path(f"{OFFER}group/", offers_page.offer_group, name="offer_group"),
    path(f"{OFFER}picture/", offers_picture.offer_picture, name="offer_picture"),
    path(f"{OFFER}picture/off/", offers_picture.offer_picture_off, name="offer_picture_off"),
    path(f"{OFFER}close/", offers_page.offer_close, name="offer_close"),
    path("sell/group-buys/", group_buys_list.group_buys, name="group_buys"),
    path("sell/group-buys/<int:group_id>/", group_buys_list.group_buy, name="group_buy"),
    path("sell/orders/", orders_list.orders, name="orders"),
    path(ORDER, orders_page.order, name="order"),
    path(f"{ORDER}show/<str:part>/", orders_page.order_show, name="order_show"),
    path(f"{ORDER}ship/", orders_page.order_ship, name="order_ship"),
    path(f"{ORDER}received/", orders_page.order_receive, name="order_receive"),
    path(f"{ORDER}end/", orders_page.order_cancel, name="order_cancel"),
    path(f"{ORDER}refund/", orders_refund.order_refund, name="order_refund"),
    path(f"{ORDER}return/refuse/", orders_page.order_return_refuse, name="order_return_refuse"),
    path("settings/payments/", payments_page.payments, name="payments"),
    path("settings/payments/test/", payments_page.payments_sandbox, name="payments_sandbox"),
    path("settings/payments/account/", payments_page.payments_manual, name="payments_manual"),
    path("settings/payments/find/", payments_page.payments_find, name="payments_find"),
    path("settings/payments/<int:payment_id>/came/", payments_deeds.payment_confirm, name="payment_confirm"),
    path(f"{REFUND}again/", payments_deeds.payment_refund_retry, name="payment_refund_retry"),
    path(f"{REFUND}done/", payments_deeds.payment_refund_done, name="payment_refund_done"),
    path(f"{REFUND}drop/", payments_deeds.payment_refund_drop, name="payment_refund_drop"),
    path(
        "settings/payments/differences/<int:discrepancy_id>/",
        payments_deeds.payment_difference_clear,
        name="payment_difference_clear",
    ),
]
