"""The heat map: findings by service and region."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.views.heat import heat_blocks, heat_columns, heat_rows, regions_of
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View


class HeatTable(VirtualTable):
    """Services by regions."""

    SCOPE: ClassVar[str] = "table"


class HeatScreen(BesideScreen):
    """Where the findings are."""

    SCOPE = "table"

    def make_list(self) -> Widget:
        self.table = HeatTable(heat_columns(()), "Where", notice=Notice("No open findings."), id="list")
        return self.table

    def show_view(self, view: View) -> None:
        regions = regions_of(view.items)
        self.table.set_columns(heat_columns(regions))
        self.table.set_title("Where the findings are · worst severity and count", f"{len(regions)} regions")
        self.table.set_rows(heat_rows(view.items, regions))
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        key = self.table.cursor_key
        if self._shown is not None:
            self.detail.show(heat_blocks(self._shown.items, key) if key else (), key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.main.filter_findings(f"service:{event.key} status:open")

    def place(self) -> Place:
        return Place("heat")

    def copies(self) -> Copies:
        return [("what is beside it", self.detail.copy_text())]
