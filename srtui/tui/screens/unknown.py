"""The controls that cannot be told completely, of the account or of one row, and what would let them be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.feed import Part
from srtui.responsibility.gaps import UnknownControl
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.keys import SEP
from srtui.tui.views.matrix import row_status
from srtui.tui.views.parts import calls_of_controls
from srtui.tui.views.unknown import (
    COLUMNS,
    NOTHING,
    granted,
    statement_text,
    unknown_blocks,
    unknown_of,
    unknown_rows,
    unknown_title,
)
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View


class UnknownTable(VirtualTable):
    """Unknown controls."""

    SCOPE: ClassVar[str] = "table"


class UnknownScreen(FilteredScreen):
    """What is unknown, and why."""

    SCOPE = "table"
    FILTER_HELP = "words, for one a service, denied or never"

    def __init__(self, subject: str = "") -> None:
        """`subject`: the number of a row, or "" for the account."""
        super().__init__()
        self._row = int(subject) if subject else None
        self._found: list[UnknownControl] = []

    def make_list(self) -> Widget:
        self.table = UnknownTable(COLUMNS, "Unknown", notice=NOTHING, id="list")
        return self.table

    def show_view(self, view: View) -> None:
        self._found = unknown_of(view.analysis, self._row)
        self.refill()

    def refill(self) -> None:
        if self._shown is None:
            return
        analysis = self._shown.analysis
        whole = len(analysis.controls) if self._row is None else len(row_status(analysis, self._row).controls)
        self.table.set_notice(nothing_matches(self.words) if self.words else NOTHING)
        self.table.set_title(self.titled(unknown_title(self._found, self._row, whole)))
        self.table.set_rows(
            having_words(unknown_rows(self._found), self.words, row_text), highlighted(self.words)
        )
        self._show_detail()

    def _chosen(self) -> UnknownControl | None:
        return next((one for one in self._found if one.control.id == self.table.cursor_key), None)

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        one = self._chosen()
        self.detail.show(
            unknown_blocks(one, self._row, self._found) if one else (), one.control.id if one else None
        )

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.main.go(Place("control", event.key))

    @on(DetailView.ItemActivated)
    def _open_control(self, event: DetailView.ItemActivated) -> None:
        self.main.go(Place("control", event.key.partition(SEP)[2]))

    @on(VirtualTable.SortRequested)
    def _sort_is_fixed(self) -> None:
        self.hints.say("The most severe come first.")

    def place(self) -> Place:
        return Place("unknown", "" if self._row is None else str(self._row))

    def copies(self) -> Copies:
        one, whole = self._chosen(), granted(self._found)
        found: Copies = []
        if one is not None and one.actions:
            found.append(("statement for this control", statement_text(one.actions)))
        if whole and (one is None or whole != list(one.actions)):
            found.append(("statement for all of them", statement_text(whole)))
        return found or [("what is beside it", self.detail.copy_text())]

    def part(self) -> Part | None:
        one = self._chosen()
        return calls_of_controls(self._shown.analysis, [one.control.id]) if one and self._shown else None
