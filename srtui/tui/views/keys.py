"""The keys of nodes in the matrix and the identity tree, and what they stand for."""

from __future__ import annotations

from srtui.responsibility.matrix import GROUPS

SEP = "\x1f"  # between the parts of a key; no ARN or name holds it
ROOT = "account"


def row_key(number: int) -> str:
    """The key of a row's node."""
    return f"row:{number}"


def row_of_key(key: str) -> int | None:
    """The row that a node belongs to, or None for a heading."""
    parts = key.split(":")
    return int(parts[1]) if parts[0] == "row" else None


def control_of_key(key: str) -> str | None:
    """The control that a node stands for."""
    parts = key.split(":", 2)
    return parts[2] if len(parts) == 3 and parts[0] in ("row", "control") else None


def group_keys() -> tuple[str, ...]:
    """Keys of the headings, which start unfolded."""
    return tuple(f"group:{group}" for group in GROUPS)


def owner_of_key(key: str) -> str | None:
    """The ARN of the thing that a node belongs to, or None for headings."""
    first = key.split(SEP, 1)[0]
    return first if first.startswith("arn:") else None


def target_of_key(key: str) -> str | None:
    """The ARN that a node stands for: what it points at, or else its owner."""
    parts = key.split(SEP)
    if len(parts) == 3 and parts[2].startswith("arn:"):
        return parts[2]
    return owner_of_key(key)


def first_unfolded() -> tuple[str, ...]:
    """What is unfolded at the start."""
    return (ROOT, "users")
