"""Tables of products."""

from __future__ import annotations

from django.db import models


class Product(models.Model):
    """A product as one shop knows it. The same thing in two shops may later be named one."""

    place_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    variant = models.CharField(max_length=200, blank=True)
    same_as = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "product"
        constraints = [models.UniqueConstraint(fields=["place_id", "key"], name="product_once")]
