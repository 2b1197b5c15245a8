"""Quick wins: insecure defaults that one command corrects, worst first and among these the easiest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.findings.filter import Searchable
from srtui.findings.finding import Finding
from srtui.responsibility.commands import (
    EFFORTS,
    Effort,
    caution,
    effort_of,
    only_reads,
    to_fill_in,
)
from srtui.responsibility.control import Control
from srtui.responsibility.verdict import SEVERITIES
from srtui.tui.views.findings import short_subject
from srtui.tui.views.words import counted, severity_span
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Para
from srtui.tui.widgets.virtual_table import Column, TableRow

if TYPE_CHECKING:
    from srtui.analysis import Analysis

COLUMNS: Final = (
    Column("severity", "sev", 4),
    Column("effort", "effort", 10),
    Column("title", "insecure default", 26, flex=5, sortable=False),
    Column("count", "where", 6, align="right"),
    Column("command", "command", 18, flex=3, drop=1, sortable=False),
)
_MANY: Final = 200
_STYLES: Final[Mapping[Effort, str]] = {
    "ready": "good",
    "fill in": "accent",
    "look first": "warning",
    "may break": "error",
}
_TOLD: Final[Mapping[Effort, str]] = {
    "ready": "can be run as it is",
    "fill in": "has something to fill in",
    "look first": "look first",
    "may break": "may break something",
}


class Win(msgspec.Struct, frozen=True):
    """One setting that is insecure by default, where it still stands, and the controls that look at it."""

    controls: tuple[str, ...]
    effort: Effort
    findings: tuple[Finding, ...]

    @property
    def control(self) -> str:
        """The worst of the controls."""
        return self.controls[0]

    @property
    def title(self) -> str:
        """What is wrong, and how much else the same command corrects."""
        more = len(self.controls) - 1
        return self.findings[0].title + (f", and {more} more with it" if more else "")

    @property
    def commands(self) -> list[str]:
        """The commands that correct it, each once."""
        return list(dict.fromkeys(finding.command for finding in self.findings))


def quick_wins(items: Iterable[Searchable], controls: Mapping[str, Control]) -> list[Win]:
    """Open findings about insecure defaults that a command corrects; those of one and the same command together."""
    found: dict[str, list[Finding]] = {}
    for item in items:
        finding = item.finding
        wanted = finding.insecure_default and finding.command and not only_reads(finding.command)
        if wanted and item.state == "open":
            found.setdefault(finding.control, []).append(finding)
    together: dict[tuple[str, ...], list[str]] = {}
    for control in sorted(found, key=lambda one: (SEVERITIES.index(found[one][0].severity), one)):
        commands = tuple(sorted({finding.command for finding in found[control]}))
        together.setdefault(commands, []).append(control)
    wins = [
        Win(
            tuple(ids),
            max((effort_of(controls[one]) for one in ids), key=EFFORTS.index),
            tuple(finding for one in ids for finding in found[one]),
        )
        for ids in together.values()
    ]
    return sort_wins(wins, "severity")


def sort_wins(wins: Iterable[Win], column: str, reverse: bool = False) -> list[Win]:
    """By severity, effort or number of places; what is equal by severity, then effort, then how few commands."""

    def worst(win: Win) -> tuple[int, int, int, str]:
        severity = SEVERITIES.index(win.findings[0].severity)
        return severity, EFFORTS.index(win.effort), len(win.commands), win.control

    ordered = sorted(wins, key=worst)
    if column == "effort":
        ordered.sort(key=lambda win: EFFORTS.index(win.effort), reverse=reverse)
    elif column == "count":
        ordered.sort(key=lambda win: -len(win.findings), reverse=reverse)
    elif reverse:
        ordered.reverse()
    return ordered


def wins_told(wins: Iterable[Win]) -> str:
    """`9 ready · 12 fill in · 20 look first · 18 may break`."""
    counts = Counter(win.effort for win in wins)
    return " · ".join(f"{counts[effort]} {effort}" for effort in EFFORTS if counts[effort])


def win_rows(wins: Iterable[Win]) -> list[TableRow]:
    """One row a setting."""
    return [
        TableRow(
            win.control,
            (
                severity_span(win.findings[0].severity),
                (win.effort, _STYLES[win.effort]),
                (win.title, ""),
                (str(len(win.findings)), "muted"),
                (win.commands[0], "string"),
            ),
        )
        for win in wins
    ]


def win_blocks(win: Win, analysis: Analysis) -> list[Block]:
    """One setting: why it matters, what the command takes, where, and every command."""
    controls = [analysis.controls[one] for one in win.controls]
    blocks: list[Block] = [block for one in controls for block in (Heading(one.title), Para(one.why))]
    blocks += [Gap(), Fact("fix", controls[0].fix), Fact("effort", _TOLD[win.effort], _STYLES[win.effort])]
    blocks += [Fact("know first", text, _STYLES[win.effort]) for one in controls if (text := caution(one))]
    if missing := to_fill_in(controls[0].command):
        blocks.append(Fact("to fill in", ", ".join(missing), "accent"))
    blocks += [Gap(), Heading(counted(len(win.commands), "command"))]
    blocks += [Code(command, "text") for command in win.commands[:_MANY]]
    blocks += [Para("srtui prints them and runs none; y copies.", "muted"), Gap(), Heading("Where")]
    for finding in win.findings[:_MANY]:
        where = f"{short_subject(finding.subject)}  {finding.region}".rstrip()
        blocks.append(Item(f"finding\x1f{finding.fingerprint}", (Para(where),)))
    return blocks
