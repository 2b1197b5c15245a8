"""AWS CloudFormation: stacks and stack sets, and the roles that they change the account with."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.delivery import Stack, StackSet
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

CLOUDFORMATION = Service("cloudformation", title="CloudFormation")


@CLOUDFORMATION.call("DescribeStacks")
def stacks(account: Account, answer: Answer) -> None:
    """Stacks and their service roles."""
    for entry in answer.response.get("Stacks") or ():
        arn = entry["StackId"]
        account.table(Stack)[arn] = Stack(
            arn=arn,
            name=entry["StackName"],
            region=answer.region,
            tags=tags_of(entry),
            role=entry.get("RoleARN") or "",
            status=entry.get("StackStatus") or "",
            parent=entry.get("ParentId") or "",
            termination_protection=bool(entry.get("EnableTerminationProtection")),
            capabilities=tuple(entry.get("Capabilities") or ()),
            outputs={
                one.get("OutputKey") or "": one.get("OutputValue") or "" for one in entry.get("Outputs") or ()
            },
            parameters={
                one.get("ParameterKey") or "": one.get("ParameterValue") or ""
                for one in entry.get("Parameters") or ()
            },
            drift=(entry.get("DriftInformation") or {}).get("StackDriftStatus") or "",
        )


@CLOUDFORMATION.call("ListStackSets", variants=[{"Status": "ACTIVE"}], items="Summaries", page_size=100)
def stack_sets(account: Account, answer: Answer) -> None:
    """Stack sets."""
    for entry in answer.response.get("Summaries") or ():
        arn = _arn(account, answer.region, entry["StackSetId"])
        found = account.table(StackSet).setdefault(
            arn, StackSet(arn=arn, name=entry["StackSetName"], region=answer.region)
        )
        found.permission_model = entry.get("PermissionModel") or "SELF_MANAGED"


def _arn(account: Account, region: str, id: str) -> str:
    return f"arn:{account.partition}:cloudformation:{region}:{account.id}:stackset/{id}"


@CLOUDFORMATION.call(
    "DescribeStackSet",
    for_each=stack_sets,
    params=lambda stack_set, _: {"StackSetName": stack_set["StackSetName"]},
)
def stack_set_details(account: Account, answer: Answer) -> None:
    """The roles of a stack set."""
    entry = answer.response.get("StackSet") or {}
    for found in account.table(StackSet).values():
        if entry and found.name == answer.params["StackSetName"] and found.region == answer.region:
            found.admin_role = entry.get("AdministrationRoleARN") or ""
            found.execution_role = entry.get("ExecutionRoleName") or ""
