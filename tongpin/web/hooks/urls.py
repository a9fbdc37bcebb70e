"""Addresses other software posts to."""

from __future__ import annotations

from django.urls import path

from tongpin.web.hooks import matrix, pay, views

app_name = "hooks"
urlpatterns = [
    # Before the secrets: these are typed into a provider's settings and do not change.
    path("pay/<str:kind>/", pay.take_pay, name="pay"),
    path("matrix/_matrix/app/v1/transactions/<str:txn>", matrix.take_transaction, name="matrix"),
    path("matrix/transactions/<str:txn>", matrix.take_transaction, name="matrix_old"),
    path("matrix/_matrix/app/v1/ping", matrix.answer_question, name="matrix_ping"),
    path("matrix/_matrix/app/v1/users/<path:what>", matrix.answer_question, name="matrix_users"),
    path("matrix/_matrix/app/v1/rooms/<path:what>", matrix.answer_question, name="matrix_rooms"),
    path("<str:secret>", views.take_post, name="take"),
]
