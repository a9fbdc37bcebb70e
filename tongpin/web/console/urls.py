"""Addresses of the console. Each room of the console adds its own list."""

from __future__ import annotations

from tongpin.web.console import (
    communities_urls,
    import_urls,
    people_urls,
    sell_urls,
    sources_urls,
    team_urls,
    today_urls,
)

app_name = "console"
urlpatterns = [
    *today_urls.urlpatterns,
    *communities_urls.urlpatterns,
    *import_urls.urlpatterns,
    *people_urls.urlpatterns,
    *sell_urls.urlpatterns,
    *sources_urls.urlpatterns,
    *team_urls.urlpatterns,
]
