"""Django's name for this door."""

from django.apps import AppConfig


class MemberConfig(AppConfig):
    """See the package."""

    name = "tongpin.web.member"
    label = "member"
