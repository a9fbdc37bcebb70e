"""Django's name for the team."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """Staff, grants, passes, keys, tokens, audit."""

    name = "tongpin.core.team"
    label = "team"
    verbose_name = "team"
