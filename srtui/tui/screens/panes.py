"""The explorer's panes: lists that know their scope of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from srtui.findings.finding import Finding
from srtui.tui.actions import bindings_for
from srtui.tui.views.findings import COLUMNS
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_table import VirtualTable
from srtui.tui.widgets.virtual_tree import VirtualTree

if TYPE_CHECKING:
    from srtui.tui.app import SrtuiApp

_WAITING = Notice("Waiting for the first answers.", ("Rows appear as they arrive. C shows what is asked.",))


class MatrixPane(VirtualTree):
    """The responsibility matrix."""

    SCOPE: ClassVar[str] = "matrix"

    def __init__(self) -> None:
        super().__init__("Responsibility", notice=_WAITING, id="matrix", indent=0)


class IdentityPane(VirtualTree):
    """The identity tree."""

    SCOPE: ClassVar[str] = "identities"

    def __init__(self) -> None:
        super().__init__("Identities", notice=_WAITING, id="identities")


class FindingsPane(VirtualTable):
    """The findings with the keys of triage."""

    SCOPE: ClassVar[str] = "findings"
    BINDINGS = bindings_for("findings")

    def __init__(self) -> None:
        super().__init__(COLUMNS, "Findings", notice=_WAITING, id="findings")
        self.by_fingerprint: dict[str, Finding] = {}

    @property
    def chosen_findings(self) -> list[Finding]:
        """The marked findings, or the one under the cursor."""
        return [self.by_fingerprint[key] for key in self.chosen if key in self.by_fingerprint]

    def _decide(self, verb: str) -> None:
        chosen = self.chosen_findings
        if chosen:
            cast("SrtuiApp", self.app).decide(verb, chosen)
            self.set_marks(())

    def action_acknowledge(self) -> None:
        self._decide("acknowledge")

    def action_suppress(self) -> None:
        self._decide("suppress")

    def action_note(self) -> None:
        self._decide("note")

    def action_reopen(self) -> None:
        self._decide("reopen")

    def action_narrow(self) -> None:
        """Show all findings again."""
        screen = self.screen
        if hasattr(screen, "clear_narrowing"):
            screen.clear_narrowing()


class WhyPane(DetailView):
    """What is known about the finding under the cursor."""

    SCOPE: ClassVar[str] = "why"

    def __init__(self) -> None:
        super().__init__("why", id="why")
