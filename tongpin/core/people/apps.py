"""Django's name for people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, their identities and what we may do."""

    name = "tongpin.core.people"
    label = "people"
