"""Credentials that outlive their reason: keys without MFA, keys of machines, passwords for services, users for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from srtui.account import UNREAD
from srtui.account.credentials import ServiceCredential
from srtui.account.federation import IdentityCenter
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import Grant, as_list
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.iam import (
    authorization_details,
    credential_report,
    saml_providers,
)
from srtui.services.iam_more import service_credentials
from srtui.services.sso_admin import instances as identity_centers

_BEST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
_NEEDS = (authorization_details, credential_report)
_UNREADABLE = "not all of its policies could be read"

#: What an administrator with a stolen key would do first: a Deny that misses one of these binds little.
_TELLING: Final = (
    "iam:CreateUser",
    "iam:AttachUserPolicy",
    "ec2:RunInstances",
    "s3:GetObject",
    "kms:Decrypt",
)
#: Users with a password that may stay for emergencies once there is federation.
_EMERGENCY: Final = 2


def _human_or_unread(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        if check.account.credentials_of(user) is UNREAD:
            reason = "" if not check.account.credentials else "the user is newer than the credential report"
            yield check.unknown(user.arn, credential_report, reason=reason)


@control(
    "keys-no-mfa-condition",
    title="Keys of administrators are useless without MFA",
    problem="Administrator key works without MFA",
    rows=[2, 11],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="An access key signs requests without a second factor: whoever finds the key of an administrator has the account.",
    fix="Delete the key and use a role; or deny everything but sts:GetSessionToken and MFA management with BoolIfExists aws:MultiFactorAuthPresent false.",
    command="aws iam list-access-keys --user-name {name}",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"
    ],
    insecure_default=True,
)
def keys_no_mfa_condition(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        permissions = check.context.permissions.get(user.arn)
        if permissions is None or (permissions.admin is None and permissions.unreadable):
            yield check.unknown(user.arn, authorization_details, reason=_UNREADABLE)
            continue
        if permissions.admin is None:
            continue
        credentials = check.account.credentials_of(user)
        if credentials is UNREAD:
            yield check.unknown(user.arn, credential_report)
            continue
        if not credentials.active_keys:
            continue
        keys = Fact("active keys", str(len(credentials.active_keys)))
        by = next((grant for grant in permissions.grants if _binds_to_mfa(grant)), None)
        if by is not None:
            yield check.passed(user.arn, keys, Fact("denied without MFA by", by.label))
        else:
            yield check.failed(user.arn, keys, Fact("denied without MFA", "no"), name=user.name)


def _binds_to_mfa(grant: Grant) -> bool:
    """Whether the statement denies telling actions to requests that bring no MFA, which a plain `Bool` would not.

    A request signed with a long-lived key has no such member at all, so only `BoolIfExists` and `Null` see it.
    """
    if grant.allow or grant.not_resources or not any(not value.strip("*") for value in grant.resources):
        return False
    conditions = [
        (str(operator).lower(), str(key).lower(), [str(value).lower() for value in as_list(values)])
        for operator, keys in grant.conditions.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else ())
    ]
    if len(conditions) != 1:
        return False
    operator, key, values = conditions[0]
    if key != "aws:multifactorauthpresent":
        return False
    if (operator, values) not in (("boolifexists", ["false"]), ("null", ["true"])):
        return False
    catalogue = load_catalogue()
    return all(catalogue.contains(grant.actions, action) for action in _TELLING)


@control(
    "key-at-creation",
    title="No key was made along with a console user",
    problem="Key was made along with the user",
    rows=[2],
    severity="low",
    topic="credentials",
    needs=_NEEDS,
    why="A key that was ticked in when the user was made is one that nobody asked for, and nobody misses.",
    fix="Delete the key; make one only when something needs it.",
    command="aws iam list-access-keys --user-name {name}",
    references=[_KEYS],
    frameworks={"cis-3.0": ["1.11"], "cis-5.0": ["1.10"]},
)
def key_at_creation(check: Check) -> Iterator[Result]:
    yield from _human_or_unread(check)
    for user in check.account.users.values():
        credentials = check.account.credentials_of(user)
        if credentials is UNREAD or not credentials.password_enabled or not credentials.active_keys:
            continue
        if user.created is None or any(key.rotated is None for key in credentials.active_keys):
            yield check.unknown(user.arn, reason="it is not told when the user or the key was made")
            continue
        early = [
            key
            for key in credentials.active_keys
            if key.rotated is not None and key.rotated - user.created < timedelta(hours=1)
        ]
        if early:
            used = early[0].last_used
            fact = Fact(
                f"key {early[0].slot}", "made with the user, " + ("used since" if used else "never used")
            )
            yield check.failed(user.arn, fact, name=user.name)
        else:
            yield check.passed(user.arn, Fact("keys", "made later than the user"))


@control(
    "long-lived-nonhuman",
    title="Machines use roles rather than users with keys",
    problem="Machine user with long-lived key",
    rows=[2, 11],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="A key in a build server or on a disk is valid until somebody deletes it, wherever it is used from.",
    fix="Give the workload a role: an instance profile, OIDC federation for pipelines, Roles Anywhere for servers elsewhere.",
    command="aws iam list-access-keys --user-name {name}",
    references=[_BEST],
)
def long_lived_nonhuman(check: Check) -> Iterator[Result]:
    yield from _human_or_unread(check)
    for user in check.account.users.values():
        credentials = check.account.credentials_of(user)
        if credentials is UNREAD or credentials.password_enabled is not False:
            continue
        if not credentials.active_keys:
            yield check.passed(user.arn, Fact("active keys", "none"))
            continue
        facts = []
        for key in credentials.active_keys:
            age = "of unknown age" if key.rotated is None else f"{(check.now - key.rotated).days} days old"
            where = f", last used for {key.last_used_service}" if key.last_used_service else ""
            facts.append(Fact(f"key {key.slot}", age + where))
        yield check.failed(user.arn, *facts, name=user.name)


@control(
    "service-specific-creds",
    title="Service-specific credentials end",
    problem="Service credential that never ends",
    rows=[2],
    severity="medium",
    topic="credentials",
    needs=[authorization_details, service_credentials],
    why="A Bedrock API key or a Git password works from anywhere without MFA; one without an end leaks sooner or later.",
    fix="Delete it and use temporary credentials, or make one that expires.",
    command="aws iam delete-service-specific-credential --user-name {name} --service-specific-credential-id {id}",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html"
    ],
)
def service_specific_creds(check: Check) -> Iterator[Result]:
    arns = {arn.rsplit("/", 1)[-1]: arn for arn in (*check.account.credentials, *check.account.users)}
    for id, one in check.account.table(ServiceCredential).items():
        # The credential is told by its user's name, the path of whose ARN only other calls tell.
        user = arns.get(one.name, one.arn)
        age = None if one.created is None else (check.now - one.created).days
        what = Fact(
            one.service or "credential",
            f"{one.status}, {'age unknown' if age is None else f'{age} days old'}",
        )
        end = Fact("ends", f"{one.expires:%Y-%m-%d}" if one.expires else "never")
        if one.status in ("Inactive", "Expired") or (one.expires is not None and one.expires <= check.now):
            yield check.passed(user, what, end)
        elif one.expires is None or one.expires - check.now > timedelta(days=366):
            yield check.failed(user, what, end, name=one.name, id=id)
        else:
            yield check.passed(user, what, end)


@control(
    "signing-certificates",
    title="No user has a signing certificate",
    problem="User has a signing certificate",
    rows=[2],
    severity="low",
    topic="credentials",
    needs=_NEEDS,
    why="X.509 signing certificates are a forgotten kind of long-lived credential; today's tools do not need them.",
    fix="Find out whether anything still signs with it, then delete it.",
    command="aws iam list-signing-certificates --user-name {name}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"],
)
def signing_certificates(check: Check) -> Iterator[Result]:
    yield from _human_or_unread(check)
    for user in check.account.users.values():
        credentials = check.account.credentials_of(user)
        if credentials is UNREAD:
            continue
        fact = Fact("active certificates", str(credentials.certificates_active))
        if credentials.certificates_active:
            yield check.failed(user.arn, fact, name=user.name)
        else:
            yield check.passed(user.arn, fact)


@control(
    "federation-in-use",
    title="People come through a central identity provider",
    problem="People sign in as IAM users",
    rows=[2, 11],
    severity="medium",
    topic="credentials",
    needs=[authorization_details, credential_report, saml_providers, identity_centers],
    why="Who leaves the company loses access at one place; IAM users are forgotten in every account.",
    fix="Connect IAM Identity Center to your identity provider and move people over; keep one or two users for emergencies.",
    references=["https://docs.aws.amazon.com/singlesignon/latest/userguide/what-is.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.21"], "cis-5.0": ["1.20"]},
)
def federation_in_use(check: Check) -> Iterator[Result]:
    account = check.account
    unread = [user for user in account.users.values() if account.credentials_of(user) is UNREAD]
    console = [
        user
        for user in account.users.values()
        if (found := account.credentials_of(user)) is not UNREAD and found.password_enabled is not False
    ]
    ways = [f"SAML provider {one.name}" for one in account.providers.values() if one.kind == "saml"]
    reserved = sum(
        role.path.startswith("/aws-reserved/sso.amazonaws.com/") for role in account.roles.values()
    )
    if reserved:
        ways.append(f"IAM Identity Center, {reserved} roles")
    elif account.table(IdentityCenter):
        ways.append("IAM Identity Center")
    facts = Fact("federation", "; ".join(ways) or "none"), Fact("users with a password", str(len(console)))
    # With a provider that could not be listed a few users for emergencies may be all there are.
    few = _EMERGENCY if ways or not check.answered(saml_providers, identity_centers) else 0
    if len(console) > few:
        yield check.failed(account.root_arn, *facts)
    elif unread:
        yield check.unknown(account.root_arn, credential_report)
    elif account.users or ways:
        yield check.passed(account.root_arn, *facts)
