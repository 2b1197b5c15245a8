"""Ranges of addresses: which of them, alone or together, stand for the internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

#: Nobody has been given a block larger than these, so that anything larger holds strangers.
_LARGEST: Final = {4: 8, 6: 16}
#: So much of IPv4 in many ranges is the internet with holes in it.
_MOST_OF_V4: Final = 1 << 30

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=65_536)
def _network(text: str) -> _Network | None:
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    # Addresses that do not travel the internet let nobody in from there.
    inside = found.is_private or found.is_multicast or found.is_link_local or found.is_loopback
    return None if inside and found.prefixlen >= 4 else found


@lru_cache(maxsize=65_536)
def is_wide(text: str) -> bool:
    """Whether one range is larger than anything that one owner has; what cannot be read is taken for wide."""
    found = _network(text)
    if found is not None:
        return found.prefixlen < _LARGEST[found.version]
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return True
    return False


def internet(ranges: Iterable[str]) -> list[str]:
    """Those of the ranges that stand for the internet: wide ones, or all if together they are most of it."""
    given = list(ranges)
    wide = [one for one in given if is_wide(one)]
    if wide or len(given) < 2:
        return wide
    public = [one for one in map(_network, given) if isinstance(one, ipaddress.IPv4Network)]
    if sum(one.num_addresses for one in ipaddress.collapse_addresses(public)) >= _MOST_OF_V4:
        return given
    return []
