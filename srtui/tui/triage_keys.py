"""The keys of triage for whatever shows findings, and the questions that a decision needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, cast

from srtui.findings.finding import Finding
from srtui.findings.triage import Triage, today
from srtui.tui.views.words import counted
from srtui.tui.widgets.prompt import AskChoice, AskText

if TYPE_CHECKING:
    from textual.app import App

    from srtui.tui.app import SrtuiApp


#: What is done without asking for a text, in words; several findings at once are asked about first.
_CONFIRMED: Final = {"acknowledge": "acknowledged", "reopen": "open again"}


class TriageKeys:
    """A mixin for a widget or screen with the bindings of the scope `triage`."""

    app: App[object]

    @property
    def chosen_findings(self) -> list[Finding]:
        """What a decision is about."""
        raise NotImplementedError

    def decided(self) -> None:
        """Called once a decision is on disk; a question that was given up is none."""

    @property
    def no_finding(self) -> str:
        """What to say when there is nothing to decide about."""
        return "No finding is chosen: put the cursor on one first."

    def _decide(self, verb: str) -> None:
        app, chosen = cast("SrtuiApp", self.app), self.chosen_findings
        if chosen:
            app.decide(verb, chosen, self.decided)
        else:
            app.say(self.no_finding, "warning")

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
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise ValueError("that is no day") from problem
    if day < today:
        raise ValueError("that day is over")
    return day


def _wrong_day(text: str, today: date) -> str | None:
    try:
        until(text, today)
    except ValueError as error:
        return f"{error}: try 2027-01-31, or 30 for thirty days, or leave it empty"
    return None


async def carry_out(app: SrtuiApp, triage: Triage, verb: str, findings: Sequence[Finding]) -> str | None:
    """Ask what the decision needs, and write it down; returns what was done in words, or None if the user gave up.

    It is on disk when this returns. Raises OSError where the file cannot be written.
    """
    what = counted(len(findings), "finding")
    if verb in _CONFIRMED:
        if len(findings) > 1 and not await _sure(app, verb, findings):
            return None
        done = _CONFIRMED[verb]
        (triage.acknowledge if verb == "acknowledge" else triage.reopen)(findings)
        return f"{what} {done}{_named(findings)}"
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
        return f"note kept on {what}{_named(findings)}"
    return await _suppress(app, triage, findings)


async def _suppress(app: SrtuiApp, triage: Triage, findings: Sequence[Finding]) -> str | None:
    what = counted(len(findings), "finding")
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
            ("A day, or a number of days from today. Empty: for good.",),
            placeholder=f"{today() + timedelta(days=90)}, or 90",
            check=lambda text: _wrong_day(text, today()),
        )
    )
    if day is None:
        return None
    expires = until(day, today())
    triage.suppress(findings, reason, expires=expires)
    return f"{what} suppressed" + (f" until {expires}" if expires else "") + _named(findings)


async def _sure(app: SrtuiApp, verb: str, findings: Sequence[Finding]) -> bool:
    """Whether the user means all of them."""
    done, what = _CONFIRMED[verb], counted(len(findings), "finding")
    answer = await app.push_screen_wait(
        AskChoice(
            f"{verb.capitalize()} {what}?",
            [("yes", f"yes: {what} {done}"), ("no", "no: leave them as they are")],
            lines=_titles(findings),
        )
    )
    return answer == "yes"


def _named(findings: Sequence[Finding]) -> str:
    """Which finding it was, where it is one."""
    return f": {_title(findings[0])}" if len(findings) == 1 else ""


def _title(finding: Finding) -> str:
    return f"{finding.title} · {finding.subject.rsplit(':', 1)[-1]}"


def _titles(findings: Sequence[Finding]) -> tuple[str, ...]:
    shown = [_title(finding) for finding in findings[:3]]
    if len(findings) > 3:
        shown.append(f"and {len(findings) - 3} more")
    return tuple(shown)
