"""Addresses of Today; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import first_steps, parked, today

urlpatterns = [
    path("", today.today, name="today"),
    path("happened/", today.today_happened, name="today_happened"),
    path("first-steps/<str:how>/", first_steps.first_steps_set, name="first_steps"),
    path("set-aside/", parked.today_parked, name="today_parked"),
    path("set-aside/<int:parked_id>/again/", parked.today_parked_again, name="today_parked_again"),
    path("set-aside/<int:parked_id>/over/", parked.today_parked_over, name="today_parked_over"),
]
