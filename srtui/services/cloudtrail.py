"""AWS CloudTrail: trails, whether they log, and what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.model import Trail
from srtui.services.declare import Answer, Service

CLOUDTRAIL = Service("cloudtrail", title="CloudTrail")


@CLOUDTRAIL.call("DescribeTrails", variants=[{"includeShadowTrails": False}], items="trailList")
def trails(account: Account, answer: Answer) -> None:
    """Trails whose home is this region."""
    for entry in answer.response.get("trailList") or ():
        home = entry.get("HomeRegion") or answer.region
        if home != answer.region:
            continue
        account.trails[entry["TrailARN"]] = Trail(
            arn=entry["TrailARN"],
            name=entry.get("Name", ""),
            region=answer.region,
            home_region=home,
            multi_region=bool(entry.get("IsMultiRegionTrail")),
            organization=bool(entry.get("IsOrganizationTrail")),
            validation=bool(entry.get("LogFileValidationEnabled")),
            kms_key=entry.get("KmsKeyId") or "",
            bucket=entry.get("S3BucketName") or "",
            log_group=entry.get("CloudWatchLogsLogGroupArn") or "",
        )


@CLOUDTRAIL.call("GetTrailStatus", for_each=trails, params=lambda trail, _: {"Name": trail["TrailARN"]})
def trail_status(account: Account, answer: Answer) -> None:
    """Whether a trail is logging."""
    if trail := account.trails.get(answer.params["Name"]):
        trail.logging = bool(answer.response.get("IsLogging"))
        trail.latest_delivery_error = answer.response.get("LatestDeliveryError") or ""


@CLOUDTRAIL.call(
    "GetEventSelectors", for_each=trails, params=lambda trail, _: {"TrailName": trail["TrailARN"]}
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
    data = {
        resource.get("Type", "") for selector in basic for resource in selector.get("DataResources") or ()
    }
    for selector in answer.response.get("AdvancedEventSelectors") or ():
        _read_advanced(trail, selector, data)
    trail.data_event_types = tuple(sorted(data))


def _read_advanced(trail: Trail, selector: Mapping[str, Any], data: set[str]) -> None:
    fields = {field.get("Field"): field for field in selector.get("FieldSelectors") or ()}
    categories = (fields.get("eventCategory") or {}).get("Equals") or []
    if "Management" in categories:
        read_only = (fields.get("readOnly") or {}).get("Equals") or []
        trail.management_read = trail.management_read is True or read_only != ["false"]
        trail.management_write = trail.management_write is True or read_only != ["true"]
        trail.excludes_management_sources |= bool((fields.get("eventSource") or {}).get("NotEquals"))
    if "Data" in categories:
        data.update((fields.get("resources.type") or {}).get("Equals") or [])
