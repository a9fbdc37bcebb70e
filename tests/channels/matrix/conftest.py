"""A real homeserver."""

from tests.matrix_server import homeserver

__all__ = ["homeserver"]
