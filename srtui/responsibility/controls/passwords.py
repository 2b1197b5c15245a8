"""The account's password policy, certificates, and hygiene of how users get their permissions."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.iam import (
    authorization_details,
    password_policy,
    saml_providers,
    server_certificates,
)

_PASSWORDS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html"
_SET = "aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters"


@control(
    "password-policy-exists",
    title="The account has a password policy of its own",
    problem="No password policy",
    rows=[2],
    severity="medium",
    topic="passwords",
    needs=[password_policy],
    why="Without one, IAM's default allows passwords of eight characters that may be used again.",
    fix="Set a password policy.",
    command=_SET,
    references=[_PASSWORDS],
    insecure_default=True,
)
def password_policy_exists(check: Check) -> Iterator[Result]:
    policy = check.account.password_policy
    root = check.account.root_arn
    if policy is UNREAD:
        yield check.unknown(root, password_policy)
    elif policy is None:
        yield check.failed(root, Fact("password policy", "none, the default applies"))
    else:
        yield check.passed(root, Fact("password policy", "set"))


def _at_least(check: Check, member: str, least: int, default: int) -> Iterator[Result]:
    policy = check.account.password_policy
    root = check.account.root_arn
    if policy is UNREAD:
        yield check.unknown(root, password_policy)
        return
    value = int((policy or {}).get(member) or default)
    fact = Fact(member, str(value))
    yield check.passed(root, fact) if value >= least else check.failed(root, fact)


@control(
    "password-length-14",
    title="Passwords have at least 14 characters",
    problem="Passwords may be short",
    rows=[2],
    severity="medium",
    topic="passwords",
    needs=[password_policy],
    why="Length is what makes guessing expensive.",
    fix="Set the minimum length to 14 or more.",
    command=_SET,
    references=[_PASSWORDS],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.8"], "cis-5.0": ["1.7"]},
)
def password_length(check: Check) -> Iterator[Result]:
    yield from _at_least(check, "MinimumPasswordLength", 14, 8)


@control(
    "password-reuse-24",
    title="The last 24 passwords cannot be used again",
    problem="Old passwords may be used again",
    rows=[2],
    severity="low",
    topic="passwords",
    needs=[password_policy],
    why="A password that leaked once must not come back.",
    fix="Remember the last 24 passwords.",
    command=_SET,
    references=[_PASSWORDS],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.9"], "cis-5.0": ["1.8"]},
)
def password_reuse(check: Check) -> Iterator[Result]:
    yield from _at_least(check, "PasswordReusePrevention", 24, 0)


@control(
    "password-complexity",
    title="Passwords mix cases, numbers and symbols",
    problem="Passwords may be simple",
    rows=[2],
    severity="low",
    topic="passwords",
    needs=[password_policy],
    why="The default of three kinds of characters out of four still allows common passwords.",
    fix="Require all four kinds of characters.",
    command=_SET,
    references=[_PASSWORDS],
    insecure_default=True,
)
def password_complexity(check: Check) -> Iterator[Result]:
    policy = check.account.password_policy
    root = check.account.root_arn
    if policy is UNREAD:
        yield check.unknown(root, password_policy)
        return
    wanted = (
        "RequireSymbols",
        "RequireNumbers",
        "RequireUppercaseCharacters",
        "RequireLowercaseCharacters",
    )
    missing = [name for name in wanted if (policy or {}).get(name) is not True]
    fact = Fact("not required", ", ".join(missing) or "nothing")
    yield check.failed(root, fact) if missing else check.passed(root, fact)


@control(
    "user-direct-policy",
    title="Users get permissions through groups",
    problem="User has policies of its own",
    rows=[2, 11],
    severity="low",
    topic="passwords",
    needs=[authorization_details],
    why="Permissions given to one person at a time are rarely reviewed and stay when the person changes jobs.",
    fix="Put the user into a group that has the policy, then detach it from the user.",
    command="aws iam list-attached-user-policies --user-name {name}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html"],
    frameworks={"cis-3.0": ["1.15"], "cis-5.0": ["1.14"]},
)
def user_direct_policy(check: Check) -> Iterator[Result]:
    for user in check.account.users.values():
        direct = [
            *(policy.name for policy in user.inline),
            *(arn.rsplit("/", 1)[-1] for arn in user.attached),
        ]
        fact = Fact("policies on the user", ", ".join(direct) or "none")
        yield check.failed(user.arn, fact, name=user.name) if direct else check.passed(user.arn, fact)


@control(
    "support-role",
    title="Someone can open support cases",
    problem="Nobody can open support cases",
    rows=[2, 3],
    severity="low",
    topic="passwords",
    needs=[authorization_details],
    why="In an incident somebody other than an administrator must be able to call AWS Support.",
    fix="Attach AWSSupportAccess to a role of your incident responders.",
    command="aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess",
    references=["https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.17"], "cis-5.0": ["1.16"]},
)
def support_role(check: Check) -> Iterator[Result]:
    account = check.account
    holders = [
        one.name
        for one in (*account.users.values(), *account.roles.values(), *account.groups.values())
        if any(arn.endswith(":policy/AWSSupportAccess") for arn in one.attached)
    ]
    fact = Fact("AWSSupportAccess on", ", ".join(holders[:5]) or "nobody")
    if holders:
        yield check.passed(account.root_arn, fact)
    elif check.answered(authorization_details):
        yield check.failed(account.root_arn, fact)


@control(
    "cloudshell-full",
    title="AWSCloudShellFullAccess is not attached",
    problem="AWSCloudShellFullAccess is attached",
    rows=[2, 11],
    severity="low",
    topic="passwords",
    needs=[authorization_details],
    why="It allows file transfer and unrestricted internet from inside the account, past your laptops' controls.",
    fix="Detach it; allow cloudshell actions without file upload and download where a shell is needed.",
    command="aws iam list-entities-for-policy --policy-arn {policy}",
    references=["https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html"],
    frameworks={"cis-3.0": ["1.22"], "cis-5.0": ["1.21"]},
)
def cloudshell_full(check: Check) -> Iterator[Result]:
    account = check.account
    holders = 0
    for one in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        found = [arn for arn in one.attached if arn.endswith(":policy/AWSCloudShellFullAccess")]
        if found:
            holders += 1
            yield check.failed(one.arn, Fact("attached", found[0]), policy=found[0])
    if not holders:
        yield check.passed(account.root_arn, Fact("AWSCloudShellFullAccess", "attached to nobody"))


@control(
    "saml-cert-expiry",
    title="SAML metadata is valid for 30 more days",
    problem="SAML metadata expires",
    rows=[2, 3],
    severity="medium",
    topic="passwords",
    needs=[saml_providers],
    why="When the metadata expires nobody can sign in, and people reach for break-glass credentials.",
    fix="Fetch new metadata from the identity provider and update the provider.",
    command="aws iam update-saml-provider --saml-provider-arn {subject} --saml-metadata-document file://metadata.xml",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html"],
)
def saml_cert_expiry(check: Check) -> Iterator[Result]:
    for provider in check.account.providers.values():
        if provider.kind != "saml":
            continue
        if provider.valid_until is None:
            yield check.unknown(provider.arn, saml_providers, reason="AWS gives no date for its metadata")
            continue
        days = (provider.valid_until - check.now).days
        fact = Fact("valid until", f"{provider.valid_until:%Y-%m-%d} ({days} days)")
        yield check.passed(provider.arn, fact) if days > 30 else check.failed(provider.arn, fact)


@control(
    "server-cert-expired",
    title="No expired TLS certificate is kept in IAM",
    problem="Expired TLS certificate in IAM",
    rows=[2, 12],
    severity="medium",
    topic="passwords",
    needs=[server_certificates],
    why="An expired certificate that is put on a load balancer by mistake breaks trust and teaches users to click on.",
    fix="Delete it; use Certificate Manager, which renews by itself.",
    command="aws iam delete-server-certificate --server-certificate-name {name}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html"],
    frameworks={"cis-3.0": ["1.19"], "cis-5.0": ["1.18"]},
)
def server_cert_expired(check: Check) -> Iterator[Result]:
    for certificate in check.account.server_certificates.values():
        if certificate.expires is None:
            yield check.unknown(certificate.arn, server_certificates, reason="AWS gives no date of expiry")
            continue
        fact = Fact("expires", f"{certificate.expires:%Y-%m-%d}")
        if certificate.expires <= check.now:
            yield check.failed(certificate.arn, fact, name=certificate.name)
        else:
            yield check.passed(certificate.arn, fact)
