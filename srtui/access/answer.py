"""Answers to questions about access: a verdict, the statements that decide it, and what it still hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeVar

import msgspec

from srtui.access.outsiders import Outsider
from srtui.access.questions import Asked
from srtui.policy.decide import needs_nothing
from srtui.policy.grants import NamedDocument
from srtui.policy.match import action_matches, glob_match
from srtui.policy.readable import condition_text, requirement_texts
from srtui.policy.request import Decision, Hit, Request
from srtui.policy.requirement import Requirement, Unread, leaves
from srtui.policy.target import matching_resource

Verdict = Literal["allowed", "conditional", "unknown", "denied"]
#: Verdicts with the widest access first.
VERDICTS: Final[tuple[Verdict, ...]] = ("allowed", "conditional", "unknown", "denied")


class Reason(msgspec.Struct, frozen=True):
    """A statement that decides, or helps to. `statement` counts from 0."""

    effect: Literal["Allow", "Deny"]
    policy: str  # name
    kind: str  # inline, managed, group-inline, group-managed, boundary, scp, rcp or resource
    arn: str | None  # of a managed policy, or of whom or what an inline or resource policy is in
    sid: str
    statement: int
    label: str  # the policy and the statement, for a person
    action: str  # the value of Action or NotAction that covers the action; "" if it is what NotAction leaves
    resource: str  # the value of Resource that covers the resource; "" if none does by itself
    principal: str  # how a resource policy names the caller; "" elsewhere
    conditions: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """Whether a principal may do something.

    `denial`: explicit (a Deny statement), implicit (no Allow), or "" if it is not denied. `gate`: the first thing that
    stops the request. `conditions`: all of them must be so for a conditional answer. `needs`: what would have to be
    read for an unknown one, and `otherwise` what the answer is if what was not read says nothing. `gaps`: why the
    answer may be too generous. `notes`: what else to know.
    """

    principal: str
    action: str
    resource: str
    verdict: Verdict
    denial: Literal["explicit", "implicit", ""] = ""
    gate: str = ""
    allowed_by: tuple[Reason, ...] = ()
    denied_by: tuple[Reason, ...] = ()
    conditions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    otherwise: Verdict | None = None
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def upper_bound(self) -> bool:
        """Whether control policies that could not be read may take away what the answer allows."""
        return bool(self.gaps) and self.verdict != "denied"

    @property
    def sentence(self) -> str:
        """The answer in one line without its full stop."""
        if self.verdict == "allowed":
            by = self.allowed_by[0].label if self.allowed_by else "no permission is needed"
            return f"allowed by {by}" if self.allowed_by else f"allowed: {by}"
        if self.verdict == "conditional":
            return f"allowed if {' and '.join(self.conditions)}"
        if self.verdict == "unknown":
            known = f"{self.otherwise} as far as is known, " if self.otherwise else ""
            return f"{known}but not read: {', '.join(self.needs)}"
        return f"denied: {self.gate}"


class WhoCan(msgspec.Struct, frozen=True):
    """Who may do something: ARNs of users and roles by verdict, in the order of the account. All others are denied.

    `likely`: those of the unknown who have access unless what was not read takes it away. `outsiders`: whom the resource's own policy names besides. `gaps` and `notes` as in `Answer`.
    """

    action: str
    resource: str | None
    allowed: tuple[str, ...]
    conditional: tuple[str, ...]
    unknown: tuple[str, ...]
    likely: tuple[str, ...] = ()
    outsiders: tuple[Outsider, ...] = ()
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def joined(asked: Asked, groups: list[list[Answer]]) -> Answer:
    """One answer for a question that was taken apart: the best of each group, and of those the worst."""
    best = [min(group, key=lambda answer: VERDICTS.index(answer.verdict)) for group in groups]
    worst = max(best, key=lambda answer: VERDICTS.index(answer.verdict))
    found = worst
    if len(best) > 1:
        found = msgspec.structs.replace(
            worst,
            allowed_by=_together(answer.allowed_by for answer in best),
            denied_by=_together(answer.denied_by for answer in best),
            conditions=_together(answer.conditions for answer in best)
            if worst.verdict == "conditional"
            else (),
            needs=_together(answer.needs for answer in best) if worst.verdict == "unknown" else (),
            gate=f"{worst.gate} on {worst.resource}" if worst.verdict == "denied" else "",
        )
    elif worst.verdict in ("allowed", "conditional") and len(groups[0]) > 1:
        alike = [answer for answer in groups[0] if answer.verdict == worst.verdict]
        found = msgspec.structs.replace(worst, allowed_by=_together(answer.allowed_by for answer in alike))
    notes = [asked.notes, *(one.notes for one in best)]
    if worst.verdict != "denied":
        # Where a pattern was looked at one by one, say on which the answer rests.
        notes.append(tuple(f"on {one.resource}" for one in best if "*" not in one.resource != asked.resource))
    return msgspec.structs.replace(found, resource=asked.resource or "*", notes=_together(notes))


T = TypeVar("T")


def _together(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))


def verdict_of(decision: Decision) -> Verdict:
    """The verdict that a decision amounts to."""
    if decision.outcome == "allow":
        return "allowed"
    if decision.outcome != "open":
        return "denied"
    return "unknown" if any(True for _ in _unread(decision.requirement)) else "conditional"


def _unread(requirement: Requirement) -> Iterator[Unread]:
    return (leaf for leaf in leaves(requirement) if isinstance(leaf, Unread))


def answer_from(
    request: Request,
    decision: Decision,
    *,
    principal: str,
    action: str,
    scp_names: tuple[str, ...] = (),
    otherwise: Verdict | None = None,
    gaps: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Answer:
    """The answer that a decision amounts to; `action` as the person wrote it."""
    verdict = verdict_of(decision)
    allowed_by = [
        reason_of(hit, request)
        for hit in decision.allows
        if hit.kind in ("identity", "resource") and hit.statement is not None
    ]
    denied_by = [reason_of(hit, request) for hit in decision.denies if hit.statement is not None]
    if verdict == "denied" and decision.outcome == "explicit_deny":
        denied_by = [reason_of(hit, request) for hit in decision.denies if hit.requirement is True]
    if needs_nothing(request.caller, request.action):
        notes = (*notes, "this call needs no permission, and no policy can take it away")
    needs = dict.fromkeys(one.need for one in _unread(decision.requirement))
    return Answer(
        principal=principal,
        action=action,
        resource=request.target.text,
        verdict=verdict,
        denial=_denial(decision) if verdict == "denied" else "",
        gate=_gate(decision, scp_names) if verdict == "denied" else "",
        allowed_by=tuple(allowed_by),
        denied_by=tuple(denied_by),
        conditions=requirement_texts(decision.requirement) if verdict == "conditional" else (),
        needs=tuple(needs) if verdict == "unknown" else (),
        otherwise=otherwise if verdict == "unknown" else None,
        gaps=gaps if verdict != "denied" else (),
        notes=notes,
    )


def _denial(decision: Decision) -> Literal["explicit", "implicit"]:
    return "explicit" if decision.outcome == "explicit_deny" else "implicit"


def _gate(decision: Decision, scp_names: tuple[str, ...]) -> str:
    """The first gate that stops a request, in the order in which AWS looks ("Policy evaluation logic")."""
    if decision.outcome == "explicit_deny":
        return f"explicit deny in {next(hit.label for hit in decision.denies if hit.requirement is True)}"
    failed = decision.failed
    if "scp" in failed:
        level = decision.level or 0
        name = scp_names[level] if level < len(scp_names) else f"level {level + 1}"
        return f"no SCP at {name} allows it"
    if "resource" in failed and "identity" not in failed:
        return "the resource's policy does not allow it"
    if "identity" in failed:
        return "no identity policy allows it" + (", nor does the resource's" if "resource" in failed else "")
    if "boundary" in failed:
        return "the permissions boundary does not allow it"
    if "session" in failed:
        return "the session policies do not allow it"
    return "what allows it and what limits it do not go together"


_NAMING: Final = {
    "exact": "itself",
    "role": "its role",
    "parent": "the user behind it",
    "account": "the account",
    "everyone": "everyone",
    "service": "the service",
    "provider": "the identity provider",
}


def reason_of(hit: Hit, request: Request) -> Reason:
    """What to say of a statement that decides. Raises ValueError for a hit of a policy that was not read."""
    statement = hit.statement
    if statement is None:
        raise ValueError(f"{hit.source} was not read, so it has no statement")
    named = hit.source if isinstance(hit.source, NamedDocument) else None
    policy = named.name if named else str(hit.source)
    kind = named.kind if named else hit.kind
    arn = named.arn if named else None
    return Reason(
        effect="Allow" if statement.allow else "Deny",
        policy=policy,
        kind=kind,
        arn=arn,
        sid=statement.sid,
        statement=statement.index,
        label=hit.label,
        action="" if statement.not_action else _matching_action(statement.actions, request.action),
        resource="" if statement.not_resource else matching_resource(statement, request.target) or "",
        principal=_NAMING.get(hit.naming or "", ""),
        conditions=tuple(condition_text(condition) for condition in statement.conditions),
    )


def _matching_action(patterns: Iterable[str], action: str) -> str:
    for pattern in patterns:
        lower = pattern.lower()
        if action_matches(lower, action) or glob_match(lower, action):
            return pattern
    return ""
