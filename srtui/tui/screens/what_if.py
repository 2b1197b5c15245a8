"""The what-if keys of a principal: changes in memory, and the ways to administrator that come and go with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work

from srtui.tui.screens.base import BaseScreen
from srtui.tui.views.whatif import ways_of
from srtui.tui.widgets.prompt import AskChoice, AskText
from srtui.whatif import Bound, Change, Drop, Forbid

if TYPE_CHECKING:
    from srtui.escalation.changed import Ways
    from srtui.tui.views.state import View


class WhatIfScreen(BaseScreen):
    """A screen of a principal that can be changed in memory."""

    def __init__(self, arn: str, changes: Iterable[Change] = ()) -> None:
        super().__init__()
        self.arn = arn
        self.changes: list[Change] = list(changes)
        self._ways: Ways | None = None
        self._ways_of: tuple[int, tuple[Change, ...]] | None = None  # the update and changes that they are of

    def chosen_statement(self) -> Drop | None:
        """The statement under the cursor."""
        raise NotImplementedError

    @property
    def shows_changes(self) -> bool:
        """Whether what the changes come to is in front."""
        raise NotImplementedError

    def show_changes(self) -> None:
        """Bring what the changes come to in front."""
        raise NotImplementedError

    def _change(self, change: Change) -> None:
        self.changes.append(change)
        self.show_changes()

    def action_drop(self) -> None:
        """What if the statement under the cursor were gone."""
        change = self.chosen_statement()
        if change is None:
            self.hints.say("Put the cursor on a statement first: 2 shows the policies.", "warning")
        elif change not in self.changes:
            self._change(change)

    @work(group="what-if", exclusive=True, exit_on_error=False)
    async def action_bound(self) -> None:
        """What if it had a boundary."""
        if self._shown is None:
            return
        policies = self._shown.analysis.account.policies.values()
        choices = sorted((one.name, one.arn) for one in policies if one.document is not None)
        arn = await self.app.push_screen_wait(
            AskChoice("What if this were its permissions boundary?", [(arn, name) for name, arn in choices])
        )
        if arn is not None:
            self._change(Bound(arn))

    @work(group="what-if", exclusive=True, exit_on_error=False)
    async def action_forbid(self) -> None:
        """What if something were denied."""
        text = await self.app.push_screen_wait(
            AskText(
                "What if this were denied?",
                ("Actions, and a resource if you like.",),
                placeholder="s3:Delete* on arn:aws:s3:::payroll/*",
                check=_wrong_deny,
            )
        )
        if text is not None:
            actions, _, resource = text.partition(" on ")
            self._change(Forbid(tuple(actions.replace(",", " ").split()), resource.strip() or "*"))

    def action_clear(self) -> None:
        """Forget the changes."""
        self.changes.clear()
        if self._shown is not None:
            self.show_view(self._shown)

    def ways(self, view: View) -> Ways | None:
        """The ways to administrator of the changed account, worked out once for each change and update; None until then."""
        wanted = (view.update.sequence, tuple(self.changes))
        if self.changes and wanted != self._ways_of:
            self._ways, self._ways_of = None, wanted
            self._work_out_ways(view, wanted)
        return self._ways

    @work(thread=True, exclusive=True, group="ways", exit_on_error=False)
    def _work_out_ways(self, view: View, wanted: tuple[int, tuple[Change, ...]]) -> None:
        ways = ways_of(view.analysis, self.arn, wanted[1])
        self.app.call_from_thread(self._show_ways, wanted, ways)

    def _show_ways(self, wanted: tuple[int, tuple[Change, ...]], ways: Ways) -> None:
        if not self.is_attached or wanted != self._ways_of or self._shown is None:
            return
        self._ways = ways
        if self.shows_changes:
            self.show_view(self._shown)


def _wrong_deny(text: str) -> str | None:
    actions = text.partition(" on ")[0].replace(",", " ").split()
    if not actions or any(":" not in action and action != "*" for action in actions):
        return "actions look like s3:DeleteObject or iam:*"
    return None
