"""The commands paths, reach and fix-first."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from srtui import exits
from srtui.cli.commands import one_line, say, write
from srtui.cli.names import resolve
from srtui.engine import AccountBuilder
from srtui.escalation.cuts import Cut
from srtui.escalation.data import Blast
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Escalation, Start, escalate
from srtui.escalation.explain import Route, Step
from srtui.evidence import canonical_json
from srtui.source import open_source

#: Paths of each principal where all of them are listed, and where one was asked about.
_FEW: Final = 3
_MORE: Final = 10
_TIERS: Final = {
    "confirmed": "surely",
    "conditional": "on conditions",
    "needs-target": "if there were a target",
    "unknown": "perhaps, not everything was read",
}


def paths(options: argparse.Namespace) -> int:
    """`srtui paths SESSION…`: who becomes administrator, or somebody else, and how."""
    for ref in options.session or ["latest"]:
        escalation = _escalation(ref)
        start = resolve(escalation.account, options.start) if options.start else None
        to = _target(escalation, options.to)
        if options.json:
            write(canonical_json(_paths_json(ref, escalation, start, to, options.tier)))
        else:
            _print(_paths_lines(escalation, start, to, options.tier))
    return exits.OK


def reach(options: argparse.Namespace) -> int:
    """`srtui reach SESSION PRINCIPAL`: principals, services and data within reach."""
    escalation = _escalation(options.session)
    blast = escalation.reach(resolve(escalation.account, options.principal), tier=options.tier)
    if options.json:
        write(
            canonical_json(
                {"srtui": "reach", "version": 1, "account": escalation.account.id, **_blast(blast)}
            )
        )
    else:
        _print(_blast_lines(blast))
    return exits.OK


def fix_first(options: argparse.Namespace) -> int:
    """`srtui fix-first SESSION`: the statements and trusts whose removal stops most."""
    escalation = _escalation(options.session)
    cuts = escalation.fix_first()
    if options.json:
        body = {"srtui": "fix-first", "version": 1, "account": escalation.account.id}
        write(canonical_json({**body, "cuts": [_cut(cut) for cut in cuts]}))
    else:
        _print(_cut_lines(cuts))
    return exits.OK


def _escalation(ref: str) -> Escalation:
    source = open_source(ref)
    builder = AccountBuilder()
    for item in source.evidence:
        builder.apply(item)
    for note in (*source.notes, *builder.problems):
        say(note)
    return escalate(builder.account)


def _target(escalation: Escalation, text: str) -> str:
    if text == "admin":
        return text
    if text in escalation.numbers or not text.startswith("arn:") or ":iam:" in text:
        return resolve(escalation.account, text)
    try:
        escalation.goal(text)
    except KeyError as problem:
        raise exits.UsageProblem(
            f"{text} is neither a user or role of the account nor a store of data that srtui knows"
        ) from problem
    return text


def _print(lines: Iterator[str]) -> None:
    write("\n".join(one_line(line) for line in lines))


# --- JSON -------------------------------------------------------------------------------------------------


def _paths_json(ref: str, escalation: Escalation, start: str | None, to: str, tier: Any) -> dict[str, Any]:
    starts = [start] if start else list(escalation.starts)
    most = _MORE if start else _FEW
    return {
        "session": ref,
        "account": escalation.account.id,
        "catalogue": escalation.catalogue.version,
        "to": to,
        "gaps": list(escalation.gaps),
        "starts": {
            arn: _start(escalation.starts[arn], escalation.paths(arn, to, tier=tier, most=most))
            for arn in starts
        },
        "held": {
            arn: {"guardrail": one.guardrail, "path": _route(one.route)}
            for arn, one in escalation.held.items()
            if start in (None, arn)
        },
        "entries": [_entry(entry, escalation.starts[entry.role]) for entry in escalation.entries],
    }


def _start(start: Start, routes: tuple[Route, ...]) -> dict[str, Any]:
    return {
        "admin": start.admin,
        "tier": start.tier,
        "already": start.already,
        "paths": [_route(route) for route in routes if route.steps],
    }


def _route(route: Route) -> dict[str, Any]:
    return {"end": route.end, "tier": route.tier, "hops": [_step(step) for step in route.steps]}


def _step(step: Step) -> dict[str, Any]:
    return {
        "from": step.source,
        "to": step.target,
        "technique": step.technique,
        "tier": step.tier,
        "makes_admin": step.makes_admin,
        "via": step.via,
        "permissions": list(step.permissions),
        "statements": list(step.statements),
        "conditions": list(step.conditions),
        "needs": list(step.needs),
        "commands": list(step.commands),
        "fix": step.fix,
        "public": step.public,
        "others": list(step.others),
    }


def _entry(entry: Entry, start: Start) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "to": entry.role,
        "technique": entry.technique,
        "tier": entry.tier,
        "conditions": list(entry.conditions),
        "statement": entry.label,
        "admin": start.admin,
    }


def _blast(blast: Blast) -> dict[str, Any]:
    return {
        "start": blast.start,
        "admin": blast.admin,
        "principals": [{"arn": one.arn, "hops": one.hops} for one in blast.principals],
        "services": list(blast.services),
        "data": [
            {"arn": one.arn, "kind": one.kind, "how": list(one.how), "by": one.by} for one in blast.data
        ],
    }


def _cut(cut: Cut) -> dict[str, Any]:
    return {
        "kind": cut.kind,
        "label": cut.label,
        "policy": cut.policy,
        "name": cut.name,
        "statement": cut.statement,
        "carriers": cut.carriers,
        "stops": cut.stops,
        "weakens": cut.weakens,
        "of": cut.of,
        "starts": list(cut.starts),
        "techniques": list(cut.techniques),
        "fix": cut.fix,
    }


# --- text -------------------------------------------------------------------------------------------------


def _short(arn: str) -> str:
    """`user/staff/ana`: what is left of an ARN where the account is clear."""
    return arn.split(":", 5)[-1] if ":iam:" in arn else arn


def _paths_lines(escalation: Escalation, start: str | None, to: str, tier: Any) -> Iterator[str]:
    goal = "administrator" if to == "admin" else _short(to)
    if start:
        yield from _one_start(escalation, start, to, tier, goal)
        return
    if to == "admin":
        yield _summary(escalation)
        found = [one for one in escalation.starts.values() if one.tier and not one.already]
        order = sorted(found, key=lambda one: (list(_TIERS).index(str(one.tier)), one.hops, one.arn))
        reached = [(one.arn, str(one.tier)) for one in order]
    else:
        reached = [(arn, str(how)) for arn, how in escalation.who_reaches(to).items()]
        yield f"account {escalation.account.id}: {len(reached):,} get to {goal}"
    for arn, _ in reached:
        for route in escalation.paths(arn, to, tier=tier, most=1):
            yield ""
            yield f"{_short(arn)} → {goal}, {_TIERS[route.tier]}"
            yield from _steps(route)
    for gap in escalation.gaps:
        yield f"note: {gap}"


def _summary(escalation: Escalation) -> str:
    counts = Counter("already" if one.already else str(one.tier) for one in escalation.starts.values())
    parts = [f"{counts[tier]:,} {words}" for tier, words in _TIERS.items() if counts[tier]]
    become = ", ".join(parts) if parts else "nobody"
    return (
        f"account {escalation.account.id}: of {len(escalation.starts):,} users and roles "
        f"{counts['already']:,} are administrator; becoming it: {become}"
    )


def _one_start(escalation: Escalation, start: str, to: str, tier: Any, goal: str) -> Iterator[str]:
    one = escalation.starts[start]
    if to == "admin" and one.already:
        yield f"{_short(start)} is administrator as it is"
        return
    routes = escalation.paths(start, to, tier=tier, most=_MORE)
    if not routes:
        yield f"{_short(start)} does not get to {goal}"
        one_held = escalation.held.get(start) if to == "admin" else None
        if one_held is not None:
            yield f"   held by {one_held.guardrail} alone; without it:"
            yield from _steps(one_held.route)
        return
    for number, route in enumerate(routes, 1):
        yield f"{number}. {_short(start)} → {goal} in {route.hops} hop{'s' * (route.hops > 1)}, {_TIERS[route.tier]}"
        yield from _steps(route, full=True)


def _steps(route: Route, full: bool = False) -> Iterator[str]:
    for step in route.steps:
        if step.target == "admin":
            end = (
                "whatever administrator it may use" if step.tier == "needs-target" else "a new administrator"
            )
        else:
            end = _short(step.target) + (", administrator by then" if step.makes_admin else "")
        yield f"   {_short(step.source)} → {end}: {step.name} ({step.technique})"
        yield f"      allowed by {'; '.join(step.statements) or 'nothing that was read'}"
        if step.conditions:
            yield f"      if {' and '.join(step.conditions)}"
        if step.needs:
            yield f"      not read: {'; '.join(step.needs)}"
        if full:
            yield from (f"      uses {permission}" for permission in step.permissions)
            yield from (f"      $ {command}" for command in step.commands)
            yield f"      cure: {step.fix}"
            if step.others:
                yield f"      also: {', '.join(step.others)}"


def _blast_lines(blast: Blast) -> Iterator[str]:
    yield f"{_short(blast.start)} reaches" + (" everything: it becomes administrator" if blast.admin else "")
    yield f"principals ({len(blast.principals)})"
    for one in blast.principals:
        yield f"   {one.hops} hop{'s' * (one.hops > 1)}  {_short(one.arn)}"
    yield f"services it changes something in ({len(blast.services)})"
    if blast.services:
        yield "   " + ", ".join(blast.services)
    yield f"data ({len(blast.data)})"
    for access in blast.data:
        by = "" if access.by == blast.start else f" as {_short(access.by)}"
        yield f"   {', '.join(access.how)}: {access.arn}{by}"


def _cut_lines(cuts: tuple[Cut, ...]) -> Iterator[str]:
    if not cuts:
        yield "nobody becomes administrator"
    for number, cut in enumerate(cuts, 1):
        yield f"{number}. {cut.label}: stops {cut.stops:,} of {cut.of:,}, takes some way from {cut.weakens:,}"
        yield f"   for example {', '.join(map(_short, cut.starts))}"
        yield f"   it makes possible {', '.join(cut.techniques[:8])}{' …' * (len(cut.techniques) > 8)}"
        yield f"   cure: {cut.fix}"
