"""Django's name for money."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """Money (收款) payments, refunds and what providers say."""

    name = "tongpin.core.money"
    label = "money"
