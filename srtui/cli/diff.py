"""The command diff: what changed between two looks at an account."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from srtui import exits
from srtui.cli.commands import one_line, say, write
from srtui.cli.settings import risk_settings
from srtui.compare import (
    Comparison,
    EntryChange,
    PathChange,
    PolicyChange,
    PrincipalChange,
    compare,
    read_analysis,
    route_of,
)
from srtui.compare.principals import by_level
from srtui.escalation.edges import TIER_WORDS
from srtui.escalation.explain import Route
from srtui.evidence import canonical_json, iso
from srtui.findings.finding import Finding
from srtui.findings.triage import load_triage

#: So many names stand on a line of text; the JSON has all of them.
_FEW: Final = 6
_MANY: Final = 40
#: To tell a way takes milliseconds, and a change may have opened thousands.
_MOST_ROUTES: Final = 200
_SIGNS: Final = {
    "added": "+",
    "removed": "-",
    "changed": "~",
    "gained": "+",
    "lost": "-",
    "not comparable": "?",
}


def diff(options: argparse.Namespace) -> int:
    """`srtui diff OLD NEW`: 0 if nothing changed, 1 if anything did."""
    settings = risk_settings()
    old, new = (read_analysis(ref, settings=settings) for ref in (options.old, options.new))
    for side, update in (("old", old), ("new", new)):
        for note in update.notes:
            say(f"{side}: {note}")
    try:
        found = compare(old.analysis, new.analysis, load_triage(new.analysis.account.id))
    except ValueError as problem:
        raise exits.UsageProblem(str(problem)) from problem
    shown = found.paths[: _MOST_ROUTES if options.json else _MANY]
    routes = {change.arn: route_of(change, old.analysis, new.analysis) for change in shown}
    if options.json:
        write(canonical_json(comparison_json(found, routes)))
    else:
        write("\n".join(one_line(line) for line in _lines(found, routes)))
    return exits.CHANGED if found.changed else exits.OK


# --- JSON -------------------------------------------------------------------------------------------------


def comparison_json(found: Comparison, routes: Mapping[str, Route | None]) -> dict[str, Any]:
    """The comparison as docs/formats.md describes it; `routes` by ARN, for as many paths as are worth the time."""
    findings = found.findings
    return {
        "srtui": "diff",
        "version": 1,
        "account": found.account,
        "old_at": iso(found.old_at),
        "new_at": iso(found.new_at),
        "changed": found.changed,
        "findings": {
            "new": [_finding(one) for one in findings.new],
            "came_to_light": [_finding(one) for one in findings.came_to_light],
            "reopened": [_finding(one) for one in findings.reopened],
            "still_open": [_finding(one) for one in findings.still_open],
            "quiet": [_finding(one) for one in findings.quiet],
            "fixed": [{**_finding(one.finding), "how": one.how} for one in findings.fixed],
            "out_of_sight": [
                {**_finding(one.finding), "reason": one.reason} for one in findings.out_of_sight
            ],
        },
        "principals": [_principal(change) for change in found.principals],
        "policies": [_policy(change) for change in found.policies],
        "paths": [_path(change, routes.get(change.arn)) for change in found.paths],
        "entries": [_entry(change) for change in found.entries],
        "notes": list(found.notes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "control": finding.control,
        "title": finding.title,
        "severity": finding.severity,
        "subject": finding.subject,
        "region": finding.region,
        "rows": list(finding.rows),
    }


def _principal(change: PrincipalChange) -> dict[str, Any]:
    return {
        "how": change.how,
        "arn": change.arn,
        "kind": change.kind,
        "gained": by_level(change.gained),
        "lost": by_level(change.lost),
        "widened": by_level(change.widened),
        "narrowed": by_level(change.narrowed),
        "admin_before": change.admin_before,
        "admin_after": change.admin_after,
        "what": list(change.what),
        "unread": list(change.unread),
    }


def _policy(change: PolicyChange) -> dict[str, Any]:
    return {
        "how": change.how,
        "kind": change.kind,
        "name": change.name,
        "arn": change.arn,
        "aws_managed": change.aws_managed,
    }


def _path(change: PathChange, route: Route | None) -> dict[str, Any]:
    steps = route.steps if route else ()
    return {
        "how": change.how,
        "arn": change.arn,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "hops": [
            {"from": one.source, "to": one.target, "technique": one.technique, "tier": one.tier}
            for one in steps
        ],
    }


def _entry(change: EntryChange) -> dict[str, Any]:
    entry = change.entry
    return {
        "how": change.how,
        "kind": entry.kind,
        "name": entry.name,
        "to": entry.role,
        "technique": entry.technique,
        "tier": entry.tier,
        "conditions": list(entry.conditions),
        "reason": change.reason,
    }


# --- text -------------------------------------------------------------------------------------------------


def _lines(found: Comparison, routes: Mapping[str, Route | None]) -> Iterator[str]:
    yield f"account {found.account}: {iso(found.old_at)} → {iso(found.new_at)}"
    yield f"findings: {found.trend.sentence}"
    yield from _finding_lines(found)
    if found.principals:
        yield f"principals ({len(found.principals):,})"
    for change in found.principals:
        yield from _principal_lines(change)
    if found.policies:
        yield f"policies ({len(found.policies):,})"
    for policy in found.policies:
        kind = "policy" if policy.kind == "managed" else policy.kind
        yield f"  {_SIGNS[policy.how]} {kind} {policy.name}{' (of AWS)' if policy.aws_managed else ''} {policy.how}"
    if found.paths:
        yield f"ways to administrator ({len(found.paths):,})"
    for path in found.paths[:_MANY]:
        yield _path_line(path, routes.get(path.arn))
    if len(found.paths) > _MANY:
        yield f"    … and {len(found.paths) - _MANY:,} more; --json has them all"
    if found.entries:
        yield f"ways in from outside ({len(found.entries):,})"
    for entry in found.entries:
        who = f"{entry.entry.name} → {_short(entry.entry.role)}"
        tail = f"not comparable: {entry.reason}" if entry.reason else TIER_WORDS[entry.entry.tier]
        yield f"  {_SIGNS[entry.how]} {who}, {tail}"
    yield from (f"note: {note}" for note in found.notes)
    if not found.changed:
        yield "nothing changed"


def _finding_lines(found: Comparison) -> Iterator[str]:
    findings = found.findings
    lists: tuple[tuple[str, str, Iterable[tuple[Finding, str]]], ...] = (
        ("new", "+", ((one, "") for one in findings.new)),
        ("came to light (could not be told before)", "+", ((one, "") for one in findings.came_to_light)),
        ("reopened", "+", ((one, "") for one in findings.reopened)),
        (
            "fixed",
            "-",
            ((one.finding, "" if one.how == "passes" else "no longer there") for one in findings.fixed),
        ),
        (
            "out of sight (no longer told, and not fixed)",
            "?",
            ((one.finding, one.reason) for one in findings.out_of_sight),
        ),
    )
    for heading, sign, some in lists:
        shown = [*some]
        if shown:
            yield f"  {heading} ({len(shown):,})"
        for same in _alike(shown):
            yield from _alike_lines(sign, same)


def _alike(shown: list[tuple[Finding, str]]) -> Iterable[list[tuple[Finding, str]]]:
    """The findings of one control together, in the order of the first of each."""
    groups: dict[str, list[tuple[Finding, str]]] = {}
    for one in shown:
        groups.setdefault(one[0].control, []).append(one)
    return groups.values()


def _alike_lines(sign: str, same: list[tuple[Finding, str]]) -> Iterator[str]:
    for finding, more in same[:_FEW]:
        where = f" in {finding.region}" if finding.region else ""
        tail = f": {more}" if more else ""
        yield f"  {sign} {finding.severity:<8}  {finding.title}  {_short(finding.subject)}{where}{tail}"
    if len(same) > _FEW:
        yield f"    … and {len(same) - _FEW:,} more of {same[0][0].control}"


def _principal_lines(change: PrincipalChange) -> Iterator[str]:
    yield f"  {_SIGNS[change.how]} {_short(change.arn)} {change.how}{_admin(change)}"
    yield from (f"      {words}" for words in change.what)
    for word, bits in (
        ("may now", change.gained),
        ("may no longer", change.lost),
        ("now on everything", change.widened),
        ("no longer on everything", change.narrowed),
    ):
        for level, names in by_level(bits).items():
            more = f" … {len(names):,} in all" if len(names) > _FEW else ""
            yield f"      {word}, {level}: {', '.join(names[:_FEW])}{more}"
    if change.unread:
        yield f"      not certain, because not everything was read: {', '.join(change.unread[:_FEW])}"


def _admin(change: PrincipalChange) -> str:
    if not change.admin_changed:
        return ", administrator" if change.admin_after and change.how != "changed" else ""
    if change.admin_after is None:
        return ", was administrator" if change.how == "removed" else ", no longer administrator"
    words = {"everything": "administrator", "self-grant": "administrator by self-grant"}
    now = words.get(change.admin_after, change.admin_after)
    return f", {now}" if change.how == "added" else f", now {now}"


def _path_line(change: PathChange, route: Route | None) -> str:
    after = f"now {TIER_WORDS[change.after]}" if change.after else "none any more"
    before = f"before {TIER_WORDS[change.before]}" if change.before else "none before"
    steps = route.steps if route else ()
    ways = "; ".join(f"{step.name} → {_end(step.target)}" for step in steps)
    sign = _SIGNS.get(change.how, "~")
    if change.reason:
        return f"  {sign} {_short(change.arn)}: not comparable: {change.reason}"
    return f"  {sign} {_short(change.arn)}: {after}, {before}{f' ({ways})' if ways else ''}"


def _end(target: str) -> str:
    return "a new administrator" if target == "admin" else _short(target)


def _short(arn: str) -> str:
    """`user/staff/ana`: what is left of an ARN where the account is clear."""
    return arn.split(":", 5)[-1] if ":iam:" in arn else arn
