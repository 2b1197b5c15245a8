"""What the account inherits from AWS and by which papers; and where AWS's hardware is in the customer's hands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from srtui.account.continuity import HealthEvent
from srtui.account.provider import Agreement, AttestationReport, DirectLine, Premises
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.continuity import NO_HEALTH, event_facts, health_included
from srtui.responsibility.judging import Verdict, bad, each, settled, untold
from srtui.responsibility.places import whole
from srtui.services.artifact import agreements, reports
from srtui.services.directconnect import connections
from srtui.services.health import RISKS, health_events
from srtui.services.outposts import outposts
from srtui.services.storagegateway import gateways

_ARTIFACT = "https://docs.aws.amazon.com/artifact/latest/ug/what-is-aws-artifact.html"
_HEALTH = "https://docs.aws.amazon.com/health/latest/ug/what-is-aws-health.html"
_SECURITY_REPORTS: Final = re.compile(r"\bSOC\s*[123]\b|\b2700[1]\b|\b2701[78]\b|\bPCI\b", re.I)
_CONTINUITY_REPORTS: Final = re.compile(r"\b22301\b|continuity|\bSOC\s*2\b", re.I)


def _newest(check: Check, wanted: re.Pattern[str]) -> list[AttestationReport]:
    """The newest report of each series that matches."""
    found: dict[str, AttestationReport] = {}
    for one in check.account.table(AttestationReport).values():
        if not wanted.search(f"{one.name} {one.series} {one.category}"):
            continue
        key = one.series or one.name
        known = found.get(key)
        if known is None or (
            one.period_end is not None and (known.period_end is None or one.period_end > known.period_end)
        ):
            found[key] = one
    return sorted(found.values(), key=lambda one: one.name)


def _attested(check: Check, wanted: re.Pattern[str]) -> Iterator[Result]:
    found = _newest(check, wanted)
    if found:
        facts = [Fact(one.name, _period(one)) for one in found[:15]]
        yield check.passed(check.account.root_arn, *facts)
    elif check.answered(reports):
        yield check.not_applicable("Artifact shows no report of this kind to this account")


def _period(report: AttestationReport) -> str:
    start, end = report.period_start, report.period_end
    if start and end:
        return f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return f"until {end:%Y-%m-%d}" if end else "no period given"


@control(
    "artifact-soc",
    title="AWS's security is attested by auditors",
    problem="No attestation of AWS's security",
    rows=[4, 5, 6],
    severity="info",
    topic="attestation",
    needs=[reports],
    why="AWS's side cannot be tested from an account: what is inherited rests on SOC, ISO and PCI reports.",
    fix="Download the reports that your auditors ask for from AWS Artifact.",
    references=[_ARTIFACT],
)
def artifact_soc(check: Check) -> Iterator[Result]:
    yield from _attested(check, _SECURITY_REPORTS)


@control(
    "artifact-bcp",
    title="AWS's continuity is attested by auditors",
    problem="No attestation of AWS's continuity",
    rows=[3, 5],
    severity="info",
    topic="attestation",
    needs=[reports],
    why="How AWS keeps running through disasters is attested by ISO 22301 and the availability criteria of SOC 2.",
    fix="Download the reports that your auditors ask for from AWS Artifact.",
    references=[_ARTIFACT],
)
def artifact_bcp(check: Check) -> Iterator[Result]:
    yield from _attested(check, _CONTINUITY_REPORTS)


@control(
    "artifact-agreements",
    title="Agreements with AWS are known",
    problem="Agreement with AWS has ended",
    rows=[9],
    severity="info",
    topic="attestation",
    needs=[agreements],
    why="Health data needs a business associate addendum before it is stored, and others ask for such papers too.",
    fix="Accept the agreement in AWS Artifact, for the whole organisation where that is offered.",
    references=["https://docs.aws.amazon.com/artifact/latest/ug/managing-agreements.html"],
)
def artifact_agreements(check: Check) -> Iterator[Result]:
    yield from each(
        check,
        check.account.table(Agreement).values(),
        lambda one: settled(one.state == "ACTIVE", Fact(one.name, one.state or "state not told")),
    )


def _events(check: Check, wanted: Callable[[HealthEvent], bool], what: str) -> Iterator[Result]:
    account = check.account
    included = health_included(account)
    if included is False:
        yield check.not_applicable(NO_HEALTH)
    elif included:
        found = [one for one in account.table(HealthEvent).values() if wanted(one)]
        for event in found:
            yield check.failed(event.arn, *event_facts(event), region=event.region)
        if not found and whole(account, health_events):
            yield check.passed(account.root_arn, Fact(what, "none"))


@control(
    "health-open-issues",
    title="No open issue of AWS touches the account",
    problem="Open issue on AWS's side",
    rows=[3, 4],
    severity="info",
    topic="health",
    needs=[health_events],
    why="While AWS mends its side, what fails on yours may not be your doing; and nothing should be changed blindly.",
    fix="Follow the event; shift work to another zone or region if it lasts.",
    references=[_HEALTH],
)
def health_open_issues(check: Check) -> Iterator[Result]:
    regions = check.account.regions

    def wanted(event: HealthEvent) -> bool:
        # What AWS says of leaked keys comes as an issue too, but is the customer's.
        aws = event.category == "issue" and not event.name.startswith(RISKS)
        return aws and (not event.region or event.region in regions or not regions)

    yield from _events(check, wanted, "open issues")


@control(
    "health-security-bulletins",
    title="No security notice of AWS is open",
    problem="Security notice of AWS is open",
    rows=[4],
    severity="info",
    topic="health",
    needs=[health_events],
    why="Where a weakness in a service needs something from you, AWS says so in a notice to the account.",
    fix="Read the notice and do what it asks for.",
    references=[_HEALTH],
)
def health_security_bulletins(check: Check) -> Iterator[Result]:
    def wanted(event: HealthEvent) -> bool:
        notice = event.category in ("accountNotification", "investigation")
        return notice and ("SECURITY" in event.name or "SECURITY" in event.personas)

    yield from _events(check, wanted, "open security notices")


@control(
    "premises-hardware",
    title="No hardware of AWS stands at your own sites",
    problem="Hardware of AWS at your own site",
    rows=[5, 6],
    severity="info",
    topic="premises",
    needs=[outposts, gateways],
    why="Power, fire protection and the door lock of an Outposts rack or a gateway's host are yours, not AWS's.",
    fix="Let the site meet what AWS asks for, and let its access control and maintenance be audited like your own.",
    references=["https://docs.aws.amazon.com/outposts/latest/userguide/outposts-requirements.html"],
)
def premises_hardware(check: Check) -> Iterator[Result]:
    yield from each(check, check.account.table(Premises).values(), _premises)


def _premises(one: Premises) -> Verdict:
    facts = [Fact("kind", one.kind), Fact("state", one.state or "not told")]
    if one.ends:
        facts.append(Fact("software supported until", f"{one.ends:%Y-%m-%d}"))
    return bad(*facts)


_IN_USE: Final = ("available", "down")


@control(
    "directconnect-macsec",
    title="Direct Connect lines must be encrypted",
    problem="Direct Connect line may run in clear",
    rows=[8],
    severity="low",
    topic="premises",
    needs=[connections],
    why="A line through other people's buildings can be listened to; MACsec, or a VPN over it, keeps that out.",
    fix="Use a connection that can do MACsec and set its mode to must_encrypt, or run a VPN over it.",
    command="aws directconnect update-connection --region {region} --connection-id {connection} --encryption-mode must_encrypt",
    references=["https://docs.aws.amazon.com/directconnect/latest/UserGuide/MACsec.html"],
)
def directconnect_macsec(check: Check) -> Iterator[Result]:
    yield from each(check, check.account.table(DirectLine).values(), _line)


def _line(line: DirectLine) -> Verdict | None:
    if line.state not in _IN_USE:
        return None
    if line.hosted:
        return untold(reason="a partner's line: whether it is encrypted is for the partner to say")
    facts = (
        Fact("MACsec", "possible" if line.macsec_capable else "not possible"),
        Fact("mode", line.encryption or "none"),
    )
    return settled(line.encryption == "must_encrypt", *facts, connection=line.arn.rsplit("/", 1)[-1])


@control(
    "directconnect-sites",
    title="Direct Connect lines end at more than one site",
    problem="All lines end at one site",
    rows=[5, 6, 8],
    severity="low",
    topic="premises",
    needs=[connections],
    why="One fire, one excavator or one locked door cuts every line that ends in the same building.",
    fix="Order a second connection at another location.",
    references=["https://docs.aws.amazon.com/directconnect/latest/UserGuide/resiliency_toolkit.html"],
)
def directconnect_sites(check: Check) -> Iterator[Result]:
    account = check.account
    lines = [one for one in account.table(DirectLine).values() if one.state in _IN_USE]
    sites = sorted({one.location for one in lines if one.location})
    if not lines:
        return
    fact = Fact("locations", ", ".join(sites) or "not told")
    if len(sites) > 1:
        yield check.passed(account.root_arn, fact, region=lines[0].region)
    elif check.answered(connections):
        yield check.failed(account.root_arn, fact)
