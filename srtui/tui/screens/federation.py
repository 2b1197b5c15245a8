"""Federation: who signs in from elsewhere, the weakest trust first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.feed import Part
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.views.federation import (
    COLUMNS,
    condition_text,
    federation_blocks,
    federation_rows,
    federation_title,
    trust_key,
)
from srtui.tui.views.parts import iam_part
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.rows import Notice
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


class FederationScreen(BesideScreen):
    """Every trust in an identity from elsewhere."""

    SCOPE = "federation"
    WIDE = 130

    def __init__(self, item: str | None = None) -> None:
        super().__init__()
        self._item = item
        self._trusts: dict[str, FederatedTrust] = {}
        self._words: tuple[str, ...] = ()

    def make_list(self) -> Widget:
        self.table = FederationTable(COLUMNS, "Federation", notice=_WAITING, id="list")
        return self.table

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def show_view(self, view: View) -> None:
        self.work_out(view, lambda: view.analysis.risk.federation.trusts, self._show)

    def _show(self, trusts: tuple[FederatedTrust, ...]) -> None:
        self._trusts = {trust_key(trust): trust for trust in trusts}
        listed = self._shown is not None and bool(self._shown.analysis.account.roles)
        self.table.set_notice(_NONE if listed or self._roles_listed() else _UNREAD)
        self._show_rows()
        if self._item is not None and self.table.move_to(self._item):
            self._item = None
        self._show_detail()

    def _roles_listed(self) -> bool:
        if self._shown is None:
            return False
        from srtui.compare.principals import read_kinds

        return "role" in read_kinds(self._shown.analysis.account)

    def _show_rows(self) -> None:
        shown = [trust for trust in self._trusts.values() if self._fits(trust)]
        self.table.set_title("Federation · identities from elsewhere", federation_title(shown))
        self.table.set_rows(federation_rows(shown), self._words)

    def _fits(self, trust: FederatedTrust) -> bool:
        text = " ".join((trust.role, trust.grade, trust.product, trust.issuer, *trust.says)).lower()
        return all(word in text for word in self._words)

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
            from srtui.tui.screens.principal import TABS

            self.main.go(Place("principal", trust.role, {"tab": TABS.index("Trust")}))

    @on(VirtualList.FilterRequested, "#list")
    def _filter(self) -> None:
        self.query_one(FilterBar).open(" ".join(self._words), "words")

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _filtered(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        self._words = tuple(event.text.lower().split())
        self._show_rows()

    def place(self) -> Place:
        return Place("federation", "", {"item": self.table.cursor_key})

    def copies(self) -> Copies:
        trust = self.chosen
        if trust is None:
            return []
        return [("the role's ARN", trust.role), ("the condition", condition_text(trust)), ("text", self.detail.copy_text())]

    def part(self) -> Part:
        return iam_part()
