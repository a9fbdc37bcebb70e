"""Addresses of gather's front page and of the loop; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import gather_page, loop_page

urlpatterns = [
    path("gather/", gather_page.gather, name="gather"),
    path("loop/", loop_page.loop, name="loop"),
    path("loop/people/<str:cell>/", loop_page.loop_people, name="loop_people"),
]
