"""AWS STS: who is calling."""

from __future__ import annotations

from srtui.account import Account
from srtui.services.declare import Answer, Service

STS = Service("sts", title="Security Token Service", scope="global")


@STS.call("GetCallerIdentity", title="Caller identity")
def caller_identity(account: Account, answer: Answer) -> None:
    """The account and principal behind the credentials."""
    account.id = answer.response["Account"]
    account.caller_arn = answer.response["Arn"]
    account.partition = account.caller_arn.split(":")[1]
