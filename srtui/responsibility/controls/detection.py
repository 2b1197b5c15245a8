"""The services that look for trouble: GuardDuty, Access Analyzer, Security Hub and Config, region by region."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.guardduty import open_findings
from srtui.responsibility.places import answered
from srtui.responsibility.places import in_region as _in_region
from srtui.services.accessanalyzer import analyzer_findings, analyzers
from srtui.services.config import recorder_status, recorders
from srtui.services.guardduty import HIGH, detector_status, detectors, finding_details, finding_ids
from srtui.services.securityhub import hub, standards

_GUARDDUTY = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html"
_ANALYZER = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html"
_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html"
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide/best-practices.html"


@control(
    "guardduty-on",
    title="GuardDuty is on in every region",
    problem="GuardDuty is off",
    rows=[1, 8],
    severity="high",
    topic="detection",
    needs=[detectors, detector_status],
    why="GuardDuty notices stolen credentials, scans and mining from logs nobody reads; attackers use regions you do not.",
    fix="Create a detector, or let the organisation's administrator switch it on everywhere.",
    command="aws guardduty create-detector --region {region} --enable",
    references=[_GUARDDUTY],
    insecure_default=True,
)
def guardduty_on(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region in answered(check, detectors):
        found = _in_region(check.account.detectors.values(), region)
        enabled = [one for one in found if one.enabled is True]
        if enabled:
            yield check.passed(enabled[0].arn, Fact("status", "enabled"), region=region)
        elif any(one.enabled is UNREAD for one in found):
            yield check.unknown(found[0].arn, detector_status, region=region)
        else:
            yield check.failed(root, Fact("detector", "suspended" if found else "none"), region=region)


@control(
    "guardduty-plans",
    title="GuardDuty protection plans are on",
    problem="GuardDuty protection plans are off",
    rows=[1, 12],
    severity="medium",
    topic="detection",
    needs=[detectors, detector_status],
    why="The foundation watches trails, flow logs and DNS; data theft from S3 and misuse of functions and databases need the plans.",
    fix="Enable the protection plans for the services in use.",
    command="aws guardduty update-detector --region {region} --detector-id {detector} --features Name={feature},Status=ENABLED",
    references=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html"],
    insecure_default=True,
)
def guardduty_plans(check: Check) -> Iterator[Result]:
    wanted = ("S3_DATA_EVENTS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS")
    for detector in check.account.detectors.values():
        if detector.features is UNREAD:
            yield check.unknown(detector.arn, detector_status, region=detector.region)
            continue
        off = [name for name in wanted if detector.features.get(name) != "ENABLED"]
        fact = Fact("off", ", ".join(off) or "none of the plans looked for")
        if off:
            yield check.failed(
                detector.arn, fact, region=detector.region, detector=detector.name, feature=off[0]
            )
        else:
            yield check.passed(detector.arn, fact, region=detector.region)


@control(
    "guardduty-findings",
    title="No open GuardDuty findings of high severity",
    problem="Open GuardDuty findings",
    rows=[1, 8],
    severity="high",
    topic="detection",
    needs=[detectors, finding_ids, finding_details],
    why="These are signs of a compromise that is under way.",
    fix="Work through the findings, then archive them.",
    command="aws guardduty list-findings --region {region} --detector-id {detector}",
    references=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings.html"],
)
def guardduty_findings(check: Check) -> Iterator[Result]:
    yield from open_findings(check, HIGH)


@control(
    "analyzer-external",
    title="An external-access analyzer is active in every region",
    problem="No external-access analyzer",
    rows=[1, 11],
    severity="high",
    topic="detection",
    needs=[analyzers],
    why="It proves, free of charge, which resources other accounts and the public can reach.",
    fix="Create an analyzer of type ACCOUNT, or ORGANIZATION in the administrator's account.",
    command="aws accessanalyzer create-analyzer --region {region} --analyzer-name external-access --type ACCOUNT",
    references=[_ANALYZER],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.20"], "cis-5.0": ["1.19"]},
)
def analyzer_external(check: Check) -> Iterator[Result]:
    for region in answered(check, analyzers):
        found = [
            one
            for one in _in_region(check.account.analyzers.values(), region)
            if one.kind in ("ACCOUNT", "ORGANIZATION")
        ]
        active = [one for one in found if one.status == "ACTIVE"]
        if active:
            yield check.passed(active[0].arn, Fact("status", "ACTIVE"), region=region)
        else:
            text = found[0].status if found else "none"
            yield check.failed(check.account.root_arn, Fact("external-access analyzer", text), region=region)


@control(
    "analyzer-findings",
    title="No active external-access findings",
    problem="Active external-access findings",
    rows=[11],
    severity="high",
    topic="detection",
    needs=[analyzers, analyzer_findings],
    why="Each finding is a resource that somebody outside of the zone of trust can reach.",
    fix="Remove the access, or archive the finding if it is meant.",
    command="aws accessanalyzer list-findings-v2 --region {region} --analyzer-arn {subject}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-work-with-findings.html"],
)
def active_analyzer_findings(check: Check) -> Iterator[Result]:
    for analyzer in check.account.analyzers.values():
        if analyzer.kind not in ("ACCOUNT", "ORGANIZATION"):
            continue
        whole = any(
            one.params.get("analyzerArn") == analyzer.arn and one.complete and one.error is None
            for one in check.account.outcomes_of(*analyzer_findings.id)
        )
        if analyzer.findings is not UNREAD and analyzer.findings:
            facts = [
                Fact(str(one.get("resourceType", "")), str(one.get("resource", "")))
                for one in analyzer.findings[:10]
            ]
            yield check.failed(
                analyzer.arn,
                Fact("active findings", str(len(analyzer.findings))),
                *facts,
                region=analyzer.region,
            )
        elif analyzer.findings is UNREAD or not whole:
            yield check.unknown(analyzer.arn, analyzer_findings, region=analyzer.region)
        else:
            yield check.passed(analyzer.arn, Fact("active findings", "none"), region=analyzer.region)


@control(
    "securityhub-on",
    title="Security Hub CSPM is on in every region",
    problem="Security Hub CSPM is off",
    rows=[1, 9],
    severity="medium",
    topic="detection",
    needs=[hub],
    why="It checks the account against published standards all the time and gathers the findings of the other services.",
    fix="Enable Security Hub with the AWS Foundational Security Best Practices standard.",
    command="aws securityhub enable-security-hub --region {region} --enable-default-standards",
    references=[_HUB],
    insecure_default=True,
    frameworks={"cis-3.0": ["4.16"], "cis-5.0": ["4.16"]},
)
def securityhub_on(check: Check) -> Iterator[Result]:
    for region in answered(check, hub):
        found = _in_region(check.account.security_hubs.values(), region)
        if found:
            yield check.passed(found[0].arn, Fact("Security Hub", "enabled"), region=region)
        else:
            yield check.failed(check.account.root_arn, Fact("Security Hub", "not enabled"), region=region)


@control(
    "securityhub-standards",
    title="Security Hub checks a standard",
    problem="Security Hub checks no standard",
    rows=[9],
    severity="medium",
    topic="detection",
    needs=[hub, standards],
    why="Without a standard Security Hub checks nothing.",
    fix="Subscribe to the AWS Foundational Security Best Practices or the CIS standard.",
    command="aws securityhub batch-enable-standards --region {region} --standards-subscription-requests StandardsArn=ARN",
    references=["https://docs.aws.amazon.com/securityhub/latest/userguide/standards-view-manage.html"],
)
def securityhub_standards(check: Check) -> Iterator[Result]:
    for one in check.account.security_hubs.values():
        if one.standards is UNREAD:
            yield check.unknown(one.arn, standards, region=one.region)
            continue
        ready = [
            str(item.get("StandardsArn", ""))
            for item in one.standards
            if item.get("StandardsStatus") == "READY"
        ]
        fact = Fact("standards in force", ", ".join(name.split(":::")[-1] for name in ready) or "none")
        if ready:
            yield check.passed(one.arn, fact, region=one.region)
        else:
            yield check.failed(one.arn, fact, region=one.region)


@control(
    "config-recorder",
    title="Config records every region",
    problem="Config does not record everything",
    rows=[1, 9],
    severity="medium",
    topic="detection",
    needs=[recorders, recorder_status],
    why="Without a record nobody can tell what a resource looked like before, nor check it against rules.",
    fix="Create a recorder for all resource types and start it.",
    command="aws configservice start-configuration-recorder --region {region} --configuration-recorder-name {name}",
    references=[_CONFIG],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.3"], "cis-5.0": ["3.3"]},
)
def config_recorder(check: Check) -> Iterator[Result]:
    for region in answered(check, recorders):
        found = _in_region(check.account.recorders.values(), region)
        good = [one for one in found if one.recording is True and one.all_supported]
        if good:
            yield check.passed(good[0].arn, Fact("recording", "all supported types"), region=region)
        elif any(one.recording is UNREAD and one.all_supported for one in found):
            yield check.unknown(found[0].arn, recorder_status, region=region)
        else:
            text = "stopped, or not for all types" if found else "none"
            name = found[0].name if found else "default"
            yield check.failed(check.account.root_arn, Fact("recorder", text), region=region, name=name)


@control(
    "config-delivery",
    title="Config recorders deliver",
    problem="Config recorder fails to deliver",
    rows=[9],
    severity="low",
    topic="detection",
    needs=[recorders, recorder_status],
    why="A recorder whose last delivery failed keeps a record nobody can read.",
    fix="Check the delivery channel's bucket and the role of the recorder.",
    command="aws configservice describe-configuration-recorder-status --region {region}",
    references=[_CONFIG],
)
def config_delivery(check: Check) -> Iterator[Result]:
    for one in check.account.recorders.values():
        if one.recording is UNREAD:
            yield check.unknown(one.arn, recorder_status, region=one.region)
            continue
        fact = Fact("last status", one.last_status or "none yet")
        if one.last_status.upper() == "SUCCESS":
            yield check.passed(one.arn, fact, region=one.region)
        elif one.last_status.upper() == "FAILURE":
            yield check.failed(one.arn, fact, region=one.region)
        else:
            yield check.unknown(one.arn, region=one.region, reason="the recorder has not delivered yet")
