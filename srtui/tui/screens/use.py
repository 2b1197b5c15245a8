"""Granted against used: the tab of a principal, and the table of everyone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widget import Widget

from srtui.feed import Part
from srtui.risk.risk import LAST_ACCESSED
from srtui.risk.use.remaining import Remaining, remaining
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import BaseScreen, Copies
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.screens.tabs import USE
from srtui.tui.typed_ahead import BEFORE_A_DIALOG
from srtui.tui.views.filtering import having_words, highlighted, row_text
from srtui.tui.views.use import (
    COLUMNS,
    Use,
    unused_blocks,
    unused_rows,
    unused_told,
    use_blocks,
    use_of,
    worth_trying,
)
from srtui.tui.widgets.detail import DetailView, Para
from srtui.tui.widgets.prompt import AskChoice
from srtui.tui.widgets.rows import NO_IDENTITIES, Notice, nothing_matches
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import TableRow, VirtualTable
from srtui.tui.writing import ask_and_write

if TYPE_CHECKING:
    from srtui.risk.use.quarantine import Quarantine
    from srtui.risk.use.rightsize import Proposal
    from srtui.tui.app import SrtuiApp
    from srtui.tui.views.state import View

#: What IAM allows in names, whatever an opened file says.
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_+=,.@-]")
_LONGEST_NAME: Final = 64
_WORKING = Notice("Holding what is granted against what was used …")
_NONE = Notice(
    "Nobody holds anything privileged, and nobody is idle.",
    ("As far as identities and their use were read.",),
)


class UsePane(DetailView):
    """What a principal has used of what it may. Asks AWS for the report when it is first looked at."""

    SCOPE: ClassVar[str] = "use"
    BINDINGS = bindings_for("use")

    def __init__(self, arn: str) -> None:
        super().__init__(id="use")
        self.arn = arn
        self._use: Use | None = None
        self._asked = False  # AWS, for the report
        self._remaining: Remaining | None = None  # of the proposal in the view `_tried_in`
        self._tried_in: View | None = None
        self._again: Callable[[], None] = lambda: None

    def show_use(self, screen: BaseScreen, view: View) -> None:
        """Work out what is to be shown, and show it."""
        if self._use is None:
            self.show([Para("Holding what is granted against what was used …", "muted")], self.arn)
        screen.work_out(
            view, lambda: use_of(view.analysis.risk, self.arn), lambda use: self._show(screen, view, use)
        )

    def _show(self, screen: BaseScreen, view: View, use: Use | None) -> None:
        self._use = use
        engine, refused = screen.main.engine, ""
        missing = use is not None and not use.usage.read
        if use is not None and missing and use.why.kind in ("not asked", "not read"):
            if not self._asked:
                refused = engine.ask(self.part()) or ""
                self._asked = not refused
            elif not engine.asking:
                refused = "AWS was asked, and no answer came"
        asking = missing and self._asked and engine.asking
        self._try(view, use.proposal if use is not None else None)
        self._again = partial(self._show_text, view, asking, refused)
        self._again()

    def _show_text(self, view: View, asking: bool, refused: str) -> None:
        self.show(use_blocks(view.analysis, self.arn, self._use, asking, refused, self._remaining), self.arn)

    def _try(self, view: View, proposal: Proposal | None) -> None:
        """Ask once for each view whether a proposal leaves a way to administrator."""
        if view is self._tried_in or proposal is None or not worth_trying(proposal):
            return
        self._remaining, self._tried_in = None, view
        self._work_out_remaining(view, proposal)

    @work(thread=True, exclusive=True, group="remaining", exit_on_error=False)
    def _work_out_remaining(self, view: View, proposal: Proposal) -> None:
        found = remaining(view.analysis.account, proposal)
        self.app.call_from_thread(self._show_remaining, view, found)

    def _show_remaining(self, view: View, found: Remaining) -> None:
        if self.is_attached and view is self._tried_in:
            self._remaining = found
            self._again()

    def part(self) -> Part:
        """The report of last-accessed data."""
        return Part([LAST_ACCESSED], params=(("Arn", (self.arn,)),))

    def copies(self) -> Copies:
        """The texts of policies, and the tab."""
        found: Copies = []
        found += [(f"the {one}", text) for one, text in self._policies().items()]
        proposal = self._use.proposal if self._use is not None else None
        if proposal is not None and proposal.removed:
            found.append(("every permission that it takes away", "\n".join(proposal.removed)))
        return [*found, ("text", self.copy_text())]

    def _policies(self) -> dict[str, str]:
        """What can be copied and written: a policy cut down to what was used only with its proof."""
        found, use = {}, self._use
        proposal = use.proposal if use is not None else None
        if proposal is not None and proposal.removed and proposal.proof.holds:
            found["right-sized policy"] = proposal.text
        if use is not None and use.quarantine is not None:
            found["quarantine"] = use.quarantine.text
        return found

    def action_write(self) -> None:
        """Write the policy cut down to what was used, or the quarantine."""
        app: SrtuiApp = self.app  # type: ignore[assignment]
        found, proposal = self._policies(), self._use.proposal if self._use is not None else None
        if found:
            self._choose(app, found)
        elif proposal is not None and proposal.removed:
            app.say("The evaluator did not prove this policy: it is only shown.", "warning")
        else:
            app.say("There is no policy to write here.", "warning")

    @work(group="choose", exclusive=True, exit_on_error=False)
    async def _choose(self, app: SrtuiApp, found: Mapping[str, str]) -> None:
        chosen: str | None = next(iter(found))
        if len(found) > 1:
            choices = [(one, f"the {one}") for one in found]
            chosen = await app.push_screen_wait(AskChoice("Which policy is to be written?", choices))
        if chosen is not None:
            ending = "quarantine" if chosen == "quarantine" else "right-sized"
            write(app, f"Write the {chosen} to", file_name(self.arn, ending), found[chosen])


def file_name(arn: str, ending: str) -> str:
    """`alice-right-sized.json`; of a name that is no name of IAM, only what is harmless in one of a file."""
    name = _NOT_IN_NAMES.sub("_", arn.rpartition("/")[2])[:_LONGEST_NAME]
    return f"{name.lstrip('.-') or 'identity'}-{ending}.json"


def write(app: SrtuiApp, title: str, name: str, text: str) -> None:
    """Ask for a file and write a text to it; what came of it is said at the bottom."""

    async def ask() -> None:
        written = await ask_and_write(app, title, name, lambda: text + "\n")
        if written is not None:
            what, style = written
            app.say(
                str(what) if style else f"Written to {what}; srtui changes nothing in the account.",
                style or "bar_strong",
            )

    app.run_worker(ask(), group="report", exclusive=True, exit_on_error=False)


class UnusedTable(VirtualTable):
    """Identities by what they hold and do not use."""

    SCOPE: ClassVar[str] = "unused"
    BINDINGS = bindings_for("unused")

    def action_write(self) -> None:
        """Write service control policies that switch off what is chosen."""
        screen = self.screen
        if isinstance(screen, UnusedScreen):
            screen.write_quarantine()


class UnusedScreen(FilteredScreen):
    """Who holds what nobody uses, the idle ones first."""

    SCOPE = "unused"
    WIDE = 130  # below, the column that tells administrators would have no room

    def __init__(self, item: str | None = None) -> None:
        super().__init__()
        self._item = item
        self._rows: list[TableRow] = []

    def make_list(self) -> Widget:
        self.table = UnusedTable(COLUMNS, "Unused access", notice=_WORKING, id="list")
        return self.table

    def show_view(self, view: View) -> None:
        self.work_out(view, lambda: unused_rows(view.analysis), self._show)

    def _show(self, rows: list[TableRow]) -> None:
        self._rows = rows
        self.refill()
        if self._item is not None and self.table.move_to(self._item):
            self._item = None

    def refill(self) -> None:
        rows = having_words(self._rows, self.words, row_text)
        nobody = _NONE if self._shown is not None and self._shown.analysis.principals else NO_IDENTITIES
        self.table.set_notice(nothing_matches(self.words) if self.words else nobody)
        told = unused_told(self._shown.analysis) if self._shown is not None else ""
        asking = "asking AWS … · " if self.main.engine.asking else ""
        self.table.set_title(self.titled("Unused access"), f"{asking}{told}")
        self.table.set_rows(rows, highlighted(self.words))
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        arn = self.table.cursor_key
        if self._shown is not None:
            self.detail.show(unused_blocks(self._shown.analysis, arn) if arn else (), arn)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        self.main.go(Place("principal", event.key, {"tab": USE}))

    @work(thread=True, exclusive=True, group=BEFORE_A_DIALOG, exit_on_error=False)
    def write_quarantine(self) -> None:
        """Make the quarantine of the marked identities, or of the one under the cursor, and ask where it goes."""
        arns = self.table.chosen
        if not arns or self._shown is None:
            return
        made = self._shown.analysis.risk.quarantine(*arns)
        self.main.call_from_thread(self._ask_where, made)

    def _ask_where(self, made: Quarantine) -> None:
        name = "quarantine-scp.json" if made.kind == "scp" else file_name(made.arns[0], "quarantine")
        notes = "" if made.proved else f" (not proved: {'; '.join(made.notes) or 'SCPs were not read'})"
        write(self.main, f"Write the quarantine of {len(made.arns)}{notes} to", name, made.text)

    def place(self) -> Place:
        return Place("unused", "", {"item": self.table.cursor_key})

    def copies(self) -> Copies:
        return [("ARNs", self.table.copy_text()), ("what is beside it", self.detail.copy_text())]

    def part(self) -> Part | None:
        chosen = self.table.chosen
        return Part([LAST_ACCESSED], params=(("Arn", chosen),)) if chosen else None
