"""AWS Shield: whether the account has Shield Advanced, and what it protects."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.edge import ShieldProtection, ShieldSubscription
from srtui.services.declare import Answer, Service

SHIELD = Service("shield", title="Shield", scope="global", partitions=frozenset({"aws"}))


@SHIELD.call("GetSubscriptionState")
def subscription(account: Account, answer: Answer) -> None:
    """Whether the account has Shield Advanced."""
    if state := answer.response.get("SubscriptionState"):
        arn = f"arn:{account.partition}:shield::{account.id}:subscription"
        account.table(ShieldSubscription)[arn] = ShieldSubscription(
            arn=arn, name="Shield Advanced", active=state == "ACTIVE"
        )


@SHIELD.call("ListProtections", page_size=100, absent=["ResourceNotFoundException"])
def protections(account: Account, answer: Answer) -> None:
    """What Shield Advanced protects; without a subscription AWS answers that there is none."""
    for entry in answer.response.get("Protections") or ():
        arn = entry.get("ProtectionArn") or (
            f"arn:{account.partition}:shield::{account.id}:protection/{entry['Id']}"
        )
        account.table(ShieldProtection)[arn] = ShieldProtection(
            arn=arn, name=entry.get("Name") or "", resource=entry.get("ResourceArn") or ""
        )
