"""Django's name for sell."""

from django.apps import AppConfig


class SellConfig(AppConfig):
    """Sell (售) what the community trusts enough to buy."""

    name = "tongpin.loop.sell"
    label = "sell"
