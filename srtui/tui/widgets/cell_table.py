"""A table with a cursor on a cell: the first two columns stay, the others scroll sideways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.strip import Strip

from srtui.tui.actions import bindings_for
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import strip
from srtui.tui.widgets.rows import FromWidget
from srtui.tui.widgets.text import Span, fit
from srtui.tui.widgets.virtual_list import GUTTER
from srtui.tui.widgets.virtual_table import Column, TableRow, VirtualTable

_FIXED: Final = 2  # columns that stay: what the row is, and all of it together
_GAP: Final = 2


class CellTable(VirtualTable):
    """Rows by columns. What is chosen is a cell, or the whole row while the cursor is on none."""

    SCOPE: ClassVar[str] = "cells"
    BINDINGS = bindings_for("cells")

    @dataclass
    class ColumnChosen(FromWidget):
        """Another column was chosen."""

        column: str | None

    _chosen = 1
    _first = 0  # of the columns that scroll, the one that stands at the left
    _fitting = 0  # how many of them found room in the last frame

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the chosen one stays chosen."""
        before = self.chosen_column
        self.set_columns(columns)
        self.choose(before)

    @property
    def chosen_column(self) -> str | None:
        """The chosen column; None for the whole row."""
        return self.columns[self._chosen].id if self._chosen >= _FIXED else None

    def choose(self, column: str | None) -> None:
        """Choose a column, if it is there."""
        names = [column.id for column in self.columns]
        self._chosen = names.index(column, _FIXED) if column in names[_FIXED:] else _FIXED - 1
        self.repaint()

    def action_left(self) -> None:
        self._step(-1)

    def action_right(self) -> None:
        self._step(1)

    def _step(self, step: int) -> None:
        chosen = max(_FIXED - 1, min(self._chosen + step, len(self.columns) - 1))
        if chosen != self._chosen:
            self._chosen = chosen
            self.post_message(self.ColumnChosen(self.chosen_column).set_sender(self))
            self.repaint()

    # Drawing

    def before_frame(self, width: int, height: int) -> None:
        super().before_frame(width, height)
        self._place(width - GUTTER - 1)

    def _place(self, width: int) -> None:
        fixed = sum(column.width + _GAP for column in self.columns[:_FIXED])
        scrolling = self.columns[_FIXED:]
        cell = scrolling[0].width + _GAP if scrolling else 1
        self._fitting = max(1, min(len(scrolling), (width - fixed + _GAP) // cell))
        at = self._chosen - _FIXED
        if at >= 0:
            self._first = min(max(self._first, at - self._fitting + 1), at)
        else:
            self._first = 0
        self._first = max(0, min(self._first, len(scrolling) - self._fitting))

    def _layout(self, width: int) -> list[tuple[int, Column, int]]:
        start = _FIXED + self._first
        shown = [*range(min(_FIXED, len(self.columns))), *range(start, start + self._fitting)]
        self._placed = [
            (index, self.columns[index], self.columns[index].width)
            for index in shown
            if index < len(self.columns)
        ]
        return self._placed

    def _title_end(self) -> list[Span]:
        ends = super()._title_end()
        hidden = len(self.columns) - _FIXED - self._fitting
        if hidden > 0:
            right = hidden - self._first
            told = [f"◂ {self._first} more"] * bool(self._first) + [f"{right} more ▸"] * bool(right > 0)
            ends = [*ends, (("  " if ends else "") + "  ".join(told), "warning")]
        return ends

    def head_strip(self, line: int, width: int, look: Look) -> Strip:
        spans: list[Span] = [(" " * GUTTER, "")]
        for position, (index, column, cells) in enumerate(self._layout(width)):
            style = "column_sorted" if index == self._chosen else "column"
            spans += [(" " * _GAP if position else "", ""), (fit(column.title, cells, column.align), style)]
        return strip(spans, width, look)

    def row_spans(self, row: TableRow, width: int) -> list[Span]:
        under = row.key == self.cursor_key
        spans: list[Span] = []
        for position, (index, column, cells) in enumerate(self._layout(width)):
            cell = row.cells[index]
            text, style = (cell, "") if isinstance(cell, str) else (str(cell[0]), str(cell[1]))
            if under and index == self._chosen:
                # A frame as well as a colour: the cell is found without colours, too.
                spans += [
                    (" ▸" if position else "", "cursor_mark"),
                    (fit(text, cells, column.align), style or "strong"),
                ]
            else:
                spans += [(" " * _GAP if position else "", ""), (fit(text, cells, column.align), style)]
        return spans
