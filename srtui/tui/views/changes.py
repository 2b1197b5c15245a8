"""What changed since an earlier session: findings, principals, permissions, paths; each group unfolds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar

import msgspec

from srtui.analysis import Analysis
from srtui.compare import Comparison, EntryChange, PathChange, PolicyChange, PrincipalChange, route_of
from srtui.compare.principals import by_level
from srtui.findings.finding import Finding
from srtui.tui.theme import SEVERITY_MARK
from srtui.tui.views.findings import short_subject
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import TIER_SPANS, drawing, name_of
from srtui.tui.views.words import counted, when
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

#: A sign and a word for each kind of change; never only a colour.
SIGNS: Final[dict[str, Span]] = {
    "added": ("+ ", "warning"),
    "removed": ("− ", "good"),
    "changed": ("~ ", "accent"),
    "gained": ("+ ", "warning"),
    "lost": ("− ", "good"),
    "more certain": ("▲ ", "warning"),
    "less certain": ("▼ ", "good"),
    "not comparable": ("? ", "unknown"),
}
#: What is unfolded at the beginning.
CHANGE_SECTIONS: Final = ("findings", "new", "reopened", "principals", "paths")
RowT = TypeVar("RowT")
_MANY: Final = 1000
_FEW: Final = 8


class Compared(msgspec.Struct, frozen=True):
    """Two analyses and what is between them."""

    old: Analysis
    new: Analysis
    comparison: Comparison
    old_label: str
    notes: tuple[str, ...]  # what the older file lacks


# --- the tree -----------------------------------------------------------------------------------------------


def change_roots(found: Compared) -> tuple[TreeNode, ...]:
    """Groups with something in them, and what could not be compared."""
    comparison = found.comparison
    roots = [
        _findings(comparison),
        _group("principals", "Principals", comparison.principals, _principal_node),
        _group("policies", "Policies and guardrails", comparison.policies, _policy_node),
        _group("paths", "Ways to administrator", comparison.paths, _path_node),
        _group("entries", "Ways in from outside", comparison.entries, _entry_node),
    ]
    notes = (*comparison.notes, *found.notes)
    if notes:
        roots.append(
            TreeNode(
                "notes",
                (("Not comparable", "unknown"), (f"  {counted(len(notes), 'reason')}", "muted")),
                children=tuple(
                    TreeNode(f"note{SEP}{number}", ((note, "unknown"),), selectable=False)
                    for number, note in enumerate(notes)
                ),
                selectable=False,
            )
        )
    return tuple(root for root in roots if root is not None)


def _findings(comparison: Comparison) -> TreeNode | None:
    findings = comparison.findings
    lists: tuple[tuple[str, str, Span, Sequence[Finding], dict[str, str]], ...] = (
        ("new", "new", ("+ ", "warning"), findings.new, {}),
        ("reopened", "open again", ("+ ", "warning"), findings.reopened, {}),
        (
            "light",
            "came to light: there was no telling before",
            ("? ", "unknown"),
            findings.came_to_light,
            {},
        ),
        (
            "fixed",
            "fixed",
            ("− ", "good"),
            [one.finding for one in findings.fixed],
            {one.finding.fingerprint: "gone with its subject" for one in findings.fixed if one.how == "gone"},
        ),
        (
            "sight",
            "not comparable: no longer told, and not fixed",
            ("? ", "unknown"),
            [one.finding for one in findings.out_of_sight],
            {one.finding.fingerprint: one.reason for one in findings.out_of_sight},
        ),
    )
    children = [
        TreeNode(
            key,
            (sign, (title, "")),
            right=((f"{len(some):,}", ""),),
            children=_shown(some, partial(_finding_node, key, more)),
            selectable=False,
        )
        for key, title, sign, some, more in lists
        if some
    ]
    if not children:
        return None
    return TreeNode(
        "findings",
        (("Findings", "heading"), (f"  {comparison.trend.sentence}", "muted")),
        children=tuple(children),
        selectable=False,
    )


def _finding_node(kind: str, more: dict[str, str], finding: Finding) -> TreeNode:
    where = f"  {short_subject(finding.subject)}" + (f"  {finding.region}" if finding.region else "")
    tail = more.get(finding.fingerprint, "")
    return TreeNode(
        f"finding{SEP}{kind}{SEP}{finding.fingerprint}",
        (
            (f"{SEVERITY_MARK[finding.severity]} ", finding.severity),
            (finding.title, ""),
            (where, "muted"),
            (f"  {tail}" if tail else "", "unknown" if kind == "sight" else "muted"),
        ),
    )


def _group(key: str, title: str, rows: Sequence[RowT], node: Callable[[RowT], TreeNode]) -> TreeNode | None:
    if not rows:
        return None
    return TreeNode(
        key,
        ((title, "heading"), (f"  {len(rows):,}", "muted")),
        children=_shown(rows, node),
        selectable=False,
    )


def _shown(rows: Sequence[RowT], node: Callable[[RowT], TreeNode]) -> tuple[TreeNode, ...]:
    made = [node(one) for one in rows[:_MANY]]
    if len(rows) > _MANY:
        rest = f"and {len(rows) - _MANY:,} more; srtui diff has them all"
        made.append(TreeNode(f"{made[0].key}{SEP}more", ((rest, "muted"),), selectable=False))
    return tuple(made)


def _principal_node(change: PrincipalChange) -> TreeNode:
    gained, lost = change.gained.bit_count(), change.lost.bit_count()
    right: list[Span] = []
    if change.unread:
        right.append(("not comparable", "unknown"))
    elif change.how == "changed":
        right += [
            (f"+{gained:,}", "warning" if gained else "muted"),
            (f" −{lost:,}", "good" if lost else "muted"),
        ]
    admin = admin_words(change)
    return TreeNode(
        f"principal{SEP}{change.arn}",
        (SIGNS[change.how], (name_of(change.arn), ""), (f"  {change.how}", "muted")),
        badges=((admin, "critical" if change.admin_after else "good"),) if admin else (),
        right=tuple(right),
        load=partial(_principal_details, change),
    )


def admin_words(change: PrincipalChange) -> str:
    """Whether a principal became administrator or is it no longer, if its policies were read on both sides."""
    if not change.admin_changed or (change.unread and change.how == "changed"):
        return ""
    if change.admin_after is None:
        return "was admin" if change.how == "removed" else "no longer admin"
    words = "admin" if change.admin_after == "everything" else "admin (self)"
    return words if change.how == "added" else f"now {words}"


def _principal_details(change: PrincipalChange) -> list[TreeNode]:
    rows: list[tuple[Span, ...]] = [((words, ""),) for words in change.what]
    if change.unread:
        rows.append(
            (("not comparable: one side lacks ", "unknown"), (", ".join(change.unread[:_FEW]), "unknown"))
        )
    else:
        for word, style, bits in _permissions(change):
            for level, names in by_level(bits).items():
                more = f" … {len(names):,} in all" if len(names) > _FEW else ""
                rows.append(((f"{word}, {level}: ", style), (", ".join(names[:_FEW]) + more, "")))
    key = f"principal{SEP}{change.arn}"
    return [TreeNode(f"{key}{SEP}{number}", spans, selectable=False) for number, spans in enumerate(rows)]


def _permissions(change: PrincipalChange) -> tuple[tuple[str, str, int], ...]:
    return (
        ("may now", "warning", change.gained),
        ("may no longer", "good", change.lost),
        ("now on everything", "warning", change.widened),
        ("no longer on everything", "good", change.narrowed),
    )


def _policy_node(change: PolicyChange) -> TreeNode:
    kind = "" if change.kind == "managed" else f"{change.kind} "
    return TreeNode(
        f"policy{SEP}{change.arn or change.name}",
        (SIGNS[change.how], (kind, "muted"), (change.name, ""), (f"  {change.how}", "muted")),
        badges=(("AWS's", "muted"),) if change.aws_managed else (),
    )


def _path_node(change: PathChange) -> TreeNode:
    after = TIER_SPANS[change.after] if change.after else ("none any more", "good")
    before = TIER_SPANS[change.before] if change.before else ("none", "muted")
    right: tuple[Span, ...] = (before, (" → ", "muted"), after)
    if change.reason:
        right = ((change.reason, "unknown"),)
    return TreeNode(
        f"path{SEP}{change.arn}",
        (SIGNS[change.how], (name_of(change.arn), ""), (f"  {change.how}", "muted")),
        right=right,
    )


def entry_key(change: EntryChange) -> str:
    """The key of a way in."""
    entry = change.entry
    return SEP.join(("entry", change.how, entry.kind, entry.name, entry.technique, entry.tier, entry.role))


def _entry_node(change: EntryChange) -> TreeNode:
    entry = change.entry
    return TreeNode(
        entry_key(change),
        (SIGNS[change.how], (entry.name, ""), (" → ", "muted"), (name_of(entry.role), "")),
        badges=(("open", "critical"),) if entry.open else (),
        right=((change.reason, "unknown"),) if change.reason else (TIER_SPANS[entry.tier],),
    )


# --- beside it ----------------------------------------------------------------------------------------------


def change_blocks(found: Compared, key: str) -> list[Block]:
    """The text for the node under the cursor."""
    kind, _, rest = key.partition(SEP)
    first = rest.partition(SEP)[0]
    comparison = found.comparison
    if kind == "finding":
        fingerprint = rest.rpartition(SEP)[2]
        for one in _all_findings(comparison):
            if one.fingerprint == fingerprint:
                return _finding_blocks(one, found, rest.partition(SEP)[0])
    if kind == "principal":
        for change in comparison.principals:
            if change.arn == first:
                return _principal_blocks(change)
    if kind == "path":
        for path in comparison.paths:
            if path.arn == first:
                return _path_blocks(path, found)
    if kind == "entry":
        for entry in comparison.entries:
            if entry_key(entry) == key:
                return _entry_blocks(entry)
    return _overview(found)


def _all_findings(comparison: Comparison) -> Iterable[Finding]:
    findings = comparison.findings
    yield from (*findings.new, *findings.reopened, *findings.came_to_light)
    yield from (one.finding for one in findings.fixed)
    yield from (one.finding for one in findings.out_of_sight)


def _overview(found: Compared) -> list[Block]:
    comparison = found.comparison
    findings, trend = comparison.findings, comparison.trend
    gained = sum(one.how in ("gained", "more certain") for one in comparison.paths)
    lost = sum(one.how in ("lost", "less certain") for one in comparison.paths)
    blind = len(comparison.paths) - gained - lost
    blocks: list[Block] = [
        Fact("before", f"{when(comparison.old_at)}  {found.old_label}"),
        Fact("now", when(comparison.new_at)),
        Gap(),
        Para(f"Findings: {trend.sentence}."),
        Para(
            f"Principals: {sum(one.how == 'added' for one in comparison.principals)} came, "
            f"{sum(one.how == 'removed' for one in comparison.principals)} went, "
            f"{sum(one.how == 'changed' for one in comparison.principals)} changed."
        ),
        Para(
            f"Ways to administrator: {gained} gained, {lost} lost"
            + (f", {blind} not comparable." if blind else ".")
        ),
    ]
    if not comparison.changed:
        blocks.append(Para("Nothing changed, as far as both could be told.", "good"))
    if findings.out_of_sight:
        blocks.append(
            Para(
                f"{counted(len(findings.out_of_sight), 'finding')} cannot be compared: what they rest on was not "
                "answered this time, or their subject is administrator now. They are not counted as fixed.",
                "unknown",
            )
        )
    blocks += [Para(f"Not comparable: {note}.", "unknown") for note in (*comparison.notes, *found.notes)]
    return [*blocks, Gap(), Para("c compares with another session.", "muted")]


def _finding_blocks(finding: Finding, found: Compared, kind: str) -> list[Block]:
    control = found.new.controls.get(finding.control) or found.old.controls.get(finding.control)
    blocks: list[Block] = [
        Line(
            ((SEVERITY_MARK[finding.severity], finding.severity), (f"  {finding.severity}", finding.severity))
        ),
        Para(finding.title, "strong"),
        Para(finding.subject, "accent"),
        Gap(),
    ]
    for lost in found.comparison.findings.out_of_sight:
        if kind == "sight" and lost.finding is finding:
            blocks += [Para(f"Not comparable: {lost.reason}", "unknown"), Gap()]
    blocks += [Fact(fact.label, fact.value) for fact in finding.facts]
    return [*blocks, Gap(), Para(control.why if control else finding.why)]


def _principal_blocks(change: PrincipalChange) -> list[Block]:
    sign, style = SIGNS[change.how]
    blocks: list[Block] = [
        Line(((sign, style), (change.how, ""))),
        Item(f"open{SEP}{change.arn}", (Para(change.arn, "accent"),)),
    ]
    admin = admin_words(change)
    if admin:
        blocks.append(Para(f"{admin[:1].upper()}{admin[1:]}.", "critical" if change.admin_after else "good"))
    blocks += [Para(f"{words[:1].upper()}{words[1:]}.") for words in change.what]
    if change.unread:
        lacks = ", ".join(change.unread)
        return [
            *blocks,
            Gap(),
            Para(f"Permissions are not comparable: one side lacks {lacks}.", "unknown"),
        ]
    for word, style, bits in _permissions(change):
        for level, names in by_level(bits).items():
            blocks += [Gap(), Line(((f"{word}, {level}", style), (f"  {len(names):,}", "muted")))]
            blocks.append(Para(", ".join(names[:200]) + (" …" if len(names) > 200 else "")))
    return blocks


def _path_blocks(change: PathChange, found: Compared) -> list[Block]:
    sign, style = SIGNS[change.how]
    words = {tier: span[0] for tier, span in TIER_SPANS.items()}
    blocks: list[Block] = [
        Line(((sign, style), (change.how, ""))),
        Item(f"open{SEP}{change.arn}", (Para(change.arn, "accent"),)),
        Fact("before", words[change.before] if change.before else "no way"),
        Fact("now", words[change.after] if change.after else "no way"),
        *((Para(f"Not comparable: {change.reason}", "unknown"),) if change.reason else ()),
        Gap(),
    ]
    route = route_of(change, found.old, found.new)
    if route is None:
        return blocks
    side = found.old if change.after is None else found.new
    return [
        *blocks,
        Heading("As it was" if change.after is None else "The way"),
        *drawing(route, side.escalation),
    ]


def _entry_blocks(change: EntryChange) -> list[Block]:
    entry = change.entry
    sign, style = SIGNS[change.how]
    return [
        Line(((sign, style), (change.how, ""))),
        Para(entry.name, "accent"),
        Item(f"open{SEP}{entry.role}", (Line((("becomes  ", "muted"), (entry.role, "accent"))),)),
        *((Para(f"Not comparable: {change.reason}", "unknown"),) if change.reason else ()),
        Fact("named by", entry.label),
        *(Fact("if", text, "warning") for text in entry.conditions),
    ]
