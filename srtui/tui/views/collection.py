"""The collection: what was asked, what failed, what to grant, and what is unknown because of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.analysis import Analysis, FailedCall
from srtui.engine import ENDED, Update
from srtui.evidence import canonical_json
from srtui.services import call_named
from srtui.tui.views.keys import SEP
from srtui.tui.views.unknown import statement_text, unknown_of
from srtui.tui.views.words import counted, when
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Para
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_table import Cell, Column, TableRow

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
    return [*_failed_rows(analysis), *_left_out_rows(analysis), *_answered_rows(analysis)]


def note_rows(update: Update) -> list[TableRow]:
    """One row if anything is to be said about the file or session itself; its text stands beside it."""
    if not update.notes:
        return []
    count = counted(len(update.notes), "warning")
    cells = (("the file or session itself", "warning"), "", "", (count, "warning"), "", "")
    return [TableRow("notes", cells)]


def _failed_rows(analysis: Analysis) -> list[TableRow]:
    failures = sorted(analysis.failures, key=lambda one: (-len(one.unknown), failure_key(one)))
    return [
        TableRow(
            failure_key(one),
            (
                _call_cell(one),
                (one.region, "muted"),
                (one.code, "warning" if one.kind == "denied" else "error"),
                (", ".join(one.actions), "accent"),
                (str(len(one.unknown)) if one.unknown else "", "unknown"),
            ),
        )
        for one in failures
    ]


def _call_cell(failure: FailedCall) -> Cell:
    """The call and what it was asked about, without which a thousand rows read the same."""
    about = asked_about(failure.params)
    name = f"{failure.service}:{failure.operation}"
    return ((name, ""), ("  " + about, "muted")) if about else (name, "")


def asked_about(params: str) -> str:
    """The parameters of a call as `name=value`, the name left out where there is but one text."""
    found = json.loads(params) if params else {}
    parts = list(_pairs(found))
    if len(parts) == 1 and isinstance(next(iter(found.values())), str):
        return parts[0].partition("=")[2]
    return ", ".join(parts)


def _pairs(found: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield from _listed(f"{prefix}{name}", value)
        else:
            yield f"{prefix}{name}={'yes' if value is True else 'no' if value is False else value}"


def _listed(name: str, values: list[Any]) -> Iterator[str]:
    plain = [str(one) for one in values if not isinstance(one, Mapping | list)]
    if plain:
        yield f"{name}={','.join(plain)}"
    for one in values:
        if isinstance(one, Mapping):
            yield from _pairs(one, f"{name}.")


def _left_out_rows(analysis: Analysis) -> list[TableRow]:
    """A row each service and region that configuration leaves out."""
    services, regions = analysis.account.left_out()
    named = [(f"{one}:*", "every region", one) for one in services] + [
        ("every service", one, one) for one in regions
    ]
    return [
        TableRow(
            f"left out{SEP}{name}",
            (
                (call, ""),
                (where, "muted"),
                ("left out by configuration", "warning"),
                ("", ""),
                ("", ""),
            ),
        )
        for call, where, name in named
    ]


def left_out_blocks(name: str, analysis: Analysis) -> list[Block]:
    """A service or region that configuration leaves out."""
    found = unknown_of(analysis)
    mine = [
        one
        for one in found
        if any(
            call.state == "left out" and (call.call.service.name == name or name in call.regions)
            for call in one.calls
        )
    ]
    return [
        Heading(f"{name}: left out by configuration"),
        Para("It was not asked: config.toml or the command line says so. What depends on it is unknown."),
        Para("skip_services and skip_regions, or --skip-service and --skip-region, set it.", "muted"),
        Gap(),
        Heading(f"Unknown because of it: {counted(len(mine), 'control')}"),
        *(
            Item(f"control{SEP}{one.control.id}", (Para(one.control.title, "unknown"),))
            for one in mine[:_MANY]
        ),
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
        about = asked_about(canonical_json(one.params)) if one.params else ""
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
    left_out = sum(map(len, update.analysis.account.left_out()))
    without = f", {left_out} left out" if left_out else ""
    return f"Collection · {done}, {coverage.failed:,} failed{slow}{without}", update.phase


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
        blocks.append(Fact("asked about", asked_about(failure.params)))
    if failure.actions:
        blocks += [Gap(), Heading("Add to the role"), Code(statement_text(failure.actions))]
        blocks.append(
            Para("srtui permissions --missing SESSION prints it for all that was denied; y copies.", "muted")
        )
    blocks += [Gap(), Heading("Unknown because of it")]
    blocks += [
        Item(
            f"control{SEP}{one}",
            (Para(f"{analysis.controls[one].title}  (row {analysis.controls[one].rows[0]})", "unknown"),),
        )
        for one in failure.unknown
        if one in analysis.controls
    ] or [Para("no control", "muted")]
    return blocks


def overview_blocks(update: Update) -> list[Block]:
    """What stands beside the table while it is empty."""
    account, coverage = update.analysis.account, update.analysis.coverage
    notes: list[Block] = (
        [Heading("Warnings"), *(Para(note, "warning") for note in update.notes), Gap()]
        if update.notes
        else []
    )
    return [
        *notes,
        Heading("So far"),
        Fact("calls", f"{coverage.calls:,}"),
        Fact("failed", f"{coverage.failed:,}"),
        Fact("controls", f"{coverage.evaluated} of {coverage.controls} told completely"),
        Fact("first answer", when(account.first_evidence)),
        Fact("last answer", when(account.last_evidence)),
        Fact("regions", ", ".join(sorted(account.regions)) or "not known"),
        *(Fact("left out", ", ".join(names), "warning") for names in account.left_out() if names),
    ]
