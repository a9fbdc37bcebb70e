"""Addresses of the console. Each room of the console adds its own list."""

from __future__ import annotations

from tongpin.web.console import import_urls, people_urls, sources_urls, team_urls, today_urls

app_name = "console"
urlpatterns = [
    *today_urls.urlpatterns,
    *import_urls.urlpatterns,
    *people_urls.urlpatterns,
    *sources_urls.urlpatterns,
    *team_urls.urlpatterns,
]
