"""AWS Budgets: whether somebody is told when spending leaps, as it does when an account is misused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.continuity import Budget
from srtui.services.declare import Answer, Service

BUDGETS = Service(
    "budgets",
    title="Budgets",
    scope="global",
    concurrency=1,
    home={"aws-cn": "cn-northwest-1"},
    partitions=frozenset({"aws", "aws-cn"}),
)


def _none(response: Mapping[str, Any]) -> Iterator[str]:
    """One item where there is no budget: only then is it worth a request to Cost Explorer, which costs a cent."""
    if not response.get("Budgets"):
        yield "no budget"


@BUDGETS.call(
    "DescribeBudgets",
    params=lambda _, context: {"AccountId": context.account},
    actions=["budgets:ViewBudget"],
    items=_none,
)
def budgets(account: Account, answer: Answer) -> None:
    """Budgets."""
    for entry in answer.response.get("Budgets") or ():
        name = entry["BudgetName"]
        arn = f"arn:{account.partition}:budgets::{account.id}:budget/{name}"
        account.table(Budget)[arn] = Budget(arn=arn, name=name, kind=entry.get("BudgetType") or "")
