"""A list that `/` filters, with what is under its cursor beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.timer import Timer
from textual.widget import Widget

from srtui.tui.screens.beside import BesideScreen
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree

_DELAY = 0.1  # seconds that the cursor rests on a node before the text beside it follows


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


class FilteredTreeScreen(FilteredScreen):
    """The same with a tree for a list: subclasses name it, and show what is under its cursor in `show_detail`."""

    NAME: ClassVar[str] = ""
    FILTER_HELP = "words"

    def __init__(self, item: str | None = None) -> None:
        """`item`: the node on which the cursor is to be."""
        super().__init__()
        self._item = item
        self._timer: Timer | None = None

    def make_tree(self) -> VirtualTree:
        """The tree, with the id `list`."""
        raise NotImplementedError

    def show_detail(self) -> None:
        """Show what is under the cursor."""
        raise NotImplementedError

    def make_list(self) -> Widget:
        self.tree_view = self.make_tree()
        return self.tree_view

    def show_roots(self, roots: Iterable[TreeNode], expand: Collection[str]) -> None:
        """Show another tree with the cursor where it was to be."""
        self.tree_view.set_roots(roots, expand)
        if self._item is not None and self.tree_view.reveal(self._item):
            self._item = None
        self.show_detail()

    def refill(self) -> None:
        self.tree_view.filter_words(self.words)
        self.tree_view.set_title(self.titled(self.NAME))

    @on(VirtualList.CursorMoved, "#list")
    def _moved(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DELAY, self.show_detail)

    def go_to(self, arn: str) -> None:
        """Open the thing with this ARN, or go to the text beside the tree."""
        place = self.main.place_of(arn)
        if place is None:
            self.set_focus(self.detail)
        else:
            self.main.go(place)
