"""The findings in AWS's Security Finding Format, as `aws securityhub batch-import-findings` takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from srtui import __version__
from srtui.partitions import GLOBAL_REGIONS
from srtui.report.content import Content, controls_of
from srtui.report.inert import limited
from srtui.report.resource import resource

#: Lengths from the API's documentation (Security Hub API Reference, AwsSecurityFinding and the types in it).
MOST_ID: Final = 512
MOST_TITLE: Final = 256
MOST_DESCRIPTION: Final = 1024
MOST_RECOMMENDATION: Final = 512
MOST_NOTE: Final = 512
MOST_FIELD_NAME: Final = 128
MOST_FIELD: Final = 2048
MOST_FIELDS: Final = 50
MOST_REQUIREMENTS: Final = 32

_SEVERITIES: Final = {
    "critical": "CRITICAL",
    "high": "HIGH",
    "medium": "MEDIUM",
    "low": "LOW",
    "info": "INFORMATIONAL",
}
_WORKFLOW: Final = {"open": "NEW", "acknowledged": "NOTIFIED", "suppressed": "SUPPRESSED"}
#: Security Hub refuses a finding without a time.
_NO_TIME: Final = "1970-01-01T00:00:00Z"
_TYPE: Final = "Software and Configuration Checks/AWS Security Best Practices"


def render(content: Content) -> str:
    """A JSON array of findings in ASCII. One import takes at most 100 of one region; see docs/formats.md."""
    controls = controls_of(content)
    findings = [_finding(content, one, controls.get(one["control"], {})) for one in content["findings"]]
    return json.dumps(findings, indent=1, ensure_ascii=True) + "\n"


def _finding(content: Content, finding: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    found = resource(finding["subject"])
    partition = found.partition if found.partition in GLOBAL_REGIONS else "aws"
    region = limited(finding["region"] or found.region, 16) or GLOBAL_REGIONS[partition]
    account = content["account"] or "000000000000"
    at = content["collected_at"] or _NO_TIME
    made: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"srtui/{region}/{account}/{finding['fingerprint']}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "srtui",
        "CompanyName": "srtui",
        "Region": region,
        "GeneratorId": limited(f"srtui/{finding['control']}", MOST_ID),
        "AwsAccountId": account,
        "Types": [_TYPE],
        "FirstObservedAt": at,
        "LastObservedAt": at,
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": _SEVERITIES[finding["severity"]], "Original": finding["severity"]},
        "Title": limited(finding["title"], MOST_TITLE),
        "Description": limited(_description(finding), MOST_DESCRIPTION),
        "Remediation": {"Recommendation": _recommendation(finding)},
        "ProductFields": _fields(finding),
        "Resources": [_resource(finding, partition, region, account)],
        "Compliance": _compliance(finding, control),
        "Workflow": {"Status": _WORKFLOW[finding["triage"]["state"]]},
        "RecordState": "ACTIVE",
    }
    note = _note(finding, at)
    if note:
        made["Note"] = note
    return made


def _description(finding: Mapping[str, Any]) -> str:
    facts = "; ".join(f"{fact['label']}: {fact['value']}" for fact in finding["facts"])
    return f"{finding['why']} {facts}".strip() or finding["title"]


def _recommendation(finding: Mapping[str, Any]) -> dict[str, str]:
    made = {"Text": limited(finding["fix"], MOST_RECOMMENDATION)}
    if finding["references"]:
        made["Url"] = finding["references"][0]
    return made


def _fields(finding: Mapping[str, Any]) -> dict[str, str]:
    named = {
        "srtui/version": __version__,
        "srtui/control": finding["control"],
        "srtui/rows": " ".join(map(str, finding["rows"])),
        "srtui/fingerprint": finding["fingerprint"],
        "srtui/risk": finding["risk"]["words"],
        "srtui/command": finding["command"],
        "srtui/evidence": "; ".join(
            f"{source['service']}:{source['operation']} {source['region']}" for source in finding["sources"]
        ),
        **{f"srtui/fact/{fact['label']}": fact["value"] for fact in finding["facts"]},
    }
    fields = {
        limited(name, MOST_FIELD_NAME): limited(value, MOST_FIELD)
        for name, value in named.items()
        if value.strip()
    }
    return dict(list(fields.items())[:MOST_FIELDS])


def _resource(finding: Mapping[str, Any], partition: str, region: str, account: str) -> dict[str, str]:
    found = resource(finding["subject"])
    id = limited(finding["subject"], MOST_ID) or "unknown"
    if found.type == "AwsAccount":
        id = f"AWS::::Account:{account}"
    return {"Type": found.type, "Id": id, "Partition": partition, "Region": region}


def _compliance(finding: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    frameworks = control.get("frameworks", {})
    requirements = [f"{name} {one}" for name, ids in frameworks.items() for one in ids]
    return {
        "Status": "FAILED",
        "SecurityControlId": finding["control"],
        **({"RelatedRequirements": requirements[:MOST_REQUIREMENTS]} if requirements else {}),
    }


def _note(finding: Mapping[str, Any], at: str) -> dict[str, str] | None:
    """Why a finding is suppressed or who is on it, or the newest note."""
    triage = finding["triage"]
    newest = triage["notes"][-1] if triage["notes"] else None
    text = triage["reason"] or (newest["text"] if newest else "")
    if not text.strip():
        return None
    by = triage["author"] or (newest["author"] if newest else "") or "srtui"
    when = triage["at"] or (newest["at"] if newest else None) or at
    return {"Text": limited(text, MOST_NOTE), "UpdatedBy": limited(by, MOST_ID), "UpdatedAt": when}
