"""Which screen shows which kind of place."""

from __future__ import annotations

from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen


def screen_for(place: Place) -> BaseScreen:
    """A new screen for a place, in the state in which the user left it."""
    # None of these is needed for the first frame, and each brings a good part of the program with it.
    from srtui.tui.screens.ask import AskScreen
    from srtui.tui.screens.attack import AttackScreen
    from srtui.tui.screens.changes import ChangesScreen
    from srtui.tui.screens.collection import CollectionScreen
    from srtui.tui.screens.duties import DutiesScreen, DutyScreen
    from srtui.tui.screens.exchange import ExchangeScreen
    from srtui.tui.screens.federation import FederationScreen
    from srtui.tui.screens.heat import HeatScreen
    from srtui.tui.screens.page import FindingScreen, PageScreen, PathScreen
    from srtui.tui.screens.principal import PrincipalScreen
    from srtui.tui.screens.unknown import UnknownScreen
    from srtui.tui.screens.use import UnusedScreen
    from srtui.tui.screens.wins import QuickWinsScreen

    match place.kind:
        case "principal":
            return PrincipalScreen(
                place.subject,
                place.state.get("tab", 0),
                place.state.get("item"),
                place.state.get("changes", ()),
            )
        case "attack":
            return AttackScreen(place.state.get("item"))
        case "exchange":
            return ExchangeScreen(place.state.get("item"))
        case "federation":
            return FederationScreen(place.state.get("item"))
        case "changes":
            return ChangesScreen(place.state.get("session", ""), place.state.get("item"))
        case "wins":
            return QuickWinsScreen()
        case "heat":
            return HeatScreen(place.state.get("region"), place.state.get("service"))
        case "unused":
            return UnusedScreen(place.state.get("item"))
        case "duties":
            return DutiesScreen(place.state.get("duty"), place.state.get("other"))
        case "duty":
            return DutyScreen(place.subject, place.state.get("item"))
        case "path":
            return PathScreen(place.subject, place.state.get("item"))
        case "ask":
            return AskScreen(place.subject)
        case "unknown":
            return UnknownScreen(place.subject)
        case "collection":
            return CollectionScreen()
        case "finding":
            return FindingScreen(place.kind, place.subject, place.state.get("item"))
        case _:
            return PageScreen(place.kind, place.subject, place.state.get("item"))
