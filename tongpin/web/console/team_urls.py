"""Addresses of the entrance, the team, one's own account and the audit trail; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import audit, entry, security, team

urlpatterns = [
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("sign-in/code/", entry.second_step, name="second_step"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("enter/", entry.enter, name="enter"),
    path("enter/<str:token>/", entry.open_link, name="open_link"),
    path("owner/<str:token>/", entry.open_link, name="owner"),
    path("settings/account/", security.security, name="security"),
    path("settings/account/name/", security.security_name, name="security_name"),
    path("settings/account/password/", security.security_password, name="security_password"),
    path("settings/account/second-step/", security.security_second_step, name="security_second_step"),
    path("settings/account/second-step/confirm/", security.security_confirm, name="security_confirm"),
    path("settings/account/second-step/off/", security.security_second_step_off, name="security_second_step_off"),
    path("settings/account/recovery-codes/", security.security_codes, name="security_codes"),
    path("settings/account/sessions/<int:visit_id>/", security.security_end_session, name="security_end_session"),
    path("settings/account/sessions/", security.security_end_sessions, name="security_end_sessions"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/invite/", team.team_invite, name="team_invite"),
    path("settings/team/<int:staff_id>/", team.team_member, name="team_member"),
    path("settings/team/<int:staff_id>/give/", team.team_role_give, name="team_role_give"),
    path("settings/team/<int:staff_id>/take/", team.team_role_take, name="team_role_take"),
    path("settings/team/<int:staff_id>/link/", team.team_link, name="team_link"),
    path("settings/team/<int:staff_id>/<slug:act>/", team.team_act, name="team_act"),
    path("settings/audit/", audit.audit, name="audit"),
]
