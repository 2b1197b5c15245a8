"""Trust policies: who may become a role, and which conditions really keep strangers out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.model import Role
from srtui.principals import Trustee, trustees
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.issuers import SHARED_ISSUERS, names_tenant
from srtui.responsibility.openness import (
    keeps_strangers_out,
    leaves_open,
    readable,
    required_values,
    statements,
)
from srtui.services.iam import authorization_details

_NEEDS = (authorization_details,)
_TRUST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"
_COMMAND = "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json"

#: Services that act for many customers at once and whose guides ask for aws:SourceArn or aws:SourceAccount in
#: the trust of their roles (the "cross-service confused deputy prevention" page of each).
_DEPUTIES: Final = frozenset(
    f"{name}.amazonaws.com"
    for name in [
        "apigateway",
        "backup",
        "bedrock",
        "cloudformation",
        "cloudtrail",
        "codebuild",
        "codepipeline",
        "config",
        "ecs-tasks",
        "events",
        "firehose",
        "glue",
        "iot",
        "logs",
        "sagemaker",
        "scheduler",
        "sns",
        "states",
        "transfer",
        "vpc-flow-logs",
    ]
)


def _roles(check: Check) -> Iterator[tuple[Role, tuple[Trustee, ...]]]:
    for role in check.account.roles.values():
        if not role.service_linked and not role.aws_reserved and readable(role.trust):
            yield role, trustees(role.trust, check.account.id)


def _unreadable(check: Check) -> Iterator[Result]:
    for role in check.account.roles.values():
        if not role.service_linked and not role.aws_reserved and not readable(role.trust):
            yield check.unknown(role.arn, reason="its trust policy could not be read")


def _conditions(role: Role) -> dict[int, Any]:
    return {index: statement.get("Condition") for index, statement in statements(role.trust)}


@control(
    "trust-public",
    title="No role can be assumed by anyone",
    problem="Role can be assumed by anyone",
    rows=[1, 11],
    severity="critical",
    topic="trust",
    needs=_NEEDS,
    why="Every AWS customer in the world can become this role.",
    fix="Name the principals, or limit the callers by organisation (aws:PrincipalOrgID).",
    command=_COMMAND,
    references=[_TRUST],
)
def trust_public(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    for role, found in _roles(check):
        conditions = _conditions(role)
        anyone = [
            one
            for one in found
            if one.kind == "anyone" and not keeps_strangers_out(conditions[one.statement])
        ]
        if anyone:
            facts = [Fact(f"statement {one.statement + 1}", _who(one)) for one in anyone]
            yield check.failed(role.arn, *facts, name=role.name)
        else:
            yield check.passed(role.arn, Fact("trusts anyone", "no"))


def _who(trustee: Trustee) -> str:
    conditions = f" if {' and '.join(trustee.conditions)}" if trustee.conditions else ", without a condition"
    return f"{trustee.value}{conditions}"


@control(
    "trust-no-externalid",
    title="Trust in other accounts asks for an external id",
    problem="Trusted account brings no external id",
    rows=[11],
    severity="high",
    topic="trust",
    needs=_NEEDS,
    why="Without an external id a supplier can be tricked into using its access to you for another of its customers.",
    fix="Add a condition on sts:ExternalId with the value the supplier gives you, or on aws:PrincipalOrgID for your own accounts.",
    command=_COMMAND,
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
)
def trust_no_externalid(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    organization = check.account.organization
    manager = "" if organization is UNREAD or organization is None else organization.management_account
    for role, found in _roles(check):
        conditions = _conditions(role)
        external = [one for one in found if one.external and one.kind in ("aws-account", "principal")]
        if not external:
            continue
        open_to = [
            one
            for one in external
            if not _bound(conditions[one.statement]) and not (manager and manager in one.value)
        ]
        if open_to:
            yield check.failed(role.arn, *(Fact("trusts", _who(one)) for one in open_to), name=role.name)
        else:
            yield check.passed(role.arn, *(Fact("trusts", _who(one)) for one in external))


def _bound(conditions: Any) -> bool:
    """Whether callers must bring an external id, or belong to one organisation."""
    keys = ("sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
    return any(
        values and not leaves_open(key.lower(), values)
        for key, values in ((key, required_values(conditions, key)) for key in keys)
    )


@control(
    "trust-oidc-open",
    title="Trust in shared identity providers names the tenant",
    problem="Trust in shared provider names no tenant",
    rows=[1, 11],
    severity="critical",
    topic="trust",
    needs=_NEEDS,
    why="GitHub, GitLab, Terraform Cloud and the like sign tokens for all their customers: without a condition on the tenant anyone with a free account there becomes this role.",
    fix="Require the subject (for GitHub: repo:ORGANISATION/REPOSITORY:ref:refs/heads/main) with StringEquals, and the audience.",
    command=_COMMAND,
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    ],
)
def trust_oidc_open(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    for role, found in _roles(check):
        conditions = _conditions(role)
        shared = [one for one in found if one.kind == "oidc" and _issuer(one) in SHARED_ISSUERS]
        if not shared:
            continue
        opened = [one for one in shared if not names_tenant(_issuer(one), conditions[one.statement])]
        if opened:
            yield check.failed(role.arn, *(Fact("trusts", _who(one)) for one in opened), name=role.name)
        else:
            yield check.passed(role.arn, *(Fact("trusts", _who(one)) for one in shared))


def _issuer(trustee: Trustee) -> str:
    """Host and path of the issuer; Cognito, Google and such are named without an ARN."""
    return trustee.value.rsplit("oidc-provider/", 1)[-1].lower().rstrip("/")


@control(
    "trust-oidc-no-sub",
    title="Trust in private identity providers names the subject",
    problem="Trust in provider names no subject",
    rows=[11],
    severity="medium",
    topic="trust",
    needs=_NEEDS,
    why="Without a condition on the subject every workload of that provider, such as each pod of a cluster, becomes this role.",
    fix="Require the subject, for EKS system:serviceaccount:NAMESPACE:NAME, with StringEquals.",
    command=_COMMAND,
    references=["https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html"],
)
def trust_oidc_no_sub(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    for role, found in _roles(check):
        conditions = _conditions(role)
        private = [one for one in found if one.kind == "oidc" and _issuer(one) not in SHARED_ISSUERS]
        if not private:
            continue
        opened = []
        for one in private:
            values = required_values(conditions[one.statement], f"{_issuer(one)}:sub")
            if not values or any(_any_subject(value) for value in values):
                opened.append(one)
        if opened:
            yield check.failed(role.arn, *(Fact("trusts", _who(one)) for one in opened), name=role.name)
        else:
            yield check.passed(role.arn, *(Fact("trusts", _who(one)) for one in private))


def _any_subject(value: str) -> bool:
    """Whether a subject with wildcards fits every workload of the provider."""
    fixed = value.partition("*")[0].partition("?")[0]
    return fixed != value and fixed.removeprefix("system:serviceaccount").strip(":") == ""


@control(
    "trust-confused-deputy",
    title="Trust in services that act for many customers names the source",
    problem="Trust in service names no source",
    rows=[11],
    severity="medium",
    topic="trust",
    needs=_NEEDS,
    why="Another customer of the service may make it use your role, unless the trust names your account or resource.",
    fix="Add conditions on aws:SourceAccount and aws:SourceArn.",
    command=_COMMAND,
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    insecure_default=True,
)
def trust_confused_deputy(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    for role, found in _roles(check):
        conditions = _conditions(role)
        deputies = [one for one in found if one.kind == "service" and one.value in _DEPUTIES]
        if not deputies:
            continue
        opened = [one for one in deputies if not _names_source(conditions[one.statement])]
        if opened:
            yield check.failed(role.arn, *(Fact("trusts", _who(one)) for one in opened), name=role.name)
        else:
            yield check.passed(role.arn, *(Fact("trusts", _who(one)) for one in deputies))


def _names_source(conditions: Any) -> bool:
    keys = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
    found = {key: required_values(conditions, key) for key in keys}
    return any(values and not leaves_open(key.lower(), values) for key, values in found.items())


@control(
    "admin-role-trust",
    title="Administrator roles are not open to other accounts or services",
    problem="Administrator role trusts outsiders",
    rows=[11],
    severity="critical",
    topic="trust",
    needs=_NEEDS,
    why="Another account, or code that runs in a service, then decides over everything in this one.",
    fix="Give services and other accounts roles with just the permissions they need.",
    command=_COMMAND,
    references=[_TRUST],
)
def admin_role_trust(check: Check) -> Iterator[Result]:
    yield from _unreadable(check)
    for role, found in _roles(check):
        permissions = check.context.permissions.get(role.arn)
        if permissions is None or permissions.admin is None:
            if permissions is None or permissions.unreadable:
                yield check.unknown(role.arn, reason="not all of its policies could be read")
            continue
        others = [one for one in found if one.external or one.kind in ("service", "oidc")]
        if others:
            facts = [Fact("administrator by", ", ".join(permissions.admin_by[:3]) or permissions.admin)]
            facts += [Fact("trusts", _who(one)) for one in others]
            yield check.failed(role.arn, *facts, name=role.name)
        else:
            yield check.passed(role.arn, Fact("trusts", "principals of this account only"))
