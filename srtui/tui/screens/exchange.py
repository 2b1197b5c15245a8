"""The data exchange of the account: outside → inside and inside → outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredTreeScreen
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
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_WAITING = Notice(
    "Putting every resource's policy to the question …",
    ("Who outside can use what, and who inside can move data out.",),
)


class ExchangeTree(VirtualTree):
    """Parties, services, resources; principals and their ways out."""

    SCOPE: ClassVar[str] = "exchange"


class ExchangeScreen(FilteredTreeScreen):
    """Who outside can use what, and who inside can move data out."""

    SCOPE = "exchange"
    NAME = "Data exchange"
    FILTER_HELP = "words, for one public, s3 or reads"
    DEFAULT_CSS = """
    ExchangeScreen.-wide #list, ExchangeScreen.-wide #detail { width: 1fr; }
    """

    def __init__(self, item: str | None = None) -> None:
        super().__init__(item)
        self._found: Exchange | None = None
        self._known: Known = {}

    def make_tree(self) -> VirtualTree:
        return ExchangeTree(self.NAME, notice=_WAITING, indent=1, id="list")

    def show_view(self, view: View) -> None:
        def make() -> tuple[Exchange, Known, tuple[TreeNode, ...]]:
            found = look_at_exchange(view.analysis.risk)
            return found, by_key(found), exchange_roots(found)

        self.work_out(view, make, self._show)

    def _show(self, made: tuple[Exchange, Known, tuple[TreeNode, ...]]) -> None:
        self._found, self._known, roots = made
        self.show_roots(roots, EXCHANGE_SECTIONS)

    def show_detail(self) -> None:
        if self._found is not None:
            key = self.tree_view.cursor_key or ""
            self.detail.show(exchange_blocks(self._found, self._known, key), key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.go_to(arn_of_key(event.key))

    @on(DetailView.ItemActivated)
    def _open_item(self, event: DetailView.ItemActivated) -> None:
        self.go_to(event.key.partition(SEP)[2])

    def place(self) -> Place:
        return Place("exchange", "", {"item": self.tree_view.cursor_key})

    def copies(self) -> Copies:
        arn = arn_of_key(self.tree_view.cursor_key or "")
        text = ("what is beside it", self.detail.copy_text())
        return [("ARN", arn), text] if arn else [text]
