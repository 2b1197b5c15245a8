"""The keys of triage for whatever shows findings, and the questions that a decision needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from srtui.findings.finding import Finding
from srtui.findings.triage import Triage
from srtui.tui.views.words import counted
from srtui.tui.widgets.prompt import AskText

if TYPE_CHECKING:
    from textual.app import App

    from srtui.tui.app import SrtuiApp


class TriageKeys:
    """A mixin for a widget or screen with the bindings of the scope `triage`."""

    app: App[object]

    @property
    def chosen_findings(self) -> list[Finding]:
        """What a decision is about."""
        raise NotImplementedError

    def decided(self) -> None:
        """Called after a decision was taken."""

    def _decide(self, verb: str) -> None:
        chosen = self.chosen_findings
        if chosen:
            cast("SrtuiApp", self.app).decide(verb, chosen)
            self.decided()

    def action_acknowledge(self) -> None:
        self._decide("acknowledge")

    def action_suppress(self) -> None:
        self._decide("suppress")

    def action_note(self) -> None:
        self._decide("note")

    def action_reopen(self) -> None:
        self._decide("reopen")


def until(text: str, today: date) -> date | None:
    """The last day of a suppression: `2027-01-31`, `30` or `30d` days from today, or nothing. Raises ValueError."""
    text = text.strip().lower()
    if not text:
        return None
    days = text.removesuffix("days").removesuffix("d").strip()
    if days.isdigit():
        if not 0 < int(days) <= 3650:
            raise ValueError("between 1 and 3650 days")
        return today + timedelta(days=int(days))
    day = date.fromisoformat(text)
    if day < today:
        raise ValueError("that day is over")
    return day


def _wrong_day(text: str, today: date) -> str | None:
    try:
        until(text, today)
    except ValueError as error:
        return f"{error}: try 2027-01-31, or 30 for thirty days, or leave it empty"
    return None


async def carry_out(
    app: SrtuiApp, triage: Triage, verb: str, findings: Sequence[Finding], now: datetime
) -> str | None:
    """Ask what the decision needs, and write it down; returns what was done in words, or None if the user gave up.

    It is on disk when this returns. Raises OSError where the file cannot be written.
    """
    what = counted(len(findings), "finding")
    if verb == "acknowledge":
        triage.acknowledge(findings)
        return f"{what} acknowledged"
    if verb == "reopen":
        triage.reopen(findings)
        return f"{what} open again"
    if verb == "note":
        text = await app.push_screen_wait(
            AskText(
                f"Note on {what}",
                _titles(findings),
                check=lambda text: None if text.strip() else "write something, or press esc",
            )
        )
        if text is None:
            return None
        triage.note(findings, text)
        return f"note kept on {what}"
    reason = await app.push_screen_wait(
        AskText(
            f"Suppress {what}: why?",
            _titles(findings),
            placeholder="accepted by …, ticket …",
            check=lambda text: None if text.strip() else "a reason is needed: your colleagues will ask",
        )
    )
    if reason is None:
        return None
    day = await app.push_screen_wait(
        AskText(
            f"Suppress {what}: until when?",
            ("A day, or a number of days. Empty: for good.",),
            placeholder="2027-01-31, or 30",
            check=lambda text: _wrong_day(text, now.date()),
        )
    )
    if day is None:
        return None
    expires = until(day, now.date())
    triage.suppress(findings, reason, expires=expires)
    return f"{what} suppressed" + (f" until {expires}" if expires else "")


def _titles(findings: Sequence[Finding]) -> tuple[str, ...]:
    shown = [f"{finding.title} · {finding.subject.rsplit(':', 1)[-1]}" for finding in findings[:3]]
    if len(findings) > 3:
        shown.append(f"and {len(findings) - 3} more")
    return tuple(shown)
