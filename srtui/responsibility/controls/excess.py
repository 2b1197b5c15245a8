"""Excessive privilege: whole services, all data, credentials and permissions without limits, and what is not used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from srtui.account.model import Principal, Role, User
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions, self_granting_actions
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.responsibility.documents import everywhere, policy_texts
from srtui.services.iam import authorization_details, credential_report

_NEEDS: Final = (authorization_details,)
_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_LEAST: Final = f"{_GUIDE}best-practices.html#grant-least-privilege"
_UNUSED: Final = f"{_GUIDE}access_policies_last-accessed.html"
#: Services whose every action in one policy is much; KMS and CloudTrail have controls of their own.
_SENSITIVE: Final = ("iam", "organizations", "sts", "secretsmanager", "s3", "sso", "ssm", "ram")
#: Actions whose answer holds credentials, or that make new ones.
_CREDENTIALS: Final = (
    "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential", "sts:GetFederationToken", "ecr:GetAuthorizationToken",
    "redshift:GetClusterCredentials", "redshift-serverless:GetCredentials", "ec2:GetPasswordData",
    "codeartifact:GetAuthorizationToken", "lightsail:DownloadDefaultKeyPair", "lightsail:GetInstanceAccessDetails",
    "cognito-identity:GetCredentialsForIdentity", "gamelift:RequestUploadCredentials", "eks:AccessKubernetesApi",
    "connect:GetFederationToken", "lakeformation:GetDataAccess", "cassandra:Select",
)  # fmt: skip
#: Reading all of a kind of store: what it is called, and the action.
_DATA: Final = (
    ("objects in buckets", "s3:GetObject"),
    ("secrets", "secretsmanager:GetSecretValue"),
    ("parameters", "ssm:GetParameter"),
    ("items in tables", "dynamodb:Scan"),
)
_MANY_WRITES: Final = 20


def _each(
    check: Check, judge: Callable[[Principal, EffectivePermissions], Fact | None], good: str
) -> Iterator[Result]:
    """Judge every user and role that is no administrator; what AWS made for its services is left out."""
    for one in check.account.principals():
        permissions = check.context.permissions.get(one.arn)
        if (
            permissions is None
            or permissions.admin is not None
            or (isinstance(one, Role) and one.service_linked)
        ):
            continue
        fact = judge(one, permissions)
        if fact is not None:
            yield check.failed(one.arn, fact, name=one.name)
        elif permissions.unreadable:
            yield check.unknown(one.arn, reason=f"not read: {', '.join(permissions.unreadable[:3])}")
        else:
            yield check.passed(one.arn, Fact("without limits", good))


@control(
    "admin-notaction",
    title="No policy makes administrators by NotAction",
    problem="NotAction makes administrators",
    rows=[11],
    severity="critical",
    topic="access",
    needs=_NEEDS,
    why="Everything but a few services is everything if the rest includes changing one's own permissions.",
    fix="List the actions that are needed.",
    references=[f"{_GUIDE}reference_policies_elements_notaction.html"],
)
def admin_notaction(check: Check) -> Iterator[Result]:
    for text in policy_texts(check.context):
        if text.permissions is None:
            yield check.unknown(text.subject, reason=f"policy {text.name} could not be read")
            continue
        found = [
            grant
            for grant in text.allows
            if grant.parsed.not_action
            and (everywhere(grant) or grant.not_resources)
            and not grant.parsed.conditions
        ]
        if not found:
            continue
        giving = [grant for grant in found if grant.actions & self_granting_actions()]
        if giving:
            count = giving[0].actions.bit_count()
            yield check.failed(
                text.subject,
                Fact(giving[0].label, f"{count:,} actions, changes of its own permissions too"),
                policy=text.subject,
            )
        else:
            yield check.passed(
                text.subject, Fact(found[0].label, "leaves out changes of its own permissions")
            )


@control(
    "service-wildcard",
    title="No policy allows a whole sensitive service",
    problem="Policy allows a whole sensitive service",
    rows=[11],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="Every action of such a service, those of next year too, is more than any task needs.",
    fix="List the actions that are needed, and the resources.",
    references=[_LEAST],
)
def service_wildcard(check: Check) -> Iterator[Result]:
    catalogue = load_catalogue()
    every = {name: catalogue.service_bits(name) for name in _SENSITIVE}
    for text in policy_texts(check.context):
        if not text.attached:
            continue
        permissions = text.permissions
        if permissions is None:
            yield check.unknown(text.subject, reason=f"policy {text.name} could not be read")
        elif not text.everything:
            whole = [name for name, bits in every.items() if bits and permissions.unlimited & bits == bits]
            if whole:
                yield check.failed(
                    text.subject,
                    Fact(text.name, ", ".join(f"{name}:*" for name in whole)),
                    policy=text.subject,
                )
            else:
                yield check.passed(text.subject, Fact(text.name, "allows no whole sensitive service"))


@control(
    "data-read-wide",
    title="Nobody but administrators reads all data",
    problem="Reads all data of a kind",
    rows=[11, 12],
    severity="high",
    topic="access",
    needs=_NEEDS,
    why="One stolen session reads every object, secret or table, those of next year too.",
    fix="Name the buckets, secrets, parameters or tables in Resource.",
    references=[_LEAST],
)
def data_read_wide(check: Check) -> Iterator[Result]:
    catalogue = load_catalogue()

    def judge(_: Principal, permissions: EffectivePermissions) -> Fact | None:
        found = [name for name, action in _DATA if catalogue.contains(permissions.unlimited, action)]
        return Fact("reads all", ", ".join(found)) if found else None

    yield from _each(check, judge, "reads no kind of data")


@control(
    "credentials-exposure-actions",
    title="Nobody but administrators gets credentials without limits",
    problem="Gets or makes credentials without limits",
    rows=[2, 11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="These calls answer with passwords, keys or tokens of others.",
    fix="Limit the actions to the resources that are needed.",
    references=[_LEAST],
)
def credentials_exposure(check: Check) -> Iterator[Result]:
    bits = load_catalogue().expand_all(_CREDENTIALS)

    def judge(_: Principal, permissions: EffectivePermissions) -> Fact | None:
        found = load_catalogue().actions(permissions.unlimited & bits)
        return Fact("on every resource", ", ".join(found)) if found else None

    yield from _each(check, judge, "gets no credentials")


@control(
    "resource-exposure-actions",
    title="Nobody but administrators changes permissions without limits",
    problem="Changes permissions without limits",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="Who may change the policy of every resource may open any of them to the world.",
    fix="Limit actions that change permissions to the resources that are needed.",
    references=[_LEAST],
)
def resource_exposure(check: Check) -> Iterator[Result]:
    catalogue = load_catalogue()
    bits = catalogue.level_bits["Permissions management"] & catalogue.resource_level

    def judge(_: Principal, permissions: EffectivePermissions) -> Fact | None:
        found = catalogue.actions(permissions.unlimited & bits)
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        return Fact("on every resource", ", ".join(found[:5]) + more) if found else None

    yield from _each(check, judge, "changes no permissions")


@control(
    "infra-modify-unrestricted",
    title="Policies limit changes to resources",
    problem="Policy changes anything anywhere",
    rows=[11],
    severity="low",
    topic="access",
    needs=_NEEDS,
    why="A mistake or an intruder then changes what has nothing to do with the task.",
    fix="Name the resources, or a tag of theirs in a condition.",
    references=[_LEAST],
)
def infra_modify_unrestricted(check: Check) -> Iterator[Result]:
    catalogue = load_catalogue()
    bits = catalogue.level_bits["Write"] & catalogue.resource_level
    for text in policy_texts(check.context):
        permissions = text.permissions
        if not text.attached or (permissions is not None and text.everything):
            continue
        if permissions is None:
            yield check.unknown(text.subject, reason=f"policy {text.name} could not be read")
            continue
        count = (permissions.unlimited & bits).bit_count()
        fact = Fact(text.name, f"{count:,} writing actions on every resource, though they take resources")
        if count >= _MANY_WRITES:
            yield check.failed(text.subject, fact, policy=text.subject)
        else:
            yield check.passed(text.subject, fact)


# --- what is not used ---------------------------------------------------------------------------------------


@control(
    "unused-user",
    title="No user is unused for 90 days",
    problem="User unused for 90 days",
    rows=[2, 11],
    severity="medium",
    topic="access",
    needs=[authorization_details, credential_report],
    why="A user nobody uses gives nothing but a way in, and nobody would notice.",
    fix="Quarantine the user with a Deny, then delete it.",
    command="aws iam get-user --user-name {name}",
    references=[f"{_GUIDE}id_credentials_finding-unused.html"],
)
def unused_user(check: Check) -> Iterator[Result]:
    idle = risk_of(check.context).idle
    zombies = {one.arn: one for one in idle.zombies}
    for user in check.account.users.values():
        if user.arn in idle.unread:
            yield check.unknown(user.arn, credential_report, reason=_why_unread(check, user))
            continue
        zombie = zombies.get(user.arn)
        if zombie is None:
            yield check.passed(user.arn, Fact("last used", "within 90 days"))
        else:
            label = "last used" if zombie.last else "never used, made"
            facts = (
                Fact(label, f"{zombie.days} days ago"),
                Fact("privileged permissions", f"{zombie.privileged:,}"),
            )
            yield check.failed(user.arn, *facts, name=user.name)


def _why_unread(check: Check, user: User) -> str:
    if user.arn in check.account.credentials:
        return "AWS does not say when its password was last used"
    return "" if not check.account.credentials else "the user is newer than the credential report"


def _used(check: Check, whole: bool) -> Iterator[Result]:
    """Findings from last-accessed data, where it was asked for; whole services, or single actions."""
    risk = risk_of(check.context)
    unread = 0
    for one in check.account.principals():
        if isinstance(one, Role) and (one.service_linked or one.aws_reserved):
            continue
        usage = risk.usage(one.arn)
        if not usage.read:
            unread += 1
            continue
        if usage.young:
            yield check.unknown(one.arn, reason="it is younger than 90 days, so that little use says little")
            continue
        lines = [line for line in usage.services if line.unused and (line.state != "used") is whole]
        count = sum(line.unused for line in lines)
        share = Fact(
            "unused",
            f"{usage.unused.bit_count():,} of {usage.granted.bit_count():,} actions ({_percent(usage.share)})",
        )
        if lines:
            names = ", ".join(line.service for line in lines[:6]) + (
                f" and {len(lines) - 6} more" if len(lines) > 6 else ""
            )
            what = f"{len(lines)} services" if whole else f"{count} actions of services in use"
            yield check.failed(one.arn, Fact("not used in 90 days", f"{what}: {names}"), share, name=one.name)
        else:
            yield check.passed(one.arn, share)
    if unread:
        reason = (
            f"last-accessed data of {unread:,} identities was not asked for: it is, when you look at them"
        )
        yield check.unknown(check.account.root_arn, reason=reason)


def _percent(share: float) -> str:
    """Rounded, but never to all or nothing where it is not."""
    return f"{min(0.99, max(0.01, share)):.0%}" if 0 < share < 1 else f"{share:.0%}"


@control(
    "unused-service",
    title="Nobody may use services that it does not use",
    problem="May use services that it does not use",
    rows=[11],
    severity="medium",
    topic="access",
    needs=_NEEDS,
    why="What is not used is missed by nobody but an intruder.",
    fix="Use the right-sized policy that srtui proposes.",
    command="aws iam generate-service-last-accessed-details --arn {subject} --granularity ACTION_LEVEL",
    references=[_UNUSED],
)
def unused_service(check: Check) -> Iterator[Result]:
    yield from _used(check, whole=True)


@control(
    "unused-action",
    title="Nobody may do what it does not do",
    problem="May do what it does not do",
    rows=[11],
    severity="low",
    topic="access",
    needs=_NEEDS,
    why="What is not used is missed by nobody but an intruder.",
    fix="Use the right-sized policy that srtui proposes.",
    command="aws iam generate-service-last-accessed-details --arn {subject} --granularity ACTION_LEVEL",
    references=[_UNUSED],
)
def unused_action(check: Check) -> Iterator[Result]:
    yield from _used(check, whole=False)
