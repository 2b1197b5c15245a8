"""The attack paths of an account: ways in, what to fix first, who becomes administrator, and what a guardrail holds."""

from __future__ import annotations

from typing import Final

from srtui.escalation.cuts import Cut
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Escalation, Start
from srtui.escalation.held import Held
from srtui.escalation.spoken import self_granting_text, unknown_text
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import TIER_SPANS, drawing, held_node, name_of, people, route_blocks
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

ATTACK_SECTIONS: Final = ("entries", "fix", "starts", "held")


def attack_roots(escalation: Escalation) -> tuple[TreeNode, ...]:
    """Ways in from outside, what to fix first, and who becomes administrator, by how certain that is."""
    starts = [one for one in escalation.starts.values() if one.tier is not None and not one.already]
    entries = escalation.entries
    cuts = escalation.fix_first()
    held = tuple(escalation.held.values())
    guarded = TreeNode(
        "held",
        (("Held", "heading"), (f"  {people(len(held))}, each by one guardrail alone", "muted")),
        children=tuple(held_node("holding", one, escalation) for one in held),
        selectable=False,
    )
    return (
        TreeNode(
            "entries",
            (("From outside", "heading"), (f"  {counted(len(entries), 'way')} into roles", "muted")),
            children=tuple(_entry_node(escalation, entry) for entry in entries),
            selectable=False,
        ),
        TreeNode(
            "fix",
            (("Fix first", "heading"), ("  what cuts most ways to administrator", "muted")),
            children=tuple(_cut_node(cut) for cut in cuts),
            selectable=False,
        ),
        TreeNode(
            "starts",
            (("Becomes administrator", "heading"), (f"  {people(len(starts))}", "muted")),
            children=tuple(
                TreeNode(f"start{SEP}{one.arn}", ((name_of(one.arn), ""),), right=_start_right(one))
                for one in sorted(
                    starts, key=lambda one: (list(TIER_SPANS).index(one.tier or "unknown"), one.hops, one.arn)
                )
            ),
            selectable=False,
        ),
        *((guarded,) if held else ()),
    )


def _start_right(start: Start) -> tuple[Span, ...]:
    word, style = TIER_SPANS[start.tier or "unknown"]
    return ((word, style), (f"  {counted(start.hops, 'hop'):<7}", "muted"))


def _entry_node(escalation: Escalation, entry: Entry) -> TreeNode:
    start = escalation.starts[entry.role]
    ends: Span = ("", "")
    if start.already or start.tier is not None:
        ends = ("→ admin", "critical" if start.tier == "confirmed" or start.already else "high")
    who = "anyone" if entry.kind == "anyone" else entry.name.rpartition("/")[2] or entry.name
    if entry.kind == "account":
        who = f"account {entry.name.split(':')[4] if ':' in entry.name else entry.name}"
    return TreeNode(
        f"entry{SEP}{entry.kind}{SEP}{entry.name}{SEP}{entry.role}{SEP}{entry.label}",
        ((who, "high" if entry.open else ""), (" → ", "muted"), (name_of(entry.role), "")),
        badges=(("open", "critical"),) if entry.open else (),
        right=(ends,) if ends[0] else (),
    )


def _cut_node(cut: Cut) -> TreeNode:
    return TreeNode(
        f"cut{SEP}{cut.kind}{SEP}{cut.policy}{SEP}{cut.name}{SEP}{cut.statement}",
        ((cut.label, ""),),
        right=((_cut_effect(cut), "good" if cut.stops else "muted"),),
    )


def _cut_effect(cut: Cut) -> str:
    return f"stops {cut.stops} of {cut.of}" if cut.stops else f"one way fewer for {cut.weakens}"


def attack_blocks(key: str, escalation: Escalation) -> list[Block]:
    """What stands beside the tree for the node under the cursor."""
    kind, _, rest = key.partition(SEP)
    if kind == "start":
        routes = escalation.paths(rest, most=1)
        return route_blocks(routes[0], escalation) if routes else [Para(rest)]
    if kind == "entry":
        for entry in escalation.entries:
            if rest == SEP.join((entry.kind, entry.name, entry.role, entry.label)):
                return _entry_blocks(escalation, entry)
    if kind in ("holding", "holding-way"):
        held = escalation.held.get(rest.partition(SEP)[0])
        return _held_blocks(held, escalation) if held is not None else _overview(escalation)
    if kind == "cut":
        for cut in escalation.fix_first():
            if rest == SEP.join((cut.kind, cut.policy, cut.name, str(cut.statement))):
                return _cut_blocks(cut)
    return _overview(escalation)


def _overview(escalation: Escalation) -> list[Block]:
    starts = escalation.starts.values()
    already = sum(one.already for one in starts)
    becoming = [one for one in starts if one.tier is not None and not one.already]
    open_ways = sum(entry.open for entry in escalation.entries)
    cuts = escalation.fix_first()
    blocks: list[Block] = [
        Line((("● ", "accent"), (counted(len(escalation.entries), "way") + " in from outside", "strong"))),
        Line((("│   ", "rule"), (f"{open_ways} open to strangers", "critical" if open_ways else "muted"))),
        Line((("▼", "rule"),)),
        Line((("◆ ", "accent"), (f"{counted(len(becoming), 'principal')} on the way", "strong"))),
    ]
    for tier, (word, style) in TIER_SPANS.items():
        count = sum(one.tier == tier for one in becoming)
        if count:
            blocks.append(Line((("│   ", "rule"), (f"{count} {word}", style))))
    if cuts:
        blocks += [
            Line((("├─ ", "rule"), ("narrowest place: ", "muted"), (cuts[0].label, ""))),
            Line((("│   ", "rule"), (f"without it {cuts[0].stops} of {cuts[0].of} lose every way", "good"))),
        ]
    unknown = unknown_text(escalation)
    perhaps = f", {len(escalation.unknown_starts):,} more perhaps" if unknown else ""
    blocks += [
        Line((("▼", "rule"),)),
        Line(
            (
                ("★ ", "critical"),
                (f"{counted(already, 'administrator')}", "strong"),
                (self_granting_text(escalation), ""),
                (perhaps, "unknown"),
            )
        ),
    ]
    if unknown:
        blocks.append(Para(f"Unknown {unknown}", "unknown"))
    blocks += [Gap(), *(Para(f"Upper bound: {gap}", "unknown") for gap in escalation.gaps)]
    return blocks


def _entry_blocks(escalation: Escalation, entry: Entry) -> list[Block]:
    start = escalation.starts[entry.role]
    blocks: list[Block] = [
        Line((TIER_SPANS[entry.tier], (f"  {entry.kind}", "muted"))),
        Para(entry.name, "accent"),
        Gap(),
        Item(f"principal{SEP}{entry.role}", (Line((("may become  ", "muted"), (entry.role, "accent"))),)),
        Fact("named by", entry.label),
        *(Fact("if", text, "warning") for text in entry.conditions),
    ]
    if entry.technique:
        blocks.append(Fact("technique", entry.technique))
    blocks.append(Gap())
    if start.already:
        return [*blocks, Para("The role is administrator.", "critical")]
    routes = escalation.paths(entry.role, most=1)
    return (
        [*blocks, Heading("And from there"), *drawing(routes[0], escalation)]
        if routes
        else [*blocks, Para("No way from there to administrator is known.", "good")]
    )


def _held_blocks(held: Held, escalation: Escalation) -> list[Block]:
    blocks: list[Block] = [
        Line(((name_of(held.start), "strong"), ("  held by ", "good"), (held.guardrail, "strong"))),
        Item(f"principal{SEP}{held.start}", (Para(held.start, "accent"),)),
        Gap(),
        Para(
            "This guardrail alone stands between it and administrator: whoever loosens it opens the way.", ""
        ),
        Gap(),
    ]
    if not held.route.steps:
        return [*blocks, Para("Without it, it is administrator as it is.", "critical")]
    return [*blocks, Heading("Without it"), *drawing(held.route, escalation)]


def _cut_sentence(cut: Cut, what: str) -> str:
    if cut.stops:
        return f"Without this {what} {cut.stops} of {cut.of} principals lose every way to administrator."
    return (
        f"Without this {what} nobody loses every way to administrator: "
        f"{counted(cut.weakens, 'principal has', 'principals have')} one way fewer, and others left."
    )


def _cut_blocks(cut: Cut) -> list[Block]:
    what = "trust policy" if cut.kind == "trust" else "statement"
    blocks: list[Block] = [
        Line((("✂ ", "good"), (cut.label, "strong"))),
        Item(f"policy{SEP}{cut.policy}", (Para(cut.policy, "accent"),)),
        Gap(),
        Para(_cut_sentence(cut, what), "good" if cut.stops else ""),
    ]
    if cut.carriers:
        blocks.append(Fact("carried by", counted(cut.carriers, "principal")))
    blocks.append(Fact("techniques", ", ".join(cut.techniques)))
    blocks += [Gap(), Heading("Stops, among others" if cut.stops else "Has one way fewer, among others")]
    blocks += [Item(f"principal{SEP}{arn}", (Line(((name_of(arn), ""),)),)) for arn in cut.starts]
    return [*blocks, Gap(), Heading("Instead"), Para(cut.fix)]
