"""The findings as SARIF 2.1.0, for code scanning: each control a rule, each finding a result at its resource."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from srtui import __version__
from srtui.report.content import Content, controls_of
from srtui.report.inert import limited, visible
from srtui.report.resource import resource

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
#: What code scanning sorts by: CVSS's bands (GitHub, "SARIF support for code scanning", security-severity).
_SECURITY_SEVERITY: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.5"}
#: Signs with a meaning inside SARIF's own messages (SARIF 2.1.0, 3.11.5 placeholders and 3.11.6 embedded links).
_MESSAGE_SIGNS: Final = re.compile(r"[\[\]\\]")
_LONGEST: Final = 1000


def render(content: Content) -> str:
    """One SARIF log with one run, in ASCII."""
    rules = _rules(content)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "srtui",
                "semanticVersion": __version__,
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"srtui/{_path(content['account'] or 'unknown')}/"},
        "invocations": [_invocation(content)],
        "results": [_result(finding, index) for finding in content["findings"]],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "account": visible(content["account"]),
            "alias": visible(content["alias"]),
            "caller": visible(content["caller"]),
            "controls": content["coverage"]["controls"],
            "evaluated": content["coverage"]["evaluated"],
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=True) + "\n"


def message(text: str) -> str:
    """Plain text for a message: no link, no placeholder, nothing that does not print."""
    inert = _MESSAGE_SIGNS.sub(lambda found: "\\" + found[0], limited(text, _LONGEST))
    return inert.replace("{", "{{").replace("}", "}}")


def _rules(content: Content) -> list[dict[str, Any]]:
    """The controls that have findings, in the order of the findings."""
    controls = controls_of(content)
    first = {finding["control"]: finding for finding in reversed(content["findings"])}
    ordered = dict.fromkeys(finding["control"] for finding in content["findings"])
    return [_rule(first[id], controls.get(id, {})) for id in ordered]


def _rule(finding: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    frameworks = [f"{name}/{one}" for name, ids in control.get("frameworks", {}).items() for one in ids]
    rule: dict[str, Any] = {
        "id": finding["control"],
        "name": "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", finding["control"])),
        "shortDescription": {"text": message(finding["title"])},
        "fullDescription": {"text": message(finding["why"])},
        "help": {"text": message(finding["fix"])},
        "defaultConfiguration": {"level": _LEVELS[finding["severity"]]},
        "properties": {
            "precision": "high",
            "security-severity": _SECURITY_SEVERITY[finding["severity"]],
            "tags": ["security", *(f"responsibility-row-{row}" for row in finding["rows"]), *frameworks],
        },
    }
    if finding["references"]:
        rule["helpUri"] = finding["references"][0]
    return rule


def _result(finding: Mapping[str, Any], index: Mapping[str, int]) -> dict[str, Any]:
    found = resource(finding["subject"])
    facts = "; ".join(f"{fact['label']}: {fact['value']}" for fact in finding["facts"])
    text = f"{finding['title']}: {finding['subject']}" + (f" ({facts})" if facts else "")
    result: dict[str, Any] = {
        "ruleId": finding["control"],
        "ruleIndex": index[finding["control"]],
        "level": _LEVELS[finding["severity"]],
        "message": {"text": message(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding)},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": limited(found.name, _LONGEST),
                        "fullyQualifiedName": limited(finding["subject"], _LONGEST),
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"srtui/v1": finding["fingerprint"]},
        "properties": {
            "severity": finding["severity"],
            "region": visible(finding["region"]),
            "state": finding["triage"]["state"],
            "insecureDefault": finding["insecure_default"],
            "risk": limited(finding["risk"]["words"], _LONGEST),
            "facts": {
                limited(fact["label"], _LONGEST): limited(fact["value"], _LONGEST)
                for fact in finding["facts"]
            },
        },
    }
    if finding["triage"]["state"] == "suppressed":
        reason = finding["triage"]["reason"]
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": limited(reason, _LONGEST)}
        ]
    return result


def _uri(finding: Mapping[str, Any]) -> str:
    """A path that stands for the resource: code scanning shows results at files."""
    parts = [part for part in finding["subject"].split(":", 5)[1:] if part] or [finding["subject"]]
    return "/".join(map(_path, parts))


def _path(text: str) -> str:
    # Half a surrogate pair cannot be written as UTF-8, which is what a URI's escapes are of.
    return quote(text[:_LONGEST].encode("utf-8", "replace"), safe="/-._~") or "-"


def _invocation(content: Content) -> dict[str, Any]:
    invocation: dict[str, Any] = {
        # What could not be read is told below; the run as such has ended well.
        "executionSuccessful": True,
        "toolExecutionNotifications": [*_notes(content["coverage"])],
    }
    if content["collected_at"]:
        invocation["endTimeUtc"] = content["collected_at"]
    return invocation


def _notes(coverage: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for note in coverage["notes"]:
        yield {"level": "warning", "message": {"text": message(note)}}
    for failure in coverage["failures"]:
        where = f" in {failure['region']}" if failure["region"] else ""
        text = f"{failure['service']}:{failure['operation']}{where} was not answered: {failure['error']}"
        yield {"level": "warning", "message": {"text": message(text)}}
