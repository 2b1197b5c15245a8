"""Screens with a list and, beside it or below where there is no room, what is under its cursor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.containers import Container
from textual.widget import Widget

from srtui.tui.actions import REGISTRY, bindings_for
from srtui.tui.screens.base import BaseScreen
from srtui.tui.widgets.detail import DetailView


class BesideText(DetailView):
    """What is under the cursor."""

    SCOPE: ClassVar[str] = "page"


class BesideScreen(BaseScreen):
    """Subclasses make the list in `make_list`; `detail` shows what is under its cursor."""

    BINDINGS = bindings_for("beside")
    FIRST: ClassVar[str] = "list"  # what has the focus at the beginning, in a word
    WIDE: ClassVar[int] = 110  # columns from which both stand side by side
    DEFAULT_CSS = """
    BesideScreen #both { height: 1fr; layout: vertical; }
    BesideScreen.-wide #both { layout: horizontal; }
    BesideScreen #list, BesideScreen #detail { width: 1fr; height: 1fr; }
    BesideScreen.-wide #list { width: 3fr; }
    BesideScreen.-wide #detail { width: 2fr; }
    """

    def make_list(self) -> Widget:
        """The list, with the id `list`."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        self.detail = BesideText("", id="detail")
        yield Container(self.make_list(), self.detail, id="both")

    def on_mount(self) -> None:
        self._fit(self.app.size.width)
        self.set_focus(self.first_focus())

    def first_focus(self) -> Widget:
        """What has the focus at the beginning."""
        return self.query_one("#list")

    def step_back(self) -> bool:
        """From the text back to the list, where the cursor still is."""
        if super().step_back():
            return True
        reading = self.detail.has_focus
        if reading:
            self.set_focus(self.query_one("#list"))
        return reading

    def action_other_side(self) -> None:
        """From the list to the text, where it scrolls, and back."""
        self.set_focus(self.first_focus() if self.detail.has_focus else self.detail)

    def hint_list(self, scope: str) -> list[tuple[str, str]]:
        """How to get into the text, where it may go on below, comes right behind what `enter` does."""
        hints = super().hint_list(scope)
        key = REGISTRY.shown_key("beside.other-side")
        if not key or scope == "question":
            return hints
        place = 1 if hints and hints[0][1] == REGISTRY["list.activate"].title else 0
        return [*hints[:place], (key, self.FIRST if self.detail.has_focus else "text"), *hints[place:]]

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        self.set_class(width >= self.WIDE, "-wide")
