"""The responsibility matrix as a tree: groups, rows, controls; and what a row's own screen says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from srtui.analysis import Analysis
from srtui.responsibility.control import Control
from srtui.responsibility.csf import CATEGORIES
from srtui.responsibility.matrix import GROUPS, Group
from srtui.responsibility.status import ControlStatus, Inherited, RowStatus
from srtui.responsibility.verdict import PRECEDENCE, SEVERITIES, Result
from srtui.tui.actions import REGISTRY
from srtui.tui.theme import STATUS_MARK
from srtui.tui.views.keys import row_key
from srtui.tui.views.trend import Change, Trends, trend_sentence
from srtui.tui.views.words import STATUS_WORD, counted, severity_span, source_text, status_span
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

_TITLES: dict[Group, str] = {"Yours": "Yours", "Shared": "Shared", "AWS's": "AWS's, inherited"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MANY = 500  # subjects of one control that are listed; more are counted


def matrix_roots(analysis: Analysis, trends: Trends | None = None) -> tuple[TreeNode, ...]:
    """The groups with their rows under them, and what changed since the session before."""
    groups = tuple(
        TreeNode(
            f"group:{group}",
            ((_TITLES[group], "heading"),),
            children=tuple(_row(status, trends) for status in analysis.matrix if status.row.group == group),
            selectable=False,
        )
        for group in GROUPS
    )
    if trends is None:
        return groups
    told: tuple[Span, ...] = ((trends.reason, "muted"),)
    if trends.since is not None:
        told = (("since ", "muted"), (trends.day, "muted"), ("  ", ""), *_change(trends.whole, words=True))
    return (*groups, TreeNode("trend", told, selectable=False))


def _change(change: Change, *, words: bool = False) -> tuple[Span, ...]:
    """`+3 −2`, or in words."""
    new, fixed = (
        (f"+{change.new} new", f"{change.fixed} fixed") if words else (f"+{change.new}", f"−{change.fixed}")
    )
    spans: list[Span] = [(new, "warning")] if change.new else []
    if change.fixed:
        spans += [(", " if words else " ", "muted")] if spans else []
        spans.append((fixed, "good"))
    if words:
        return tuple(spans) or (("nothing new, nothing fixed", "muted"),)
    return (*spans, (" ", "")) if spans else ()


def _row(status: RowStatus, trends: Trends | None) -> TreeNode:
    return TreeNode(
        row_key(status.number),
        ((f"{status.number:>2} {status.row.label}", ""),),
        right=(*(_change(trends.of(status.number)) if trends else ()), *row_badges(status)),
        children=tuple(_control(status.number, control) for control in status.controls),
    )


def row_badges(status: RowStatus) -> tuple[Span, ...]:
    """The row's mark, failed of all controls, and the share that could be evaluated."""
    if status.inherited is not None:
        # An AWS row is never a green light by itself: it says what is left.
        left = status.control_counts.get("fail", 0)
        unknown = status.control_counts.get("unknown", 0)
        rest: Span = (f"{left} left to you", status.worst or "muted") if left else ("inherited", "muted")
        return (*((("? ", "unknown"),) if unknown else ()), (STATUS_MARK["inherited"] + " ", "info"), rest)
    mark: Span = status_span(status.status)
    failed = status.control_counts.get("fail", 0)
    share = status.percent_evaluated
    told: tuple[Span, ...] = ((f"{share}% ", "unknown"),) if share < 100 else ()
    return (*told, mark, (f" {failed:>2}/{len(status.controls):<2}", status.worst or "muted"))


def _control(number: int, status: ControlStatus) -> TreeNode:
    failed, total = status.counts.get("fail", 0), sum(status.counts.values())
    badges: tuple[Span, ...] = ((f"{failed}/{total}", "muted"),) if status.status == "fail" else ()
    return TreeNode(
        f"{row_key(number)}:{status.control.id}",
        (status_span(status.status), (" " + status.control.title, "")),
        right=badges,
    )


# --- frameworks: a lens over the same controls -----------------------------------------------------------------

LENSES: Final[dict[str, str]] = {
    "": "Responsibility",
    "cis-3.0": "CIS AWS Foundations 3.0",
    "cis-5.0": "CIS AWS Foundations 5.0",
    "nist-csf": "NIST CSF 2.0",
}
_CSF: Final = {
    "GV": "Govern",
    "ID": "Identify",
    "PR": "Protect",
    "DE": "Detect",
    "RS": "Respond",
    "RC": "Recover",
}


#: The sections of the benchmark, which both versions share, and what stands in a few of their parts.
_CIS: Final = {
    "1": "Identity and access management",
    "2": "Storage",
    "3": "Logging",
    "4": "Monitoring",
    "5": "Networking",
}


def lens_roots(analysis: Analysis, framework: str) -> tuple[TreeNode, ...]:
    """The controls by the sections of a framework; the same controls and verdicts as in the matrix."""
    statuses: dict[str, ControlStatus] = {}
    for row in analysis.matrix:
        statuses.update({status.control.id: status for status in row.controls})
    groups: dict[str, dict[str, list[ControlStatus]]] = {}
    for status in statuses.values():
        for section in status.control.frameworks.get(framework, ()):
            group = section.partition(".")[0]
            groups.setdefault(group, {}).setdefault(section, []).append(status)
    return tuple(_lens_group(framework, group, groups[group]) for group in sorted(groups, key=_section_order))


def lens_keys(framework: str) -> tuple[str, ...]:
    """Keys of the groups, which start unfolded."""
    return tuple(f"lens:{framework}:{group}" for group in (*_CSF, *map(str, range(1, 9))))


def _section_order(section: str) -> list[tuple[int, int, str]]:
    names = list(_CSF)
    return [
        (0, int(part), "") if part.isdigit() else (1, names.index(part) if part in names else 99, part)
        for part in section.split(".")
    ]


def _lens_group(framework: str, group: str, sections: dict[str, list[ControlStatus]]) -> TreeNode:
    every = [status for found in sections.values() for status in found]
    title = _CSF.get(group) or f"{group} {_CIS[group]}"
    return TreeNode(
        f"lens:{framework}:{group}",
        ((title, "heading"),),
        right=_lens_counts(every),
        children=tuple(
            _lens_section(framework, section, sections[section])
            for section in sorted(sections, key=_section_order)
        ),
        selectable=False,
    )


def _lens_section(framework: str, section: str, found: list[ControlStatus]) -> TreeNode:
    key = f"lens:{framework}:{section}"
    found = sorted(found, key=_urgency)
    return TreeNode(
        f"{key}:section",
        (
            (f"{section:<6}", "accent"),
            (_section_title(section, found), ""),
        ),
        right=_lens_counts(found),
        children=tuple(
            TreeNode(
                f"control:{section}:{status.control.id}",
                (status_span(status.status), (" " + status.control.title, "")),
            )
            for status in found
        ),
        selectable=False,
    )


def _section_title(section: str, found: Sequence[ControlStatus]) -> str:
    """The name of a category, or what the controls of a recommendation ask."""
    if section in CATEGORIES:
        return CATEGORIES[section]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return found[0].control.title + more


def _lens_counts(found: Sequence[ControlStatus]) -> tuple[Span, ...]:
    failed = sum(status.status == "fail" for status in found)
    unknown = sum(bool(status.counts.get("unknown")) for status in found)
    spans: list[Span] = [(f"{unknown} ? ", "unknown")] if unknown else []
    worst = min((status for status in found if status.status == "fail"), key=_urgency, default=None)
    mark: Span = status_span("fail" if failed else "unknown" if unknown else "pass")
    return (*spans, mark, (f" {failed}/{len(found)}", worst.control.severity if worst else "muted"))


# --- a row's own screen ---------------------------------------------------------------------------------------


def row_status(analysis: Analysis, number: int) -> RowStatus:
    """The status of the row with this number."""
    return next(status for status in analysis.matrix if status.number == number)


def row_blocks(analysis: Analysis, number: int, trends: Trends | None = None) -> list[Block]:
    """The row's screen: what it is about, what is inherited, and every control, the failed ones first."""
    status = row_status(analysis, number)
    blocks: list[Block] = [
        Heading(f"{number}  {status.row.title}"),
        Para(status.row.about, "muted"),
        Gap(),
        Line(tuple(_counts(status))),
    ]
    if unknown := len(status.controls) - status.evaluated:
        key = REGISTRY.shown_key("app.unknown")
        told = f"{counted(unknown, 'control')} not told completely: {key} lists them, why, and what to grant."
        blocks.append(Para(told, "unknown"))
    if trends is not None:
        blocks.append(Para(trend_sentence(trends, number), "muted"))
    if status.inherited is not None:
        blocks += _inherited(status.inherited)
    for topic, controls in _by_topic(status.controls):
        blocks += [Gap(), Heading(topic.replace("-", " ").capitalize())]
        blocks += [Item(control.control.id, tuple(_control_lines(control))) for control in controls]
    return blocks


def _urgency(status: ControlStatus) -> tuple[int, int]:
    """Failed before unknown before the rest, and the worst severity first."""
    return PRECEDENCE.index(status.status), SEVERITIES.index(status.control.severity)


def _by_topic(statuses: Iterable[ControlStatus]) -> list[tuple[str, list[ControlStatus]]]:
    """The controls of a row by topic, in both the most urgent first."""
    topics: dict[str, list[ControlStatus]] = {}
    for status in sorted(statuses, key=_urgency):
        topics.setdefault(status.control.topic, []).append(status)
    return list(topics.items())


def _counts(status: RowStatus) -> Iterator[Span]:
    if not status.controls:
        yield "No control of this row needs checking: AWS answers for it.", "muted"
        return
    for name in PRECEDENCE:
        count = status.control_counts.get(name, 0)
        if count:
            yield f"{STATUS_MARK[name]} {count} {STATUS_WORD[name]}   ", name
    yield f"{status.evaluated} of {len(status.controls)} controls could be told completely", "muted"


def _inherited(inherited: Inherited) -> Iterator[Block]:
    yield Gap()
    yield Heading("Inherited from AWS")
    yield Para(inherited.what)
    yield Gap()
    for text in inherited.attestation:
        yield Fact("attested by", text)
    yield Fact("to be had at", inherited.attested_at)
    for use in inherited.in_use:
        where = f" in {use.region}" if use.region else ""
        yield Fact("in use", f"{use.service}: {use.count} {use.detail}{where}")
    yield Fact("left to you", inherited.remains, "warning")


def _control_lines(status: ControlStatus) -> Iterator[Para | Line]:
    control = status.control
    counts = " · ".join(
        f"{status.counts[name]} {STATUS_WORD[name]}" for name in PRECEDENCE if status.counts.get(name, 0)
    )
    yield Line(
        (
            status_span(status.status),
            ("  ", ""),
            severity_span(control.severity) if status.status == "fail" else ("   ", ""),
            ("  " + control.title, "strong" if status.status == "fail" else ""),
            ("   " + counts, "muted"),
        )
    )
    if status.reason:
        yield Para(status.reason, "unknown" if status.counts.get("unknown") else "muted", 8)


def control_blocks(analysis: Analysis, control_id: str) -> list[Block]:
    """A control's screen: why, every subject with its verdict and facts, and what was read."""
    control = analysis.controls[control_id]
    results = sorted(
        (result for result in analysis.results if result.control == control_id),
        key=lambda result: (PRECEDENCE.index(result.status), result.subject),
    )
    blocks: list[Block] = [Heading(control.title), Para(control.why)]
    blocks += [Gap(), *_about(control), Gap(), Heading(counted(len(results), "verdict"))]
    for number, result in enumerate(results[:_MANY]):
        blocks.append(Item(f"{number}\x1f{result.subject}", tuple(_result_lines(result))))
    if len(results) > _MANY:
        blocks.append(Para(f"and {len(results) - _MANY:,} more: the findings list them all", "muted"))
    seen = dict.fromkeys(source for result in results for source in result.sources)
    if seen:
        blocks += [Gap(), Heading("Read from")]
        blocks += [Para(source_text(source), "muted") for source in list(seen)[:40]]
    return blocks


def _about(control: Control) -> Iterator[Block]:
    yield Fact("severity", control.severity, control.severity)
    yield Fact("rows", ", ".join(str(row) for row in control.rows))
    yield Fact("needs", ", ".join(repr(call) for call in control.needs))
    yield Fact("fix", control.fix)
    for name, ids in control.frameworks.items():
        yield Fact(name, ", ".join(ids))
    for reference in control.references:
        yield Fact("reference", reference)
    if control.command:
        # Braces stand for values of each subject; a finding has them filled in.
        yield Code(_PLACEHOLDER.sub(lambda found: found[1].upper(), control.command), "text")


def _result_lines(result: Result) -> Iterator[Fact | Para | Line]:
    where = f"  {result.region}" if result.region else ""
    yield Line((status_span(result.status), ("  " + result.subject, ""), (where, "muted")))
    for fact in result.facts:
        yield Para(f"{fact.label}: {fact.value}", "muted", 3)
    if result.reason:
        yield Para(result.reason, "unknown" if result.status == "unknown" else "muted", 3)
