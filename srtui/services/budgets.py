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
    """One item where no budget tells anybody: only then is Cost Explorer asked, where each request costs a cent."""
    if not any(entry.get("Notifications") for entry in response.get("BudgetNotificationsForAccount") or ()):
        yield "no notification"


@BUDGETS.call(
    "DescribeBudgetNotificationsForAccount",
    params=lambda _, context: {"AccountId": context.account},
    actions=["budgets:ViewBudget"],
    absent=["NotFoundException"],
    items=_none,
)
def budgets(account: Account, answer: Answer) -> None:
    """Budgets, and how many notifications each has."""
    for entry in answer.response.get("BudgetNotificationsForAccount") or ():
        name = entry.get("BudgetName") or ""
        arn = f"arn:{account.partition}:budgets::{account.id}:budget/{name}"
        count = len(entry.get("Notifications") or ())
        account.table(Budget)[arn] = Budget(arn=arn, name=name, notifications=count)
