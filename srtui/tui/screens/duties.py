"""Separation of duty: which duties one identity should not hold together, and who does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from srtui.feed import Part
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.screens.page import PageScreen
from srtui.tui.views.duties import case_blocks, cell_blocks, duties_told, duty_columns, duty_rows
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.keys import SEP
from srtui.tui.views.parts import identity_part
from srtui.tui.widgets.cell_table import CellTable
from srtui.tui.widgets.detail import Block, DetailView, Para
from srtui.tui.widgets.rows import NO_IDENTITIES, Notice, nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import TableRow

if TYPE_CHECKING:
    from srtui.risk.separation import Matrix, Separation
    from srtui.tui.views.state import View

_WORKING = Notice("Working out who holds which duty …")


class DutiesScreen(FilteredScreen):
    """Duty × duty."""

    SCOPE = "cells"
    FILTER_HELP = "words of a duty"
    DEFAULT_CSS = """
    DutiesScreen.-wide #list { width: 1fr; }
    DutiesScreen.-wide #detail { width: 44; }
    """

    def __init__(self, duty: str | None = None, other: str | None = None) -> None:
        super().__init__()
        self._first_cell = (duty, other)
        self._separation: Separation | None = None
        self._rows: list[TableRow] = []
        self._empty = _WORKING

    def make_list(self) -> Widget:
        self.table = CellTable((), "Separation of duty", notice=_WORKING, id="list")
        return self.table

    def show_view(self, view: View) -> None:
        separation = view.analysis.risk.separation
        self.work_out(view, separation.matrix, lambda matrix: self._show(separation, matrix))

    def _show(self, separation: Separation, matrix: Matrix) -> None:
        self._separation, self._matrix = separation, matrix
        known = self._shown is not None and bool(self._shown.analysis.principals)
        self._empty = _WORKING if known else NO_IDENTITIES
        self._rows = duty_rows(separation, matrix) if known else []
        self.table.show_columns(duty_columns(matrix, self._rows))
        duty, other = self._first_cell
        self._first_cell = (None, None)
        if other is not None:
            self.table.choose(other)
        self.refill()
        if duty is not None:
            self.table.move_to(duty)

    def refill(self) -> None:
        if self._separation is None:
            return
        self.table.set_notice(nothing_matches(self.words) if self.words else self._empty)
        told = duties_told(self._matrix) if self._rows else ""
        self.table.set_title(self.titled("Separation of duty"), told)
        self.table.set_rows(having_words(self._rows, self.words, row_text), highlighted(self.words))
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    @on(CellTable.ColumnChosen)
    def _show_detail(self) -> None:
        one, two = self.table.cursor_key, self.table.chosen_column
        if self._separation is not None and one is not None:
            self.detail.show(cell_blocks(self._separation, self._matrix, one, two), f"{one} {two or ''}")

    @on(VirtualList.Activated, "#list")
    def _into_detail(self) -> None:
        self.set_focus(self.detail)

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        self.main.go(Place("duty", event.key.partition(SEP)[2]))

    def place(self) -> Place:
        return Place("duties", "", {"duty": self.table.cursor_key, "other": self.table.chosen_column})

    def copies(self) -> Copies:
        return [("what is beside it", self.detail.copy_text())]

    def part(self) -> Part | None:
        return identity_part(None)


class DutyScreen(PageScreen):
    """One conflict of one identity, with what separates the two duties."""

    def __init__(self, subject: str, item: str | None = None) -> None:
        """`subject`: the conflict and the identity's ARN, with SEP between."""
        super().__init__("duty", subject, item)

    def show_view(self, view: View) -> None:
        risk = view.analysis.risk
        conflict, _, arn = self.subject.partition(SEP)

        def make() -> list[Block]:
            try:
                case, cures = risk.separation.case(conflict, arn), risk.separating(conflict, arn)
            except KeyError:
                return [Para("The evidence no longer shows this conflict.", "muted")]
            return case_blocks(risk.separation, case, cures)

        self.work_out(view, make, self._show)

    def _show(self, blocks: list[Block]) -> None:
        self.detail.show(blocks, self.subject)
        if self._first_item is not None and self.detail.move_to(self._first_item):
            self._first_item = None

    def copies(self) -> Copies:
        return [("ARN", self.subject.partition(SEP)[2]), ("text", self.detail.copy_text())]

    def part(self) -> Part | None:
        return identity_part(self.subject.partition(SEP)[2])
