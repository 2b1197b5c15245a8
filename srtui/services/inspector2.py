"""Amazon Inspector: what it scans, what it found on each resource, and what it cannot scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.account import Account
from srtui.account.patches import Inspector, InspectorFindings, Unscanned
from srtui.services.declare import Answer, Service

INSPECTOR = Service("inspector2", title="Inspector", concurrency=2)


def _enabled(account: Mapping[str, Any]) -> bool:
    return (account.get("state") or {}).get("status") == "ENABLED"


@INSPECTOR.call("BatchGetAccountStatus", items="accounts")
def inspector_status(account: Account, answer: Answer) -> None:
    """Whether Inspector is on, and for what."""
    for entry in answer.response.get("accounts") or ():
        if entry.get("accountId", account.id) != account.id:
            continue
        scans = entry.get("resourceState") or {}
        account.table(Inspector)[answer.region] = Inspector(
            arn=account.root_arn,
            name="inspector",
            region=answer.region,
            status=(entry.get("state") or {}).get("status") or "",
            scans={kind: (state or {}).get("status") or "" for kind, state in scans.items()},
        )


#: Aggregation → (member of the answer, member that names the resource, what it is).
_AGGREGATIONS: Final = {
    "AWS_EC2_INSTANCE": ("ec2InstanceAggregation", "instanceId", "instance"),
    "AWS_ECR_CONTAINER": ("awsEcrContainerAggregation", "resourceId", "image"),
    "AWS_LAMBDA_FUNCTION": ("lambdaFunctionAggregation", "resourceId", "function"),
}


# Counts by resource: the findings themselves may be a hundred thousand.
@INSPECTOR.call(
    "ListFindingAggregations",
    for_each=inspector_status,
    only_if=_enabled,
    variants=[{"aggregationType": kind} for kind in _AGGREGATIONS],
    page_size=100,
)
def findings_by_resource(account: Account, answer: Answer) -> None:
    """Open findings by instance, image and function."""
    for name, kind, entry in _aggregated(answer):
        if entry.get("accountId", account.id) != account.id:
            continue
        arn = name
        if not name.startswith("arn:"):
            arn = f"arn:{account.partition}:ec2:{answer.region}:{account.id}:instance/{name}"
        account.table(InspectorFindings)[arn] = InspectorFindings(
            arn=arn,
            name=name.rsplit("/", 1)[-1].rsplit(":", 1)[-1],
            region=answer.region,
            kind=kind,
            counts=dict(entry.get("severityCounts") or {}),
        )


def _aggregated(answer: Answer) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for response in answer.response.get("responses") or ():
        for member, name, kind in _AGGREGATIONS.values():
            entry = response.get(member)
            if entry and entry.get(name):
                yield entry[name], kind, entry


@INSPECTOR.call(
    "ListCoverage",
    for_each=inspector_status,
    only_if=_enabled,
    params=lambda *_: {"filterCriteria": {"scanStatusCode": [{"comparison": "EQUALS", "value": "INACTIVE"}]}},
    page_size=200,
)
def not_scanned(account: Account, answer: Answer) -> None:
    """Resources that Inspector does not scan."""
    for entry in answer.response.get("coveredResources") or ():
        if entry.get("accountId", account.id) != account.id:
            continue
        name = entry["resourceId"]
        arn = name
        if entry.get("resourceType") == "AWS_EC2_INSTANCE" and not name.startswith("arn:"):
            arn = f"arn:{account.partition}:ec2:{answer.region}:{account.id}:instance/{name}"
        account.table(Unscanned)[arn] = Unscanned(
            arn=arn,
            name=name,
            region=answer.region,
            kind=entry.get("resourceType") or "",
            reason=(entry.get("scanStatus") or {}).get("reason") or "",
        )
