"""Passwords, access keys and MFA of IAM users, from the credential report."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.account.model import Credentials, User
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.iam import authorization_details, credential_report, mfa_devices

_MFA = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html"
_KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
_UNUSED = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"
_NEEDS = (authorization_details, credential_report)


def _users(check: Check) -> Iterator[tuple[User, Credentials]]:
    for user in check.account.users.values():
        credentials = check.account.credentials_of(user)
        if credentials is not UNREAD:
            yield user, credentials


def _unread(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        if check.account.credentials_of(user) is UNREAD:
            reason = "" if not check.account.credentials else "the user is newer than the credential report"
            yield check.unknown(user.arn, credential_report, reason=reason)


@control(
    "user-console-mfa",
    title="Every user with a console password has MFA",
    problem="Console password without MFA",
    rows=[2],
    severity="critical",
    topic="credentials",
    needs=_NEEDS,
    why="A password is phished, guessed or reused sooner or later; a second factor keeps that from being enough.",
    fix="Have the user register a passkey or security key, or remove the password and let them sign in through Identity Center.",
    command="aws iam delete-login-profile --user-name {name}",
    references=[_MFA],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.10"], "cis-5.0": ["1.9"]},
)
def user_console_mfa(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        if credentials.password_enabled is None:
            yield check.unknown(user.arn, reason="the report does not say whether there is a password")
        elif credentials.password_enabled:
            fact = Fact("MFA", "active" if credentials.mfa_active else "none")
            made = check.passed(user.arn, fact) if credentials.mfa_active else None
            yield made or check.failed(user.arn, Fact("console password", "yes"), fact, name=user.name)


@control(
    "admin-mfa",
    title="Every administrator has MFA",
    problem="Administrator without MFA",
    rows=[1, 2],
    severity="critical",
    topic="credentials",
    needs=_NEEDS,
    why="MFA matters most for those with the most extensive permissions: whoever takes this user over owns the account.",
    fix="Register MFA for the user and require it in the policies that give the access, or move the person to a role.",
    references=[_MFA],
    insecure_default=True,
)
def admin_mfa(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        permissions = check.context.permissions.get(user.arn)
        if permissions is None or (permissions.admin is None and permissions.unreadable):
            yield check.unknown(
                user.arn, authorization_details, reason="not all of its policies could be read"
            )
            continue
        if permissions.admin is None:
            continue
        credentials = check.account.credentials_of(user)
        by = Fact("administrator by", ", ".join(permissions.admin_by[:3]) or permissions.admin)
        if credentials is UNREAD:
            yield check.unknown(user.arn, credential_report)
        elif credentials.mfa_active:
            yield check.passed(user.arn, by, Fact("MFA", "active"))
        elif credentials.password_enabled is False and not credentials.active_keys:
            yield check.passed(user.arn, by, Fact("credentials", "no password and no active key"))
        else:
            yield check.failed(user.arn, by, Fact("MFA", "none"), name=user.name)


@control(
    "admin-mfa-phishing-resistant",
    title="Administrators use a passkey or security key",
    problem="Administrator with phishable MFA",
    rows=[2],
    severity="medium",
    topic="credentials",
    needs=[authorization_details, credential_report, mfa_devices],
    why="One-time codes can be phished in real time; FIDO2 authenticators are bound to the sign-in page.",
    fix="Register a FIDO2 security key or passkey for the user and remove the virtual device.",
    references=[_MFA],
)
def admin_mfa_phishing_resistant(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        if check.context.is_admin(user.arn) and check.account.credentials_of(user) is UNREAD:
            yield check.unknown(user.arn, credential_report)
    for user, credentials in _users(check):
        if not check.context.is_admin(user.arn) or not credentials.mfa_active:
            continue
        devices = check.account.mfa_devices.get(user.name)
        if devices is None:
            yield check.unknown(user.arn, mfa_devices)
            continue
        weak = [device for device in devices if ":mfa/" in device]
        if weak or not devices:
            yield check.failed(user.arn, Fact("devices", ", ".join(devices) or "none"), name=user.name)
        else:
            yield check.passed(user.arn, Fact("devices", ", ".join(devices)))


@control(
    "key-rotation-90",
    title="Active access keys are younger than 90 days",
    problem="Access key older than 90 days",
    rows=[2],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="The older a key, the more places hold a copy of it.",
    fix="Replace the key by a role where possible; otherwise make a second key, switch over, then delete the old one.",
    command="aws iam list-access-keys --user-name {name}",
    references=[_KEYS],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.14"], "cis-5.0": ["1.13"]},
)
def key_rotation(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        if not credentials.active_keys:
            continue
        if any(key.rotated is None for key in credentials.active_keys):
            yield check.unknown(user.arn, reason="the report does not say when the key was made")
            continue
        ages = [(key.slot, (check.now - key.rotated).days) for key in credentials.active_keys if key.rotated]
        facts = [Fact(f"key {slot}", f"{days} days old") for slot, days in ages]
        if max(days for _, days in ages) > 90:
            yield check.failed(user.arn, *facts, name=user.name)
        else:
            yield check.passed(user.arn, *facts)


@control(
    "key-unused-45",
    title="No active access key is unused for 45 days",
    problem="Access key unused for 45 days",
    rows=[1, 2],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="A key nobody uses is missed by nobody when it is stolen.",
    fix="Deactivate the key, wait, then delete it.",
    command="aws iam list-access-keys --user-name {name}",
    references=[_UNUSED],
    frameworks={"cis-3.0": ["1.12"], "cis-5.0": ["1.11"]},
)
def key_unused(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        facts, stale = [], False
        for key in credentials.active_keys:
            since = key.last_used or key.rotated
            if since is None:
                continue
            days = (check.now - since).days
            stale = stale or days > 45
            verb = "last used" if key.last_used else "never used, made"
            facts.append(Fact(f"key {key.slot}", f"{verb} {days} days ago"))
        if stale:
            yield check.failed(user.arn, *facts, name=user.name)
        elif len(facts) < len(credentials.active_keys):
            yield check.unknown(user.arn, reason="the report does not say when the key was made or used")
        elif facts:
            yield check.passed(user.arn, *facts)


@control(
    "password-unused-45",
    title="No console password is unused for 45 days",
    problem="Password unused for 45 days",
    rows=[1, 2],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="Forgotten sign-ins belong to people who left or moved on.",
    fix="Remove the login profile of who does not sign in any more.",
    command="aws iam delete-login-profile --user-name {name}",
    references=[_UNUSED],
    frameworks={"cis-3.0": ["1.12"], "cis-5.0": ["1.11"]},
)
def password_unused(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        if not credentials.password_enabled:
            continue
        since = credentials.password_last_used or credentials.password_last_changed
        if since is None or (credentials.password_use_untracked and not credentials.password_last_used):
            yield check.unknown(
                user.arn, reason="the report has no information about the password's last use"
            )
            continue
        days = (check.now - since).days
        verb = "last used" if credentials.password_last_used else "never used, set"
        fact = Fact("password", f"{verb} {days} days ago")
        yield check.failed(user.arn, fact, name=user.name) if days > 45 else check.passed(user.arn, fact)


@control(
    "two-active-keys",
    title="No user has two active access keys",
    problem="Two active access keys",
    rows=[2],
    severity="low",
    topic="credentials",
    needs=_NEEDS,
    why="The second key is for the days of a rotation; kept longer it doubles what can leak.",
    fix="Find which key is in use, then deactivate and delete the other one.",
    command="aws iam list-access-keys --user-name {name}",
    references=[_KEYS],
    frameworks={"cis-3.0": ["1.13"], "cis-5.0": ["1.12"]},
)
def two_active_keys(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        if credentials.active_keys:
            fact = Fact("active keys", str(len(credentials.active_keys)))
            one = len(credentials.active_keys) == 1
            yield check.passed(user.arn, fact) if one else check.failed(user.arn, fact, name=user.name)


@control(
    "human-with-keys",
    title="People with a console password have no access keys",
    problem="Console user has access keys",
    rows=[2, 11],
    severity="medium",
    topic="credentials",
    needs=_NEEDS,
    why="A person who signs in can use temporary credentials; a long-lived key on a laptop needs no MFA.",
    fix="Have the person use `aws sso login` or `aws login`, then delete the keys.",
    command="aws iam list-access-keys --user-name {name}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
)
def human_with_keys(check: Check) -> Iterator[Result]:
    yield from _unread(check)
    for user, credentials in _users(check):
        if credentials.password_enabled:
            fact = Fact("active keys", str(len(credentials.active_keys)))
            keys = bool(credentials.active_keys)
            yield check.failed(user.arn, fact, name=user.name) if keys else check.passed(user.arn, fact)


@control(
    "quarantined-key",
    title="No user is quarantined for a leaked key",
    problem="Quarantined for a leaked key",
    rows=[1],
    severity="critical",
    topic="credentials",
    needs=[authorization_details],
    why="AWS attaches AWSCompromisedKeyQuarantine when it finds an access key of the user in public.",
    fix="Delete the leaked key, look through CloudTrail for what it did, then detach the quarantine policy.",
    command="aws iam list-access-keys --user-name {name}",
    references=[
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html"
    ],
)
def quarantined_key(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        found = [arn for arn in user.attached if "/AWSCompromisedKeyQuarantine" in arn]
        if found:
            yield check.failed(user.arn, Fact("attached by AWS", found[0]), name=user.name)
        else:
            yield check.passed(user.arn, Fact("quarantine policy", "not attached"))
