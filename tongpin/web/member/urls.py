"""Addresses of the member pages. They are printed and shared: they do not change."""

from __future__ import annotations

from django.urls import path

from tongpin.web.member import buying, group_buys, home, joining, opening, orders, privacy, shop, till

app_name = "member"
urlpatterns = [
    path("l/<str:code>", opening.follow, name="follow"),
    path("discover/", home.discover, name="discover"),
    path("c/<int:community_id>/", joining.community, name="community"),
    path("c/<int:community_id>/rules/", joining.rules, name="rules"),
    path("c/<int:community_id>/apply/", joining.ask, name="ask"),
    path("c/<int:community_id>/withdraw/", joining.take_back, name="take_back"),
    path("c/<int:community_id>/step/", joining.step, name="step"),
    path("shop/", shop.shop, name="shop"),
    path("shop/<int:offer_id>/", shop.product, name="product"),
    path("shop/<int:offer_id>/buy/", buying.alone, name="buy"),
    path("shop/<int:offer_id>/open/", buying.open_one, name="group_open"),
    path("g/<int:group_id>/", group_buys.group, name="group"),
    path("g/<int:group_id>/join/", buying.join_in, name="group_join"),
    path("g/<int:group_id>/leave/", group_buys.leave_group, name="group_leave"),
    path("g/<int:group_id>/share/", group_buys.share, name="group_share"),
    path("till/sandbox/<str:number>/", till.sandbox, name="till_sandbox"),
    path("me/", home.home, name="home"),
    path("me/orders/", orders.orders, name="orders"),
    path("me/orders/<str:number>/", orders.order, name="order"),
    path("me/orders/<str:number>/pay/", orders.pay, name="order_pay"),
    path("me/orders/<str:number>/cancel/", orders.cancel_order, name="order_cancel"),
    path("me/orders/<str:number>/receive/", orders.receive_order, name="order_receive"),
    path("me/begin/", home.begin, name="begin"),
    path("me/leave/", home.leave, name="leave"),
    path("me/privacy/", privacy.privacy, name="privacy"),
    path("me/privacy/copy/", privacy.copy, name="privacy_copy"),
    path("me/privacy/switch/", privacy.switch, name="privacy_switch"),
    path("me/privacy/erase/", privacy.erase_me, name="erase_me"),
]
