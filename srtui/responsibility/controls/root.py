"""The root user, and the people AWS can reach about the account."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.account import alternate_contact, contact_information
from srtui.services.iam import account_summary, credential_report, virtual_mfa_devices

_ROOT = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"
_CONTACTS = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact.html"


@control(
    "root-mfa",
    title="Root user has an MFA device",
    problem="Root without MFA",
    rows=[1, 2],
    severity="critical",
    topic="root",
    needs=[account_summary],
    why="Root can do everything and no policy of the account stops it; a password alone is all that protects it.",
    fix="Sign in as root and register a passkey or security key under Security credentials, or let the organisation remove the root credentials of member accounts.",
    references=[_ROOT],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.5"], "cis-5.0": ["1.4"]},
)
def root_mfa(check: Check) -> Iterator[Result]:
    summary = check.account.summary
    root = check.account.root_arn
    if summary is UNREAD or "AccountMFAEnabled" not in summary:
        yield check.unknown(root, account_summary)
        return
    fact = Fact("AccountMFAEnabled", str(summary["AccountMFAEnabled"]))
    yield check.passed(root, fact) if summary["AccountMFAEnabled"] else check.failed(root, fact)


@control(
    "root-mfa-hardware",
    title="Root MFA is not a virtual device",
    problem="Root MFA is a virtual device",
    rows=[1, 2],
    severity="high",
    topic="root",
    needs=[account_summary, virtual_mfa_devices],
    why="A code from an authenticator app can be phished or copied with the phone; a passkey or security key cannot.",
    fix="Register a FIDO2 security key for root, then remove the virtual device.",
    references=[_ROOT],
    frameworks={"cis-3.0": ["1.6"], "cis-5.0": ["1.5"]},
)
def root_mfa_hardware(check: Check) -> Iterator[Result]:
    summary = check.account.summary
    root = check.account.root_arn
    virtual = [one.serial for one in check.account.virtual_mfa.values() if one.user_arn.endswith(":root")]
    if virtual:
        yield check.failed(root, Fact("virtual device", virtual[0]))
    elif summary is UNREAD or "AccountMFAEnabled" not in summary:
        yield check.unknown(root, account_summary)
    elif summary["AccountMFAEnabled"]:
        yield check.passed(root, Fact("virtual device", "none, MFA is on"))
    else:
        yield check.failed(root, Fact("MFA", "none at all"))


@control(
    "root-access-key",
    title="Root user has no access keys",
    problem="Root has an access key",
    rows=[1, 12],
    severity="critical",
    topic="root",
    needs=[account_summary],
    why="A root access key gives whoever holds it the whole account, without MFA, for as long as it lives.",
    fix="Find what uses the key, give it a role instead, then sign in as root and delete the key.",
    references=[
        _ROOT,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html",
    ],
    frameworks={"cis-3.0": ["1.4"], "cis-5.0": ["1.3"]},
)
def root_access_key(check: Check) -> Iterator[Result]:
    yield from _root_count(check, "AccountAccessKeysPresent")


@control(
    "root-signing-cert",
    title="Root user has no signing certificates",
    problem="Root has a signing certificate",
    rows=[1],
    severity="medium",
    topic="root",
    needs=[account_summary],
    why="An X.509 signing certificate of root signs API requests as root and is easily forgotten.",
    fix="Sign in as root and delete the certificates under Security credentials.",
    references=[_ROOT],
)
def root_signing_cert(check: Check) -> Iterator[Result]:
    yield from _root_count(check, "AccountSigningCertificatesPresent")


def _root_count(check: Check, name: str) -> Iterator[Result]:
    summary = check.account.summary
    root = check.account.root_arn
    if summary is UNREAD or name not in summary:
        yield check.unknown(root, account_summary)
        return
    fact = Fact(name, str(summary[name]))
    yield check.failed(root, fact) if summary[name] else check.passed(root, fact)


@control(
    "root-recent-use",
    title="Root user not used in the last 90 days",
    problem="Root was used",
    rows=[1, 2],
    severity="high",
    topic="root",
    needs=[credential_report],
    why="Root is for a handful of tasks; everyday use exposes it and cannot be limited or told apart by person.",
    fix="Use roles for daily work, and alarm on every use of root.",
    references=[_ROOT],
    frameworks={"cis-3.0": ["1.7"], "cis-5.0": ["1.6"]},
)
def root_recent_use(check: Check) -> Iterator[Result]:
    credentials = check.account.root_credentials
    root = check.account.root_arn
    if credentials is UNREAD:
        read = check.account.credential_report_at is not None
        reason = "the credential report has no row for root" if read else ""
        yield check.unknown(root, credential_report, reason=reason)
        return
    times = [credentials.password_last_used, *(key.last_used for key in credentials.keys)]
    newest = max((time for time in times if time), default=None)
    if newest is None:
        yield check.passed(root, Fact("last used", "never, or before AWS kept track of it"))
        return
    days = (check.now - newest).days
    fact = Fact("last used", f"{newest:%Y-%m-%d}, {days} days ago")
    yield check.failed(root, fact) if days < 90 else check.passed(root, fact)


@control(
    "contact-security",
    title="A security contact is registered",
    problem="No security contact",
    rows=[1, 3, 4],
    severity="medium",
    topic="contacts",
    needs=[alternate_contact],
    why="AWS reports abuse and compromise to this contact; without one the mail goes to the owner of the account only.",
    fix="Register a monitored mailbox of your security team as the alternate security contact.",
    command="aws account put-alternate-contact --alternate-contact-type SECURITY --name NAME --title TITLE --email-address EMAIL --phone-number PHONE",
    references=[_CONTACTS],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.2"], "cis-5.0": ["1.2"]},
)
def contact_security(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    if "SECURITY" not in check.account.contacts:
        yield check.unknown(root, alternate_contact)
    elif contact := check.account.contacts["SECURITY"]:
        yield check.passed(root, Fact("security contact", contact.email))
    else:
        yield check.failed(root, Fact("security contact", "none"))


@control(
    "contact-ops-billing",
    title="Operations and billing contacts are registered",
    problem="Operations or billing contact missing",
    rows=[1, 3],
    severity="low",
    topic="contacts",
    needs=[alternate_contact],
    why="Notices about operations and unexpected cost, often the first sign of misuse, should reach who can act.",
    fix="Register alternate contacts for operations and billing.",
    command="aws account put-alternate-contact --alternate-contact-type {kind} --name NAME --title TITLE --email-address EMAIL --phone-number PHONE",
    references=[_CONTACTS],
    insecure_default=True,
)
def contact_ops_billing(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    kinds = ("OPERATIONS", "BILLING")
    known = check.account.contacts
    missing = [kind for kind in kinds if kind in known and known[kind] is None]
    if missing:
        yield check.failed(root, Fact("missing", ", ".join(missing)), kind=missing[0])
    elif all(kind in known for kind in kinds):
        yield check.passed(root, Fact("missing", "none"))
    else:
        yield check.unknown(root, alternate_contact)


@control(
    "contact-primary",
    title="The primary contact is filled in",
    problem="Primary contact incomplete",
    rows=[1],
    severity="low",
    topic="contacts",
    needs=[contact_information],
    why="AWS verifies who owns an account, and recovers it, through the primary contact.",
    fix="Fill in name and phone number of the primary contact.",
    command="aws account put-contact-information --contact-information file://contact.json",
    references=[
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html"
    ],
    frameworks={"cis-3.0": ["1.1"], "cis-5.0": ["1.1"]},
)
def contact_primary(check: Check) -> Iterator[Result]:
    contact = check.account.primary_contact
    root = check.account.root_arn
    if contact is UNREAD:
        yield check.unknown(root, contact_information)
    elif contact is not None and contact.name and contact.phone:
        yield check.passed(root, Fact("primary contact", "name and phone number set"))
    else:
        yield check.failed(root, Fact("primary contact", "name or phone number missing"))
