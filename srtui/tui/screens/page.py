"""Screens that are one text: a row, a control, a finding, a policy, a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widget import Widget

from srtui.feed import Part
from srtui.findings.finding import Finding
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen, Copies
from srtui.tui.screens.tabs import POLICIES, WHAT_IF
from srtui.tui.triage_keys import TriageKeys
from srtui.tui.views import matrix, principal
from srtui.tui.views.copying import finding_copies
from srtui.tui.views.findings import finding_blocks
from srtui.tui.views.keys import SEP
from srtui.tui.views.parts import calls_of_controls, identity_part
from srtui.tui.views.paths import route_blocks
from srtui.tui.views.resource import resource_blocks
from srtui.tui.views.stops import statement_of
from srtui.tui.widgets.detail import Block, DetailView, Para

if TYPE_CHECKING:
    from srtui.escalation.escalation import Escalation
    from srtui.tui.app import SrtuiApp
    from srtui.tui.views.state import View

TITLES = {
    "row": "Responsibility",
    "control": "Control",
    "finding": "Finding",
    "policy": "Policy",
    "resource": "Resource",
    "path": "Attack path",
    "duty": "Conflict of duties",
}


class PageScreen(BaseScreen):
    """A text about one thing, kept up to date; its items open."""

    SCOPE = "page"

    def __init__(self, kind: str, subject: str, item: str | None = None) -> None:
        super().__init__()
        self.kind, self.subject, self._first_item = kind, subject, item

    def body(self) -> Iterable[Widget]:
        self.detail = DetailView(id="detail")
        yield self.detail

    def on_mount(self) -> None:
        title = f"Responsibility {self.subject}" if self.kind == "row" else TITLES[self.kind]
        if self.kind == "resource" and self.subject.endswith(":root"):
            title = "Account"
        self.detail.set_title(title, "esc back")
        self.detail.focus()

    def show_view(self, view: View) -> None:
        self.detail.show(self.blocks(view), f"{self.kind} {self.subject}")
        if self._first_item is not None and self.detail.move_to(self._first_item):
            self._first_item = None

    def blocks(self, view: View) -> list[Block]:
        """The text."""
        analysis = view.analysis
        pages: dict[str, Callable[[], list[Block]]] = {
            "row": lambda: matrix.row_blocks(analysis, int(self.subject), view.trends),
            "control": lambda: matrix.control_blocks(analysis, self.subject),
            "policy": lambda: principal.policy_page(analysis, self.subject),
            "resource": lambda: resource_blocks(analysis, self.subject),
        }
        return pages[self.kind]()

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        if self.kind == "row":
            self.main.go(Place("control", event.key))
            return
        kind, _, rest = event.key.partition(SEP)
        if kind in ("finding", "ask"):
            place: Place | None = Place(kind, rest)
        else:
            place = self.main.place_of(rest)
        if place is not None and not place.same(self.place()):
            self.main.go(place)

    def place(self) -> Place:
        return Place(self.kind, self.subject, {"item": self.detail.item_key})

    def copies(self) -> Copies:
        text = ("what is chosen" if self.detail.item_key else "text", self.detail.copy_text())
        return [("ARN", self.subject), text] if self.subject.startswith("arn:") else [text]

    def question(self) -> str:
        return f" on {self.subject}" if self.kind == "resource" else ""

    def row_in_front(self) -> int | None:
        return int(self.subject) if self.kind == "row" else None

    def part(self) -> Part | None:
        if self._shown is None or self.kind == "policy":
            return identity_part(self.subject)
        analysis = self._shown.analysis
        if self.kind == "resource":
            about = {finding.control for finding in analysis.findings if finding.subject == self.subject}
            return calls_of_controls(analysis, sorted(about))
        if self.kind == "row":
            ids = [one.id for one in analysis.controls.values() if int(self.subject) in one.rows]
        else:
            ids = [self.subject]
        return calls_of_controls(analysis, ids)


class FindingScreen(TriageKeys, PageScreen):
    """One finding as a page, with the keys of triage."""

    SCOPE = "finding"
    BINDINGS = bindings_for("triage")

    @property
    def finding(self) -> Finding | None:
        """The finding, as long as the evidence shows it."""
        return self.main.finding(self.subject)

    @property
    def chosen_findings(self) -> list[Finding]:
        found = self.finding
        return [found] if found else []

    def blocks(self, view: View) -> list[Block]:
        found = self.finding
        if found is None:
            return [Para("This problem is gone: the evidence no longer shows it.", "good")]
        return finding_blocks(found, view.analysis, self.main.decision(found))

    def copies(self) -> Copies:
        found = self.finding
        return finding_copies(found) if found else super().copies()

    def part(self) -> Part | None:
        found = self.finding
        return calls_of_controls(self._shown.analysis, [found.control]) if found and self._shown else None


def place_of_key(app: SrtuiApp, key: str) -> Place | None:
    """Where an item of a path leads: to a statement in the policies of who has it, or to what an ARN names."""
    found = statement_of(key)
    if found is None:
        return app.place_of(key.partition(SEP)[2])
    whose, drop = found
    managed = app.view is not None and drop.arn in app.view.analysis.account.policies
    item = (drop.arn, str(drop.statement)) if managed else (drop.arn, drop.name, str(drop.statement))
    return Place("principal", whose, {"tab": POLICIES, "item": SEP.join(item)})


class PathText(DetailView):
    """The text of a path."""

    SCOPE: ClassVar[str] = "path"


class PathScreen(PageScreen):
    """The best way of one principal to administrator, or the path that was chosen, drawn and hop by hop."""

    SCOPE = "path"
    BINDINGS = bindings_for("path")

    def __init__(self, subject: str, item: str | None = None) -> None:
        """`subject`: the start's ARN, or the key of a path (start and targets) under it."""
        super().__init__("path", subject, item)

    def body(self) -> Iterable[Widget]:
        self.detail = PathText(id="detail")
        yield self.detail

    def show_view(self, view: View) -> None:
        self.main.with_escalation(view, self._blocks, self._show)

    def _blocks(self, escalation: Escalation) -> list[Block]:
        start, *targets = self.subject.split(SEP)
        if start not in escalation.starts:
            return [Para("The evidence no longer shows this principal.", "unknown")]
        routes = escalation.paths(start, most=50)
        if targets:
            routes = tuple(
                one for one in routes if [step.target for step in one.steps] == targets
            ) or escalation.paths(start, targets[-1], most=1)
        if not routes:
            return [Para("There is no such path any more.", "good")]
        return route_blocks(routes[0], escalation)

    def _show(self, blocks: list[Block]) -> None:
        if not self.is_attached:
            return
        self.detail.show(blocks, self.subject)
        if self._first_item is not None and self.detail.move_to(self._first_item):
            self._first_item = None

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        event.prevent_default()
        place = place_of_key(self.main, event.key)
        if place is not None:
            self.main.go(place)

    def action_drop(self) -> None:
        """What if the statement under the cursor were gone."""
        found = statement_of(self.detail.item_key or "")
        if found is None:
            self.hints.say("Put the cursor on a statement first.", "warning")
        else:
            whose, drop = found
            self.main.go(Place("principal", whose, {"tab": WHAT_IF, "changes": (drop,)}))

    def hint_list(self, scope: str) -> list[tuple[str, str]]:
        """Only what means something on the item under the cursor."""
        fit = statement_of(self.detail.item_key or "") is not None
        return [hint for hint in super().hint_list(scope) if fit or hint[1] != "what if gone"]

    @on(DetailView.ItemMoved)
    def _other_keys(self) -> None:
        self.refresh_hints()

    def part(self) -> Part | None:
        return identity_part(None)
