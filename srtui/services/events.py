"""Amazon EventBridge: event buses and who may put events on them."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.messaging import EventBus
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

EVENTS = Service("events", title="EventBridge")


@EVENTS.call("ListEventBuses")
def event_buses(account: Account, answer: Answer) -> None:
    """Event buses and their policies."""
    for entry in answer.response.get("EventBuses") or ():
        arn = entry["Arn"]
        account.table(EventBus)[arn] = EventBus(
            arn=arn,
            name=entry.get("Name") or "",
            region=answer.region,
            policy=json_document(entry["Policy"]) if entry.get("Policy") else None,
        )
