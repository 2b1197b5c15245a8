"""The data exchange of the account: outside → inside and inside → outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.timer import Timer
from textual.widget import Widget

from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.views.exchange import (
    EXCHANGE_SECTIONS,
    Exchange,
    arn_of_key,
    by_key,
    exchange_roots,
    look_at_exchange,
)
from srtui.tui.views.exchange_text import Known, exchange_blocks
from srtui.tui.views.keys import SEP
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_DELAY = 0.1
_WAITING = Notice("Putting every resource's policy to the question …", ("Who outside can use what, and who inside can move data out.",))


class ExchangeTree(VirtualTree):
    """Parties, services, resources; principals and their ways out."""

    SCOPE: ClassVar[str] = "exchange"

    def __init__(self) -> None:
        super().__init__("Data exchange", notice=_WAITING, indent=1, id="list")


class ExchangeScreen(BesideScreen):
    """Who outside can use what, and who inside can move data out."""

    SCOPE = "exchange"
    DEFAULT_CSS = """
    ExchangeScreen.-wide #list, ExchangeScreen.-wide #detail { width: 1fr; }
    """

    def __init__(self, item: str | None = None) -> None:
        super().__init__()
        self._item = item
        self._found: Exchange | None = None
        self._known: Known = {}
        self._timer: Timer | None = None

    def make_list(self) -> Widget:
        self.tree_view = ExchangeTree()
        return self.tree_view

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def show_view(self, view: View) -> None:
        def make() -> tuple[Exchange, Known, tuple[TreeNode, ...]]:
            found = look_at_exchange(view.analysis.risk)
            return found, by_key(found), exchange_roots(found)

        self.work_out(view, make, self._show)

    def _show(self, made: tuple[Exchange, Known, tuple[TreeNode, ...]]) -> None:
        self._found, self._known, roots = made
        self.tree_view.set_roots(roots, EXCHANGE_SECTIONS)
        if self._item is not None and self.tree_view.reveal(self._item):
            self._item = None
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    def _moved(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DELAY, self._show_detail)

    def _show_detail(self) -> None:
        if self._found is not None:
            key = self.tree_view.cursor_key or ""
            self.detail.show(exchange_blocks(self._found, self._known, key), key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self._go_to(arn_of_key(event.key))

    @on(DetailView.ItemActivated)
    def _open_item(self, event: DetailView.ItemActivated) -> None:
        self._go_to(event.key.partition(SEP)[2])

    def _go_to(self, arn: str) -> None:
        place = self.main.place_of(arn)
        if place is None:
            self.set_focus(self.detail)
        else:
            self.main.go(place)

    @on(VirtualList.FilterRequested, "#list")
    def _filter(self) -> None:
        self.query_one(FilterBar).open("", "words")

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _filtered(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        self.tree_view.filter_words(event.text)

    def place(self) -> Place:
        return Place("exchange", "", {"item": self.tree_view.cursor_key})

    def copies(self) -> Copies:
        arn = arn_of_key(self.tree_view.cursor_key or "")
        text = ("what is beside it", self.detail.copy_text())
        return [("ARN", arn), text] if arn else [text]
