"""Findings as rows of a table, and one finding as a page of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.findings.filter import Searchable, parse_filter, searchable
from srtui.findings.finding import Finding
from srtui.findings.triage import Decision, Note, Triage
from srtui.responsibility.verdict import SEVERITIES
from srtui.tui.views.words import severity_span, source_text, when
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.virtual_table import Column, TableRow

if TYPE_CHECKING:
    from srtui.analysis import Analysis

COLUMNS: Final = (
    Column("severity", "sev", 4),
    Column("title", "finding", 20, flex=3, wish=28),
    Column("subject", "subject", 14, flex=2, wish=16, shorten="middle", drop=1),
    Column("row", "row", 3, align="right", drop=3, luxury=True),
    Column("status", "status", 6, drop=2),
)
_STATE_WORD: Final = {"open": "open", "acknowledged": "ack", "suppressed": "suppr."}


class Narrowing(msgspec.Struct, frozen=True):
    """What the findings are limited to by a choice in another pane. `label` is shown with the way to clear it."""

    label: str = ""
    row: int | None = None
    control: str | None = None
    subject: str | None = None

    def takes(self, finding: Finding) -> bool:
        """Whether a finding is about what was chosen."""
        return (
            (self.row is None or self.row in finding.rows)
            and (self.control is None or self.control == finding.control)
            and (self.subject is None or self.subject == finding.subject)
        )


def all_searchable(analysis: Analysis, triage: Triage | None) -> list[Searchable]:
    """Every finding with its state, worst first."""
    return [
        searchable(finding, triage.state(finding.fingerprint) if triage else "open")
        for finding in analysis.findings
    ]


def select(items: Iterable[Searchable], narrowing: Narrowing, text: str) -> list[Searchable]:
    """The findings that the choice and the filter leave."""
    return parse_filter(text).select(item for item in items if narrowing.takes(item.finding))


def sort_items(items: Sequence[Searchable], column: str, reverse: bool) -> list[Searchable]:
    """The findings in another order; equal ones stay worst first."""
    keys = {
        "severity": lambda item: SEVERITIES.index(item.finding.severity),
        "title": lambda item: item.finding.title.casefold(),
        "subject": lambda item: short_subject(item.finding.subject).casefold(),
        "row": lambda item: item.finding.rows,
        "status": lambda item: item.state,
    }
    return sorted(items, key=keys[column], reverse=reverse)


def short_subject(arn: str) -> str:
    """The resource part of an ARN: what tells subjects apart. Paths of IAM names tell nothing in a narrow column."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[5]:
        return arn
    kind, _, name = parts[5].partition("/")
    if parts[2] == "iam" and "/" in name:
        return f"{kind}/{name.rsplit('/', 1)[-1]}"
    return parts[5]


def finding_rows(items: Iterable[Searchable]) -> list[TableRow]:
    """One row a finding."""
    rows = []
    for item in items:
        finding, quiet = item.finding, "muted" if item.state != "open" else ""
        rows.append(
            TableRow(
                finding.fingerprint,
                (
                    severity_span(finding.severity),
                    (finding.title, quiet),
                    (short_subject(finding.subject), "muted"),
                    (",".join(map(str, finding.rows[:1])), "muted"),
                    (_STATE_WORD[item.state], item.state),
                ),
            )
        )
    return rows


def finding_blocks(finding: Finding, analysis: Analysis, decision: Decision) -> list[Block]:
    """Everything about one finding: why, the facts and where they are from, the fix, and what was decided."""
    state = decision.state_at()
    blocks: list[Block] = [
        Line(
            (
                severity_span(finding.severity),
                ("  ", ""),
                (finding.severity, finding.severity),
                (f"  {state}", state),
            )
        ),
        Para(finding.title, "strong"),
        Item(
            f"subject\x1f{finding.subject}",
            (Para(finding.subject + (f"  {finding.region}" if finding.region else ""), "accent"),),
        ),
    ]
    blocks += _decided(decision, state)
    blocks += [Gap(), *(Fact(fact.label, fact.value) for fact in finding.facts)]
    score = analysis.risk.score(finding)  # cheap: the order of findings has asked already
    blocks += [
        Gap(),
        Heading("Risk"),
        Fact("what is gained", score.impact.words),
        Fact("who can begin", score.reach.words),
        Fact("how certain", score.confidence.words),
    ]
    blocks += [Gap(), Heading("Why"), Para(finding.why), Gap(), Heading("Fix"), Para(finding.fix)]
    if finding.command:
        blocks += [
            Code(finding.command, "text"),
            Para("srtui prints this and never runs it; y copies.", "muted"),
        ]
    if finding.insecure_default:
        blocks.append(Para("This is how AWS sets it up unless told otherwise.", "muted"))
    blocks += [Gap(), Heading("Evidence")]
    blocks += [Para(source_text(source), "muted") for source in finding.sources]
    blocks += [Gap(), Fact("control", finding.control), Fact("rows", ", ".join(map(str, finding.rows)))]
    blocks += [Fact("reference", reference) for reference in finding.references]
    blocks.append(Fact("fingerprint", finding.fingerprint, "muted"))
    return blocks


def _decided(decision: Decision, state: str) -> list[Block]:
    blocks: list[Block] = []
    if decision.at is not None:
        by = f" by {decision.author}" if decision.author else ""
        until = f", until {decision.expires}" if decision.expires else ""
        blocks.append(Fact(decision.state, f"{when(decision.at)}{by}{until}", state))
    if decision.reason:
        blocks.append(Fact("reason", decision.reason))
    blocks += [Fact("note", f"{note.text}  ({_signed(note)})") for note in decision.notes]
    return [Gap(), *blocks] if blocks else []


def _signed(note: Note) -> str:
    return ", ".join(part for part in (when(note.at, "undated"), note.author) if part)
