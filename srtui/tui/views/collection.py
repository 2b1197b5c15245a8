"""The collection: what was asked, what failed, what to grant, and what is unknown because of it."""

from __future__ import annotations

from typing import Final

from srtui.analysis import Analysis, FailedCall
from srtui.engine import ENDED, Update
from srtui.tui.views.words import counted, when
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Para
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_table import Column, TableRow

COLUMNS: Final = (
    Column("call", "call", 24, flex=2),
    Column("region", "region", 14),
    Column("error", "error", 12, flex=2, drop=1),
    Column("grant", "grant", 10, flex=2, drop=2),
    Column("unknown", "unknown", 7, align="right"),
)


def failure_key(failure: FailedCall) -> str:
    """The key of a failed call's row."""
    return "\x1f".join((failure.service, failure.operation, failure.region, failure.params))


def collection_rows(analysis: Analysis) -> list[TableRow]:
    """One row a failed call, those with most unknown because of them first."""
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
    """What to say while no call has failed."""
    if update.phase in ENDED:
        return Notice("Every call was answered.", ("Nothing is unknown because of a missing permission.",))
    return Notice(
        "No call has failed so far.", (f"{update.progress.done} of {update.progress.total} are answered.",)
    )


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
