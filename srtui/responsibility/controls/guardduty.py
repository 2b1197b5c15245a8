"""GuardDuty beyond being on: open findings, and who looks at them for many accounts."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.account.model import Detector
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.guardduty import (
    RECON,
    administrator,
    asked_for,
    detectors,
    finding_details,
    finding_ids,
    members,
)
from srtui.services.organizations import organization


def open_findings(check: Check, asked: str) -> Iterator[Result]:
    """A verdict for each detector on the open findings of one kind; ids alone are findings enough."""
    for detector in check.account.detectors.values():
        ids = detector.finding_ids.get(asked)
        if ids:
            facts = [_fact(detector, one) for one in ids[:10]]
            count = Fact("open findings", str(len(ids)))
            yield check.failed(detector.arn, count, *facts, region=detector.region, detector=detector.name)
        elif ids is None or not _listed(check, detector, asked):
            yield check.unknown(detector.arn, finding_ids, region=detector.region)
        else:
            yield check.passed(detector.arn, Fact("open findings", "none"), region=detector.region)


def _fact(detector: Detector, finding: str) -> Fact:
    known = detector.findings.get(finding)
    if known is None:
        return Fact("finding", finding)
    return Fact(str(known.get("Type", "")), str(known.get("Title", "")))


def _listed(check: Check, detector: Detector, asked: str) -> bool:
    """Whether the list of ids was read to its end."""
    return all(
        one.error is None and one.complete
        for one in check.account.outcomes_of(*finding_ids.id)
        if one.params.get("DetectorId") == detector.name
        and one.region == detector.region
        and asked_for(one.params) == asked
    )


@control(
    "guardduty-recon",
    title="No open GuardDuty findings of scans or floods",
    problem="Open findings of scans or floods",
    rows=[8],
    severity="medium",
    topic="detection",
    needs=[detectors, finding_ids, finding_details],
    why="Scans from outside show what is exposed; scans and floods from inside show a machine that obeys somebody else.",
    fix="Close the port that was probed, or isolate the machine that probes; then archive the finding.",
    command="aws guardduty list-findings --region {region} --detector-id {detector}",
    references=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-ec2.html"],
)
def guardduty_recon(check: Check) -> Iterator[Result]:
    yield from open_findings(check, RECON)


@control(
    "guardduty-central",
    title="GuardDuty is administered by one account",
    problem="GuardDuty has no administrator account",
    rows=[1, 9],
    severity="medium",
    topic="detection",
    needs=[detectors, administrator, members, organization],
    why="Findings that stay in each account are read by nobody, and a local administrator can switch the detector off.",
    fix="Make a security account the delegated administrator for GuardDuty and enable it for all accounts.",
    command="aws guardduty enable-organization-admin-account --region {region} --admin-account-id ACCOUNT",
    references=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"],
)
def guardduty_central(check: Check) -> Iterator[Result]:
    account = check.account
    if account.organization is UNREAD:
        return
    if account.organization is None:
        yield check.not_applicable("the account belongs to no organisation")
        return
    for detector in account.detectors.values():
        if detector.administrator is not UNREAD and detector.administrator:
            fact = Fact("administrator", detector.administrator)
            yield check.passed(detector.arn, fact, region=detector.region)
        elif detector.members is not UNREAD and detector.members:
            fact = Fact("administers", f"{detector.members} accounts or more")
            yield check.passed(detector.arn, fact, region=detector.region)
        elif detector.administrator is UNREAD or detector.members is UNREAD:
            yield check.unknown(detector.arn, administrator, members, region=detector.region)
        else:
            yield check.failed(detector.arn, Fact("administrator", "none"), region=detector.region)
