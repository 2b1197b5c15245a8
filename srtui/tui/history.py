"""Where the user has been, as a browser knows it: going back keeps the way forward until another way is taken."""

from __future__ import annotations

from typing import Any

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A screen to go to: its kind, what it is about, and where in it the user was."""

    kind: str  # principal, policy, resource, row, control, finding, collection
    subject: str = ""
    state: dict[str, Any] = msgspec.field(default_factory=dict)

    def same(self, other: Place | None) -> bool:
        """Whether both lead to the same screen, wherever in it the user was."""
        return other is not None and (self.kind, self.subject) == (other.kind, other.subject)


class Forward:
    """The places that going back left behind, the nearest last."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def left(self, place: Place) -> None:
        """The user went back from here."""
        self._places.append(place)

    def take(self) -> Place | None:
        """The place to go forward to, or None."""
        return self._places.pop() if self._places else None

    def forget(self) -> None:
        """The user took another way."""
        self._places.clear()
