"""Attack paths: one line a path, its hops under it, a drawing of it, and the paths of a principal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from srtui.access import Reason
from srtui.escalation.data import Blast
from srtui.escalation.edges import TIER_WORDS
from srtui.escalation.escalation import Escalation, Start
from srtui.escalation.explain import NEW_ADMIN, Route, Step
from srtui.escalation.held import Held
from srtui.escalation.spoken import NO_STORE, also_by, few_of
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
    spans: list[Span] = [(f"{tier[0]:<15}", tier[1]), (f"{counted(route.hops, 'hop'):<6}  ", "muted")]
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
    held = escalation.held.get(arn) if start.tier is None else None
    if held is not None:
        roots.append(held_node("held", held, escalation))
    into = escalation.paths_in(arn, most=_MANY)
    roots.append(
        TreeNode(
            "in",
            (("Paths in", "heading"), (f"  {people(len(into))} can become it", "muted")),
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


def held_node(prefix: str, held: Held, escalation: Escalation) -> TreeNode:
    """A way that one guardrail alone holds, under the guardrail that holds it."""
    label: tuple[Span, ...] = (
        (f"{name_of(held.start)}  ", ""),
        ("held by ", "good"),
        (held.guardrail, "strong"),
    )
    ways = (route_node(f"{prefix}-way", held.route, escalation, start=False),) if held.route.steps else ()
    if not ways:
        label = (*label, ("  without it administrator as it is", "muted"))
    return TreeNode(f"{prefix}{SEP}{held.start}", label, children=ways, selectable=prefix != "held")


def people(count: int) -> str:
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
    if not blast.stores:
        nodes.append(TreeNode(f"reach{SEP}stores", ((NO_STORE, "muted"),), selectable=False))
    if blast.unread and not blast.admin:
        told = f"perhaps more: not read: {few_of(blast.unread)}"
        nodes.append(TreeNode(f"reach{SEP}unread", ((told, "unknown"),), selectable=False))
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
