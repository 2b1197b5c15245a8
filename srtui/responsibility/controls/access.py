"""Excessive privilege: what policies give, one document at a time, and roles that nobody uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srtui.account.model import Group
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import Grant
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.documents import PolicyText, every_role, everywhere, names_action, policy_texts
from srtui.responsibility.openness import restricts
from srtui.services.iam import authorization_details

_NEEDS = (authorization_details,)
_LEAST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
_PASS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"


@control(
    "admin-policy-aws",
    title="AdministratorAccess is not attached to users",
    problem="User holds AdministratorAccess",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="Standing administrator rights on a user turn one leaked key or password into the loss of the account.",
    fix="Keep AdministratorAccess on a break-glass role; give users what they need through groups or Identity Center.",
    command="aws iam list-entities-for-policy --policy-arn {policy}",
    references=[_LEAST],
    frameworks={"cis-3.0": ["1.16"], "cis-5.0": ["1.15"]},
)
def admin_policy_aws(check: Check) -> Iterator[Result]:
    account = check.account
    carriers = [*account.users.values(), *account.groups.values()]
    for one in carriers:
        found = [arn for arn in one.attached if arn.endswith(":iam::aws:policy/AdministratorAccess")]
        if found:
            kind = "group" if isinstance(one, Group) else "user"
            yield check.failed(one.arn, Fact(f"attached to {kind}", found[0]), policy=found[0])
        else:
            yield check.passed(one.arn, Fact("AdministratorAccess", "not attached"))


def _documents(
    check: Check, select: Callable[[PolicyText], bool], judge: Callable[[PolicyText], Fact | None], good: str
) -> Iterator[Result]:
    """Judge the selected policies; inline policies of one principal make one result together."""
    failed: dict[str, list[Fact]] = {}
    unread: dict[str, str] = {}
    passed: dict[str, str] = {}
    for text in policy_texts(check.context):
        if not select(text):
            continue
        if text.permissions is None:
            unread[text.subject] = text.name
        elif fact := judge(text):
            failed.setdefault(text.subject, []).append(fact)
        else:
            passed[text.subject] = text.name
    for subject, facts in failed.items():
        yield check.failed(subject, *facts, policy=subject)
    for subject, name in unread.items():
        if subject not in failed:
            yield check.unknown(subject, reason=f"policy {name} could not be read")
    for subject, name in passed.items():
        if subject not in failed and subject not in unread:
            yield check.passed(subject, Fact(name, good))


def _full(text: PolicyText) -> Fact | None:
    if text.permissions is None:
        return None
    if not text.everything:
        everything = load_catalogue().everything
        for grant in text.allows:
            if grant.actions == everything and everywhere(grant) and not restricts(grant.conditions):
                return Fact(
                    grant.label, "allows every action on every resource; its conditions keep nobody out"
                )
        return None
    return Fact(text.name, f"allows every action on every resource ({', '.join(text.permissions.admin_by)})")


@control(
    "admin-policy-customer",
    title="No attached customer policy allows everything",
    problem="Customer policy allows everything",
    rows=[11],
    severity="critical",
    topic="access",
    needs=_NEEDS,
    why="A policy with every action on every resource is administrator access under a name that reviews overlook.",
    fix="Replace it by policies for the actions in use (Access Analyzer can generate them from CloudTrail).",
    command="aws iam list-entities-for-policy --policy-arn {policy}",
    references=[_LEAST],
    frameworks={"cis-3.0": ["1.16"], "cis-5.0": ["1.15"]},
)
def admin_policy_customer(check: Check) -> Iterator[Result]:
    yield from _documents(
        check, lambda text: not text.inline and text.attached, _full, "does not allow everything"
    )


@control(
    "admin-policy-inline",
    title="No inline policy allows everything",
    problem="Inline policy allows everything",
    rows=[11],
    severity="critical",
    topic="access",
    needs=_NEEDS,
    why="An inline policy with every action on every resource shows in no list of managed policies.",
    fix="Replace it by policies for the actions in use.",
    references=[_LEAST],
    frameworks={"cis-3.0": ["1.16"], "cis-5.0": ["1.15"]},
)
def admin_policy_inline(check: Check) -> Iterator[Result]:
    yield from _documents(check, lambda text: text.inline, _full, "does not allow everything")


@control(
    "admin-policy-unattached",
    title="No unattached policy allows everything",
    problem="Unattached policy allows everything",
    rows=[11],
    severity="low",
    topic="access",
    needs=_NEEDS,
    why="It takes one attach call to use it, and that call does not look like making an administrator.",
    fix="Delete the policy.",
    command="aws iam delete-policy --policy-arn {policy}",
    references=[_LEAST],
)
def admin_policy_unattached(check: Check) -> Iterator[Result]:
    yield from _documents(
        check, lambda text: not text.inline and not text.attached, _full, "does not allow everything"
    )


def _wide(action: str, but: Callable[[Grant], bool] = lambda _: False) -> Callable[[PolicyText], Fact | None]:
    """A judgement: the policy allows the action on every role; `but` names statements that are fine."""

    def judge(text: PolicyText) -> Fact | None:
        permissions = text.permissions
        if permissions is None or text.everything or not permissions.allows(action):
            return None
        for grant in text.allows:
            if names_action(grant, action) and every_role(grant) and not but(grant):
                return Fact(grant.label, f"{action} on every role")
        return None

    return judge


def _passed_to_service(grant: Grant) -> bool:
    """Whether a condition names the services that roles may be passed to."""
    for operator, keys in grant.conditions.items():
        name = operator.lower()
        if name.startswith("forallvalues:") or name.endswith("ifexists") or "not" in name or name == "null":
            continue
        for key, values in keys.items():
            listed = [values] if isinstance(values, str) else list(values)
            if key.lower() == "iam:passedtoservice" and all(_one_service(str(one)) for one in listed):
                return True
    return False


def _one_service(value: str) -> bool:
    """Whether a service is named before any wildcard: `*.amazonaws.com` is every service."""
    return bool(value.partition("*")[0].partition("?")[0])


@control(
    "passrole-star",
    title="iam:PassRole is limited to roles or services",
    problem="PassRole allowed for every role",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="Whoever may pass any role to a service can run code as the most powerful role of the account.",
    fix="Name the roles in Resource, and the services in a condition on iam:PassedToService.",
    references=[_PASS],
)
def passrole_star(check: Check) -> Iterator[Result]:
    judge = _wide("iam:PassRole", _passed_to_service)
    yield from _documents(check, lambda text: text.attached, judge, "passes no role without limit")


@control(
    "assume-role-star",
    title="sts:AssumeRole is limited to named roles",
    problem="AssumeRole allowed on every role",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="It reaches every role, here and in other accounts, whose trust policy names the account.",
    fix="List the roles in Resource.",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html"],
)
def assume_role_star(check: Check) -> Iterator[Result]:
    yield from _documents(
        check, lambda text: text.attached, _wide("sts:AssumeRole"), "assumes no role without limit"
    )


def _whole_service(service: str) -> Callable[[PolicyText], Fact | None]:
    def judge(text: PolicyText) -> Fact | None:
        permissions = text.permissions
        every = load_catalogue().service_bits(service)
        if permissions is None or text.everything or permissions.unlimited & every != every:
            return None
        return Fact(text.name, f"{service}:* on every resource")

    return judge


@control(
    "full-kms",
    title="No policy allows kms:* on every key",
    problem="Policy allows kms:* on every key",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="Who administers keys and decrypts with them alone decides over all encrypted data.",
    fix="Separate key administration from use, and name the keys.",
    references=["https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html"],
)
def full_kms(check: Check) -> Iterator[Result]:
    yield from _documents(
        check, lambda text: text.attached, _whole_service("kms"), "does not allow kms:* everywhere"
    )


@control(
    "full-cloudtrail",
    title="No policy allows cloudtrail:* on every trail",
    problem="Policy allows all of CloudTrail",
    rows=[2, 11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="Who may stop logging can act without leaving evidence.",
    fix="Allow reading only; keep StopLogging, DeleteTrail and UpdateTrail for a role of the security team.",
    references=["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"],
)
def full_cloudtrail(check: Check) -> Iterator[Result]:
    judge = _whole_service("cloudtrail")
    yield from _documents(check, lambda text: text.attached, judge, "does not allow cloudtrail:* everywhere")


@control(
    "notaction-allow",
    title="No Allow statement uses NotAction",
    problem="Allow statement with NotAction",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="Allow with NotAction gives every action but some, in every service, those of next year included.",
    fix="List the actions that are needed; use Deny for what must never be.",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    ],
)
def notaction_allow(check: Check) -> Iterator[Result]:
    half = load_catalogue().everything.bit_count() // 2

    def judge(text: PolicyText) -> Fact | None:
        for grant in text.allows:
            # A list of actions never comes near half of all that AWS has, except by `*` itself.
            if half < grant.actions.bit_count() < 2 * half and everywhere(grant):
                return Fact(grant.label, f"allows {grant.actions.bit_count():,} actions by excluding some")
        return None

    yield from _documents(check, lambda text: text.attached, judge, "lists what it allows")


@control(
    "role-unused-90",
    title="No role is unused for 90 days",
    problem="Role unused for 90 days",
    rows=[11],
    severity="low",
    topic="access",
    needs=_NEEDS,
    why="A role nobody uses gives nothing but a way in.",
    fix="Check with its owner, then delete the role.",
    command="aws iam get-role --role-name {name}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html"],
)
def role_unused(check: Check) -> Iterator[Result]:
    for role in check.account.roles.values():
        if role.service_linked or role.aws_reserved:
            continue
        since = role.last_used or role.created
        if since is None:
            yield check.unknown(role.arn, reason="AWS does not say when the role was made or used")
            continue
        days = (check.now - since).days
        fact = Fact("last used" if role.last_used else "never used, made", f"{days} days ago")
        yield check.failed(role.arn, fact, name=role.name) if days > 90 else check.passed(role.arn, fact)
