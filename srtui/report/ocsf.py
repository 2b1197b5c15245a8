"""The findings as events of the Open Cybersecurity Schema Framework 1.5.0, class Compliance Finding (2003)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from srtui import __version__
from srtui.evidence import moment
from srtui.report.content import Content, controls_of
from srtui.report.inert import limited, visible
from srtui.report.resource import resource

VERSION: Final = "1.5.0"
_CLASS: Final = 2003
_CREATE: Final = 1
_FAIL: Final = 3  # compliance.status_id
_AWS_ACCOUNT: Final = 10  # account.type_id
_SEVERITIES: Final = {
    "critical": (5, "Critical"),
    "high": (4, "High"),
    "medium": (3, "Medium"),
    "low": (2, "Low"),
    "info": (1, "Informational"),
}
_STATES: Final = {"open": (1, "New"), "acknowledged": (2, "In Progress"), "suppressed": (3, "Suppressed")}
_LONGEST: Final = 2000


def render(content: Content) -> str:
    """A JSON array of events in ASCII, one for each finding."""
    controls = controls_of(content)
    events = [
        _event(content, finding, controls.get(finding["control"], {})) for finding in content["findings"]
    ]
    return json.dumps(events, indent=1, ensure_ascii=True) + "\n"


def _event(content: Content, finding: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    severity_id, severity = _SEVERITIES[finding["severity"]]
    status_id, status = _STATES[finding["triage"]["state"]]
    now = milliseconds(content["collected_at"])
    event: dict[str, Any] = {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": _CLASS,
        "type_name": "Compliance Finding: Create",
        "type_uid": _CLASS * 100 + _CREATE,
        "time": now,
        "severity": severity,
        "severity_id": severity_id,
        "status": status,
        "status_id": status_id,
        "message": limited(f"{finding['title']}: {finding['subject']}", _LONGEST),
        "metadata": {
            "version": VERSION,
            "product": {"name": "srtui", "vendor_name": "srtui", "version": __version__},
            "profiles": ["cloud"],
            "uid": finding["fingerprint"],
            "event_code": finding["control"],
        },
        "cloud": _cloud(content, finding),
        "compliance": _compliance(finding, control),
        "finding_info": {
            "uid": finding["fingerprint"],
            "title": visible(finding["title"]),
            "desc": visible(finding["why"]),
            "types": [f"responsibility row {row}" for row in finding["rows"]],
            "data_sources": [f"{source['service']}:{source['operation']}" for source in finding["sources"]],
            "last_seen_time": now,
        },
        "remediation": _remediation(finding),
        "resources": [_resource(finding)],
        "unmapped": _unmapped(finding),
    }
    if finding["triage"]["reason"]:
        event["comment"] = limited(finding["triage"]["reason"], _LONGEST)
    return event


def milliseconds(text: str | None) -> int:
    """A time of the report as OCSF writes times; 0 where nothing was collected."""
    found = moment(text)
    return int(found.timestamp() * 1000) if found else 0


def _cloud(content: Content, finding: Mapping[str, Any]) -> dict[str, Any]:
    account = visible(content["account"])
    return {
        "provider": "AWS",
        "account": {
            "uid": account,
            "name": limited(content["alias"], _LONGEST) or account,
            "type": "AWS Account",
            "type_id": _AWS_ACCOUNT,
        },
        "region": visible(finding["region"] or resource(finding["subject"]).region) or "global",
    }


def _compliance(finding: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    frameworks = control.get("frameworks", {})
    return {
        "control": finding["control"],
        "desc": visible(control.get("title", finding["title"])),
        "standards": [*frameworks] or ["srtui"],
        "requirements": [f"{name} {one}" for name, ids in frameworks.items() for one in ids],
        "status": "Fail",
        "status_id": _FAIL,
    }


def _remediation(finding: Mapping[str, Any]) -> dict[str, Any]:
    text = visible(finding["fix"])
    if finding["command"]:
        text += f" Command: {limited(finding['command'], _LONGEST)}"
    return {"desc": text, "references": list(finding["references"])}


def _resource(finding: Mapping[str, Any]) -> dict[str, Any]:
    found = resource(finding["subject"])
    return {
        "uid": limited(finding["subject"], _LONGEST),
        "name": limited(found.name, _LONGEST),
        "type": found.type,
        "region": visible(finding["region"] or found.region) or "global",
        "cloud_partition": visible(found.partition) or "aws",
        "data": {
            limited(fact["label"], _LONGEST): limited(fact["value"], _LONGEST) for fact in finding["facts"]
        },
    }


def _unmapped(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "insecure_default": finding["insecure_default"],
        "risk": limited(finding["risk"]["words"], _LONGEST),
        "notes": [limited(note["text"], _LONGEST) for note in finding["triage"]["notes"]],
        "expires": finding["triage"]["expires"],
    }
