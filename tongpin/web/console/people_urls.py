"""Addresses of people; part of the namespace `console`. Only numbers stand in them, never a name or a phone."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import (
    merge_pages,
    people_add,
    people_list,
    people_segments,
    people_together,
    person_edits,
    person_facts,
    person_more,
    person_page,
    person_privacy,
    suggestions_page,
)

PERSON = "people/<int:person_id>/"

urlpatterns = [
    path("people/", people_list.people, name="people"),
    path("people/add/", people_add.person_add, name="person_add"),
    path("people/alike/", suggestions_page.suggestions, name="suggestions"),
    path("people/alike/<int:suggestion_id>/same/", suggestions_page.suggestion_same, name="suggestion_same"),
    path("people/alike/<int:suggestion_id>/two/", suggestions_page.suggestion_two, name="suggestion_two"),
    path("people/alike/<int:suggestion_id>/later/", suggestions_page.suggestion_later, name="suggestion_later"),
    path("people/alike/<int:suggestion_id>/again/", suggestions_page.suggestion_again, name="suggestion_again"),
    path(
        "people/alike/<int:suggestion_id>/two/back/", suggestions_page.suggestion_undo_two, name="suggestion_undo_two"
    ),
    path("people/kept/", people_segments.people_segments, name="people_segments"),
    path("people/kept/new/", people_segments.people_segment_keep, name="people_segment_keep"),
    path("people/kept/<int:segment_id>/count/", people_segments.people_segment_count, name="people_segment_count"),
    path("people/kept/<int:segment_id>/drop/", people_segments.people_segment_drop, name="people_segment_drop"),
    path("people/kept/<int:segment_id>/back/", people_segments.people_segment_back, name="people_segment_back"),
    path("people/tags/", people_together.people_tag, name="people_tag"),
    path("people/tags/back/<str:act>/", people_together.people_tag_back, name="people_tag_back"),
    path("people/merges/<int:merge_id>/part/", merge_pages.merge_part, name="merge_part"),
    path("people/merges/<int:merge_id>/again/", merge_pages.merge_again, name="merge_again"),
    path(PERSON, person_page.person, name="person"),
    path(f"{PERSON}story/", person_more.person_story, name="person_story"),
    path(f"{PERSON}orders/", person_more.person_orders, name="person_orders"),
    path(f"{PERSON}tags/", person_edits.person_tag_put, name="person_tag_put"),
    path(f"{PERSON}tags/<int:tag_id>/off/", person_edits.person_tag_off, name="person_tag_off"),
    path(f"{PERSON}tags/<int:tag_id>/on/", person_edits.person_tag_on, name="person_tag_on"),
    path(f"{PERSON}owner/", person_edits.person_owner, name="person_owner"),
    path(f"{PERSON}owner/<int:staff_id>/", person_edits.person_owner, name="person_owner_again"),
    path(f"{PERSON}notes/", person_edits.person_note, name="person_note"),
    path(f"{PERSON}notes/<int:note_id>/remove/", person_edits.person_note_remove, name="person_note_remove"),
    path(f"{PERSON}notes/<int:note_id>/restore/", person_edits.person_note_restore, name="person_note_restore"),
    path(f"{PERSON}name/", person_edits.person_name, name="person_name"),
    path(f"{PERSON}signs/", person_edits.person_sign, name="person_sign"),
    path(f"{PERSON}signs/<int:identity_id>/drop/", person_edits.person_sign_drop, name="person_sign_drop"),
    path(f"{PERSON}life/", person_facts.person_life, name="person_life"),
    path(f"{PERSON}life/<int:fact_id>/forget/", person_facts.person_life_forget, name="person_life_forget"),
    path(f"{PERSON}consents/", person_facts.person_consent, name="person_consent"),
    path(f"{PERSON}consents/withdraw/", person_facts.person_consent_withdraw, name="person_consent_withdraw"),
    path(f"{PERSON}show/<str:field>/", person_privacy.person_show, name="person_show"),
    path(f"{PERSON}export/", person_privacy.person_export, name="person_export"),
    path(f"{PERSON}erase/", person_privacy.person_erase, name="person_erase"),
    path(f"{PERSON}merge/", merge_pages.person_merge, name="person_merge"),
    path(f"{PERSON}merge/<int:other_id>/", merge_pages.person_merge_with, name="person_merge_with"),
]
