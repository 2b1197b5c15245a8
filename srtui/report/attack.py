"""Ways to administrator as plain data: the shortest of each principal, ways in from outside, and what to fix first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.escalation.cuts import Cut
    from srtui.escalation.entries import Entry
    from srtui.escalation.escalation import Escalation
    from srtui.escalation.explain import Route, Step

#: A report shows so many ways and no more; `becoming` counts all of them.
MOST_PATHS: Final = 200
MOST_ENTRIES: Final = 200
MOST_CUTS: Final = 10


def attack_paths(analysis: Analysis) -> dict[str, Any]:
    """The section `attack_paths` of a report."""
    escalation = analysis.escalation
    tiers = Counter(
        str(start.tier) for start in escalation.starts.values() if start.tier and not start.already
    )
    return {
        "principals": len(escalation.starts),
        "already": sum(start.already for start in escalation.starts.values()),
        "becoming": {tier: tiers[tier] for tier in TIERS},
        "paths": [_route(route) for route in escalation.paths_in(most=MOST_PATHS)],
        "entries": [_entry(escalation, entry) for entry in escalation.entries[:MOST_ENTRIES]],
        "fix_first": [_cut(cut) for cut in escalation.fix_first(MOST_CUTS)],
        "gaps": list(escalation.gaps),
    }


#: How certain a way is, the most certain first.
TIERS: Final = ("confirmed", "conditional", "needs-target", "unknown")


def _route(route: Route) -> dict[str, Any]:
    return {
        "start": route.start,
        "end": route.end,
        "tier": route.tier,
        "hops": [_hop(step) for step in route.steps],
    }


def _hop(step: Step) -> dict[str, Any]:
    return {
        "from": step.source,
        "to": step.target,
        "technique": step.technique,
        "name": step.name,
        "tier": step.tier,
        "makes_admin": step.makes_admin,
        "via": step.via,
        "permissions": list(step.permissions),
        "statements": list(step.statements),
        "conditions": list(step.conditions),
        "needs": list(step.needs),
        "commands": list(step.commands),
        "fix": step.fix,
    }


def _entry(escalation: Escalation, entry: Entry) -> dict[str, Any]:
    start = escalation.starts[entry.role]
    return {
        "kind": entry.kind,
        "name": entry.name,
        "to": entry.role,
        "technique": entry.technique,
        "tier": entry.tier,
        "open": entry.open,
        "conditions": list(entry.conditions),
        "statement": entry.label,
        "admin": "confirmed" if start.already else start.tier,
    }


def _cut(cut: Cut) -> dict[str, Any]:
    return {
        "kind": cut.kind,
        "label": cut.label,
        "policy": cut.policy,
        "stops": cut.stops,
        "of": cut.of,
        "techniques": list(cut.techniques),
        "fix": cut.fix,
    }
