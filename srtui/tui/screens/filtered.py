"""A list that `/` filters, with what is under its cursor beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from srtui.tui.screens.beside import BesideScreen
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_list import VirtualList


class FilteredScreen(BesideScreen):
    """Subclasses show in `refill` the rows that `words` leaves."""

    FILTER_HELP: ClassVar[str] = "words; a minus before a word leaves out"

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.words = words

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def refill(self) -> None:
        """Show the rows again, as far as the filter leaves them."""
        raise NotImplementedError

    def titled(self, text: str) -> Sequence[Span]:
        """A title with the filter behind it."""
        return [(text, ""), (" · /", "muted"), (self.words, "match")] if self.words else [(text, "")]

    @on(VirtualList.FilterRequested, "#list")
    def _ask_for_words(self) -> None:
        self.query_one(FilterBar).open(self.words, self.FILTER_HELP)

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _other_words(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        self._set_words(event.text.strip() if isinstance(event, FilterBar.Closed) else event.text)

    def _set_words(self, words: str) -> None:
        self.words = words
        if self._shown is not None:
            self.refill()

    def step_back(self) -> bool:
        if super().step_back():
            return True
        had = bool(self.words)
        if had:
            self._set_words("")
        return had
