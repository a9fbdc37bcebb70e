"""Django's name for share."""

from django.apps import AppConfig


class ShareConfig(AppConfig):
    """Share (传): members bring the next people."""

    name = "tongpin.loop.share"
    label = "share"
