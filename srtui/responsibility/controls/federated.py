"""What people and machines become that sign in from outside IAM: permission sets, Roles Anywhere profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.federation import AnywhereProfile, PermissionSet
from srtui.account.model import Role
from srtui.responsibility.control import Check, Fact, Result, control, unread_items
from srtui.responsibility.judging import Verdict, each, settled, untold
from srtui.services.iam import authorization_details
from srtui.services.rolesanywhere import profiles
from srtui.services.sso_admin import assignments, instances, permission_set, permission_sets

_FEW: Final = 3
_LONGEST: Final = 4 * 3600
_DURATION: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


def _seconds(duration: str) -> int | None:
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _role_of(check: Check, found: PermissionSet) -> Role | None:
    """The role that Identity Center made of a permission set: AWSReservedSSO_<name>_<16 hex digits>."""
    prefix = f"AWSReservedSSO_{found.name}_"
    for role in check.account.roles.values():
        if role.aws_reserved and role.name.startswith(prefix) and "_" not in role.name[len(prefix) :]:
            return role
    return None


@control(
    "idc-permission-sets",
    title="Administrators' permission sets are held by few",
    problem="Wide administrator permission set",
    rows=[2, 11],
    severity="medium",
    topic="access",
    needs=[instances, permission_sets, permission_set, assignments, authorization_details],
    why="Through Identity Center one assignment makes a whole group administrators, for as long as a session lasts.",
    fix="Assign the set to few people or one small group, and end its sessions within 4 hours.",
    command="aws sso-admin update-permission-set --region {region} --instance-arn {instance} --permission-set-arn {subject} --session-duration PT1H",
    references=["https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html"],
)
def idc_permission_sets(check: Check) -> Iterator[Result]:
    def judge(found: PermissionSet) -> Verdict | None:
        if found.session_duration is UNREAD:
            return untold(permission_set)
        role = _role_of(check, found)
        permissions = check.context.permissions.get(role.arn) if role else None
        if permissions is None or (permissions.admin is None and permissions.unreadable):
            return untold(authorization_details, reason="what its role may do could not be read")
        if permissions.admin is None:
            return None
        if found.assignments is UNREAD:
            return untold(assignments)
        seconds = _seconds(found.session_duration)
        if seconds is None:
            return untold(permission_set, reason="the length of its sessions cannot be read")
        kinds = [kind.lower() for kind, _ in found.assignments]
        facts = (
            Fact("permission set", found.name),
            Fact("assigned to", f"{kinds.count('user')} users, {kinds.count('group')} groups"),
            Fact("longest session", f"{seconds / 3600:g} hours"),
        )
        fine = len(kinds) <= _FEW and seconds <= _LONGEST
        return settled(fine, *facts, instance=found.instance)

    yield from each(check, check.account.table(PermissionSet).values(), judge)
    yield from unread_items(check, permission_sets)


@control(
    "rolesanywhere-restricted",
    title="Roles Anywhere profiles narrow their sessions",
    problem="Roles Anywhere profile narrows nothing",
    rows=[11],
    severity="medium",
    topic="access",
    needs=[profiles],
    why="Whoever holds a certificate of the trusted authority gets all that the profile's roles may do.",
    fix="Put a session policy or managed policies on the profile that allow only what the workload needs.",
    command="aws rolesanywhere update-profile --region {region} --profile-id {profile} --session-policy file://policy.json",
    references=[
        "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html"
    ],
)
def rolesanywhere_restricted(check: Check) -> Iterator[Result]:
    def judge(profile: AnywhereProfile) -> Verdict | None:
        if not profile.enabled:
            return None
        roles = ", ".join(arn.rsplit("/", 1)[-1] for arn in profile.roles) or "none"
        facts = Fact("roles", roles), Fact("session policy", "set" if profile.session_policy else "none")
        return settled(profile.session_policy, *facts, profile=profile.arn.rsplit("/", 1)[-1])

    yield from each(check, check.account.table(AnywhereProfile).values(), judge)
