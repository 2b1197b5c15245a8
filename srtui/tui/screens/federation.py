"""Federation: who signs in from elsewhere, the weakest trust first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.compare.principals import read_kinds
from srtui.feed import Part
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.screens.tabs import TABS
from srtui.tui.views.federation import (
    COLUMNS,
    condition_text,
    federation_blocks,
    federation_rows,
    federation_title,
    trust_key,
)
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.parts import iam_part
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import Notice, nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.risk.federation.trusts import FederatedTrust
    from srtui.tui.views.state import View

_WAITING = Notice("Trying every trust policy with tokens of strangers …")
_NONE = Notice(
    "No role trusts an identity from elsewhere, as far as roles were read.",
    ("OpenID Connect, SAML, Identity Center, Roles Anywhere, Cognito and pods would stand here.",),
)
_UNREAD = Notice(
    "Roles were not read, so nothing can be said of who signs in from elsewhere.",
    ("C shows which call was not answered.",),
    "warning",
)


class FederationTable(VirtualTable):
    """Roles that people or workloads from elsewhere become."""

    SCOPE: ClassVar[str] = "federation"


class FederationScreen(FilteredScreen):
    """Every trust in an identity from elsewhere."""

    SCOPE = "federation"
    WIDE = 130
    FILTER_HELP = "words, for one open, github or admin"

    def __init__(self, item: str | None = None) -> None:
        super().__init__()
        self._item = item
        self._trusts: dict[str, FederatedTrust] = {}

    def make_list(self) -> Widget:
        self.table = FederationTable(COLUMNS, "Federation", notice=_WAITING, id="list")
        return self.table

    def show_view(self, view: View) -> None:
        self.work_out(view, lambda: view.analysis.risk.federation.trusts, self._show)

    def _show(self, trusts: tuple[FederatedTrust, ...]) -> None:
        self._trusts = {trust_key(trust): trust for trust in trusts}
        self.refill()
        if self._item is not None and self.table.move_to(self._item):
            self._item = None
        self._show_detail()

    def refill(self) -> None:
        trusts = self._trusts.values()
        rows = having_words(federation_rows(trusts), self.words, row_text)
        listed = self._shown is not None and "role" in read_kinds(self._shown.analysis.account)
        self.table.set_notice(nothing_matches(self.words) if self.words else _NONE if listed else _UNREAD)
        told = federation_title(trusts) if listed else f"{federation_title(trusts)} · not all roles were read"
        self.table.set_title(self.titled("Federation"), told)
        self.table.set_rows(rows, highlighted(self.words))
        self._show_detail()

    @property
    def chosen(self) -> FederatedTrust | None:
        """The trust under the cursor."""
        return self._trusts.get(self.table.cursor_key or "")

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        trust = self.chosen
        self.detail.show(federation_blocks(trust) if trust else (), self.table.cursor_key)

    @on(VirtualList.Activated, "#list")
    @on(DetailView.ItemActivated)
    def _open(self) -> None:
        trust = self.chosen
        if trust is not None:
            self.main.go(Place("principal", trust.role, {"tab": TABS.index("Trust")}))

    def place(self) -> Place:
        return Place("federation", "", {"item": self.table.cursor_key})

    def copies(self) -> Copies:
        trust = self.chosen
        if trust is None:
            return []
        return [
            ("the role's ARN", trust.role),
            ("the condition", condition_text(trust)),
            ("text", self.detail.copy_text()),
        ]

    def part(self) -> Part:
        return iam_part()
