"""Amazon GuardDuty: detectors, their features, and the findings that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.model import UNREAD, Detector
from srtui.services.declare import Answer, Service

GUARDDUTY = Service("guardduty", title="GuardDuty")

#: GuardDuty User Guide, "Severity levels": high and critical start at 7.
HIGH_SEVERITY = 7


@GUARDDUTY.call("ListDetectors", items="DetectorIds")
def detectors(account: Account, answer: Answer) -> None:
    """Detectors."""
    for name in answer.response.get("DetectorIds") or ():
        arn = f"arn:{account.partition}:guardduty:{answer.region}:{account.id}:detector/{name}"
        account.detectors[arn] = Detector(arn=arn, name=name, region=answer.region)


def _detector(account: Account, answer: Answer) -> Detector | None:
    name = answer.params["DetectorId"]
    return account.detectors.get(
        f"arn:{account.partition}:guardduty:{answer.region}:{account.id}:detector/{name}"
    )


@GUARDDUTY.call("GetDetector", for_each=detectors, params=lambda detector, _: {"DetectorId": detector})
def detector_status(account: Account, answer: Answer) -> None:
    """Whether a detector is enabled, and its features."""
    if detector := _detector(account, answer):
        detector.enabled = answer.response.get("Status") == "ENABLED"
        features = answer.response.get("Features") or ()
        detector.features = {feature.get("Name", ""): feature.get("Status", "") for feature in features}


def _batches(response: Mapping[str, Any]) -> Iterator[list[str]]:
    found = response.get("FindingIds") or []
    for start in range(0, len(found), 50):
        yield found[start : start + 50]


@GUARDDUTY.call(
    "ListFindings",
    for_each=detectors,
    params=lambda detector, _: {
        "DetectorId": detector,
        "FindingCriteria": {
            "Criterion": {
                "severity": {"GreaterThanOrEqual": HIGH_SEVERITY},
                "service.archived": {"Equals": ["false"]},
            }
        },
    },
    items=lambda response: _batches(response),
)
def finding_ids(account: Account, answer: Answer) -> None:
    """Open findings of high severity."""
    detector = _detector(account, answer)
    if detector is None:
        return
    if answer.response.get("FindingIds"):
        # Ids alone say that there are findings: until GetFindings has told which, "none" would be a lie.
        detector.findings = detector.findings or UNREAD if isinstance(detector.findings, tuple) else UNREAD
    elif not answer.evidence.page:
        detector.findings = ()


@GUARDDUTY.call(
    "GetFindings",
    for_each=finding_ids,
    params=lambda ids, context: {"DetectorId": context.parent["DetectorId"], "FindingIds": ids},
)
def finding_details(account: Account, answer: Answer) -> None:
    """What GuardDuty found."""
    if detector := _detector(account, answer):
        known = detector.findings if isinstance(detector.findings, tuple) else ()
        fresh = {finding["Id"]: dict(finding) for finding in answer.response.get("Findings") or ()}
        detector.findings = (*(finding for finding in known if finding["Id"] not in fresh), *fresh.values())
