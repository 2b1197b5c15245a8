"""The collection: every call without an answer, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.analysis import FailedCall
from srtui.feed import Part
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.views.collection import (
    COLUMNS,
    answered_blocks,
    answered_call,
    collection_rows,
    collection_title,
    empty_notice,
    failure_blocks,
    failure_key,
    left_out_blocks,
    note_rows,
    overview_blocks,
)
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.keys import SEP
from srtui.tui.views.unknown import statement_text
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import TableRow, VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View


class CollectionPane(VirtualTable):
    """Failed calls."""

    SCOPE: ClassVar[str] = "collection"
    BINDINGS = bindings_for("collection")


class CollectionScreen(FilteredScreen):
    """What was asked, what failed, what to grant."""

    SCOPE = "collection"
    FILTER_HELP = "words, for one a service, a region or denied"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[TableRow] = []

    def make_list(self) -> Widget:
        self.table = CollectionPane(COLUMNS, "Collection", id="list")
        return self.table

    def show_view(self, view: View) -> None:
        self._rows = [*note_rows(view.update), *collection_rows(view.analysis)]
        self.refill()

    def refill(self) -> None:
        if self._shown is None:
            return
        update = self._shown.update
        self.table.set_notice(nothing_matches(self.words) if self.words else empty_notice(update))
        title, right = collection_title(update)
        self.table.set_title(self.titled(title), right)
        self.table.set_rows(having_words(self._rows, self.words, row_text), highlighted(self.words))
        self._show_detail()

    def _failure(self) -> FailedCall | None:
        if self._shown is None:
            return None
        key = self.table.cursor_key
        return next((one for one in self._shown.analysis.failures if failure_key(one) == key), None)

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        if self._shown is None:
            return
        found, call = self._failure(), answered_call(self.table.cursor_key or "")
        kind, _, name = (self.table.cursor_key or "").partition(SEP)
        if kind == "left out":
            self.detail.show(left_out_blocks(name, self._shown.analysis), self.table.cursor_key)
        elif found is not None:
            self.detail.show(failure_blocks(found, self._shown.analysis), failure_key(found))
        elif call is not None:
            self.detail.show(answered_blocks(call, self._shown.analysis), ":".join(call))
        else:
            self.detail.show(overview_blocks(self._shown.update), "overview")

    @on(VirtualList.Activated, "#list")
    def _to_detail(self) -> None:
        self.detail.focus()

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        kind, _, subject = event.key.partition(SEP)
        self.main.go(Place(kind, subject))

    @on(VirtualTable.SortRequested)
    def _sort_is_fixed(self) -> None:
        self.hints.say("Calls with most unknown because of them always come first.")

    def place(self) -> Place:
        return Place("collection")

    def copies(self) -> Copies:
        found = self._failure()
        if found is None:
            return []
        actions = [("statement to add", statement_text(found.actions))] if found.actions else []
        return [*actions, ("error", found.error)]

    def part(self) -> Part | None:
        found, call = self._failure(), answered_call(self.table.cursor_key or "")
        if found is None:
            return Part(calls=(call,)) if call else None
        return Part(
            calls=((found.service, found.operation),), regions=(found.region,) if found.region else ()
        )
