"""Amazon Detective: behaviour graphs that the account administers, or is a member of."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import BehaviourGraph
from srtui.services.declare import Answer, Service

DETECTIVE = Service("detective", title="Detective", partitions=frozenset({"aws", "aws-us-gov"}))


@DETECTIVE.call("ListGraphs")
def graphs(account: Account, answer: Answer) -> None:
    """Behaviour graphs that this account administers."""
    for entry in answer.response.get("GraphList") or ():
        _add(account, answer, entry["Arn"], administered=True)


@DETECTIVE.call("ListInvitations")
def memberships(account: Account, answer: Answer) -> None:
    """Behaviour graphs of other accounts that this one sends its data to."""
    for entry in answer.response.get("Invitations") or ():
        if entry.get("Status") == "ENABLED":
            _add(account, answer, entry["GraphArn"], administered=False)


def _add(account: Account, answer: Answer, arn: str, *, administered: bool) -> None:
    account.table(BehaviourGraph)[arn] = BehaviourGraph(
        arn=arn, name=arn.rsplit(":", 1)[-1], region=answer.region, administered=administered
    )
