"""The organisation above the account, and the control policies that limit it."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.account.inventory import used_regions
from srtui.policy.effective import as_list
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.openness import requirements, statements
from srtui.services.ec2 import instances, regions
from srtui.services.lambda_ import functions
from srtui.services.organizations import organization, parents, policies, policy_document, policy_targets
from srtui.services.rds import databases

_SCP = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
_RCP = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"


@control(
    "org-member",
    title="The account belongs to an organisation with all features",
    problem="No organisation with all features",
    rows=[9],
    severity="medium",
    topic="organization",
    needs=[organization],
    why="Only an organisation can set limits that the account's own administrators cannot lift.",
    fix="Invite the account into your organisation and enable all features.",
    references=[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html"
    ],
    insecure_default=True,
)
def org_member(check: Check) -> Iterator[Result]:
    found = check.account.organization
    root = check.account.root_arn
    if found is UNREAD:
        yield check.unknown(root, organization)
    elif found is not None and found.feature_set == "ALL":
        yield check.passed(root, Fact("organisation", found.id), Fact("features", "ALL"))
    else:
        yield check.failed(root, Fact("organisation", found.feature_set if found else "none"))


def _attached(check: Check, kind: str) -> Iterator[Result]:
    """Whether a customer's control policy of the kind reaches the account (directly, or from parent or root)."""
    account = check.account
    root = account.root_arn
    if account.organization is UNREAD:
        yield check.unknown(root, organization)
        return
    if account.organization is None:
        yield check.failed(root, Fact("organisation", "none, so no control policy applies"))
        return
    if account.organization.management_account == account.id:
        yield check.not_applicable("control policies do not bind the management account")
        return
    mine = [one for one in account.organization_policies.values() if one.kind == kind and not one.aws_managed]
    unread = account.organization_parents is UNREAD and bool(mine)
    above = () if account.organization_parents is UNREAD else account.organization_parents
    for policy in mine:
        if policy.targets is UNREAD:
            unread = True
        elif any(one == account.id or one in above or one.startswith("r-") for one in policy.targets):
            yield check.passed(root, Fact("attached", policy.name))
            return
    elsewhere = any(
        one.startswith("ou-") for policy in mine if policy.targets is not UNREAD for one in policy.targets
    )
    if unread or (elsewhere and not any(one.startswith("r-") for one in above)):
        # An OU between the account's parent and the root may carry it; only those two are known.
        yield check.unknown(root, policy_targets, parents, reason="not every unit above the account is known")
    elif check.answered(policies):
        yield check.failed(root, Fact("attached", "none but AWS's own"))


@control(
    "scp-attached",
    title="A service control policy limits the account",
    problem="No service control policy limits it",
    rows=[9, 11],
    severity="high",
    topic="organization",
    needs=[organization, policies, policy_targets, parents],
    why="FullAWSAccess alone lets an administrator of the account switch off every safeguard in it.",
    fix="Attach SCPs that protect trails, detectors and the organisation's roles.",
    command="aws organizations attach-policy --policy-id POLICY --target-id {account}",
    references=[_SCP],
    insecure_default=True,
)
def scp_attached(check: Check) -> Iterator[Result]:
    for result in _attached(check, "SERVICE_CONTROL_POLICY"):
        yield _with_account(check, result)


@control(
    "rcp-attached",
    title="A resource control policy limits the account",
    problem="No resource control policy limits it",
    rows=[9, 11],
    severity="medium",
    topic="organization",
    needs=[organization, policies, policy_targets, parents],
    why="An RCP keeps strangers away from your data whatever a resource policy says.",
    fix="Attach an RCP that denies access to principals outside of the organisation.",
    command="aws organizations attach-policy --policy-id POLICY --target-id {account}",
    references=[_RCP],
    insecure_default=True,
)
def rcp_attached(check: Check) -> Iterator[Result]:
    for result in _attached(check, "RESOURCE_CONTROL_POLICY"):
        yield _with_account(check, result)


def _with_account(check: Check, result: Result) -> Result:
    if result.status != "fail":
        return result
    return check.failed(result.subject, *result.facts, account=check.account.id)


@control(
    "scp-region-deny",
    title="A service control policy limits the regions",
    problem="No policy limits the regions",
    rows=[9],
    severity="low",
    topic="organization",
    needs=[organization, policies, policy_document],
    why="Regions you do not use are where nobody looks.",
    fix="Attach an SCP that denies requests to other regions (aws:RequestedRegion), global services excepted.",
    command="aws organizations create-policy --type SERVICE_CONTROL_POLICY --name deny-regions --description regions --content file://scp.json",
    references=[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html"
    ],
    insecure_default=True,
)
def scp_region_deny(check: Check) -> Iterator[Result]:
    account = check.account
    if account.organization is UNREAD:
        yield check.unknown(account.root_arn, organization)
        return
    scps = [one for one in account.organization_policies.values() if one.kind == "SERVICE_CONTROL_POLICY"]
    for policy in scps:
        if policy.document is not UNREAD and _limits_regions(policy.document):
            yield check.passed(account.root_arn, Fact("SCP of the organisation", policy.name))
            return
    if any(policy.document is UNREAD for policy in scps):
        yield check.unknown(account.root_arn, policy_document)
    elif check.answered(policies):
        yield check.failed(account.root_arn, Fact("SCP on aws:RequestedRegion", "none"))


def _limits_regions(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    for _, statement in statements(document):
        conditions = statement.get("Condition")
        if statement.get("Effect") != "Deny" or not isinstance(conditions, dict):
            continue
        keys = {str(key).lower() for one in conditions.values() if isinstance(one, dict) for key in one}
        named = {key for key, values in requirements(conditions) if as_list(values)}
        if "aws:requestedregion" in keys | named:
            return True
    return False


@control(
    "regions-unused",
    title="Opt-in regions are switched off unless used",
    problem="Unused opt-in region is switched on",
    rows=[9],
    severity="low",
    topic="organization",
    needs=[regions, instances, functions, databases],
    why="A region that is switched on has to be watched; opt-in regions are off until somebody enables them.",
    fix="Disable opt-in regions that hold no resources.",
    command="aws account disable-region --region-name {region}",
    references=["https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"],
)
def regions_unused(check: Check) -> Iterator[Result]:
    account = check.account
    listed = set(account.regions)
    for call in (instances, functions, databases):
        listed &= {one.region for one in account.outcomes_of(*call.id) if one.error is None and one.complete}
    used = set(used_regions(account))
    for region, status in account.regions.items():
        if status != "opted-in":
            continue
        if region in used:
            yield check.passed(account.root_arn, Fact("resources", "some were seen"), region=region)
        elif region in listed:
            yield check.failed(
                account.root_arn, Fact("resources", "none of those srtui reads"), region=region
            )
