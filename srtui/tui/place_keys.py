"""The keys that do nothing but go to a screen."""

from __future__ import annotations

from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen


class PlaceKeys:
    """A mixin for the app."""

    @property
    def base(self) -> BaseScreen:
        """The uppermost screen that is no dialog."""
        raise NotImplementedError

    def go(self, place: Place) -> None:
        """Open a screen; `back` returns."""
        raise NotImplementedError

    def action_attack_paths(self) -> None:
        self.go(Place("attack"))

    def action_unknown(self) -> None:
        row = self.base.row_in_front()
        self.go(Place("unknown", "" if row is None else str(row)))

    def action_quick_wins(self) -> None:
        self.go(Place("wins"))

    def action_unused(self) -> None:
        self.go(Place("unused"))

    def action_duties(self) -> None:
        self.go(Place("duties"))

    def action_data_exchange(self) -> None:
        self.go(Place("exchange"))

    def action_federation(self) -> None:
        self.go(Place("federation"))

    def action_changes(self) -> None:
        self.go(Place("changes"))

    def action_heat_map(self) -> None:
        self.go(Place("heat"))

    def action_collection(self) -> None:
        self.go(Place("collection"))
