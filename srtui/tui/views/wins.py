"""Quick wins: insecure defaults that one command corrects, worst first and among these the fewest commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.findings.filter import Searchable
from srtui.findings.finding import Finding
from srtui.responsibility.verdict import SEVERITIES
from srtui.tui.views.findings import short_subject
from srtui.tui.views.words import counted, severity_span
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Para
from srtui.tui.widgets.virtual_table import Column, TableRow

if TYPE_CHECKING:
    from srtui.analysis import Analysis

COLUMNS: Final = (
    Column("severity", "sev", 4, sortable=False),
    Column("title", "insecure default", 24, flex=3, sortable=False),
    Column("count", "where", 6, align="right", sortable=False),
    Column("command", "command", 20, flex=4, drop=1, sortable=False),
)
_MANY: Final = 200


class Win(msgspec.Struct, frozen=True):
    """One insecure default and every place where it still stands."""

    control: str
    findings: tuple[Finding, ...]

    @property
    def commands(self) -> list[str]:
        """The commands that correct it, each once."""
        return list(dict.fromkeys(finding.command for finding in self.findings))


def quick_wins(items: Iterable[Searchable]) -> list[Win]:
    """Open findings about insecure defaults that a command corrects, by control."""
    found: dict[str, list[Finding]] = {}
    for item in items:
        finding = item.finding
        if finding.insecure_default and finding.command and item.state == "open":
            found.setdefault(finding.control, []).append(finding)
    wins = [Win(control, tuple(findings)) for control, findings in found.items()]
    wins.sort(key=lambda win: (SEVERITIES.index(win.findings[0].severity), len(win.commands), win.control))
    return wins


def win_rows(wins: Iterable[Win]) -> list[TableRow]:
    """One row an insecure default."""
    return [
        TableRow(
            win.control,
            (
                severity_span(win.findings[0].severity),
                (win.findings[0].title, ""),
                (str(len(win.findings)), "muted"),
                (win.commands[0], "string"),
            ),
        )
        for win in wins
    ]


def win_blocks(win: Win, analysis: Analysis) -> list[Block]:
    """One insecure default: why it matters, where, and every command."""
    control = analysis.controls[win.control]
    blocks: list[Block] = [Heading(control.title), Para(control.why), Gap(), Fact("fix", control.fix)]
    blocks += [Gap(), Heading(counted(len(win.commands), "command"))]
    blocks += [Code(command, "text") for command in win.commands[:_MANY]]
    blocks += [Para("srtui prints them and runs none; y copies.", "muted"), Gap(), Heading("Where")]
    for finding in win.findings[:_MANY]:
        where = f"{short_subject(finding.subject)}  {finding.region}".rstrip()
        blocks.append(Item(f"finding\x1f{finding.fingerprint}", (Para(where),)))
    return blocks
