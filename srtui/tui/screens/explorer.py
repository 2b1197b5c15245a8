"""The explorer: responsibilities, identities and findings side by side, or one at a time where there is no room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace
from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from srtui.feed import Part
from srtui.findings.filter import Searchable, parse_filter
from srtui.findings.finding import Finding
from srtui.tui.actions import REGISTRY, bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen, Copies
from srtui.tui.screens.panes import FindingsPane, IdentityPane, MatrixPane, WhyPane
from srtui.tui.views import keys
from srtui.tui.views.copying import finding_copies
from srtui.tui.views.findings import Narrowing, finding_blocks, finding_rows, select, sort_items
from srtui.tui.views.parts import calls_of_controls, identity_part
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View


class Visit(msgspec.Struct, frozen=True):
    """What another screen came to show here, and what to go back to."""

    came_from: Place | None
    filter: str
    narrowing: Narrowing
    pane: str


PANES = ("matrix", "identities", "findings")
ORDER = (*PANES, "why")
_WIDE = 110  # columns from which the panes stand side by side
_DELAY = 0.1  # seconds the cursor must rest before the detail follows


class ExplorerScreen(BaseScreen):
    """The main screen."""

    SCOPE = "explorer"
    BINDINGS = bindings_for("explorer")
    DEFAULT_CSS = """
    ExplorerScreen #panes { height: 1fr; }
    ExplorerScreen #matrix { width: 43; }
    ExplorerScreen #identities { width: 2fr; }
    ExplorerScreen #right { width: 3fr; }
    ExplorerScreen #findings { height: 5fr; }
    ExplorerScreen #why { height: 4fr; }
    ExplorerScreen.-room #matrix { width: 48; }
    ExplorerScreen.-single #matrix, ExplorerScreen.-single #identities, ExplorerScreen.-single #right {
        width: 1fr; display: none;
    }
    ExplorerScreen.-show-matrix #matrix { display: block; }
    ExplorerScreen.-show-identities #identities { display: block; }
    ExplorerScreen.-show-findings #right { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.narrowing = Narrowing()
        self._filters = dict.fromkeys(PANES, "")
        self._filtering = "findings"
        self.lens = ""  # the framework by which the matrix pane shows the controls; "" is by responsibility
        self._lens_title = "Responsibility"
        self._sort: tuple[str, bool] = ("severity", False)
        self._visit: Visit | None = (
            None  # what to put back once the user has seen what another screen asked for
        )
        self._cursor_before: tuple[str | None, int] = (None, 0)  # in the pane that is being filtered
        self._timer: Timer | None = None

    def body(self) -> Iterable[Widget]:
        self.matrix, self.identities = MatrixPane(), IdentityPane()
        self.findings, self.why = FindingsPane(), WhyPane()
        yield Horizontal(
            self.matrix, self.identities, Vertical(self.findings, self.why, id="right"), id="panes"
        )

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def on_mount(self) -> None:
        self.matrix.set_roots((), keys.group_keys())
        self.identities.set_roots((), keys.first_unfolded())
        self.findings.set_sort(*self._sort)
        self._fit(self.app.size.width)
        self.matrix.focus()

    # --- data ---

    def show_view(self, view: View) -> None:
        self._show_matrix(view)
        self.identities.set_roots(view.identities)
        self._titles(view)
        self._show_findings()

    def _show_matrix(self, view: View) -> None:
        if not self.lens:
            self.matrix.set_roots(view.matrix)
            return
        from srtui.tui.views.matrix import lens_keys, lens_roots

        self.matrix.set_roots(lens_roots(view.analysis, self.lens), lens_keys(self.lens))

    @on(MatrixPane.LensChanged)
    def _next_lens(self) -> None:
        from srtui.tui.views.matrix import LENSES

        names = list(LENSES)
        self.lens = names[(names.index(self.lens) + 1) % len(names)]
        self._lens_title = LENSES[self.lens]
        if self._shown is not None:
            self._show_matrix(self._shown)
            self._titles(self._shown)
        self.matrix.action_first()

    def _titles(self, view: View) -> None:
        coverage = view.analysis.coverage
        told = (
            f"{coverage.unknown}/{coverage.controls} unknown {REGISTRY.shown_key('app.unknown')}"
            if coverage.unknown and not self.lens
            else ""
        )
        self.matrix.set_title(self._title("1", self._lens_title, "matrix"), told)
        self.identities.set_title(self._title("2", "Identities", "identities"))

    def _title(self, key: str, title: str, pane: str) -> list[Span]:
        spans: list[Span] = [(key + " ", "accent"), (title, "")]
        if self._filters[pane]:
            spans += [(" · /", "muted"), (self._filters[pane], "match")]
        return spans

    def _show_findings(self) -> None:
        view = self._shown
        if view is None:
            return
        text = self._filters["findings"]
        found = select(view.items, self.narrowing, text)
        if self._sort != ("severity", False):
            found = sort_items(found, *self._sort)
        self.findings.by_fingerprint = {item.finding.fingerprint: item.finding for item in view.items}
        self.findings.set_notice(self._empty(view))
        words = tuple(word for word in text.split() if ":" not in word and not word.startswith("-"))
        self.findings.set_rows(finding_rows(found), words)
        self._findings_title(view, found)
        self._show_why()
        self.refresh_hints()

    def _findings_title(self, view: View, found: list[Searchable]) -> None:
        worst = [
            (f"{count} {letter}", name)
            for letter, name in (("C", "critical"), ("H", "high"), ("M", "medium"), ("L", "low"))
            if (count := sum(item.finding.severity == name and item.state == "open" for item in found))
        ]
        spans = self._title("3", "Findings", "findings")
        for span in worst:
            spans += [(" · " if span is worst[0] else " ", "muted"), span]
        right: list[Span] = []
        errors = parse_filter(self._filters["findings"]).errors
        if errors:
            right = [(errors[0], "warning")]
        elif self.narrowing.label:
            key = REGISTRY.shown_key("findings.narrow")
            right = [("only ", "warning"), (self.narrowing.label, "warning"), (f"  {key} all", "muted")]
        elif len(found) != len(view.items):
            right = [(f"{len(found)} of {len(view.items)}", "muted")]
        self.findings.set_title(spans, right)

    def _empty(self, view: View) -> Notice:
        if self._filters["findings"]:
            among = f" among those of {self.narrowing.label}" if self.narrowing.label else ""
            return Notice(
                f"No finding matches “{self._filters['findings']}”{among}.",
                ("esc clears the filter, / changes it.",),
            )
        if self.narrowing.label:
            key = REGISTRY.shown_key("findings.narrow")
            return Notice(f"No finding is about {self.narrowing.label}.", (f"{key} shows all.",))
        if view.update.phase in ("starting", "collecting"):
            return Notice("No finding yet.", ("They appear while the evidence arrives.",))
        return Notice("No findings.", ("What is unknown is no pass: C shows what was not answered.",))

    def _show_why(self) -> None:
        finding = self._finding()
        self.why.finding = finding
        if finding is None or self._shown is None:
            self.why.set_title("why")
            self.why.show(())
            return
        decision = self.main.decision(finding)
        self.why.set_title("why")
        self.why.show(finding_blocks(finding, self._shown.analysis, decision), finding.fingerprint)

    def _finding(self) -> Finding | None:
        return self.findings.by_fingerprint.get(self.findings.cursor_key or "")

    # --- choosing ---

    @on(VirtualList.CursorMoved, "#findings")
    def _other_finding(self) -> None:
        self._later(self._show_why)

    @on(VirtualList.CursorMoved, "#matrix")
    @on(VirtualList.CursorMoved, "#identities")
    def _other_choice(self) -> None:
        if self.focused in (self.matrix, self.identities):
            self._later(self._narrow)

    def _later(self, what: object) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DELAY, what)  # type: ignore[arg-type]

    def _narrow(self) -> None:
        """Limit the findings to what the cursor is on; on a heading to nothing."""
        pane = self.focused
        if pane not in (self.matrix, self.identities) or self._shown is None:
            return
        assert isinstance(pane, MatrixPane | IdentityPane)
        key = pane.cursor_key or ""
        chosen = Narrowing()
        if pane is self.matrix:
            row, control = keys.row_of_key(key), keys.control_of_key(key)
            if control is not None:
                chosen = Narrowing(self._shown.analysis.controls[control].title, control=control)
            elif row is not None:
                chosen = Narrowing(f"row {row}", row=row)
        elif (arn := keys.target_of_key(key)) is not None:
            chosen = Narrowing(arn.rsplit("/", 1)[-1], subject=arn)
        if chosen != self.narrowing:
            self.narrowing = chosen
            self._show_findings()

    @on(FindingsPane.NarrowingCleared)
    def _show_all(self) -> None:
        """Show the findings of everything."""
        self.narrowing = Narrowing()
        self._show_findings()

    @on(VirtualList.Activated)
    def _open(self, event: VirtualList.Activated) -> None:
        place: Place | None = None
        if event.control is self.matrix:
            row, control = keys.row_of_key(event.key), keys.control_of_key(event.key)
            place = Place("control", control) if control else Place("row", str(row)) if row else None
        elif event.control is self.identities:
            arn = keys.target_of_key(event.key)
            place = self.main.place_of(arn) if arn else None
        elif event.control is self.findings:
            place = Place("finding", event.key)
        if place is not None:
            self.main.go(place)

    @on(DetailView.ItemActivated, "#why")
    def _open_subject(self, event: DetailView.ItemActivated) -> None:
        place = self.main.place_of(event.key.partition(keys.SEP)[2])
        if place is not None:
            self.main.go(place)

    # --- filter and order ---

    @on(VirtualList.FilterRequested)
    def _filter(self, event: VirtualList.FilterRequested) -> None:
        pane = event.control
        if pane is not None and pane.id in PANES:
            self._filtering = pane.id
            assert isinstance(pane, VirtualList)
            self._cursor_before = pane.view_state
            bar = self.query_one(FilterBar)
            words = (
                "severity:high row:2 service:iam status:open, or words" if pane.id == "findings" else "words"
            )
            bar.open(self._filters[pane.id], placeholder=words)

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _filtered(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        if event.text != self._filters[self._filtering]:
            self._visit = None  # a filter of the user's own stays
        self._set_filter(self._filtering, event.text)
        if isinstance(event, FilterBar.Closed):
            if not event.kept:
                self._pane(self._filtering).restore(self._cursor_before)
            self.refresh_hints()

    def _pane(self, name: str) -> MatrixPane | IdentityPane | FindingsPane:
        return self.matrix if name == "matrix" else self.identities if name == "identities" else self.findings

    def _set_filter(self, name: str, text: str) -> None:
        self._filters[name] = text
        pane = self._pane(name)
        if isinstance(pane, FindingsPane):
            self._show_findings()
            return
        pane.filter_words(text)
        if self._shown is not None:
            self._titles(self._shown)

    def filter_findings(self, text: str, came_from: Place | None = None) -> None:
        """Show the findings that a filter leaves, whatever was chosen in the other panes, until the user goes back."""
        if self._visit is None:
            at = self.focused.id if self.focused and self.focused.id in ORDER else "matrix"
            self._visit = Visit(came_from, self._filters["findings"], self.narrowing, at or "matrix")
        else:
            self._visit = replace(self._visit, came_from=came_from)
        self.narrowing = Narrowing()
        self._filters["findings"] = text
        self._go("findings")
        self._show_findings()
        self.findings.action_first()

    def step_back(self) -> bool:
        if super().step_back():
            return True
        if self._visit is not None and self.focused in (self.findings, self.why):
            visit, self._visit = self._visit, None
            self.narrowing = visit.narrowing
            self._set_filter("findings", visit.filter)
            self._go(visit.pane)
            if visit.came_from is not None:
                self.main.go(visit.came_from)
            return True
        pane = "findings" if self.focused is self.why else self.focused.id if self.focused else None
        if pane in PANES and self._filters[pane]:
            self._set_filter(pane, "")
            self.refresh_hints()
            return True
        if pane == "findings" and self.narrowing.label:
            self._show_all()
            return True
        return False

    @on(VirtualTable.SortRequested)
    def _sorted(self, event: VirtualTable.SortRequested) -> None:
        self._sort = (event.column, event.reverse)
        self.findings.set_sort(*self._sort)
        self._show_findings()

    # --- panes ---

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        self.set_class(width < _WIDE, "-single")
        self.set_class(width >= 160, "-room")
        self._show_pane(self.focused.id if self.focused and self.focused.id in ORDER else "matrix")

    def _show_pane(self, pane: str | None) -> None:
        for name in PANES:
            self.set_class(name == ("findings" if pane == "why" else pane), f"-show-{name}")

    def _go(self, pane: str) -> None:
        self._show_pane(pane)
        # At once, not when the loop gets to it: keys typed ahead belong to the pane that was asked for.
        self.set_focus(self.query_one(f"#{pane}"))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if event.widget.id in ORDER:
            self._show_pane(event.widget.id)

    def hint_list(self, scope: str) -> list[tuple[str, str]]:
        numbers = " ".join(REGISTRY.shown_key(f"explorer.pane-{number}") for number in (1, 2, 3))
        return [(numbers, "panes"), *(hint for hint in REGISTRY.hints_for(scope) if self._offers(hint[1]))]

    def _offers(self, title: str) -> bool:
        """Whether a key does anything here: going back is worth a hint only while there is something to take back."""
        pane = "findings" if self.focused is self.why else self.focused.id if self.focused else None
        if title == REGISTRY["app.back"].title:
            narrowed = pane == "findings" and bool(self.narrowing.label or self._visit)
            return narrowed or (pane in PANES and bool(self._filters[pane]))
        triage = {action.title for action in REGISTRY.in_scope("triage")}
        return title not in triage or bool(self.findings.rows)

    def _step(self, step: int) -> None:
        at = self.focused.id if self.focused and self.focused.id in ORDER else "matrix"
        self._go(ORDER[(ORDER.index(at) + step) % len(ORDER)])

    def action_pane_1(self) -> None:
        self._go("matrix")

    def action_pane_2(self) -> None:
        self._go("identities")

    def action_pane_3(self) -> None:
        self._go("findings")

    def action_next_pane(self) -> None:
        self._step(1)

    def action_previous_pane(self) -> None:
        self._step(-1)

    # --- for the app ---

    def copies(self) -> Copies:
        finding = self._finding()
        if self.focused in (self.findings, self.why) and finding is not None:
            if len(self.findings.chosen) > 1:
                return [("ARNs", "\n".join(one.subject for one in self.findings.chosen_findings))]
            return finding_copies(finding)
        if self.focused is self.identities:
            node = self.identities.cursor_node
            arn = keys.target_of_key(self.identities.cursor_key or "")
            return [("ARN", arn)] if arn else [("text", node.text)] if node else []
        node = self.matrix.cursor_node
        return [("text", node.text)] if node else []

    def row_in_front(self) -> int | None:
        on_matrix = self.focused is self.matrix and not self.lens
        return keys.row_of_key(self.matrix.cursor_key or "") if on_matrix else None

    def part(self) -> Part | None:
        if self._shown is None:
            return None
        analysis = self._shown.analysis
        if self.focused is self.identities:
            return identity_part(keys.owner_of_key(self.identities.cursor_key or ""))
        if self.focused is self.matrix:
            row, control = (
                keys.row_of_key(self.matrix.cursor_key or ""),
                keys.control_of_key(self.matrix.cursor_key or ""),
            )
            ids = [control] if control else [one.id for one in analysis.controls.values() if row in one.rows]
            return calls_of_controls(analysis, ids)
        finding = self._finding()
        return calls_of_controls(analysis, [finding.control]) if finding else None
