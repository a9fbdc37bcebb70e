"""Django's name for books."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """Books (账) every unit in double entry; sums to zero."""

    name = "tongpin.core.books"
    label = "books"
