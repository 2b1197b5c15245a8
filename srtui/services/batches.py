"""Ids that are asked about several at a time, and the small shapes that many services share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def in_batches(member: str, size: int) -> Callable[[Mapping[str, Any]], Iterator[list[Any]]]:
    """Items for dependent calls: the list in an answer, cut into pieces of at most `size`."""

    def pieces(response: Mapping[str, Any]) -> Iterator[list[Any]]:
        found = response.get(member) or []
        for start in range(0, len(found), size):
            yield found[start : start + size]

    return pieces


def tags_of(entry: Mapping[str, Any], member: str = "Tags") -> dict[str, str]:
    """Tags, whether a service lists them as objects (Key and Value in any case) or maps them."""
    found = entry.get(member) or {}
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in found.items()}
    return {
        str(tag.get("Key", tag.get("key", ""))): str(tag.get("Value", tag.get("value", ""))) for tag in found
    }


def variables(entries: Any) -> dict[str, str]:
    """Environment variables that a service lists as (name, value) objects."""
    return {str(entry.get("name", "")): str(entry.get("value") or "") for entry in entries or ()}
