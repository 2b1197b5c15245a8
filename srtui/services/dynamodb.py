"""Amazon DynamoDB: tables, their recovery, and who else may use them."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.stores import Table
from srtui.services.declare import Answer, CallContext, Service
from srtui.services.documents import json_document

DYNAMODB = Service("dynamodb", title="DynamoDB")
_GONE = ("ResourceNotFoundException", "TableNotFoundException")


def _arn(partition: str, region: str, account: str, name: str) -> str:
    return f"arn:{partition}:dynamodb:{region}:{account}:table/{name}"


@DYNAMODB.call("ListTables", items="TableNames", page_size=100)
def tables(account: Account, answer: Answer) -> None:
    """Tables."""
    for name in answer.response.get("TableNames") or ():
        arn = _arn(account.partition, answer.region, account.id, name)
        account.table(Table)[arn] = Table(arn=arn, name=name, region=answer.region)


def _table(account: Account, answer: Answer) -> Table | None:
    name = answer.params["TableName"]
    return account.table(Table).get(_arn(account.partition, answer.region, account.id, name))


@DYNAMODB.call("DescribeTable", for_each=tables, params=lambda name, _: {"TableName": name}, absent=_GONE)
def table_details(account: Account, answer: Answer) -> None:
    """Deletion protection of a table."""
    table = _table(account, answer)
    if table is not None and not answer.absent:
        table.deletion_protection = bool(
            (answer.response.get("Table") or {}).get("DeletionProtectionEnabled")
        )


@DYNAMODB.call(
    "DescribeContinuousBackups", for_each=tables, params=lambda name, _: {"TableName": name}, absent=_GONE
)
def table_recovery(account: Account, answer: Answer) -> None:
    """Point-in-time recovery of a table."""
    table = _table(account, answer)
    if table is not None and not answer.absent:
        description = answer.response.get("ContinuousBackupsDescription") or {}
        recovery = description.get("PointInTimeRecoveryDescription") or {}
        table.recovery = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"


def _resource(name: str, context: CallContext) -> dict[str, str]:
    return {"ResourceArn": _arn(context.partition, context.region, context.account, name)}


@DYNAMODB.call("GetResourcePolicy", for_each=tables, params=_resource, absent=["PolicyNotFoundException"])
def table_policy(account: Account, answer: Answer) -> None:
    """Resource policy of a table."""
    table = account.table(Table).get(answer.params["ResourceArn"])
    if table is not None:
        table.policy = None if answer.absent else json_document(answer.response.get("Policy"))
