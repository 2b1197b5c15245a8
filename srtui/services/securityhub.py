"""AWS Security Hub CSPM: whether it is on, and the standards it checks."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import HubFinding, SecurityHub
from srtui.evidence import moment
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


def _is(*values: str) -> list[dict[str, str]]:
    return [{"Value": value, "Comparison": "EQUALS"} for value in values]


@SECURITY_HUB.call(
    "GetFindings",
    for_each=hub,
    params=lambda _hub, context: {
        "Filters": {
            "AwsAccountId": _is(context.account),
            "ComplianceStatus": _is("FAILED"),
            "RecordState": _is("ACTIVE"),
            "SeverityLabel": _is("CRITICAL", "HIGH"),
            "WorkflowStatus": _is("NEW"),
        },
        "SortCriteria": [{"Field": "CreatedAt", "SortOrder": "asc"}],
    },
    page_size=100,
    max_pages=1,
)
def failed_checks(account: Account, answer: Answer) -> None:
    """Failed checks of high severity that nobody has taken on, the oldest first."""
    found = tuple(
        HubFinding(
            title=entry.get("Title") or "",
            severity=(entry.get("Severity") or {}).get("Label") or "",
            created=moment(entry.get("CreatedAt")),
            resource=((entry.get("Resources") or [{}])[0]).get("Id") or "",
        )
        for entry in answer.response.get("Findings") or ()
    )
    for entry in account.security_hubs.values():
        if entry.region == answer.region:
            entry.failed, entry.failed_more = found, bool(answer.response.get("NextToken"))
