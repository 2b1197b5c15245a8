"""Policies that do not do what they look like, and broad or idle ones: conditions, Denies, managed policies of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import Account
from srtui.account.model import Role
from srtui.policy.condition import Condition
from srtui.policy.document import Document, Statement
from srtui.policy.grants import Grant, NamedDocument, read_policy
from srtui.policy.match import is_everything
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.iam import authorization_details

_NEEDS: Final = (authorization_details,)
_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_CONDITIONS: Final = f"{_GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html"
#: Keys that an Allow asks for to keep somebody out, so that a request without them must not do.
_GUARDS: Final = (
    "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce",
    "aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/", "aws:resourcetag/", "aws:resourceorgid",
    "aws:resourceaccount", "iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn",
)  # fmt: skip
_MFA: Final = "aws:multifactorauthpresent"
#: AWS's own policies that give far more than one task needs.
_BROAD: Final = ("PowerUserAccess", "IAMFullAccess", "AmazonS3FullAccess", "AmazonEC2FullAccess")


def _own_policies(account: Account) -> Iterator[tuple[str, NamedDocument]]:
    """(subject, policy) of every customer-managed and inline policy."""
    for policy in account.policies.values():
        if not policy.aws_managed and policy.document is not None:
            yield policy.arn, NamedDocument(policy.name, "managed", policy.arn, policy.document)
    for one in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        if isinstance(one, Role) and (one.service_linked or one.aws_reserved):
            continue
        for inline in one.inline:
            yield one.arn, NamedDocument(inline.name, "inline", one.arn, inline.document)


def _by_subject(
    check: Check,
) -> Iterator[tuple[str, list[tuple[NamedDocument, Document, tuple[Grant, ...]]], str]]:
    """The policies of each subject, read, and the name of one that could not be."""
    found: dict[str, list[tuple[NamedDocument, Document, tuple[Grant, ...]]]] = {}
    broken: dict[str, str] = {}
    for subject, named in _own_policies(check.account):
        read = read_policy(named)
        policies = found.setdefault(subject, [])
        if read.document is None:
            broken[subject] = named.name
        else:
            policies.append((named, read.document, read.grants))
    for subject, policies in found.items():
        yield subject, policies, broken.get(subject, "")


@control(
    "vacuous-condition",
    title="Conditions of Allow statements keep somebody out",
    problem="Condition keeps nobody out",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="The statement looks limited and is not: who leaves the key out gets in.",
    fix="Drop ForAllValues and IfExists, or add a condition Null false on the same key; ask for real values.",
    references=[_CONDITIONS],
)
def vacuous_condition(check: Check) -> Iterator[Result]:
    for subject, policies, broken in _by_subject(check):
        facts = [
            Fact(f"{named.name} · {statement.label}", text)
            for named, document, _ in policies
            for statement in document.statements
            if statement.allow
            for text in _vacuous(statement)
        ]
        conditional = any(one.conditions for _, document, _ in policies for one in document.statements)
        if facts:
            yield check.failed(subject, *facts)
        elif broken:
            yield check.unknown(subject, reason=f"policy {broken} could not be read")
        elif conditional:
            yield check.passed(subject, Fact("conditions", "ask for what must be there"))


def _vacuous(statement: Statement) -> Iterator[str]:
    """Conditions that hold for requests that have nothing to show."""
    demanded = {
        one.key
        for one in statement.conditions
        if one.base == "null" and {text.lower() for text in one.texts} == {"false"}
    }
    strict = {one.key for one in statement.conditions if _strict(one)}
    for one in statement.conditions:
        if one.key in demanded or one.key in strict or one.negated or one.base == "null":
            continue
        if one.set_operator == "ForAllValues" or (one.if_exists and one.key.startswith(_GUARDS)):
            yield f"{one.operator} {one.name} holds where the key is missing"
        elif (
            one.base in ("stringlike", "arnlike")
            and one.texts
            and all(is_everything(text) for text in one.texts)
        ):
            yield f"{one.operator} {one.name} takes any value"


def _strict(condition: Condition) -> bool:
    """Whether a condition needs its key, with some value of its own."""
    if condition.if_exists or condition.negated or condition.set_operator == "ForAllValues":
        return False
    return condition.base != "null" and not all(is_everything(text) for text in condition.texts)


@control(
    "deny-noeffect",
    title="Every Deny denies something",
    problem="Deny has no effect",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="Somebody relies on a Deny that AWS never applies.",
    fix="Name resources that the actions work on (users, not their group), and use BoolIfExists for MFA.",
    references=[f"{_GUIDE}reference_policies_elements_resource.html"],
)
def deny_noeffect(check: Check) -> Iterator[Result]:
    for subject, policies, broken in _by_subject(check):
        denies = [(named, grant) for named, _, grants in policies for grant in grants if not grant.allow]
        facts = [
            Fact(f"{named.name} · {grant.parsed.label}", text)
            for named, grant in denies
            if (text := _idle(named, grant))
        ]
        if facts:
            yield check.failed(subject, *facts)
        elif broken:
            yield check.unknown(subject, reason=f"policy {broken} could not be read")
        elif denies:
            yield check.passed(subject, Fact("Deny statements", str(len(denies))))


def _idle(named: NamedDocument, grant: Grant) -> str:
    """Why a Deny denies nothing, or not what it seems to; "" if it does its work."""
    statement = grant.parsed
    if not grant.actions:
        if not statement.not_action and not any(":" in one and one.strip("*") for one in statement.actions):
            return ""
        return "none of its actions works on its resources, or AWS has no such action"
    if "${" in str(statement.resources) and str(named.document.get("Version", "")) != "2012-10-17":
        return "its variables are plain text, because the policy has no Version 2012-10-17"
    mfa = [one for one in statement.conditions if one.key == _MFA]
    plain = len(mfa) == len(statement.conditions) == 1 and mfa[0].base == "bool" and not mfa[0].if_exists
    if plain and [text.lower() for text in mfa[0].texts] == ["false"]:
        return "requests signed with access keys do not have aws:MultiFactorAuthPresent, so they pass it"
    return ""


@control(
    "aws-managed-broad",
    title="Broad policies of AWS's are not attached",
    problem="Broad policy of AWS's is attached",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="AWS writes them for every customer and adds to them without asking.",
    fix="Copy what is needed into a policy of your own.",
    references=[f"{_GUIDE}access_policies_managed-vs-inline.html"],
)
def aws_managed_broad(check: Check) -> Iterator[Result]:
    account = check.account
    for one in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        if isinstance(one, Role) and (one.service_linked or one.aws_reserved):
            continue
        names = [arn.rsplit("/", 1)[-1] for arn in one.attached if ":iam::aws:policy/" in arn]
        broad = [name for name in names if name in _BROAD or name.endswith("FullAccess")]
        if broad:
            yield check.failed(one.arn, Fact("attached", ", ".join(broad)), name=one.name)
        else:
            yield check.passed(one.arn, Fact("broad policies of AWS's", "none"))


@control(
    "unattached-policy",
    title="Every policy of your own is in use",
    problem="Policy that nobody carries",
    rows=[11],
    severity="low",
    topic="access",
    needs=_NEEDS,
    why="Nobody reviews what nobody carries, and one call attaches it.",
    fix="Delete the policy.",
    command="aws iam delete-policy --policy-arn {subject}",
    references=[f"{_GUIDE}access_policies_manage-delete.html"],
)
def unattached_policy(check: Check) -> Iterator[Result]:
    for policy in check.account.policies.values():
        if policy.aws_managed:
            continue
        used = policy.attachments + policy.boundary_uses
        fact = Fact("attached to", f"{policy.attachments} identities, boundary of {policy.boundary_uses}")
        yield check.passed(policy.arn, fact) if used else check.failed(policy.arn, fact)
