"""Addresses of give; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import give_list, give_questions, give_talk, give_talk_deeds

TALK = "give/talks/<int:talk_id>/"
QUESTION = f"{TALK}questions/<int:question_id>/"

urlpatterns = [
    path("give/", give_list.give, name="give"),
    path("give/talks/new/", give_list.talk_new, name="give_talk_new"),
    path(TALK, give_talk.talk, name="give_talk"),
    path(f"{TALK}now/", give_talk.now, name="give_talk_now"),
    path(f"{TALK}edit/", give_talk_deeds.edit, name="give_talk_edit"),
    path(f"{TALK}announce/", give_talk_deeds.tell, name="give_talk_announce"),
    path(f"{TALK}stage/", give_talk_deeds.stage_link, name="give_talk_stage"),
    path(f"{TALK}end/", give_talk_deeds.finish, name="give_talk_end"),
    path(f"{TALK}cancel/", give_talk_deeds.call_off, name="give_talk_cancel"),
    path(f"{TALK}chat/", give_talk_deeds.attach, name="give_talk_chat"),
    path(f"{TALK}segments/<int:segment_id>/back/", give_talk_deeds.take_back, name="give_talk_back"),
    path(f"{TALK}errands/<int:errand_id>/copied/", give_talk_deeds.errand_copied, name="give_errand_copied"),
    path(f"{TALK}errands/<int:errand_id>/done/", give_talk_deeds.errand_done, name="give_errand_done"),
    path(f"{QUESTION}hand/", give_questions.hand, name="give_question_hand"),
    path(f"{QUESTION}wait/", give_questions.wait, name="give_question_wait"),
    path(f"{QUESTION}drop/", give_questions.drop, name="give_question_drop"),
    path(f"{QUESTION}merge/", give_questions.merge, name="give_question_merge"),
    path(f"{QUESTION}answer/", give_questions.answer_it, name="give_question_answer"),
]
