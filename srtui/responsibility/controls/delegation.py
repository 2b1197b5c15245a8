"""Rights that many hold or hand on: administrators' groups and sessions, delegated IAM rights, auditors, leftovers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.model import Principal, Role, User
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions, Grant
from srtui.principals import trustees
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.openness import required_values
from srtui.services.iam import authorization_details, roles

_BEST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_UNREADABLE = "not all of its policies could be read"

_FEW: Final = 3
_LONGEST_SESSION: Final = 4 * 3600


@control(
    "securityaudit-role",
    title="Auditors have a role of their own",
    problem="No role for auditors",
    rows=[2, 9],
    severity="low",
    topic="credentials",
    needs=[authorization_details],
    why="Without a read-only role an audit is done with somebody's administrator rights, or not at all.",
    fix="Create a role with the SecurityAudit policy that auditors may assume.",
    command="aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/SecurityAudit",
    references=["https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html"],
    insecure_default=True,
)
def securityaudit_role(check: Check) -> Iterator[Result]:
    found = [
        role.arn
        for role in check.account.roles.values()
        if any(arn.endswith(":policy/SecurityAudit") and ":aws:" in arn for arn in role.attached)
    ]
    fact = Fact("roles with SecurityAudit", ", ".join(arn.rsplit("/", 1)[-1] for arn in found) or "none")
    root = check.account.root_arn
    if found:
        yield check.passed(root, fact)
    elif check.answered(authorization_details):
        yield check.failed(root, fact)


@control(
    "session-duration",
    title="Sessions of administrators end within 4 hours",
    problem="Administrator session of many hours",
    rows=[2],
    severity="low",
    topic="credentials",
    needs=[authorization_details, roles],
    why="A session that was stolen from a laptop works until it ends.",
    fix="Lower the longest session of the role.",
    command="aws iam update-role --role-name {name} --max-session-duration 3600",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html"],
)
def session_duration(check: Check) -> Iterator[Result]:
    for role in check.account.roles.values():
        if role.service_linked or role.aws_reserved or not _for_people(check, role):
            continue
        permissions = check.context.permissions.get(role.arn)
        if permissions is None or (permissions.admin is None and permissions.unreadable):
            yield check.unknown(role.arn, authorization_details, reason=_UNREADABLE)
        elif permissions.admin is None:
            continue
        elif role.max_session_seconds is UNREAD:
            yield check.unknown(role.arn, roles)
        else:
            fact = Fact("longest session", f"{role.max_session_seconds / 3600:g} hours")
            good = role.max_session_seconds <= _LONGEST_SESSION
            yield check.passed(role.arn, fact) if good else check.failed(role.arn, fact, name=role.name)


def _for_people(check: Check, role: Role) -> bool:
    found = trustees(role.trust, check.account.id)
    return any(one.kind in ("aws-account", "principal", "saml") for one in found)


@control(
    "admin-group",
    title="Few people are in groups of administrators",
    problem="Many members in administrator group",
    rows=[11],
    severity="medium",
    topic="access",
    needs=[authorization_details],
    why="Each member can lose the whole account; standing rights should be for emergencies, daily ones for the task at hand.",
    fix="Take out who does not need it; let people assume a role with MFA when they do.",
    command="aws iam get-group --group-name {name}",
    references=[_BEST],
)
def admin_group(check: Check) -> Iterator[Result]:
    members: dict[str, list[str]] = {}
    for user in check.account.users.values():
        for name in user.groups:
            members.setdefault(name, []).append(user.name)
    for group in check.account.groups.values():
        permissions = check.context.permissions.get(group.arn)
        if permissions is None or (permissions.admin is None and permissions.unreadable):
            yield check.unknown(group.arn, authorization_details, reason=_UNREADABLE)
            continue
        if permissions.admin is None:
            continue
        found = members.get(group.name, [])
        facts = (
            Fact("administrator by", ", ".join(permissions.admin_by[:3]) or permissions.admin),
            Fact("members", f"{len(found)}: {', '.join(found[:10])}" if found else "none"),
        )
        if len(found) > _FEW:
            yield check.failed(group.arn, *facts, name=group.name)
        else:
            yield check.passed(group.arn, *facts)


_CREATE: Final = ("iam:CreateUser", "iam:CreateRole")
_GRANT: Final = (
    "iam:AttachUserPolicy",
    "iam:AttachRolePolicy",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
)


@control(
    "boundary-delegated-admin",
    title="Who may make identities is bounded",
    problem="Delegated administrator without bounds",
    rows=[11],
    severity="low",
    topic="access",
    needs=[authorization_details],
    why="Who may make a role and put a policy on it can make an administrator, unless a permissions boundary is demanded.",
    fix="Allow the actions only with a condition on iam:PermissionsBoundary.",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
)
def boundary_delegated_admin(check: Check) -> Iterator[Result]:
    for principal in (*check.account.users.values(), *check.account.roles.values()):
        if isinstance(principal, Role) and (principal.service_linked or principal.aws_reserved):
            continue
        permissions = check.context.permissions.get(principal.arn)
        if permissions is None or (permissions.unreadable and permissions.admin != "everything"):
            yield check.unknown(principal.arn, authorization_details, reason=_UNREADABLE)
        elif permissions.admin == "everything" or not _makes_identities(permissions):
            continue
        else:
            yield _bounded(check, principal, permissions)


def _makes_identities(permissions: EffectivePermissions) -> bool:
    """Whether the principal can make a user and give it a policy, or a role and give it one."""
    return any(
        permissions.allows(create) and any(permissions.allows(grant) for grant in _GRANT if kind in grant)
        for create, kind in ((_CREATE[0], "User"), (_CREATE[1], "Role"))
    )


def _bounded(check: Check, principal: Principal, permissions: EffectivePermissions) -> Result:
    free = {
        grant.label: action
        for action in (*_CREATE, *_GRANT)
        if permissions.allows(action)
        and not any(_denies_unbounded(grant, action) for grant in permissions.grants)
        for grant in permissions.granting(action)
        if not _demands_boundary(grant.conditions)
    }
    if not free:
        return check.passed(principal.arn, Fact("new identities", "only with a permissions boundary"))
    facts = [Fact(label, f"{action} without a boundary") for label, action in list(free.items())[:5]]
    return check.failed(principal.arn, *facts, name=principal.name)


def _demands_boundary(conditions: Any) -> bool:
    values = required_values(conditions, "iam:PermissionsBoundary")
    return bool(values) and all(value.strip("*?") for value in values)


def _denies_unbounded(grant: Grant, action: str) -> bool:
    """Whether the statement denies the action unless the identity gets a certain boundary."""
    if grant.allow or not load_catalogue().contains(grant.actions, action):
        return False
    return any(
        str(operator).lower() in ("stringnotequals", "stringnotlike", "arnnotequals", "arnnotlike")
        and isinstance(keys, Mapping)
        and [str(key).lower() for key in keys] == ["iam:permissionsboundary"]
        for operator, keys in grant.conditions.items()
    )


@control(
    "group-empty-user-orphan",
    title="No empty groups, no users without permissions",
    problem="Empty group or user without permissions",
    rows=[11],
    severity="low",
    topic="access",
    needs=[authorization_details],
    failing_needs=[authorization_details],
    why="Leftovers hide what matters, and come to life when somebody adds a member or a policy without looking.",
    fix="Delete what is not needed any more.",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"],
)
def group_empty_user_orphan(check: Check) -> Iterator[Result]:
    used = {name for user in check.account.users.values() for name in user.groups}
    for group in check.account.groups.values():
        fact = Fact("members", "some" if group.name in used else "none")
        yield check.passed(group.arn, fact) if group.name in used else check.failed(group.arn, fact)
    for user in check.account.users.values():
        yield _orphan(check, user)


def _orphan(check: Check, user: User) -> Result:
    own = len(user.inline) + len(user.attached)
    if own or user.groups:
        return check.passed(user.arn, Fact("policies", str(own)), Fact("groups", str(len(user.groups))))
    return check.failed(user.arn, Fact("policies and groups", "none"))
