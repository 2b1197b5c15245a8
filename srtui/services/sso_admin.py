"""IAM Identity Center: permission sets and whom they are assigned to in this account, where this account may ask."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.federation import IdentityCenter, PermissionSet
from srtui.services.declare import Answer, Service

IDENTITY_CENTER = Service("sso-admin", title="IAM Identity Center", prefix="sso", concurrency=2)


@IDENTITY_CENTER.call("ListInstances", items="Instances", page_size=10)
def instances(account: Account, answer: Answer) -> None:
    """Instances of IAM Identity Center."""
    for entry in answer.response.get("Instances") or ():
        arn = entry["InstanceArn"]
        account.table(IdentityCenter)[arn] = IdentityCenter(
            arn=arn,
            name=entry.get("Name") or arn.rsplit("/", 1)[-1],
            region=answer.region,
            identity_store=entry.get("IdentityStoreId") or "",
            owner=entry.get("OwnerAccountId") or "",
            status=entry.get("Status") or "",
        )


@IDENTITY_CENTER.call(
    "ListPermissionSetsProvisionedToAccount",
    for_each=instances,
    params=lambda instance, context: {
        "InstanceArn": instance["InstanceArn"],
        "AccountId": context.account,
    },
    items="PermissionSets",
    page_size=100,
)
def permission_sets(account: Account, answer: Answer) -> None:
    """Permission sets that this account has roles of."""
    for arn in answer.response.get("PermissionSets") or ():
        account.table(PermissionSet).setdefault(
            arn, PermissionSet(arn=arn, name=arn, region=answer.region, instance=answer.params["InstanceArn"])
        )


@IDENTITY_CENTER.call(
    "DescribePermissionSet",
    for_each=permission_sets,
    params=lambda arn, context: {"InstanceArn": context.parent["InstanceArn"], "PermissionSetArn": arn},
)
def permission_set(account: Account, answer: Answer) -> None:
    """Name and session length of a permission set."""
    entry = answer.response.get("PermissionSet") or {}
    found = account.table(PermissionSet).get(answer.params["PermissionSetArn"])
    if found is not None and entry:
        found.name = entry.get("Name") or found.arn
        found.session_duration = entry.get("SessionDuration") or "PT1H"


@IDENTITY_CENTER.call(
    "ListAccountAssignments",
    for_each=permission_sets,
    params=lambda arn, context: {
        "InstanceArn": context.parent["InstanceArn"],
        "AccountId": context.account,
        "PermissionSetArn": arn,
    },
    page_size=100,
)
def assignments(account: Account, answer: Answer) -> None:
    """Users and groups that a permission set is assigned to."""
    found = account.table(PermissionSet).get(answer.params["PermissionSetArn"])
    if found is not None:
        known = found.assignments if isinstance(found.assignments, tuple) and answer.evidence.page else ()
        found.assignments = (
            *known,
            *(
                (one.get("PrincipalType") or "", one.get("PrincipalId") or "")
                for one in answer.response.get("AccountAssignments") or ()
            ),
        )
