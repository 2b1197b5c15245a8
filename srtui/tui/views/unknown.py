"""What is unknown: the controls without a complete verdict, why, and the statement that would change it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from srtui.analysis import Analysis
from srtui.responsibility.gaps import BlamedCall, State, UnknownControl, unknown_controls
from srtui.services.permissions import policy
from srtui.tui.views.keys import SEP
from srtui.tui.views.words import STATUS_WORD, counted, severity_span
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Para
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_table import Column, TableRow

COLUMNS: Final = (
    Column("severity", "sev", 4, sortable=False),
    Column("title", "what cannot be told", 26, flex=3, sortable=False),
    Column("why", "why", 11, sortable=False),
    Column("call", "call or reason", 20, flex=2, drop=1, sortable=False),
    Column("row", "row", 3, align="right", drop=2, sortable=False),
)
NOTHING: Final = Notice("Nothing is unknown here.", ("Every control has a complete verdict.",))
_STYLES: Final[dict[State, str]] = {
    "denied": "warning",
    "failed": "error",
    "left out": "warning",
    "never asked": "muted",
    "being read": "accent",
}
_MANY: Final = 60
_FEW: Final = 5


def unknown_of(analysis: Analysis, row: int | None = None) -> list[UnknownControl]:
    """The unknown controls of the account or of one row, the most severe first."""
    rows = analysis.matrix if row is None else [one for one in analysis.matrix if one.number == row]
    statuses = {control.control.id: control for one in rows for control in one.controls}
    return unknown_controls(statuses.values(), analysis.results, analysis.account)


def unknown_rows(found: Iterable[UnknownControl]) -> list[TableRow]:
    """One row a control: what it is, and the first reason."""
    rows = []
    for one in found:
        first = one.calls[0] if one.calls else None
        why = (first.state, _STYLES[first.state]) if first else ("not told", "unknown")
        rows.append(
            TableRow(
                one.control.id,
                (
                    severity_span(one.control.severity),
                    (one.control.title, ""),
                    why,
                    (_call_text(one.calls) or (one.reasons[0][0] if one.reasons else ""), "muted"),
                    (str(one.control.rows[0]), "muted"),
                ),
            )
        )
    return rows


def _call_text(calls: Sequence[BlamedCall]) -> str:
    names = list(dict.fromkeys(repr(one.call) for one in calls))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""


def unknown_blocks(one: UnknownControl, row: int | None, everything: Sequence[UnknownControl]) -> list[Block]:
    """One unknown control: the reasons, the calls to blame, and what to add to the role."""
    blocks: list[Block] = [Heading(one.control.title), Para(one.control.why, "muted"), Gap()]
    known = f"{one.failed} failed in spite of it" if one.failed else ""
    blocks.append(
        Fact("status", STATUS_WORD["fail"] + f", {known}" if known else STATUS_WORD["unknown"], "unknown")
    )
    for reason, subjects in one.reasons[:_MANY]:
        blocks.append(Para(reason, "unknown"))
        blocks += [Para(subject, "muted", 3) for subject in subjects[:_FEW] if not subject.endswith(":root")]
        if len(subjects) > _FEW:
            blocks.append(Para(f"and {len(subjects) - _FEW:,} more", "muted", 3))
    blocks += [Gap(), Heading("Calls"), *_calls(one.calls)]
    blocks += _statement(one)
    whole = granted(everything)
    if len(everything) > 1 and whole and whole != list(one.actions):
        where = "of the account" if row is None else f"of row {row}"
        blocks += [Gap(), Heading(f"For all that is unknown {where}"), Code(statement_text(whole))]
    blocks += [Gap(), Item(f"control{SEP}{one.control.id}", (Para("open the control", "accent"),))]
    return blocks


def _calls(calls: Iterable[BlamedCall]) -> Iterator[Block]:
    for one in calls:
        where = f" in {_places(one.regions)}" if one.regions else ""
        code = f" ({one.code})" if one.code and one.state in ("denied", "failed") else ""
        yield Fact(repr(one.call), f"{one.state}{code}{where}", _STYLES[one.state])
        if one.hindrance:
            yield Para(f"{one.hindrance}: a permission of the role does not help", "warning", 2)
    if not calls:
        yield Para("Every call was answered; the answers do not tell enough.", "muted")


def _places(regions: Sequence[str]) -> str:
    return (
        ", ".join(regions)
        if len(regions) <= 3
        else f"{regions[0]}, {regions[1]} and {len(regions) - 2} more regions"
    )


def _statement(one: UnknownControl) -> Iterator[Block]:
    denied = [action for call in one.calls if call.state == "denied" for action in call.actions]
    unasked = [action for call in one.calls if call.state == "never asked" for action in call.actions]
    if denied:
        yield Gap()
        yield Heading("Add to the role")
        yield Code(statement_text(sorted({*denied, *unasked})))
        yield Para("y copies it.", "muted")
    elif unasked:
        yield Gap()
        yield Heading("Was never asked")
        yield Para("Collect the account live (srtui, or srtui collect) as a role with at least:")
        yield Code(statement_text(sorted(set(unasked))))
    if any(call.state == "left out" for call in one.calls):
        yield Gap()
        yield Para("skip_services or skip_regions leaves it out: take it away to have this told.", "warning")


def granted(found: Iterable[UnknownControl]) -> list[str]:
    """The actions to grant for all of them, sorted."""
    return sorted({action for one in found for action in one.actions})


def statement_text(actions: Iterable[str]) -> str:
    """The policy that allows these actions, as text to paste."""
    return json.dumps(policy(sorted(actions), "SrtuiMissing"), indent=2)


def unknown_title(found: Sequence[UnknownControl], row: int | None, controls: int) -> str:
    """How many of how many, and where."""
    where = f" · row {row}" if row is not None else ""
    return f"Unknown{where} · {len(found)} of {counted(controls, 'control')}"
