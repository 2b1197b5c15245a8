"""The collection: what was asked, what failed, what to grant, and what is unknown because of it."""

from __future__ import annotations

from typing import Final

from srtui.analysis import Analysis, FailedCall
from srtui.engine import ENDED, Update
from srtui.services import call_named
from srtui.tui.views.words import counted, when
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Para
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_table import Column, TableRow

COLUMNS: Final = (
    Column("call", "call", 30, flex=2),
    Column("region", "region", 14),
    Column("outcome", "outcome", 12, flex=2, drop=1),
    Column("grant", "grant", 10, flex=2, drop=2),
    Column("unknown", "unknown", 7, align="right"),
)


_MANY: Final = 200  # calls of one operation that are listed; more are counted


def failure_key(failure: FailedCall) -> str:
    """The key of a failed call's row."""
    return "\x1f".join((failure.service, failure.operation, failure.region, failure.params))


def collection_rows(analysis: Analysis) -> list[TableRow]:
    """One row a failed call, those with most unknown because of them first; then one row an operation that answered."""
    return [*_failed_rows(analysis), *_answered_rows(analysis)]


def _failed_rows(analysis: Analysis) -> list[TableRow]:
    failures = sorted(analysis.failures, key=lambda one: (-len(one.unknown), failure_key(one)))
    return [
        TableRow(
            failure_key(one),
            (
                (f"{one.service}:{one.operation}", ""),
                (one.region, "muted"),
                (one.code, "warning" if one.kind == "denied" else "error"),
                (", ".join(one.actions), "accent"),
                (str(len(one.unknown)) if one.unknown else "", "unknown"),
            ),
        )
        for one in failures
    ]


def _answered_rows(analysis: Analysis) -> list[TableRow]:
    rows = []
    for (service, operation), outcomes in sorted(analysis.account.outcomes_by_call.items()):
        good = [one for one in outcomes if one.error is None]
        if not good:
            continue
        regions = {one.region for one in good}
        reading = sum(not one.complete for one in good)
        told = counted(len(good), "answer") if not reading else f"{reading} of {len(good)} still being read"
        rows.append(
            TableRow(
                f"answered\x1f{service}\x1f{operation}",
                (
                    (f"{service}:{operation}", "muted"),
                    (next(iter(regions)) if len(regions) == 1 else counted(len(regions), "region"), "muted"),
                    (told, "good" if not reading else "accent"),
                    ("", ""),
                    ("", ""),
                ),
            )
        )
    return rows


def answered_call(key: str) -> tuple[str, str] | None:
    """(service, operation) of a row of answered calls; None for a failed call."""
    parts = key.split("\x1f")
    return (parts[1], parts[2]) if parts[0] == "answered" else None


def answered_blocks(call: tuple[str, str], analysis: Analysis) -> list[Block]:
    """An operation that answered: why it is asked, where, when, and what looks at it."""
    declared = call_named(*call)
    blocks: list[Block] = [Heading(f"{call[0]}:{call[1]}")]
    if declared is not None:
        blocks.append(Para(declared.title))
    blocks.append(Gap())
    outcomes = sorted(analysis.account.outcomes_by_call.get(call, ()), key=lambda one: (one.region, one.key))
    for one in outcomes[:_MANY]:
        about = ", ".join(str(value) for value in one.params.values())
        state = one.error.code if one.error else counted(one.pages, "page")
        blocks.append(Fact(one.region, f"{when(one.at)}, {state}" + (f", {about}" if about else "")))
    if len(outcomes) > _MANY:
        blocks.append(Para(f"and {len(outcomes) - _MANY:,} more", "muted"))
    users = [
        control for control in analysis.controls.values() if any(one.id == call for one in control.needs)
    ]
    blocks += [Gap(), Heading(f"Looked at by {counted(len(users), 'control')}")]
    blocks += [Para(control.title, "muted") for control in users]
    return blocks


def collection_title(update: Update) -> tuple[str, str]:
    """The title line of the table: what it is, and how far the collection has come."""
    coverage, progress = update.analysis.coverage, update.progress
    done = (
        f"{progress.done:,} of {progress.total:,} calls"
        if progress.total
        else counted(coverage.calls, "call")
    )
    slow = f", {progress.throttled:,} slowed down" if progress.throttled else ""
    return f"Collection · {done}, {coverage.failed:,} failed{slow}", update.phase


def empty_notice(update: Update) -> Notice:
    """What to say while there is no call to show."""
    if update.phase in ENDED:
        return Notice("Nothing was asked.", ("The session holds no evidence.",))
    return Notice("Nothing was answered so far.", ("Calls appear here as AWS answers them.",))


def failure_blocks(failure: FailedCall, analysis: Analysis) -> list[Block]:
    """One failed call in words."""
    blocks: list[Block] = [
        Heading(f"{failure.service}:{failure.operation}"),
        Para(failure.error, "warning"),
        Gap(),
        Fact("region", failure.region or "global"),
    ]
    if failure.params:
        blocks.append(Fact("asked about", failure.params))
    if failure.actions:
        blocks += [Gap(), Heading("Grant"), *(Para(action, "accent") for action in failure.actions)]
        blocks.append(Para("srtui permissions prints the least policy as a whole.", "muted"))
    blocks += [Gap(), Heading("Unknown because of it")]
    blocks += [
        Para(f"{analysis.controls[one].title}  (row {analysis.controls[one].rows[0]})", "unknown")
        for one in failure.unknown
        if one in analysis.controls
    ] or [Para("no control", "muted")]
    return blocks


def overview_blocks(update: Update) -> list[Block]:
    """What stands beside the table while it is empty."""
    account, coverage = update.analysis.account, update.analysis.coverage
    return [
        Heading("So far"),
        Fact("calls", f"{coverage.calls:,}"),
        Fact("failed", f"{coverage.failed:,}"),
        Fact("controls", f"{coverage.evaluated} of {coverage.controls} told completely"),
        Fact("first answer", when(account.first_evidence)),
        Fact("last answer", when(account.last_evidence)),
        Fact("regions", ", ".join(sorted(account.regions)) or "not known"),
        *(Para(note, "warning") for note in update.notes),
    ]
