"""Calls that only one of two sides has no answer to: what hangs on them came or went for no reason but that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from srtui.account import Account, Outcome
from srtui.escalation.explain import Route
from srtui.evidence import CallKey
from srtui.responsibility.control import describe_failure

#: Services in which techniques look for a resource to lead through, by the name that calls have.
WAY_SERVICES: Final = frozenset(
    {
        "apprunner", "autoscaling", "batch", "bedrock-agentcore-control", "cloudformation", "codebuild", "codedeploy",
        "cognito-identity", "ec2", "ecs", "eks", "emr", "glue", "iam", "identitystore", "lambda", "organizations",
        "rolesanywhere", "s3", "sagemaker", "sns", "sqs", "ssm", "sso-admin", "stepfunctions",
    }
)  # fmt: skip
#: How actions and ARNs name some of them.
_NAMES: Final = {
    "states": "stepfunctions",
    "elasticmapreduce": "emr",
    "sso": "sso-admin",
    "bedrock-agentcore": "bedrock-agentcore-control",
    "sts": "iam",
}


def failed_only(side: Account, other: Account) -> frozenset[CallKey]:
    """Calls that failed on this side and not on the other one."""
    return frozenset(one.key for one in side.failures()) - {one.key for one in other.failures()}


def unread_only(side: Account, other: Account) -> tuple[Outcome, ...]:
    """The same in services of `WAY_SERVICES`, as outcomes."""
    only = failed_only(side, other)
    found = [one for one in side.failures() if one.key in only and one.service in WAY_SERVICES]
    return tuple(sorted(found, key=lambda one: one.key))


def why_unread(outcomes: Iterable[Outcome], services: Collection[str] | None = None) -> str:
    """In words which of these calls was not answered; "" if none is of the services."""
    for outcome in outcomes:
        if outcome.error is not None and (services is None or outcome.service in services):
            name = f"{outcome.service}:{outcome.operation}"
            return describe_failure(name, outcome.error.code, outcome.region)
    return ""


def services_of(route: Route | None) -> frozenset[str] | None:
    """The services whose resources a way leads through; None if there is no telling."""
    if route is None:
        return None
    found: set[str] = set()
    for step in route.steps:
        found.update(text.partition(":")[0] for text in step.permissions)
        if step.via.startswith("arn:"):
            found.add(step.via.split(":")[2])
    return frozenset(_NAMES.get(name, name) for name in found)
