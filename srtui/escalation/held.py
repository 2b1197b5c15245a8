"""Paths that one guardrail alone holds: without that SCP, RCP or permissions boundary someone would be administrator."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Final

import msgspec

from srtui.access.answer import Answer
from srtui.access.reach import members
from srtui.account import Account
from srtui.escalation.engine import Built
from srtui.escalation.explain import Explainer, Route
from srtui.escalation.graph import Path
from srtui.permissions import control_policies

_LEVEL: Final = 1
_GUARDRAILS: Final = ("scp", "rcp", "boundary")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The way that a principal would have to administrator but for `guardrail`. Without steps it would be one itself."""

    start: str
    guardrail: str
    route: Route


def held(built: Built) -> dict[str, Held]:
    """By ARN, everyone who does not become administrator because of one guardrail alone."""
    found: dict[str, Held] = {}
    blocked = ~built.graph.reaching(built.graph.to_admin, _LEVEL) & ((1 << len(built.principals)) - 1)
    for account in _relaxed(built.account):
        relaxed = Built(account)
        explainer = Explainer(relaxed)
        goal = relaxed.graph.to_admin
        for node in members(relaxed.graph.reaching(goal, _LEVEL) & blocked):
            start = built.principals[node].arn
            for path in relaxed.graph.paths(node, goal, _LEVEL, 1):
                guardrails = set(_guardrails(built, relaxed, path))
                if len(guardrails) == 1 and start not in found:
                    found[start] = Held(start=start, guardrail=guardrails.pop(), route=explainer.route(path))
    return found


def _relaxed(account: Account) -> Iterator[Account]:
    """The account without control policies, and the account without permissions boundaries, where it has any."""
    scps = control_policies(account, "SERVICE_CONTROL_POLICY").levels
    rcps = control_policies(account, "RESOURCE_CONTROL_POLICY").levels
    if scps or rcps:
        made = copy.copy(account)
        made.organization, made.organization_policies = None, {}
        yield made
    if any(one.boundary is not None for one in account.principals()):
        made = copy.copy(account)
        made.users = {arn: copy.copy(user) for arn, user in account.users.items()}
        made.roles = {arn: copy.copy(role) for arn, role in account.roles.items()}
        for one in made.principals():
            one.boundary = None
        yield made


def _guardrails(built: Built, relaxed: Built, path: Path) -> Iterator[str]:
    """What stands in the way of a path in the account as it is."""
    if not path.hops:
        principal = built.principals[path.start]
        if principal.boundary is not None and relaxed.principals[path.start].boundary is None:
            yield f"permissions boundary {principal.boundary.rpartition('/')[2]}"
        else:
            yield "the SCPs"
    for hop in path.hops:
        if hop.source >= len(built.principals):
            continue  # a changed principal: what holds it holds the step before
        arn = built.principals[hop.source].arn
        uses = [*hop.edge.uses, *(use for option in hop.edge.options[:1] for use in option.uses)]
        for alternatives in uses:
            answers = [
                built.index.can(arn, ask.action, ask.arn, dict(ask.given), lenient=True)
                for ask in alternatives
            ]
            if all(answer.verdict == "denied" for answer in answers):
                yield _name(answers[0], built, arn)


def _name(answer: Answer, built: Built, arn: str) -> str:
    """The guardrail that denies, for a person."""
    for reason in answer.denied_by:
        if reason.kind in _GUARDRAILS:
            return reason.label
    if "boundary" in answer.gate:
        boundary = built.principals[built.index.numbers[arn]].boundary or ""
        return f"permissions boundary {boundary.rpartition('/')[2]}"
    return answer.gate
