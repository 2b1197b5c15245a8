"""One principal in six tabs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on, work
from textual.strip import Strip
from textual.widget import Widget

from srtui.feed import Part
from srtui.findings.finding import Finding
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen, Copies
from srtui.tui.theme import Look
from srtui.tui.triage_keys import TriageKeys
from srtui.tui.views.keys import SEP
from srtui.tui.views.parts import identity_part
from srtui.tui.views.principal import TABS
from srtui.tui.views.raw import raw_blocks
from srtui.tui.widgets.detail import Block, DetailView, Gap, Para
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_NAMES = tuple(TABS)


class TabLine(LineWidget):
    """The names of the tabs with their keys."""

    DEFAULT_CSS = """
    TabLine { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.active = 0
        self.counts: dict[str, int] = {}

    def show(self, active: int, counts: dict[str, int]) -> None:
        """Mark another tab."""
        self.active, self.counts = active, counts
        self.repaint()

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        spans: list[Span] = [("  ", "")]
        # On a narrow screen names of other tabs are cut, the keys stay.
        short = width < 84
        for number, name in enumerate(_NAMES):
            on = number == self.active
            count = f" {self.counts[name]}" if self.counts.get(name) else ""
            shown = name if on or not short else name[:7]
            spans += [
                (f"{number + 1} ", "accent"),
                (shown + count, "title_focus" if on else "muted"),
                ("   ", ""),
            ]
        return strip(spans, width, look)


class PrincipalScreen(TriageKeys, BaseScreen):
    """A user, role or group: overview, policies, trust, credentials, findings, evidence."""

    SCOPE = "principal"
    BINDINGS = [*bindings_for("principal"), *bindings_for("triage")]

    def __init__(self, arn: str, tab: int = 0, item: str | None = None) -> None:
        super().__init__()
        self.arn, self.tab, self._first_item = arn, tab, item
        self._raw: list[Block] = [Para("Reading the recorded answers …", "muted"), Gap()]
        self._raw_of: int | None = None  # the sequence number of the update that the raw answers are of

    def body(self) -> Iterable[Widget]:
        self.tabs, self.detail = TabLine(), DetailView(id="detail")
        yield self.tabs
        yield self.detail

    def on_mount(self) -> None:
        self.detail.set_title(self.arn.split(":", 5)[-1], "esc back")
        self.detail.focus()

    def show_view(self, view: View) -> None:
        name = _NAMES[self.tab]
        if name == "Evidence":
            self._load_raw()
        summary = view.analysis.principals.get(self.arn)
        self.tabs.show(
            self.tab,
            {"Policies": summary.policy_count, "Findings": summary.findings} if summary else {},
        )
        blocks = TABS[name](view.analysis, self.arn)
        if name == "Evidence":
            blocks = [*self._raw, *blocks]
        self.detail.show(blocks, f"{self.arn} {name}")
        if self._first_item is not None and self.detail.move_to(self._first_item):
            self._first_item = None

    def _load_raw(self) -> None:
        if self._shown is not None and self._raw_of != self._shown.update.sequence:
            self._raw_of = self._shown.update.sequence
            self._read_raw()

    @work(thread=True, exclusive=True, group="raw")
    def _read_raw(self) -> None:
        found = raw_blocks(self.main.engine.evidence, self.arn)
        self.app.call_from_thread(self._show_raw, found)

    def _show_raw(self, found: list[Block]) -> None:
        self._raw = found
        if self._shown is not None and self.is_attached:
            self.show_view(self._shown)

    def on_descendant_focus(self, event: object) -> None:
        self.hints.set_hints(self.hint_list("statements"))

    @on(DetailView.ItemActivated)
    def _open(self, event: DetailView.ItemActivated) -> None:
        kind, _, rest = event.key.partition(SEP)
        if kind == "finding":
            self.main.go(Place("finding", rest))
            return
        for arn in (kind, rest):
            place = self.main.place_of(arn) if arn.startswith("arn:") else None
            if place is not None and place.subject != self.arn and place.kind != "resource":
                self.main.go(place)
                return

    def place(self) -> Place:
        return Place("principal", self.arn, {"tab": self.tab, "item": self.detail.item_key})

    @property
    def chosen_findings(self) -> list[Finding]:
        kind, _, fingerprint = (self.detail.item_key or "").partition(SEP)
        found = self.main.finding(fingerprint) if kind == "finding" else None
        return [found] if found else []

    def copies(self) -> Copies:
        found = [("ARN", self.arn)]
        if self.detail.item_key is not None:
            found.append(("what is chosen", self.detail.copy_text()))
        return found

    def part(self) -> Part:
        return identity_part(self.arn)

    def _turn(self, tab: int) -> None:
        self.tab = tab % len(_NAMES)
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
