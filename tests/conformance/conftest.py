"""A real homeserver for what is held to the port of channels."""

from tests.matrix_server import homeserver

__all__ = ["homeserver"]
