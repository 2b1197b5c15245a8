"""Who may become privileged, and who may change what decides about it: trust in the account, MFA, boundaries, tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.access import members
from srtui.account.model import Role, User
from srtui.policy.document import Document
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.risk.risk import Risk
from srtui.services.iam import authorization_details, credential_report
from srtui.trustees import trustees

_NEEDS: Final = (authorization_details,)
_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_COMMAND: Final = "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json"
_UNIQUE_IDS: Final = ("AIDA", "AROA", "AGPA")
_FEW: Final = 5


def _privileged(check: Check, risk: Risk) -> Iterator[tuple[Role, str]]:
    """Roles that are administrators or surely become one, with which of the two."""
    for role in check.account.roles.values():
        start = risk.escalation.starts.get(role.arn)
        if start is None or start.admin is not True or role.service_linked or role.aws_reserved:
            continue
        yield role, "administrator" if start.already else "becomes administrator"


def _uncertain(check: Check, risk: Risk) -> Iterator[Result]:
    for role in check.account.roles.values():
        permissions = check.context.permissions.get(role.arn)
        start = risk.escalation.starts.get(role.arn)
        if permissions is not None and permissions.unreadable and (start is None or start.admin is not True):
            yield check.unknown(role.arn, reason=f"not read: {', '.join(permissions.unreadable[:3])}")


@control(
    "account-root-trust",
    title="Privileged roles name who may assume them",
    problem="Privileged role trusts whole account",
    rows=[11],
    severity="medium",
    topic="trust",
    needs=_NEEDS,
    why="Whoever is given sts:AssumeRole on every role, by whomever, becomes this one.",
    fix="Name the users or roles in the trust policy, or require a tag of theirs.",
    command=_COMMAND,
    references=[f"{_GUIDE}reference_policies_elements_principal.html"],
)
def account_root_trust(check: Check) -> Iterator[Result]:
    risk = risk_of(check.context)
    graph = risk.escalation.graph
    for role, rank in _privileged(check, risk):
        wide = [
            one
            for one in trustees(role.trust, check.account.id)
            if one.kind == "aws-account" and not one.external and not one.conditions
        ]
        if wide:
            number = risk.index.numbers[role.arn]
            may = graph.sources(number, 1) & ((1 << len(risk.index.principals)) - 1)
            facts = (
                Fact("role", rank),
                Fact("trusts", wide[0].value),
                Fact("may assume it today", f"{may.bit_count():,} identities"),
            )
            yield check.failed(role.arn, *facts, name=role.name)
        else:
            yield check.passed(
                role.arn, Fact("role", rank), Fact("trusts the whole account", "not without a condition")
            )
    yield from _uncertain(check, risk)


@control(
    "no-mfa-human-role",
    title="People need MFA to take privileged roles",
    problem="Privileged role is taken without MFA",
    rows=[2, 11],
    severity="medium",
    topic="trust",
    needs=[authorization_details, credential_report],
    why="A stolen password or key alone then makes an administrator.",
    fix="Require aws:MultiFactorAuthPresent in the trust policy.",
    command=_COMMAND,
    references=[f"{_GUIDE}id_credentials_mfa_configure-api-require.html"],
)
def no_mfa_human_role(check: Check) -> Iterator[Result]:
    risk = risk_of(check.context)
    for role, rank in _privileged(check, risk):
        trusted = [
            one
            for one in trustees(role.trust, check.account.id)
            if one.kind in ("aws-account", "principal", "anyone")
        ]
        if all(one.external for one in trusted):
            continue
        reach = risk.index.reach(
            "sts:AssumeRole", role.arn, {"aws:MultiFactorAuthPresent": None, "aws:MultiFactorAuthAge": None}
        )
        people = [
            one
            for number in members(reach.allowed)
            if isinstance(one := risk.index.principals[number], User)
            and risk.natures[one.arn].nature != "machine"
        ]
        if people:
            names = ", ".join(one.name for one in people[:_FEW]) + (
                f" and {len(people) - _FEW} more" if len(people) > _FEW else ""
            )
            yield check.failed(
                role.arn, Fact("role", rank), Fact("taken without MFA by", names), name=role.name
            )
        else:
            yield check.passed(role.arn, Fact("role", rank), Fact("people take it without MFA", "no"))
    yield from _uncertain(check, risk)


@control(
    "orphan-principal",
    title="Trust policies name nobody who is gone",
    problem="Trust names an identity that is gone",
    rows=[11],
    severity="low",
    topic="trust",
    needs=_NEEDS,
    why="AWS shows a deleted user or role by its id: the trust is dead, and whoever reads the policy cannot tell.",
    fix="Take the id out of the policy.",
    command=_COMMAND,
    references=[f"{_GUIDE}reference_identifiers.html#identifiers-unique-ids"],
)
def orphan_principal(check: Check) -> Iterator[Result]:
    for role in check.account.roles.values():
        if role.service_linked:
            continue
        gone = [
            one.value for one in trustees(role.trust, check.account.id) if one.value.startswith(_UNIQUE_IDS)
        ]
        if gone:
            yield check.failed(role.arn, Fact("names", ", ".join(gone)), name=role.name)
        else:
            yield check.passed(role.arn, Fact("identities that are gone", "none"))


@control(
    "boundary-missing-delegated",
    title="Who creates identities must give them a boundary",
    problem="Creates identities without a boundary",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="Without a required boundary the new identity may get more than its maker has.",
    fix="Allow iam:CreateUser and iam:CreateRole with a condition on iam:PermissionsBoundary only.",
    references=[f"{_GUIDE}access_policies_boundaries.html#access_policies_boundaries-delegate"],
)
def boundary_missing_delegated(check: Check) -> Iterator[Result]:
    risk = risk_of(check.context)
    holders, separation = risk.separation.holders, risk.separation
    where = f"arn:{check.account.partition}:iam::{check.account.id}"
    bits = limited = 0
    for action, target in (("iam:CreateUser", f"{where}:user/*"), ("iam:CreateRole", f"{where}:role/*")):
        whole = holders.batch.reach(action, target)
        without = holders.batch.reach(action, target, {"iam:PermissionsBoundary": None})
        bits |= without.allowed | without.conditional
        limited |= whole.allowed | whole.conditional
    granting = holders.of("privilege-grant").reach if "privilege-grant" in holders.book.duties else None
    may_grant = granting.allowed | granting.conditional if granting is not None else -1
    among = holders.everyone & ~separation.administrators
    for number in members(limited & among):
        principal = risk.index.principals[number]
        if bits & may_grant & (1 << number):
            facts = Fact("creates identities", "without a boundary"), Fact("and gives them", "permissions")
            yield check.failed(principal.arn, *facts, name=principal.name)
        else:
            yield check.passed(
                principal.arn, Fact("creates identities", "with a boundary, or without permissions")
            )
    for arn in (one.arn for one in check.account.principals()):
        permissions = check.context.permissions.get(arn)
        if permissions is not None and permissions.unreadable and not limited >> risk.index.numbers[arn] & 1:
            yield check.unknown(arn, reason=f"not read: {', '.join(permissions.unreadable[:3])}")


@control(
    "tag-editable-abac",
    title="Nobody sets the tags that decide what he may do",
    problem="Sets tags that decide about itself",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="A permission that hangs on one's own tag is everybody's who may set it.",
    fix="Deny iam:TagUser and iam:TagRole for the tags that policies look at.",
    references=[f"{_GUIDE}introduction_attribute-based-access-control.html"],
)
def tag_editable_abac(check: Check) -> Iterator[Result]:
    risk = risk_of(check.context)
    for number, carrier in enumerate(risk.index.carriers):
        tags = {
            condition.name.partition("/")[2]
            for _, document in carrier.identity
            if isinstance(document, Document)
            for statement in document.statements
            if statement.allow
            for condition in statement.conditions
            if condition.key.startswith("aws:principaltag/")
        }
        if not tags or risk.separation.administrators >> number & 1:
            continue
        principal = carrier.principal
        action = "iam:TagUser" if isinstance(principal, User) else "iam:TagRole"
        names = ", ".join(sorted(tags))
        answer = risk.index.can(principal.arn, action, principal.arn, {"aws:TagKeys": sorted(tags)})
        if answer.verdict in ("allowed", "conditional"):
            facts = [
                Fact("permissions hang on its tags", names),
                Fact("it may", f"{action}: {answer.sentence}"),
            ]
            if answer.verdict == "conditional":
                facts.append(Fact("certainty", "conditional"))
            yield check.failed(principal.arn, *facts, name=principal.name)
        elif answer.verdict == "unknown":
            yield check.unknown(principal.arn, reason=answer.sentence)
        else:
            yield check.passed(
                principal.arn, Fact("permissions hang on its tags", names), Fact("it may set them", "no")
            )
