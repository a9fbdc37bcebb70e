"""Which network addresses are somewhere out there: not private, not ours, not a way round to either.

Pure but for one look at this machine's own addresses.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_NOT_PUBLIC_4: Final = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",  # unspecified, «this network»
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and where clouds keep their secrets
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
_GLOBAL_6: Final = ip_network("2000::/3")
"""All that was ever given out. Mapped IPv4, NAT64, unique local, link-local, multicast, loopback lie outside."""

_NOT_PUBLIC_6: Final = tuple(
    ip_network(one)
    for one in (
        "2001::/23",  # Teredo and other protocols' own
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
)


def parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address as a resolver gives it; None for anything else, also for one with a scope (fe80::1%eth0)."""
    try:
        return None if "%" in address else ip_address(address)
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """True for an address of the open internet. What cannot be read is none."""
    found = parsed(address)
    if isinstance(found, IPv4Address):
        return not any(found in net for net in _NOT_PUBLIC_4)
    if isinstance(found, IPv6Address):
        return found in _GLOBAL_6 and not any(found in net for net in _NOT_PUBLIC_6)
    return False


def is_this_machine(address: str) -> bool:
    """True for an address of one of this machine's own interfaces: only such a one can be bound."""
    found = parsed(address)
    if found is None:
        return True
    family = socket.AF_INET if found.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(found), 0))
    except OSError:
        return False
    return True
