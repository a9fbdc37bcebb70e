"""Addresses of communities and of gather; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import (
    admissions,
    communities,
    community_group,
    community_groups,
    community_joining,
    community_page,
    entrances_list,
    entrances_page,
)

COMMUNITY = "communities/<int:community_id>/"
GROUP = f"{COMMUNITY}groups/<int:place_id>/"
DOOR = f"{COMMUNITY}doors/<str:door>/"
ENTRANCE = f"{COMMUNITY}entrances/<int:entrance_id>/"
APPLICATION = f"{COMMUNITY}admissions/<int:application_id>/"

urlpatterns = [
    path("communities/", communities.communities, name="communities"),
    path(COMMUNITY, community_page.community, name="community"),
    path(f"{COMMUNITY}positioning/", community_page.community_positioning, name="community_positioning"),
    path(f"{COMMUNITY}charter/", community_page.community_charter, name="community_charter"),
    path(f"{COMMUNITY}editions/", community_page.community_editions, name="community_editions"),
    path(f"{COMMUNITY}joining/", community_joining.community_joining, name="community_joining"),
    path(f"{COMMUNITY}questions/", community_joining.community_questions, name="community_questions"),
    path(f"{COMMUNITY}welcome/", community_joining.community_welcome, name="community_welcome"),
    path(f"{COMMUNITY}room/", community_joining.community_room, name="community_room"),
    path(f"{COMMUNITY}groups/", community_groups.community_groups, name="community_groups"),
    path(GROUP, community_group.community_group, name="community_group"),
    path(f"{GROUP}close/", community_group.community_group_close, name="community_group_close"),
    path(f"{GROUP}open/", community_group.community_group_open, name="community_group_open"),
    path(f"{GROUP}out/", community_group.community_group_take_out, name="community_group_take_out"),
    path(f"{GROUP}back/", community_group.community_group_put_back, name="community_group_put_back"),
    path(f"{DOOR}open/", community_joining.community_door_open, name="community_door_open"),
    path(f"{DOOR}shut/<str:reason>/", community_joining.community_door_shut, name="community_door_shut"),
    path(f"{COMMUNITY}entrances/", entrances_list.entrances, name="entrances"),
    path(ENTRANCE, entrances_page.entrance, name="entrance"),
    path(f"{ENTRANCE}cost/", entrances_page.entrance_cost, name="entrance_cost"),
    path(f"{ENTRANCE}cost/<int:cost_id>/back/", entrances_page.entrance_cost_back, name="entrance_cost_back"),
    path(f"{ENTRANCE}close/<str:reason>/", entrances_page.entrance_close, name="entrance_close"),
    path(f"{ENTRANCE}reopen/", entrances_page.entrance_reopen, name="entrance_reopen"),
    path(f"{ENTRANCE}code.svg", entrances_page.entrance_code, name="entrance_code"),
    path(f"{ENTRANCE}poster/", entrances_page.entrance_poster, name="entrance_poster"),
    path("admissions/", admissions.admissions, name="admissions"),
    path(f"{APPLICATION}accept/", admissions.admission_accept, name="admission_accept"),
    path(f"{APPLICATION}refuse/<str:reason>/", admissions.admission_refuse, name="admission_refuse"),
    path(f"{APPLICATION}reconsider/", admissions.admission_reconsider, name="admission_reconsider"),
    path(f"{APPLICATION}back/", admissions.admission_back, name="admission_back"),
]
