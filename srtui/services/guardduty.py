"""Amazon GuardDuty: detectors, their features, who administers them, and the findings that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.account import Account
from srtui.account.model import Detector
from srtui.services.declare import Answer, Service

GUARDDUTY = Service("guardduty", title="GuardDuty")

#: GuardDuty User Guide, "Severity levels": high and critical start at 7.
HIGH_SEVERITY: Final = 7
#: Finding types of scans, guessing and denial of service, which GuardDuty rates low or medium.
SCANS: Final = (
    "Recon:EC2/PortProbeUnprotectedPort",
    "Recon:EC2/PortProbeEMRUnprotectedPort",
    "Recon:EC2/Portscan",
    "Recon:IAMUser/MaliciousIPCaller",
    "Recon:IAMUser/MaliciousIPCaller.Custom",
    "Recon:IAMUser/TorIPCaller",
    "Backdoor:EC2/DenialOfService.Dns",
    "Backdoor:EC2/DenialOfService.Tcp",
    "Backdoor:EC2/DenialOfService.Udp",
    "Backdoor:EC2/DenialOfService.UdpOnTcpPorts",
    "Backdoor:EC2/DenialOfService.UnusualProtocol",
    "Impact:EC2/PortSweep",
    "Impact:EC2/WinRMBruteForce",
    "UnauthorizedAccess:EC2/RDPBruteForce",
    "UnauthorizedAccess:EC2/SSHBruteForce",
)
HIGH, RECON = "high", "recon"
_OPEN: Final = {"service.archived": {"Equals": ["false"]}}
_ASKED: Final[dict[str, dict[str, Any]]] = {
    HIGH: {"FindingCriteria": {"Criterion": {"severity": {"GreaterThanOrEqual": HIGH_SEVERITY}, **_OPEN}}},
    RECON: {"FindingCriteria": {"Criterion": {"type": {"Equals": list(SCANS)}, **_OPEN}}},
}


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


@GUARDDUTY.call(
    "GetAdministratorAccount", for_each=detectors, params=lambda detector, _: {"DetectorId": detector}
)
def administrator(account: Account, answer: Answer) -> None:
    """The account that administers a detector."""
    if detector := _detector(account, answer):
        found = answer.response.get("Administrator") or {}
        enabled = str(found.get("RelationshipStatus") or "").lower() == "enabled"
        detector.administrator = (found.get("AccountId") or "") if enabled else ""


@GUARDDUTY.call(
    "ListMembers",
    for_each=detectors,
    params=lambda detector, _: {"DetectorId": detector, "OnlyAssociated": "true"},
    page_size=50,
    max_pages=1,
)
def members(account: Account, answer: Answer) -> None:
    """Whether a detector administers other accounts."""
    if detector := _detector(account, answer):
        found = answer.response.get("Members") or ()
        detector.members = sum(str(one.get("RelationshipStatus") or "").lower() == "enabled" for one in found)


def _batches(response: Mapping[str, Any]) -> Iterator[list[str]]:
    found = response.get("FindingIds") or []
    for start in range(0, len(found), 50):
        yield found[start : start + 50]


def asked_for(params: Mapping[str, Any]) -> str:
    """Which findings a ListFindings was about."""
    criterion = (params.get("FindingCriteria") or {}).get("Criterion") or {}
    return RECON if "type" in criterion else HIGH


@GUARDDUTY.call(
    "ListFindings",
    for_each=detectors,
    variants=_ASKED.values(),
    params=lambda detector, _: {"DetectorId": detector},
    items=lambda response: _batches(response),
)
def finding_ids(account: Account, answer: Answer) -> None:
    """Open findings: those of high severity, and those of scans and denial of service."""
    detector = _detector(account, answer)
    if detector is None:
        return
    asked = asked_for(answer.params)
    known = detector.finding_ids.get(asked, ()) if answer.evidence.page else ()
    detector.finding_ids[asked] = (*known, *(answer.response.get("FindingIds") or ()))


@GUARDDUTY.call(
    "GetFindings",
    for_each=finding_ids,
    params=lambda ids, context: {"DetectorId": context.parent["DetectorId"], "FindingIds": ids},
)
def finding_details(account: Account, answer: Answer) -> None:
    """What GuardDuty found."""
    if detector := _detector(account, answer):
        for finding in answer.response.get("Findings") or ():
            detector.findings[finding["Id"]] = dict(finding)
