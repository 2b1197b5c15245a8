"""AWS Organizations: the organisation, and the SCPs and RCPs that it lets this account see.

Only the management account and delegated administrators may list policies; elsewhere these calls are denied and what
rests on them stays unknown (Organizations User Guide, "Viewing information about policies").
"""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import Organization, OrganizationPolicy
from srtui.account.organisation import DelegatedAdministrator, EffectivePolicy
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

ORGANIZATIONS = Service("organizations", title="Organizations", scope="global", concurrency=2)

_NO_ORGANIZATION = ["AWSOrganizationsNotInUseException"]


@ORGANIZATIONS.call("DescribeOrganization", absent=_NO_ORGANIZATION, items="Organization")
def organization(account: Account, answer: Answer) -> None:
    """The organisation this account belongs to."""
    entry = answer.response.get("Organization")
    account.organization = (
        Organization(
            id=entry["Id"],
            arn=entry.get("Arn", ""),
            management_account=entry.get("MasterAccountId", ""),
            feature_set=entry.get("FeatureSet", ""),
        )
        if entry
        else None
    )


@ORGANIZATIONS.call(
    "ListPolicies",
    variants=[{"Filter": kind} for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")],
    items="Policies",
    absent=[*_NO_ORGANIZATION, "PolicyTypeNotEnabledException"],
)
def policies(account: Account, answer: Answer) -> None:
    """Service and resource control policies of the organisation."""
    for entry in answer.response.get("Policies") or ():
        account.organization_policies[entry["Id"]] = OrganizationPolicy(
            id=entry["Id"],
            name=entry.get("Name", ""),
            kind=entry.get("Type") or answer.params["Filter"],
            aws_managed=bool(entry.get("AwsManaged")),
        )


@ORGANIZATIONS.call("DescribePolicy", for_each=policies, params=lambda policy, _: {"PolicyId": policy["Id"]})
def policy_document(account: Account, answer: Answer) -> None:
    """The text of a control policy."""
    policy = account.organization_policies.get(answer.params["PolicyId"])
    content = (answer.response.get("Policy") or {}).get("Content")
    if policy is not None:
        policy.document = json_document(content)


@ORGANIZATIONS.call(
    "ListTargetsForPolicy",
    for_each=policies,
    params=lambda policy, _: {"PolicyId": policy["Id"]},
)
def policy_targets(account: Account, answer: Answer) -> None:
    """Where a control policy is attached."""
    if policy := account.organization_policies.get(answer.params["PolicyId"]):
        known = policy.targets if isinstance(policy.targets, tuple) and answer.evidence.page else ()
        policy.targets = (*known, *(target["TargetId"] for target in answer.response.get("Targets") or ()))


@ORGANIZATIONS.call(
    "ListParents",
    for_each=organization,
    params=lambda _, context: {"ChildId": context.account},
    absent=_NO_ORGANIZATION,
)
def parents(account: Account, answer: Answer) -> None:
    """The organisational unit or root above this account."""
    found = [parent["Id"] for parent in answer.response.get("Parents") or ()]
    account.organization_parents = tuple(found)


@ORGANIZATIONS.call(
    "DescribeEffectivePolicy",
    variants=[{"PolicyType": kind} for kind in ("TAG_POLICY", "AISERVICES_OPT_OUT_POLICY")],
    absent=[*_NO_ORGANIZATION, "EffectivePolicyNotFoundException"],
)
def effective_policy(account: Account, answer: Answer) -> None:
    """The tag policy and the AI opt-out policy that apply to this account; every account may ask."""
    kind = answer.params["PolicyType"]
    arn = f"arn:{account.partition}:organizations::{account.id}:effective-policy/{kind}"
    content = (answer.response.get("EffectivePolicy") or {}).get("PolicyContent")
    document = None if answer.absent else json_document(content)
    account.table(EffectivePolicy)[arn] = EffectivePolicy(arn=arn, name=kind, document=document)


@ORGANIZATIONS.call(
    "ListDelegatedAdministrators",
    for_each=organization,
    due=lambda found, context: found.get("MasterAccountId") == context.account,
)
def delegated_administrators(account: Account, answer: Answer) -> None:
    """Accounts that administer a service for the organisation, which the management account sees."""
    for entry in answer.response.get("DelegatedAdministrators") or ():
        account.table(DelegatedAdministrator)[entry["Arn"]] = DelegatedAdministrator(
            arn=entry["Arn"],
            name=entry.get("Id") or "",
            title=entry.get("Name") or "",
            status=entry.get("State") or entry.get("Status") or "",
            joined=entry.get("JoinedMethod") or "",
            since=moment(entry.get("DelegationEnabledDate")),
        )
