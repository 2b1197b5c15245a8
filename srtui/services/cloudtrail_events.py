"""CloudTrail's event history: the newest events of a few names. It needs no trail, and bears two requests a second."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from srtui.account import UNREAD, Account
from srtui.account.events import EventSearch, RecordedEvent
from srtui.evidence import moment
from srtui.services.cloudtrail import CLOUDTRAIL
from srtui.services.declare import Answer, CallContext, home_region
from srtui.services.iam import IAM

#: Signs of somebody who switches off what would show him; and console sign-ins, which any region may record.
TAMPERING: Final = (
    "StopLogging",
    "DeleteTrail",
    "PutEventSelectors",
    "DeleteDetector",
    "DisableSecurityHub",
    "StopConfigurationRecorder",
    "DeleteFlowLogs",
    "DisableKey",
    "ScheduleKeyDeletion",
)
SIGN_IN: Final = "ConsoleLogin"
#: Ways to get or keep access. IAM records its events in one region of the partition.
IAM_CHANGES: Final = (
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
    "PutUserPolicy",
    "AttachUserPolicy",
    "UpdateAssumeRolePolicy",
    "DeactivateMFADevice",
)


def event_name(variant: Mapping[str, Any]) -> str:
    """The event name that a search is for."""
    return str(variant["LookupAttributes"][0]["AttributeValue"])


def _due(variant: Mapping[str, Any], context: CallContext) -> bool:
    return event_name(variant) not in IAM_CHANGES or context.region == home_region(IAM, context.partition)


@CLOUDTRAIL.call(
    "LookupEvents",
    variants=[
        {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}
        for name in (SIGN_IN, *TAMPERING, *IAM_CHANGES)
    ],
    due=_due,
    page_size=50,
    max_pages=1,
    pause=0.55,
)
def event_history(account: Account, answer: Answer) -> None:
    """The newest sign-ins, and events that blind the account or give access."""
    name = event_name(answer.params)
    entries = answer.response.get("Events") or ()
    search = f"arn:{account.partition}:cloudtrail:{answer.region}:{account.id}:event-history/{name}"
    times = [moment(entry.get("EventTime")) for entry in entries]
    account.table(EventSearch)[search] = EventSearch(
        arn=search,
        name=name,
        region=answer.region,
        since=min((time for time in times if time), default=None)
        if answer.response.get("NextToken")
        else None,
    )
    for entry in entries:
        event = _event(account, answer.region, entry)
        account.table(RecordedEvent)[event.arn] = event


def _event(account: Account, region: str, entry: Mapping[str, Any]) -> RecordedEvent:
    arn = f"arn:{account.partition}:cloudtrail:{region}:{account.id}:event/{entry.get('EventId', '')}"
    found = RecordedEvent(
        arn=arn,
        name=entry.get("EventName") or "",
        region=region,
        at=moment(entry.get("EventTime")),
        who=entry.get("Username") or "",
        resources=tuple(one.get("ResourceName") or "" for one in entry.get("Resources") or ()),
    )
    try:
        detail = json.loads(entry.get("CloudTrailEvent") or "")
    except ValueError:
        return found
    if isinstance(detail, dict):
        _read_detail(found, detail)
    return found


def _read_detail(event: RecordedEvent, detail: Mapping[str, Any]) -> None:
    identity = detail.get("userIdentity") or {}
    # The role rather than its session, which has another name each time.
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    event.who = issuer.get("arn") or identity.get("arn") or event.who
    event.identity = identity.get("type") or UNREAD
    event.source_ip = detail.get("sourceIPAddress") or ""
    event.error = detail.get("errorCode") or ""
    used = (detail.get("additionalEventData") or {}).get("MFAUsed")
    event.mfa = UNREAD if used is None else used == "Yes"
    outcome = (detail.get("responseElements") or {}).get("ConsoleLogin")
    event.signed_in = UNREAD if outcome is None else outcome == "Success"
