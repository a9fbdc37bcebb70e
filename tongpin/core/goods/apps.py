"""Django's name for goods."""

from django.apps import AppConfig


class GoodsConfig(AppConfig):
    """Products as nouns."""

    name = "tongpin.core.goods"
    label = "goods"
