"""Attack paths: one line a path, its hops under it, a drawing of it, and the account's ways to administrator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from srtui.access import Reason
from srtui.escalation.cuts import Cut
from srtui.escalation.data import Blast
from srtui.escalation.edges import TIER_WORDS
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Escalation, Start
from srtui.escalation.explain import NEW_ADMIN, Route, Step
from srtui.escalation.spoken import also_by
from srtui.tui.views.keys import SEP
from srtui.tui.views.stops import reason_key, stop_blocks, stop_root
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

#: A shape and a word for each tier; never only a colour.
TIER_SPANS: Final[dict[str, Span]] = {
    "confirmed": (f"● {TIER_WORDS['confirmed']}", "critical"),
    "conditional": (f"◐ {TIER_WORDS['conditional']}", "high"),
    "needs-target": (f"○ {TIER_WORDS['needs-target']}", "medium"),
    "unknown": (f"? {TIER_WORDS['unknown']}", "unknown"),
}
_MANY: Final = 300


def name_of(arn: str) -> str:
    """A principal as a person calls it: `user/alice`, `role/deploy`, `administrator`."""
    if arn == NEW_ADMIN:
        return "administrator"
    kind, _, name = arn.split(":", 5)[-1].partition("/")
    return f"{kind}/{name.rpartition('/')[2]}" if name else arn


# --- a path -------------------------------------------------------------------------------------------------


def route_spans(route: Route, *, start: bool) -> tuple[Span, ...]:
    """`● confirmed  2 hops  user/ann → role/ci → administrator`."""
    tier = TIER_SPANS[route.tier]
    spans: list[Span] = [(f"{tier[0]:<15}", tier[1]), (f"{counted(route.hops, 'hop')}  ", "muted")]
    names = [name_of(route.start)] if start else []
    names += [name_of(step.target) for step in route.steps]
    for number, name in enumerate(names):
        if number or not start:
            spans.append((" → " if number else "→ ", "muted"))
        spans.append((name, "strong" if number == len(names) - 1 else ""))
    if route.steps and route.steps[-1].makes_admin and route.steps[-1].target != NEW_ADMIN:
        spans.append((" as administrator", "critical"))
    return tuple(spans)


def route_key(prefix: str, route: Route) -> str:
    """The key of a path's node; the nodes of its hops begin with it."""
    return SEP.join((prefix, route.start, *(step.target for step in route.steps)))


def route_node(prefix: str, route: Route, escalation: Escalation, *, start: bool) -> TreeNode:
    """A path with its hops under it."""
    key = route_key(prefix, route)
    return TreeNode(
        key,
        route_spans(route, start=start),
        children=tuple(
            _step_node(f"{key}{SEP}#{number}", step, escalation) for number, step in enumerate(route.steps)
        ),
    )


def _step_node(key: str, step: Step, escalation: Escalation) -> TreeNode:
    spans: list[Span] = [
        (step.name, ""),
        (f"  {step.technique}", "muted"),
        ("" if step.public else "  own analysis", "muted"),
    ]
    return TreeNode(
        key,
        tuple(spans),
        badges=(TIER_SPANS[step.tier],) if step.tier != "confirmed" else (),
        load=partial(_step_details, key, step, escalation),
    )


def _step_details(key: str, step: Step, escalation: Escalation) -> list[TreeNode]:
    rows: list[tuple[str | None, tuple[Span, ...]]] = []
    if step.via and step.via not in (step.target, step.source):
        rows.append((None, (("by way of ", "muted"), (step.via, "string"))))
    rows += [(None, (("needs ", "muted"), (text, ""))) for text in step.permissions]
    for reason in _each_once(step.reasons):
        rows.append((reason_key(step, reason, "given"), (("given by ", "muted"), (reason.label, "string"))))
    rows += [(None, (("if ", "muted"), (text, "warning"))) for text in step.conditions]
    rows += [(None, (("missing ", "muted"), (text, "unknown"))) for text in step.needs]
    rows.append((None, (("breaks it ", "muted"), (step.fix, "good"))))
    if step.others:
        rows.append((None, (("also by ", "muted"), (also_by(step, escalation.catalogue), "muted"))))
    return [
        TreeNode(f"{key}{SEP}{statement or number}", spans, selectable=statement is not None)
        for number, (statement, spans) in enumerate(rows)
    ]


def is_administrator(escalation: Escalation, arn: str) -> bool:
    """Whether a principal is administrator as it is."""
    start = escalation.starts.get(arn)
    return start is not None and start.already


def drawing(route: Route, escalation: Escalation) -> Iterator[Block]:
    """The path drawn from top to bottom, which fits any screen."""
    yield Line((("● ", "accent"), (name_of(route.start), "strong")))
    for number, step in enumerate(route.steps):
        tier = TIER_SPANS[step.tier]
        yield Line((("│", "rule"),))
        yield Line((("├─ ", "rule"), (step.name, ""), ("  ", ""), tier))
        for text in step.permissions[:3]:
            yield Line((("│    ", "rule"), (text, "muted")))
        if len(step.permissions) > 3:
            yield Line((("│    ", "rule"), (f"and {len(step.permissions) - 3} more permissions", "muted")))
        yield Line((("▼", "rule"),))
        last = number == len(route.steps) - 1
        is_admin = is_administrator(escalation, step.target)
        star = is_admin or step.makes_admin or step.target == NEW_ADMIN
        mark: Span = ("★ ", "critical") if star else ("◆ ", "accent")
        note = (
            "  is administrator"
            if is_admin
            else "  as administrator"
            if star and step.target != NEW_ADMIN
            else ""
        )
        yield Line((mark, (name_of(step.target), "strong" if last else ""), (note, "critical")))


def route_blocks(route: Route, escalation: Escalation) -> list[Block]:
    """A path in full: drawn, then hop by hop with statements, commands and what breaks it."""
    blocks: list[Block] = [
        Line(route_spans(route, start=True)),
        Gap(),
        *stop_blocks(route, escalation),
        *drawing(route, escalation),
    ]
    for number, step in enumerate(route.steps, 1):
        blocks += [Gap(), Heading(f"Hop {number}: {step.name}"), *_step_blocks(step, number, escalation)]
    blocks += [Gap(), Para("Commands are text: srtui runs none of them.", "muted")]
    return blocks


def _step_blocks(step: Step, number: int, escalation: Escalation) -> Iterator[Block]:
    tier = TIER_SPANS[step.tier]
    yield Line(
        (tier, (f"  {step.technique}", "muted"), ("" if step.public else "  from our own analysis", "muted"))
    )
    yield Item(f"principal{SEP}{step.source}", (Line((("from  ", "muted"), (step.source, "accent"))),))
    if step.target != NEW_ADMIN:
        yield Item(f"principal{SEP}{step.target}", (Line((("to    ", "muted"), (step.target, "accent"))),))
    if step.via and step.via not in (step.target, step.source):
        yield Fact("by way of", step.via)
    for text in step.permissions:
        yield Fact("needs", text)
    for reason in _each_once(step.reasons):
        conditions = f" if {' and '.join(reason.conditions)}" if reason.conditions else ""
        given = Fact("given by ", reason.label + conditions, "string")
        key = reason_key(step, reason, str(number))
        yield given if key is None else Item(key, (given,))
    for text in step.conditions:
        yield Fact("if", text, "warning")
    for text in step.needs:
        yield Fact("missing", text, "unknown")
    for command in step.commands:
        yield Code(command, "text")
    yield Fact("breaks it", step.fix, "good")
    if step.others:
        yield Fact("also by", also_by(step, escalation.catalogue), "muted")


def _each_once(reasons: Iterable[Reason]) -> list[Reason]:
    return list({reason.label: reason for reason in reasons}.values())


# --- the paths of a principal -------------------------------------------------------------------------------


def principal_roots(arn: str, escalation: Escalation) -> tuple[TreeNode, ...]:
    """Ways out to administrator, ways in, and what is within reach."""
    start = escalation.starts.get(arn)
    if start is None:
        return (TreeNode("none", (("Only users and roles have paths.", "muted"),), selectable=False),)
    out = escalation.paths(arn)
    stops = stop_root(escalation, start)
    roots = [stops] if stops is not None else []
    roots += [
        TreeNode(
            "out",
            (("Paths out", "heading"), *_verdict(start)),
            children=tuple(route_node("out", route, escalation, start=False) for route in out),
            selectable=False,
        )
    ]
    into = escalation.paths_in(arn, most=_MANY)
    roots.append(
        TreeNode(
            "in",
            (("Paths in", "heading"), (f"  {_people(len(into))} can become it", "muted")),
            children=tuple(route_node("in", route, escalation, start=True) for route in into),
            selectable=False,
        )
    )
    roots.append(_blast(escalation.reach(arn)))
    if escalation.gaps:
        roots.append(
            TreeNode(
                "gaps",
                (("Upper bound: ", "unknown"), ("; ".join(escalation.gaps), "unknown")),
                selectable=False,
            )
        )
    return tuple(roots)


def _people(count: int) -> str:
    return "nobody" if not count else counted(count, "principal")


def _verdict(start: Start) -> tuple[Span, ...]:
    if start.already:
        return (("  is administrator already", "critical"),)
    if start.tier is None:
        return (("  no way to administrator is known", "good"),)
    word, style = TIER_SPANS[start.tier]
    return (("  becomes administrator: ", "muted"), (f"{word}, {counted(start.hops, 'hop')}", style))


def _blast(blast: Blast) -> TreeNode:
    nodes = [
        _leaf(
            f"reach{SEP}principals",
            "principals",
            [(one.arn, f"{one.arn.split(':', 5)[-1]}", counted(one.hops, "hop")) for one in blast.principals],
        ),
        _leaf(
            f"reach{SEP}data",
            "data",
            [(one.arn, one.arn, f"{', '.join(one.how)} as {name_of(one.by)}") for one in blast.data],
        ),
        TreeNode(
            f"reach{SEP}services",
            (("services it may change ", "muted"), (str(len(blast.services)), "")),
            children=tuple(
                TreeNode(f"reach{SEP}service{SEP}{name}", ((name, ""),), selectable=False)
                for name in blast.services
            ),
            selectable=False,
        ),
    ]
    return TreeNode(
        "reach",
        (("Within reach", "heading"), ("  administrator" if blast.admin else "", "critical")),
        children=tuple(nodes),
        selectable=False,
    )


def _leaf(key: str, title: str, rows: Sequence[tuple[str, str, str]]) -> TreeNode:
    return TreeNode(
        key,
        ((f"{title} ", "muted"), (str(len(rows)), "")),
        children=tuple(
            TreeNode(f"{key}{SEP}{arn}", ((text, ""),), badges=((note, "muted"),))
            for arn, text, note in rows[:_MANY]
        ),
        selectable=False,
    )


# --- the paths of the account -------------------------------------------------------------------------------

ATTACK_SECTIONS: Final = ("entries", "fix", "starts")


def attack_roots(escalation: Escalation) -> tuple[TreeNode, ...]:
    """Ways in from outside, what to fix first, and who becomes administrator, by how certain that is."""
    starts = [one for one in escalation.starts.values() if one.tier is not None and not one.already]
    entries = escalation.entries
    cuts = escalation.fix_first()
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
            (("Becomes administrator", "heading"), (f"  {_people(len(starts))}", "muted")),
            children=tuple(
                TreeNode(f"start{SEP}{one.arn}", ((name_of(one.arn), ""),), right=_start_right(one))
                for one in sorted(
                    starts, key=lambda one: (list(TIER_SPANS).index(one.tier or "unknown"), one.hops, one.arn)
                )
            ),
            selectable=False,
        ),
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
    blocks += [
        Line((("▼", "rule"),)),
        Line((("★ ", "critical"), (f"{counted(already, 'administrator')}", "strong"))),
    ]
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
