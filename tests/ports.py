"""Ports on which a test lets something listen that takes a while to start."""

from __future__ import annotations

import random
import socket

_ANY = random.SystemRandom()


def free_port() -> int:
    """A port whose neighbour is free as well: the live pages take the next one.

    Below those that the system gives to outgoing connections: such a one may be taken again before we listen on it.
    """
    for _ in range(200):
        port = _ANY.randrange(12_000, 32_000, 2)
        if all(_is_free(one) for one in (port, port + 1)):
            return port
    raise OSError("no two ports beside each other are free")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
