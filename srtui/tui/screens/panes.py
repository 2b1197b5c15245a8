"""The explorer's panes: lists that know their scope of keys."""

from __future__ import annotations

from typing import ClassVar

from srtui.findings.finding import Finding
from srtui.tui.actions import bindings_for
from srtui.tui.triage_keys import TriageKeys
from srtui.tui.views.findings import COLUMNS
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.rows import FromWidget, Notice
from srtui.tui.widgets.virtual_table import VirtualTable
from srtui.tui.widgets.virtual_tree import VirtualTree

_WAITING = Notice("Waiting for the first answers.", ("Rows appear as they arrive. C shows what is asked.",))


class MatrixPane(VirtualTree):
    """The responsibility matrix, or the same controls by a framework."""

    SCOPE: ClassVar[str] = "matrix"
    BINDINGS = bindings_for("matrix")

    class LensChanged(FromWidget):
        """The user wants to see the controls by the next framework."""

    def __init__(self) -> None:
        super().__init__("Responsibility", notice=_WAITING, id="matrix", indent=0)

    def action_lens(self) -> None:
        self.post_message(self.LensChanged().set_sender(self))


class IdentityPane(VirtualTree):
    """The identity tree."""

    SCOPE: ClassVar[str] = "identities"

    def __init__(self) -> None:
        super().__init__("Identities", notice=_WAITING, id="identities", indent=1)


class FindingsPane(TriageKeys, VirtualTable):
    """The findings with the keys of triage."""

    SCOPE: ClassVar[str] = "findings"
    BINDINGS = [*bindings_for("findings"), *bindings_for("triage")]

    def __init__(self) -> None:
        super().__init__(COLUMNS, "Findings", notice=_WAITING, id="findings")
        self.by_fingerprint: dict[str, Finding] = {}

    @property
    def chosen_findings(self) -> list[Finding]:
        """The marked findings, or the one under the cursor."""
        return [self.by_fingerprint[key] for key in self.chosen if key in self.by_fingerprint]

    def decided(self) -> None:
        self.set_marks(())

    @property
    def no_finding(self) -> str:
        return "No finding is in this list: esc takes the filter and the narrowing back."

    def action_narrow(self) -> None:
        """Show all findings again."""
        self.post_message(self.NarrowingCleared().set_sender(self))

    class NarrowingCleared(FromWidget):
        """The user wants to see all findings."""


class WhyPane(TriageKeys, DetailView):
    """What is known about the finding under the cursor."""

    SCOPE: ClassVar[str] = "why"
    BINDINGS = bindings_for("triage")

    def __init__(self) -> None:
        super().__init__("why", id="why")
        self.finding: Finding | None = None

    @property
    def no_finding(self) -> str:
        return "No finding is shown: clear the filter or the narrowing first."

    @property
    def chosen_findings(self) -> list[Finding]:
        """The finding that is shown."""
        return [self.finding] if self.finding else []
