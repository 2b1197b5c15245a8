"""AWS Security Hub CSPM: whether it is on, and the standards it checks."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import SecurityHub
from srtui.services.declare import Answer, Service

SECURITY_HUB = Service("securityhub", title="Security Hub")


@SECURITY_HUB.call(
    "DescribeHub", absent=["InvalidAccessException", "ResourceNotFoundException"], items=lambda hub: [hub]
)
def hub(account: Account, answer: Answer) -> None:
    """Security Hub of a region."""
    arn = answer.response.get("HubArn")
    if arn:
        account.security_hubs[arn] = SecurityHub(arn=arn, name="default", region=answer.region)


@SECURITY_HUB.call("GetEnabledStandards", for_each=hub)
def standards(account: Account, answer: Answer) -> None:
    """Standards in force."""
    found = tuple(dict(entry) for entry in answer.response.get("StandardsSubscriptions") or ())
    for entry in account.security_hubs.values():
        if entry.region == answer.region:
            known = entry.standards if isinstance(entry.standards, tuple) and answer.evidence.page else ()
            entry.standards = (*known, *found)
