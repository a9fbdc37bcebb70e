"""Addresses of the console. Each room of the console adds its own list."""

from __future__ import annotations

from tongpin.web.console import (
    channels_urls,
    communities_urls,
    digests_urls,
    give_urls,
    import_urls,
    loop_urls,
    people_urls,
    sell_urls,
    share_urls,
    sources_urls,
    team_urls,
    today_urls,
)

app_name = "console"
urlpatterns = [
    *channels_urls.urlpatterns,
    *today_urls.urlpatterns,
    *communities_urls.urlpatterns,
    *digests_urls.urlpatterns,
    *give_urls.urlpatterns,
    *import_urls.urlpatterns,
    *loop_urls.urlpatterns,
    *people_urls.urlpatterns,
    *sell_urls.urlpatterns,
    *share_urls.urlpatterns,
    *sources_urls.urlpatterns,
    *team_urls.urlpatterns,
]
