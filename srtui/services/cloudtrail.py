"""AWS CloudTrail: trails, whether they log, and what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import UNREAD, Account
from srtui.account.model import DataEvents, Trail
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

CLOUDTRAIL = Service("cloudtrail", title="CloudTrail", concurrency=2)


def _home(trail: Mapping[str, Any], region: str) -> str:
    """A trail is asked about where it lives: each region lists its copy of the same trail."""
    return str(trail.get("HomeRegion") or region)


@CLOUDTRAIL.call("DescribeTrails", items="trailList")
def trails(account: Account, answer: Answer) -> None:
    """Trails, the organisation's and those of other regions included."""
    for entry in answer.response.get("trailList") or ():
        home = _home(entry, answer.region)
        found = Trail(
            arn=entry["TrailARN"],
            name=entry.get("Name", ""),
            region=home,
            home_region=home,
            multi_region=bool(entry.get("IsMultiRegionTrail")),
            organization=bool(entry.get("IsOrganizationTrail")),
            validation=bool(entry.get("LogFileValidationEnabled")),
            kms_key=entry.get("KmsKeyId") or "",
            bucket=entry.get("S3BucketName") or "",
            log_group=entry.get("CloudWatchLogsLogGroupArn") or "",
        )
        if known := account.trails.get(found.arn):
            # Every region lists the trail once more; what its home told about it stays.
            for name in (
                "name",
                "multi_region",
                "organization",
                "validation",
                "kms_key",
                "bucket",
                "log_group",
            ):
                setattr(known, name, getattr(found, name))
        else:
            account.trails[found.arn] = found


@CLOUDTRAIL.call(
    "GetTrailStatus", for_each=trails, params=lambda trail, _: {"Name": trail["TrailARN"]}, region_of=_home
)
def trail_status(account: Account, answer: Answer) -> None:
    """Whether a trail is logging and delivers."""
    if trail := account.trails.get(answer.params["Name"]):
        logging = answer.response.get("IsLogging")
        trail.logging = UNREAD if logging is None else bool(logging)
        trail.latest_delivery_error = answer.response.get("LatestDeliveryError") or ""
        trail.log_group_delivery = moment(answer.response.get("LatestCloudWatchLogsDeliveryTime"))
        trail.log_group_error = answer.response.get("LatestCloudWatchLogsDeliveryError") or ""


@CLOUDTRAIL.call(
    "GetInsightSelectors",
    for_each=trails,
    params=lambda trail, _: {"TrailName": trail["TrailARN"]},
    region_of=_home,
    absent=["InsightNotEnabledException"],
)
def insight_selectors(account: Account, answer: Answer) -> None:
    """Whether a trail looks for unusual activity (CloudTrail Insights)."""
    if trail := account.trails.get(answer.params["TrailName"]):
        found = answer.response.get("InsightSelectors") or ()
        trail.insights = tuple(one.get("InsightType", "") for one in found)


@CLOUDTRAIL.call(
    "GetEventSelectors",
    for_each=trails,
    params=lambda trail, _: {"TrailName": trail["TrailARN"]},
    region_of=_home,
)
def event_selectors(account: Account, answer: Answer) -> None:
    """Which events a trail records."""
    trail = account.trails.get(answer.params["TrailName"])
    if trail is None:
        return
    basic = answer.response.get("EventSelectors") or ()
    management = [selector for selector in basic if selector.get("IncludeManagementEvents", True)]
    kinds = {selector.get("ReadWriteType", "All") for selector in management}
    trail.management_read = bool(kinds & {"All", "ReadOnly"})
    trail.management_write = bool(kinds & {"All", "WriteOnly"})
    trail.excludes_management_sources = any(
        selector.get("ExcludeManagementEventSources") for selector in management
    )
    data = [
        _basic_data_events(resource, selector.get("ReadWriteType", "All"))
        for selector in basic
        for resource in selector.get("DataResources") or ()
    ]
    for selector in answer.response.get("AdvancedEventSelectors") or ():
        _read_advanced(trail, selector, data)
    trail.data_events = tuple(data)


def _basic_data_events(resource: Mapping[str, Any], kind: str) -> DataEvents:
    # A bare service prefix (arn:aws:s3, arn:aws:lambda) means everything of the kind.
    values = [str(value) for value in resource.get("Values") or ()]
    return DataEvents(
        kind=resource.get("Type", ""),
        read=kind in ("All", "ReadOnly"),
        write=kind in ("All", "WriteOnly"),
        everything=any(len(value.rstrip(":/*").split(":")) == 3 for value in values),
    )


def _read_advanced(trail: Trail, selector: Mapping[str, Any], data: list[DataEvents]) -> None:
    fields = {field.get("Field"): field for field in selector.get("FieldSelectors") or ()}
    categories = (fields.get("eventCategory") or {}).get("Equals") or []
    read_only = (fields.get("readOnly") or {}).get("Equals") or []
    if "Management" in categories:
        trail.management_read = trail.management_read is True or read_only != ["false"]
        trail.management_write = trail.management_write is True or read_only != ["true"]
        # Whatever narrows the selector further (source, name, type of session) leaves something out.
        trail.excludes_management_sources |= bool(set(fields) - {"eventCategory", "readOnly"})
    if "Data" in categories:
        data.extend(
            DataEvents(
                kind=kind,
                read=read_only != ["false"],
                write=read_only != ["true"],
                everything=not set(fields) - {"eventCategory", "readOnly", "resources.type"},
            )
            for kind in (fields.get("resources.type") or {}).get("Equals") or []
        )
