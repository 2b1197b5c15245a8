"""Quick wins: insecure defaults, worst and easiest first, one command each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.feed import Part
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.keys import SEP
from srtui.tui.views.parts import calls_of_controls
from srtui.tui.views.wins import COLUMNS, Win, quick_wins, sort_wins, win_blocks, win_rows, wins_told
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import Notice, nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_NONE = Notice(
    "No insecure default is left.", ("What is unknown is no pass: C shows what was not answered.",)
)


class WinTable(VirtualTable):
    """Insecure defaults."""

    SCOPE: ClassVar[str] = "table"


class QuickWinsScreen(FilteredScreen):
    """The low-hanging fruit."""

    SCOPE = "table"

    FILTER_HELP = "words, for one ready, fill, look or break"

    def __init__(self) -> None:
        super().__init__()
        self._wins: list[Win] = []
        self._sort = ("severity", False)

    def make_list(self) -> Widget:
        self.table = WinTable(COLUMNS, "Quick wins", notice=_NONE, id="list")
        self.table.set_sort(*self._sort)
        return self.table

    def show_view(self, view: View) -> None:
        self._wins = quick_wins(view.items, view.analysis.controls)
        self.refill()

    def refill(self) -> None:
        rows = having_words(win_rows(sort_wins(self._wins, *self._sort)), self.words, row_text)
        self.table.set_notice(nothing_matches(self.words) if self.words else _NONE)
        self.table.set_title(self.titled("Quick wins"), wins_told(self._wins))
        self.table.set_rows(rows, highlighted(self.words))
        self._show_detail()

    @on(VirtualTable.SortRequested)
    def _sorted(self, event: VirtualTable.SortRequested) -> None:
        self._sort = (event.column, event.reverse)
        self.table.set_sort(*self._sort)
        self.refill()

    def _win(self) -> Win | None:
        return next((win for win in self._wins if win.control == self.table.cursor_key), None)

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        win = self._win()
        if self._shown is not None:
            self.detail.show(
                win_blocks(win, self._shown.analysis) if win else (), win.control if win else None
            )

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.main.go(Place("control", event.key))

    @on(DetailView.ItemActivated)
    def _open_finding(self, event: DetailView.ItemActivated) -> None:
        self.main.go(Place("finding", event.key.partition(SEP)[2]))

    def place(self) -> Place:
        return Place("wins")

    def copies(self) -> Copies:
        win = self._win()
        return [("every command", "\n".join(win.commands))] if win else []

    def part(self) -> Part | None:
        win = self._win()
        return calls_of_controls(self._shown.analysis, [win.control]) if win and self._shown else None
