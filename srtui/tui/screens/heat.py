"""The heat map: findings by service and region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.views.filtering import having_words, highlighted
from srtui.tui.views.heat import GLOBAL, heat_blocks, heat_columns, heat_filter, heat_rows, regions_of
from srtui.tui.views.words import counted
from srtui.tui.widgets.cell_table import CellTable
from srtui.tui.widgets.rows import Notice, nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_NONE = Notice("No open findings.")


class HeatScreen(FilteredScreen):
    """Where the findings are."""

    SCOPE = "cells"
    FILTER_HELP = "words of a service's name"

    def __init__(self, region: str | None = None, service: str | None = None) -> None:
        super().__init__()
        self._first_cell = (region, service)

    def make_list(self) -> Widget:
        self.table = CellTable(heat_columns(()), "Where the findings are", notice=_NONE, id="list")
        return self.table

    def show_view(self, view: View) -> None:
        self._regions = regions_of(view.items)
        self._rows = heat_rows(view.items, self._regions)
        self.table.show_columns(heat_columns(self._regions))
        region, service = self._first_cell
        self._first_cell = (None, None)
        if region is not None:
            self.table.choose(region)
        self.refill()
        if service is not None:
            self.table.move_to(service)

    def refill(self) -> None:
        self.table.set_notice(nothing_matches(self.words) if self.words else _NONE)
        self.table.set_title(
            self.titled("Where the findings are"),
            counted(len([one for one in self._regions if one != GLOBAL]), "region"),
        )
        rows = having_words(self._rows, self.words, lambda row: row.key)
        self.table.set_rows(rows, highlighted(self.words))
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    @on(CellTable.ColumnChosen)
    def _show_detail(self) -> None:
        key, region = self.table.cursor_key, self.table.chosen_column
        if self._shown is not None:
            self.detail.show(
                heat_blocks(self._shown.items, key, region) if key else (), f"{key} {region or ''}"
            )

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.main.filter_findings(heat_filter(event.key, self.table.chosen_column))

    def place(self) -> Place:
        return Place("heat", "", {"region": self.table.chosen_column, "service": self.table.cursor_key})

    def copies(self) -> Copies:
        return [("what is beside it", self.detail.copy_text())]
