"""Django's name for gather."""

from django.apps import AppConfig


class GatherConfig(AppConfig):
    """Gather (聚) people who want the same come in by doors that stand open for them."""

    name = "tongpin.loop.gather"
    label = "gather"
