"""The commands paths, reach and fix-first."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from srtui import exits
from srtui.cli.commands import say, write
from srtui.cli.names import resolve
from srtui.cli.rows import Row, laid_out, terminal_width
from srtui.engine import AccountBuilder
from srtui.escalation.cuts import Cut
from srtui.escalation.data import Blast
from srtui.escalation.edges import TIER_WORDS
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Escalation, Start, escalate
from srtui.escalation.explain import Route, Step
from srtui.escalation.spoken import (
    NO_STORE,
    all_title,
    also_by,
    few_of,
    self_granting_text,
    stop_text,
    unknown_text,
)
from srtui.evidence import canonical_json
from srtui.source import open_source

#: Paths of each principal where all of them are listed, and where one was asked about.
_FEW: Final = 3
_MORE: Final = 10


def paths(options: argparse.Namespace) -> int:
    """`srtui paths SESSION…`: who becomes administrator, or somebody else, and how."""
    for ref in options.session or ["latest"]:
        escalation = _escalation(ref)
        start = _start_of(escalation, options.start) if options.start else None
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
        unknown = escalation.unknown_starts
        write(canonical_json({**body, "cuts": [_cut(cut) for cut in cuts], "unknown": list(unknown)}))
    else:
        _print(_cut_lines(escalation, cuts))
    return exits.OK


def _escalation(ref: str) -> Escalation:
    source = open_source(ref)
    builder = AccountBuilder()
    for item in source.evidence:
        builder.apply(item)
    for note in (*source.notes, *builder.problems):
        say(note)
    return escalate(builder.account)


def _start_of(escalation: Escalation, text: str) -> str:
    """The user or role that paths begin at; who is outside begins as one of the roles that let him in."""
    try:
        return resolve(escalation.account, text)
    except exits.UsageProblem as problem:
        account = text.split(":")[4] if text.count(":") > 4 else text
        entries = [one for one in escalation.entries if account in (one.name, *one.name.split(":")[4:5])]
        roles = dict.fromkeys(f"--from {_short(one.role)}" for one in entries)
        if not roles:
            raise
        raise exits.UsageProblem(
            f"{text} is outside of the account and comes in as {len(roles)} of its roles: "
            f"ask {' or '.join(roles)}"
        ) from problem


def _target(escalation: Escalation, text: str) -> str:
    if text == "admin":
        return text
    if text in escalation.numbers or not text.startswith("arn:") or ":iam:" in text:
        try:
            return resolve(escalation.account, text)
        except exits.UsageProblem as problem:
            return _store_named(escalation, text, problem)
    try:
        escalation.goal(text)
    except KeyError as problem:
        raise exits.UsageProblem(
            f"{text} is neither a user or role of the account nor a store of data that srtui knows"
        ) from problem
    return text


def _store_named(escalation: Escalation, text: str, problem: exits.UsageProblem) -> str:
    """The store of data with this name, if it is no name of a user or role. Raises the problem if there is none."""
    stores = [one.arn for one in escalation.data.stores]
    found = [arn for arn in stores if text in (arn.split(":", 5)[-1], re.split("[:/]", arn)[-1])]
    if len(found) == 1:
        return found[0]
    if found:
        raise exits.UsageProblem(f"{text} is {' and '.join(found)}: give the ARN") from problem
    holding = [arn for arn in stores if text.lower() in arn.rpartition(":")[2].lower()][:_FEW]
    if not holding or "did you mean" in str(problem):
        raise exits.UsageProblem(
            str(problem).replace("user or role", "user, role or store of data")
        ) from problem
    raise exits.UsageProblem(
        f"there is no user, role or store of data {text} in the account: did you mean {' or '.join(holding)}?"
    ) from problem


def _print(rows: Iterator[Row]) -> None:
    write("\n".join(laid_out(rows, terminal_width())))


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
        "unread": list(blast.unread),
        "stores": blast.stores,
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


def _hops(count: int) -> str:
    return f"{count} hop" if count == 1 else f"{count} hops"


def _paths_lines(escalation: Escalation, start: str | None, to: str, tier: Any) -> Iterator[Row]:
    goal = "administrator" if to == "admin" else _short(to)
    if start:
        yield from _one_start(escalation, start, to, tier, goal)
        return
    if to == "admin":
        yield Row(_summary(escalation))
        found = [one for one in escalation.starts.values() if one.tier and not one.already]
        order = sorted(
            found, key=lambda one: (list(TIER_WORDS).index(one.tier or "unknown"), one.hops, one.arn)
        )
        reached = [one.arn for one in order]
    else:
        reached = list(escalation.who_reaches(to))
        yield Row(f"account {escalation.account.id}: {len(reached):,} get to {goal}")
    for arn in reached:
        for route in escalation.paths(arn, to, tier=tier, most=1):
            yield Row("")
            yield Row(f"{_short(arn)} → {goal}: {TIER_WORDS[route.tier]}, {_hops(route.hops)}")
            yield from _steps(route, escalation)
    for arn, one in escalation.held.items() if to == "admin" else ():
        yield Row("")
        yield Row(f"{_short(arn)} → {goal}: held by {one.guardrail}")
    for gap in escalation.gaps:
        yield Row("")
        yield Row(f"note: {gap}")


def _summary(escalation: Escalation) -> str:
    counts = Counter("already" if one.already else str(one.tier) for one in escalation.starts.values())
    parts = [f"{counts[tier]:,} {words}" for tier, words in TIER_WORDS.items() if counts[tier]]
    become = ", ".join(parts) if parts else "nobody"
    return (
        f"account {escalation.account.id}: of {len(escalation.starts):,} users and roles "
        f"{counts['already']:,} are administrator{self_granting_text(escalation)}; becoming it: {become}"
    )


def _one_start(escalation: Escalation, start: str, to: str, tier: Any, goal: str) -> Iterator[Row]:
    one = escalation.starts[start]
    if to == "admin" and one.already:
        yield Row(f"{_short(start)} is administrator as it is")
        return
    routes = escalation.paths(start, to, tier=tier, most=_MORE)
    if not routes:
        yield Row(f"{_short(start)} does not get to {goal}")
        one_held = escalation.held.get(start) if to == "admin" else None
        if one_held is not None:
            yield Row(f"held by {one_held.guardrail} alone; without it:", 3)
            yield from _steps(one_held.route, escalation)
        return
    if to == "admin":
        yield from _stops(escalation, start)
    for number, route in enumerate(routes, 1):
        yield Row(f"{number}. {_short(start)} → {goal}: {TIER_WORDS[route.tier]}, {_hops(route.hops)}")
        for stop in escalation.stops(route):
            yield Row(f"stopped by: {stop_text(stop)}", 6)
        yield from _steps(route, escalation, full=True)


def _stops(escalation: Escalation, start: str) -> Iterator[Row]:
    """Which changes stop all ways of a principal."""
    stops = escalation.stops_all(start)
    if stops:
        yield Row(f"{all_title(stops)}:")
        for stop in stops:
            yield Row(f"✂ {stop_text(stop)}", 3)
        yield Row("")


def _steps(route: Route, escalation: Escalation, full: bool = False) -> Iterator[Row]:
    for step in route.steps:
        if step.target == "admin":
            end = (
                "whatever administrator it may use" if step.tier == "needs-target" else "a new administrator"
            )
        else:
            end = _short(step.target) + (", administrator by then" if step.makes_admin else "")
        yield Row(f"{_short(step.source)} → {end}: {step.name} ({step.technique})", 3)
        yield Row(f"given by {'; '.join(step.statements) or 'nothing that was read'}", 6)
        if step.conditions:
            yield Row(f"if {' and '.join(step.conditions)}", 6)
        if step.needs:
            yield Row(f"missing {'; '.join(step.needs)}", 6)
        if full:
            yield from (Row(f"needs {permission}", 6) for permission in step.permissions)
            yield from (Row(f"$ {command}", 6, command=True) for command in step.commands)
            yield Row(f"breaks it: {step.fix}", 6)
            if not step.public:
                yield Row("from our own analysis, without a public source", 6)
            if step.others:
                yield Row(f"also by {also_by(step, escalation.catalogue)}", 6)


def _blast_lines(blast: Blast) -> Iterator[Row]:
    if blast.admin:
        yield from _everything_lines(blast)
        return
    yield Row(f"{_short(blast.start)} reaches")
    yield Row(f"principals ({len(blast.principals)})")
    for one in blast.principals:
        yield Row(f"{_hops(one.hops)}  {_short(one.arn)}", 3)
    yield Row(f"services it changes something in ({len(blast.services)})")
    if blast.services:
        yield Row(", ".join(blast.services), 3)
    yield Row(f"data ({len(blast.data)})")
    for access in blast.data:
        by = "" if access.by == blast.start else f" as {_short(access.by)}"
        yield Row(f"{', '.join(access.how)}: {access.arn}{by}", 3)
    if not blast.stores:
        yield Row(NO_STORE, 3)
    if blast.unread:
        yield Row(f"it may reach more, because these were not read: {few_of(blast.unread)}")


def _everything_lines(blast: Blast) -> Iterator[Row]:
    """An administrator reaches everything: lists of it say nothing, their lengths do."""
    yield Row(f"{_short(blast.start)} reaches everything (administrator)")
    near, count = sum(one.hops == 1 for one in blast.principals), len(blast.principals)
    some = f", {count:,} of them by techniques of attack paths ({near:,} in one hop)" if count else ""
    yield Row(f"principals: all{some}", 3)
    yield Row(f"services: all; it may change something in {len(blast.services):,} of them", 3)
    kinds = Counter(access.kind for access in blast.data)
    counted = ", ".join(f"{count:,} {kind}s" if count > 1 else f"1 {kind}" for kind, count in kinds.items())
    yield Row(f"data: {counted or NO_STORE}", 3)
    yield Row("--json lists them", 3)


def _cut_lines(escalation: Escalation, cuts: tuple[Cut, ...]) -> Iterator[Row]:
    if not cuts:
        yield Row(_without_cuts(escalation))
    for number, cut in enumerate(cuts, 1):
        yield Row(
            f"{number}. {cut.label}: stops {cut.stops:,} of {cut.of:,}, takes some way from {cut.weakens:,}"
        )
        yield Row(f"for example {', '.join(map(_short, cut.starts))}", 3)
        yield Row(f"it makes possible {', '.join(cut.techniques[:8])}{' …' * (len(cut.techniques) > 8)}", 3)
        yield Row(f"instead: {cut.fix}", 3)
    unknown = escalation.unknown_starts
    if unknown:
        yield Row(f"unknown: {unknown_text(escalation)}")


def _without_cuts(escalation: Escalation) -> str:
    """Why there is nothing to rank."""
    tiers = Counter(one.tier for one in escalation.starts.values() if not one.already)
    possible = tiers["confirmed"] + tiers["conditional"]
    if possible:
        return f"{possible:,} become administrator, but no single statement or trust takes a way from them"
    if tiers["needs-target"]:
        return f"nobody becomes administrator with what is there; {tiers['needs-target']:,} would, had they a target"
    return "nobody is known to become administrator" if tiers["unknown"] else "nobody becomes administrator"
