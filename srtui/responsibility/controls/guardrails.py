"""What the organisation decides beyond SCPs: root access, delegated administrators, tags, and use of data by AI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.organisation import DelegatedAdministrator, EffectivePolicy, RootAccessFeatures
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.places import is_manager, whole
from srtui.services.iam import account_summary
from srtui.services.iam_more import organizations_features
from srtui.services.organizations import delegated_administrators, effective_policy, organization

_FEATURES: Final = ("RootCredentialsManagement", "RootSessions")


@control(
    "org-root-centralised",
    title="The organisation holds the root of its members",
    problem="Root is not held by the organisation",
    rows=[1, 11],
    severity="high",
    topic="root",
    needs=[organization, account_summary, organizations_features],
    why="A root user without credentials cannot be taken over; the organisation can act as root where it must.",
    fix="Enable centralised root access in the management account, then delete the root credentials of each member.",
    command="aws iam enable-organizations-root-credentials-management",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html"],
    insecure_default=True,
)
def org_root_centralised(check: Check) -> Iterator[Result]:
    account, root = check.account, check.account.root_arn
    if account.organization is UNREAD:
        return
    if account.organization is None:
        yield check.not_applicable("the account belongs to no organisation")
    elif is_manager(account):
        found = account.table(RootAccessFeatures).get(root)
        if found is None or not whole(account, organizations_features):
            yield check.unknown(root, organizations_features)
            return
        missing = [name for name in _FEATURES if name not in found.enabled]
        fact = Fact("not enabled", ", ".join(missing) or "nothing")
        yield check.failed(root, fact) if missing else check.passed(root, fact)
    else:
        yield from _member(check)


def _member(check: Check) -> Iterator[Result]:
    """A member account only sees whether its root has credentials left."""
    root, summary = check.account.root_arn, check.account.summary
    names = ("AccountPasswordPresent", "AccountAccessKeysPresent")
    if summary is UNREAD or any(name not in summary for name in names):
        yield check.unknown(root, account_summary)
        return
    facts = [Fact(name, str(summary[name])) for name in names]
    if any(summary[name] for name in names):
        yield check.failed(root, *facts)
    else:
        yield check.passed(root, *facts)


@control(
    "org-delegated-admins",
    title="Delegated administrators are the organisation's own",
    problem="Delegated administrator is not your own",
    rows=[9, 11],
    severity="medium",
    topic="organization",
    needs=[organization, delegated_administrators],
    why="A delegated administrator acts on every account; one that was invited has a history and a root of somebody else's.",
    fix="Delegate to accounts that the organisation created, and take the rights of the others back.",
    command="aws organizations list-delegated-services-for-account --account-id {account}",
    references=["https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html"],
)
def org_delegated_admins(check: Check) -> Iterator[Result]:
    account = check.account
    if account.organization is UNREAD:
        return
    if not is_manager(account):
        yield check.not_applicable(
            "only the management account of an organisation has delegated administrators"
        )
        return
    if not whole(account, delegated_administrators):
        yield check.unknown(account.root_arn, delegated_administrators)
    found = account.table(DelegatedAdministrator).values()
    for one in found:
        facts = Fact("joined", one.joined or "unknown"), Fact("status", one.status or "unknown")
        if one.joined == "CREATED" and one.status == "ACTIVE":
            yield check.passed(one.arn, *facts)
        elif one.joined and one.status:
            yield check.failed(one.arn, *facts, account=one.name)
        else:
            yield check.unknown(
                one.arn, delegated_administrators, reason="how the account joined was not told"
            )
    if not found and whole(account, delegated_administrators):
        yield check.passed(account.root_arn, Fact("delegated administrators", "none"))


def _effective(check: Check, kind: str) -> EffectivePolicy | None:
    account = check.account
    arn = f"arn:{account.partition}:organizations::{account.id}:effective-policy/{kind}"
    return account.table(EffectivePolicy).get(arn)


def _applies(check: Check, kind: str, holds: str, enough: Any) -> Iterator[Result]:
    account, root = check.account, check.account.root_arn
    if account.organization is UNREAD:
        return
    if account.organization is None:
        yield check.not_applicable("the account belongs to no organisation")
        return
    found = _effective(check, kind)
    if found is None or found.document is UNREAD:
        yield check.unknown(root, effective_policy)
    elif found.document is not None and enough(found.document):
        yield check.passed(root, Fact(holds, "in force"))
    else:
        yield check.failed(
            root, Fact(holds, "none in force" if found.document is None else "it does not say so")
        )


@control(
    "tag-policy",
    title="A tag policy applies to the account",
    problem="No tag policy applies",
    rows=[9],
    severity="low",
    topic="organization",
    needs=[organization, effective_policy],
    why="Owner, environment and classification are what access rules and investigations ask for; tags without a policy drift.",
    fix="Write a tag policy for the keys you rely on and attach it in the organisation.",
    references=[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html"
    ],
    insecure_default=True,
)
def tag_policy(check: Check) -> Iterator[Result]:
    yield from _applies(check, "TAG_POLICY", "tag policy", lambda document: bool(document.get("tags")))


def _opted_out(document: Any) -> bool:
    """Whether AI services may not keep content: by default, and for every service that is named."""
    services = document.get("services")
    if not isinstance(services, dict):
        return False
    values = {
        name: (one or {}).get("opt_out_policy") for name, one in services.items() if isinstance(one, dict)
    }
    return values.get("default") == "optOut" and all(value == "optOut" for value in values.values())


@control(
    "ai-opt-out",
    title="AI services may not keep the account's content",
    problem="AI services may keep content",
    rows=[9],
    severity="low",
    topic="organization",
    needs=[organization, effective_policy],
    why="Some AI services of AWS use what they process to improve themselves, possibly in other regions, unless you opt out.",
    fix="Attach an AI services opt-out policy with optOut as the default.",
    references=[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html"
    ],
    insecure_default=True,
)
def ai_opt_out(check: Check) -> Iterator[Result]:
    yield from _applies(check, "AISERVICES_OPT_OUT_POLICY", "AI opt-out policy", _opted_out)
