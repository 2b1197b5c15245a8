"""One principal: who or what it is, what it may do and why, who may become it, and what if."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widget import Widget

from srtui.account.model import ManagedPolicy
from srtui.escalation.explain import NEW_ADMIN
from srtui.feed import Part
from srtui.findings.finding import Finding
from srtui.tui.actions import REGISTRY, bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.page import place_of_key
from srtui.tui.screens.tabs import POLICIES, TABS, USE, WHAT_IF, TabLine
from srtui.tui.screens.use import UsePane
from srtui.tui.screens.what_if import WhatIfScreen
from srtui.tui.triage_keys import TriageKeys
from srtui.tui.views import principal as texts
from srtui.tui.views.keys import SEP
from srtui.tui.views.parts import identity_part
from srtui.tui.views.paths import principal_roots
from srtui.tui.views.permissions import (
    action_of_key,
    permission_notes,
    permission_roots,
    permission_title,
    statement_of_key,
    unfolded,
)
from srtui.tui.views.raw import raw_blocks
from srtui.tui.views.stops import statement_of
from srtui.tui.views.whatif import whatif_blocks
from srtui.tui.widgets.detail import Block, DetailView, Gap, Para
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree
from srtui.whatif import Change, Drop

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.tui.views.state import View
    from srtui.tui.widgets.text import Span

_TEXTS: Final[Mapping[str, Callable[[Analysis, str], list[Block]]]] = {
    "Overview": texts.overview,
    "Policies": texts.policies,
    "Trust": texts.trust,
    "Credentials": texts.credentials,
    "Findings": texts.findings,
    "Evidence": texts.evidence,
}


class PermissionPane(VirtualTree):
    """Services, access levels, actions, statements."""

    SCOPE: ClassVar[str] = "permissions"

    def __init__(self) -> None:
        super().__init__("Permissions", id="permissions", indent=2)


class PathPane(VirtualTree):
    """Paths out, paths in, what is within reach."""

    SCOPE: ClassVar[str] = "paths"

    def __init__(self) -> None:
        notice = Notice("Working out who can become whom …", ("Every technique for every principal.",))
        super().__init__("Paths", notice=notice, id="paths", indent=2)


class PrincipalText(DetailView):
    """The tabs that are texts."""

    SCOPE: ClassVar[str] = "statements"


class PrincipalScreen(TriageKeys, WhatIfScreen):
    """A user, role or group."""

    SCOPE = "principal"
    BINDINGS = [*bindings_for("principal"), *bindings_for("triage")]
    DEFAULT_CSS = """
    PrincipalScreen #permissions, PrincipalScreen #paths, PrincipalScreen #use { display: none; }
    PrincipalScreen.-permissions #permissions, PrincipalScreen.-paths #paths, PrincipalScreen.-use #use { display: block; }
    PrincipalScreen.-permissions #detail, PrincipalScreen.-paths #detail, PrincipalScreen.-use #detail { display: none; }
    """

    def __init__(
        self, arn: str, tab: int = 0, item: str | None = None, changes: Iterable[Change] = ()
    ) -> None:
        super().__init__(arn, changes)
        self.tab, self._first_item = tab, item
        self._came_from: int | None = None  # the tab that led to the one in front
        self._pattern = ""
        self._raw: list[Block] = [Para("Reading the recorded answers …", "muted"), Gap()]
        self._raw_of: int | None = None  # the sequence number of the update that the raw answers are of

    def body(self) -> Iterable[Widget]:
        self.tabs, self.detail = TabLine(TABS), PrincipalText(id="detail")
        self.tree_view, self.paths = PermissionPane(), PathPane()
        self.use = UsePane(self.arn)
        yield from (self.tabs, self.detail, self.tree_view, self.paths, self.use)

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def on_mount(self) -> None:
        for pane in (self.detail, self.use):
            pane.set_title(self.arn.split(":", 5)[-1], "esc back")
        self._turn(self.tab)

    # --- data ---

    @property
    def _tab_name(self) -> str:
        return TABS[self.tab]

    def show_view(self, view: View) -> None:
        summary = view.analysis.principals.get(self.arn)
        counts = {"Policies": summary.policy_count, "Findings": summary.findings} if summary else {}
        self.tabs.show(self.tab, {**counts, "What if": len(self.changes)})
        self.detail.set_title(self.arn.split(":", 5)[-1], self._as_it_is("esc back"))
        if self._tab_name == "Permissions":
            self._show_permissions(view.analysis)
            return
        if self._tab_name == "Paths":
            self.main.with_escalation(view, partial(principal_roots, self.arn), self._show_paths)
            return
        if self._tab_name == "Use":
            self.use.show_use(self, view)
            return
        self.detail.show(self._blocks(view), f"{self.arn} {self._tab_name}")
        if self._first_item is not None and self.detail.move_to(self._first_item):
            self._first_item = None
        self.refresh_hints()

    def _blocks(self, view: View) -> list[Block]:
        if self._tab_name == "What if":
            return whatif_blocks(view.analysis, self.arn, self.changes, self.ways(view))
        blocks = _TEXTS[self._tab_name](view.analysis, self.arn)
        if self._tab_name == "Evidence":
            self._load_raw(view)
            return [*self._raw, *blocks]
        return blocks

    def _show_permissions(self, analysis: Analysis) -> None:
        self.tree_view.set_notice(Notice("No action is allowed.", permission_notes(analysis, self.arn)))
        title, right = permission_title(analysis, self.arn, self._pattern)
        self.tree_view.set_title(title, self._as_it_is(right))
        self.tree_view.set_roots(
            permission_roots(analysis, self.arn, self._pattern), unfolded(analysis, self.arn, self._pattern)
        )

    def _show_paths(self, roots: tuple[TreeNode, ...]) -> None:
        if not self.is_attached:
            return
        self.paths.set_title(self.arn.split(":", 5)[-1], self._as_it_is("enter shows a path drawn"))
        self.paths.set_roots(roots, ("stops", "held", "out", "in", "reach"))
        self.refresh_hints()

    @on(VirtualList.Activated, "#paths")
    def _open_path(self, event: VirtualList.Activated) -> None:
        parts = event.key.split(SEP)
        found = statement_of(event.key)
        if found is not None and found[0] == self.arn:
            self._to_statement(found[1])
        elif found is not None:
            self._go_on(place_of_key(self.main, event.key))
        elif parts[0] in ("out", "in"):
            # A hop of a path leads to the path, too.
            route = [part for part in parts[1:] if part.startswith("arn:") or part == NEW_ADMIN]
            self.main.go(Place("path", SEP.join(route)))
        elif parts[-1].startswith("arn:"):
            self._go_on(self.main.place_of(parts[-1]))

    def _go_on(self, place: Place | None) -> None:
        if place is not None:
            self.main.go(place)

    def _load_raw(self, view: View) -> None:
        if self._raw_of != view.update.sequence:
            self._raw_of = view.update.sequence
            self._read_raw()

    @work(thread=True, exclusive=True, group="raw", exit_on_error=False)
    def _read_raw(self) -> None:
        found = raw_blocks(self.main.engine.evidence, self.arn)
        self.app.call_from_thread(self._show_raw, found)

    def _show_raw(self, found: list[Block]) -> None:
        self._raw = found
        if self._shown is not None and self.is_attached:
            self.show_view(self._shown)

    # --- going on from here ---

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        kind, _, rest = event.key.partition(SEP)
        if kind in ("finding", "path", "duty"):
            self.main.go(Place(kind, rest))
            return
        for arn in (kind, rest):
            place = self.main.place_of(arn) if arn.startswith("arn:") else None
            if place is not None and place.subject != self.arn and place.kind != "resource":
                self.main.go(place)
                return

    @on(VirtualList.Activated, "#permissions")
    def _open_statement(self, event: VirtualList.Activated) -> None:
        found = statement_of_key(event.key)
        if found is None:
            return
        self._to_statement(Drop(*found))

    def _to_statement(self, one: Drop) -> None:
        """Show a statement among the policies; `esc` comes back."""
        managed = self._shown is not None and one.arn in self._shown.analysis.account.policies
        self._turn(POLICIES, came_from=self.tab)
        key = (one.arn, str(one.statement)) if managed else (one.arn, one.name, str(one.statement))
        self.detail.move_to(SEP.join(key))

    @on(VirtualList.FilterRequested, "#permissions")
    def _filter(self) -> None:
        self.query_one(FilterBar).open(self._pattern, "an action pattern, s3:Put*, or words, delete")

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _filtered(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        self._set_pattern(event.text.strip())

    def _set_pattern(self, text: str) -> None:
        self._pattern = text
        if self._shown is not None:
            self._show_permissions(self._shown.analysis)

    def step_back(self) -> bool:
        if super().step_back():
            return True
        had = bool(self._pattern) and self._tab_name == "Permissions"
        if had:
            self._set_pattern("")
        elif self._came_from is not None:
            self._turn(self._came_from)
            return True
        return had

    # --- for the app ---

    def place(self) -> Place:
        return Place(
            "principal",
            self.arn,
            {"tab": self.tab, "item": self.detail.item_key, "changes": tuple(self.changes)},
        )

    @property
    def chosen_findings(self) -> list[Finding]:
        kind, _, fingerprint = (self.detail.item_key or "").partition(SEP)
        found = self.main.finding(fingerprint) if kind == "finding" and self.detail.has_focus else None
        return [found] if found else []

    @property
    def no_finding(self) -> str:
        if self._tab_name in ("Overview", "Findings"):
            return "No finding is chosen: go down to one first."
        return (
            f"There is no finding here: {REGISTRY.shown_key('principal.tab-7')} shows what is wrong with it."
        )

    def copies(self) -> Copies:
        found = [("ARN", self.arn)]
        if self._tab_name == "Permissions":
            action = action_of_key(self.tree_view.cursor_key or "")
            return [*found, ("action", action)] if action else found
        if self._tab_name == "Use":
            return [*self.use.copies(), *found]
        if self.detail.item_key is not None:
            found.append(("what is chosen", self.detail.copy_text()))
        return found

    def hint_list(self, scope: str) -> list[tuple[str, str]]:
        """Only what means something on the tab in front."""
        unfit = set() if self.chosen_findings else {action.title for action in REGISTRY.in_scope("triage")}
        unfit |= set() if self.chosen_statement() else {"what if gone"}
        return [hint for hint in super().hint_list(scope) if hint[1] not in unfit]

    @on(DetailView.ItemMoved)
    @on(VirtualList.CursorMoved, "#permissions")
    @on(VirtualList.CursorMoved, "#paths")
    def _other_keys(self) -> None:
        self.refresh_hints()

    def question(self) -> str:
        action = action_of_key(self.tree_view.cursor_key or "") if self._tab_name == "Permissions" else None
        return action or ""

    def part(self) -> Part:
        return self.use.part() if self.tab == USE else identity_part(self.arn)

    # --- tabs ---

    def _turn(self, tab: int, came_from: int | None = None) -> None:
        self.tab, self._came_from = tab % len(TABS), came_from
        pane: PermissionPane | PathPane | PrincipalText | UsePane = self.detail
        if self._tab_name == "Permissions":
            pane = self.tree_view
        elif self._tab_name == "Paths":
            pane = self.paths
        elif self._tab_name == "Use":
            pane = self.use
        for name in ("permissions", "paths", "use"):
            self.set_class(pane.id == name, f"-{name}")
        self.set_focus(pane)
        self.hints.set_hints(self.hint_list(pane.SCOPE))
        if self._shown is not None:
            self.show_view(self._shown)

    def action_next_tab(self) -> None:
        self._turn(self.tab + 1)

    def action_previous_tab(self) -> None:
        self._turn(self.tab - 1)

    def action_tab_1(self) -> None:
        self._turn(0)

    def action_tab_2(self) -> None:
        self._turn(1)

    def action_tab_3(self) -> None:
        self._turn(2)

    def action_tab_4(self) -> None:
        self._turn(3)

    def action_tab_5(self) -> None:
        self._turn(4)

    def action_tab_6(self) -> None:
        self._turn(5)

    def action_tab_7(self) -> None:
        self._turn(6)

    def action_tab_8(self) -> None:
        self._turn(7)

    def action_tab_9(self) -> None:
        self._turn(8)

    def action_tab_10(self) -> None:
        self._turn(USE)

    # --- what if ---

    @property
    def shows_changes(self) -> bool:
        return self._tab_name == "What if"

    def show_changes(self) -> None:
        self._turn(WHAT_IF, came_from=self.tab)

    def chosen_statement(self) -> Drop | None:
        """The statement under the cursor, in the policies or among the permissions."""
        if self._shown is None:
            return None
        policies = self._shown.analysis.account.policies
        if self._tab_name == "Permissions":
            found = statement_of_key(self.tree_view.cursor_key or "")
            return Drop(*found) if found and found[0] else None
        if self._tab_name == "Paths":
            on_path = statement_of(self.paths.cursor_key or "")
            return on_path[1] if on_path else None
        parts = (self.detail.item_key or "").split(SEP)
        if self._tab_name != "Policies" or not parts[-1].isdigit():
            return None
        policy: ManagedPolicy | None = policies.get(parts[0])
        name = parts[1] if len(parts) == 3 else policy.name if policy else ""
        return Drop(parts[0], name, int(parts[-1]))

    def _as_it_is(self, right: str | list[Span]) -> str | list[Span]:
        """The right end of a title line; while something is changed, that only one tab is about the change."""
        if not self.changes or self.shows_changes:
            return right
        return [("as it is now, without the what if", "warning")]
