"""A virtual list in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from rich.cells import cell_len
from textual import events
from textual.strip import Strip

from srtui.tui.actions import bindings_for
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import strip
from srtui.tui.widgets.rows import FromWidget
from srtui.tui.widgets.text import Span, fit, fit_spans, middle, plain, short_arn, spans_len
from srtui.tui.widgets.virtual_list import GUTTER, Notice, VirtualList

Cell = str | Span | tuple[Span, ...]
"""What stands in a column: a text, a text with a semantic style, or several of these."""

_GAP = 2


class Column(msgspec.Struct, frozen=True):
    """A column: `width` cells, or with `flex` a share of what is left but at least `width`."""

    id: str
    title: str
    width: int = 8
    flex: int = 0
    align: Literal["left", "right"] = "left"
    shorten: Literal["end", "middle", "arn"] = "end"
    drop: int = 0  # when room is short, the column with the highest `drop` goes first; 0 stays
    sortable: bool = True
    wish: int = 0  # cells that it should have before luxuries find room
    luxury: bool = False  # there only while every other column has its wish


class TableRow(msgspec.Struct, frozen=True):
    """A row: one cell a column, in the order of the columns."""

    key: str
    cells: tuple[Cell, ...]


class VirtualTable(VirtualList[TableRow], inherit_bindings=True):
    """Rows in columns under a header line. It shows the order that its owner made, and asks for another."""

    BINDINGS = bindings_for("table")

    @dataclass
    class SortRequested(FromWidget):
        """The user wants another order."""

        column: str
        reverse: bool

    def __init__(
        self,
        columns: Sequence[Column],
        title: str = "",
        *,
        notice: Notice | None = None,
        show_header: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(title, notice=notice, id=id, classes=classes)
        self._columns = tuple(columns)
        self._show_header = show_header
        self._sort: tuple[str, bool] | None = None
        self._layout_for: tuple[int, tuple[Column, ...]] | None = None
        self._placed: list[tuple[int, Column, int]] = []

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return self._columns

    @property
    def sort(self) -> tuple[str, bool] | None:
        """The column that the rows are sorted by, and whether in reverse."""
        return self._sort

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the rows must follow."""
        self._columns = tuple(columns)
        self.repaint()

    def set_sort(self, column: str | None, reverse: bool = False) -> None:
        """Say in the header how the rows are sorted."""
        self._sort = None if column is None else (column, reverse)
        self.repaint()

    def head_lines(self) -> int:
        return 1 if self._show_header else 0

    def head_strip(self, line: int, width: int, look: Look) -> Strip:
        spans: list[Span] = [(" " * GUTTER, "")]
        for position, (_, column, cells) in enumerate(self._layout(width - GUTTER - 1)):
            if position:
                spans.append((" " * _GAP, ""))
            style, text = "column", column.title
            if self._sort and self._sort[0] == column.id:
                style, text = "column_sorted", f"{column.title}{'▼' if self._sort[1] else '▲'}"
            spans.append((fit(text, cells, column.align), style))
        return strip(spans, width, look)

    def row_spans(self, row: TableRow, width: int) -> list[Span]:
        spans: list[Span] = []
        for position, (index, column, cells) in enumerate(self._layout(width)):
            if position:
                spans.append((" " * _GAP, ""))
            spans += _cell_spans(row.cells[index] if index < len(row.cells) else "", column, cells)
        return spans

    def _layout(self, width: int) -> list[tuple[int, Column, int]]:
        """The columns that find room, with their cells: (index, column, cells)."""
        if self._layout_for == (width, self._columns):
            return self._placed
        shown = list(enumerate(self._columns))
        if sum(max(column.width, column.wish) for column in self._columns) + _GAP * (len(shown) - 1) > width:
            shown = [item for item in shown if not item[1].luxury]

        def needed() -> int:
            return sum(column.width for _, column in shown) + _GAP * (len(shown) - 1)

        while needed() > width and any(column.drop for _, column in shown):
            shown.remove(max(shown, key=lambda item: item[1].drop))
        spare = max(0, width - needed())
        shares = sum(column.flex for _, column in shown)
        placed: list[tuple[int, Column, int]] = []
        left = width
        for index, column in shown:
            cells = column.width
            if column.flex:
                extra = spare * column.flex // shares
                spare, shares = spare - extra, shares - column.flex
                cells += extra
            cells = max(0, min(cells, left))
            left -= cells + _GAP
            placed.append((index, column, cells))
        self._layout_for, self._placed = (width, self._columns), placed
        return placed

    # Sorting

    def action_sort_next(self) -> None:
        self._step_sort(1)

    def action_sort_previous(self) -> None:
        self._step_sort(-1)

    def action_sort_reverse(self) -> None:
        if self._sort:
            self.post_message(self.SortRequested(self._sort[0], not self._sort[1]).set_sender(self))

    def _step_sort(self, step: int) -> None:
        names = [column.id for column in self._columns if column.sortable]
        if not names:
            return
        here = names.index(self._sort[0]) if self._sort and self._sort[0] in names else -1 if step > 0 else 0
        self.post_message(self.SortRequested(names[(here + step) % len(names)], False).set_sender(self))

    def on_click(self, event: events.Click) -> None:
        if self._show_header and event.y == (1 if self._title else 0):
            x = event.x - GUTTER
            for _, column, cells in self._placed:
                if 0 <= x < cells and column.sortable:
                    reverse = self._sort == (column.id, False)
                    self.post_message(self.SortRequested(column.id, reverse).set_sender(self))
                    event.prevent_default()
                    return
                x -= cells + _GAP


def _cell_spans(cell: Cell, column: Column, cells: int) -> list[Span]:
    """A cell in exactly `cells` cells."""
    if isinstance(cell, str):
        return [(_fit_text(cell, column, cells), "")]
    if len(cell) == 2 and isinstance(cell[1], str):
        text, style = cell
        return [(_fit_text(str(text), column, cells), style)]
    spans = fit_spans((span for span in cell if isinstance(span, tuple)), cells)
    pad = (" " * max(0, cells - spans_len(spans)), "")
    return [pad, *spans] if column.align == "right" else [*spans, pad]


def _fit_text(text: str, column: Column, cells: int) -> str:
    if column.shorten == "end":
        return fit(plain(text, cells + 1), cells, column.align)
    shown = short_arn(text, cells) if column.shorten == "arn" else middle(plain(text), cells)
    pad = " " * max(0, cells - cell_len(shown))
    return pad + shown if column.align == "right" else shown + pad
