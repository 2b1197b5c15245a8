"""Business continuity as far as it is the customer's: events to act on, help to call, zones to leave, quotas to reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD, Account
from srtui.account.continuity import (
    HealthAccess,
    HealthEvent,
    QuotaManagement,
    ResilienceApp,
    ShiftableResource,
    SupportPlan,
)
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, each, settled, untold
from srtui.responsibility.places import by_region, whole
from srtui.services.arc_zonal_shift import shiftable
from srtui.services.health import RISKS, affected_entities, health_events
from srtui.services.resiliencehub import apps
from srtui.services.service_quotas import quota_management
from srtui.services.support import severity_levels

_HEALTH = "https://docs.aws.amazon.com/health/latest/ug/what-is-aws-health.html"
_SHOWN: Final = 10
NO_HEALTH: Final = (
    "the support plan does not include AWS Health's API; events show on the Health Dashboard in the console"
)


def health_included(account: Account) -> bool | None:
    """Whether events could be asked for; None if the answer is missing."""
    found = account.table(HealthAccess).get(account.root_arn)
    return None if found is None else found.included


def event_facts(event: HealthEvent) -> list[Fact]:
    """What is worth telling about an event."""
    facts = [Fact("event", f"{event.name}, {event.status}")]
    if event.start:
        facts.append(Fact("from", f"{event.start:%Y-%m-%d %H:%M}Z"))
    if event.entities is not UNREAD and event.entities:
        facts.append(Fact("touches", ", ".join(event.entities[:_SHOWN])))
    return facts


@control(
    "health-risk-events",
    title="AWS reports no leaked keys or abuse",
    problem="AWS reports a leak or abuse",
    rows=[1, 4],
    severity="critical",
    topic="health",
    needs=[health_events, affected_entities],
    why="AWS searches public places for your keys and hears from those whom your resources attack: this is a compromise.",
    fix="Deactivate the credential, look in CloudTrail for what it did, and answer the case that AWS opened.",
    command="aws health describe-affected-entities --region us-east-1 --filter eventArns={subject}",
    references=[_HEALTH],
)
def health_risk_events(check: Check) -> Iterator[Result]:
    account = check.account
    included = health_included(account)
    if included is False:
        # Not a question of permissions, but not an answer either: such events may well be open.
        yield check.unknown(account.root_arn, reason=NO_HEALTH)
    elif included:
        found = [one for one in account.table(HealthEvent).values() if one.name.startswith(RISKS)]
        for event in found:
            yield check.failed(event.arn, *event_facts(event), region=event.region)
        if not found and whole(account, health_events):
            yield check.passed(account.root_arn, Fact("open events of this kind", "none"))


@control(
    "health-scheduled",
    title="No scheduled change waits for you",
    problem="Scheduled change waits for you",
    rows=[3, 4, 13],
    severity="medium",
    topic="health",
    needs=[health_events, affected_entities],
    why="Retired hosts, expiring certificates and forced upgrades come at the date that is given, prepared or not.",
    fix="Read what the event asks for and do it before the date.",
    command="aws health describe-event-details --region us-east-1 --event-arns {subject}",
    references=[_HEALTH],
)
def health_scheduled(check: Check) -> Iterator[Result]:
    account = check.account
    included = health_included(account)
    if included is False:
        yield check.not_applicable(NO_HEALTH)
    elif included:
        found = [
            one
            for one in account.table(HealthEvent).values()
            if one.category == "scheduledChange" and one.scope != "PUBLIC"
        ]
        for event in found:
            yield check.failed(event.arn, *event_facts(event), region=event.region)
        if not found and whole(account, health_events):
            yield check.passed(account.root_arn, Fact("scheduled changes", "none"))


@control(
    "support-plan",
    title="AWS Support answers in an emergency",
    problem="Support plan without quick answers",
    rows=[3],
    severity="low",
    topic="continuity",
    needs=[severity_levels],
    why="In an outage or a compromise the lesser plans let you wait for a business day, and hide AWS Health and most checks.",
    fix="Choose a Business or Enterprise plan for accounts that carry production.",
    references=["https://docs.aws.amazon.com/awssupport/latest/user/aws-support-plans.html"],
    insecure_default=True,
)
def support_plan(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    plan = check.account.table(SupportPlan).get(root)
    if plan is None:
        return
    if plan.included:
        yield check.passed(root, Fact("severities of a case", ", ".join(plan.levels) or "some"))
    else:
        yield check.failed(root, Fact("plan", "Basic or Developer: no support API"))


@control(
    "resilience-hub",
    title="Applications meet their recovery targets",
    problem="Application misses recovery targets",
    rows=[3],
    severity="low",
    topic="continuity",
    needs=[apps],
    why="Resilience Hub has found that the application could not be back in the time that you promised.",
    fix="Follow the recommendations of the last assessment; assess applications that never were.",
    command="aws resiliencehub start-app-assessment --region {region} --app-arn {subject} --app-version release --assessment-name NAME",
    references=["https://docs.aws.amazon.com/resilience-hub/latest/userguide/applications.html"],
)
def resilience_hub(check: Check) -> Iterator[Result]:
    yield from each(check, check.account.table(ResilienceApp).values(), _app)


def _app(app: ResilienceApp) -> Verdict:
    if not app.compliance:
        return untold(apps, reason="AWS did not say how it stands")
    when = f"{app.assessed:%Y-%m-%d}" if app.assessed else "never"
    facts = Fact("compliance", app.compliance), Fact("assessed", when)
    return settled(app.compliance in ("PolicyMet", "NotApplicable") and app.drift != "Detected", *facts)


@control(
    "zonal-shift",
    title="AWS may lead traffic away from a failing zone",
    problem="Zonal autoshift is off",
    rows=[3],
    severity="low",
    topic="continuity",
    needs=[shiftable],
    why="AWS notices that a zone is failing before you do, and can take your load balancers out of it at once.",
    fix="Enable zonal autoshift with practice runs for what runs in several zones.",
    command="aws arc-zonal-shift update-zonal-autoshift-configuration --region {region} --resource-identifier {resource} --zonal-autoshift-status ENABLED",
    references=["https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-autoshift.html"],
)
def zonal_shift(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, found in by_region(check, shiftable, check.account.table(ShiftableResource).values()):
        spread = [one for one in found if one.zones > 1]
        off = [one for one in spread if not one.autoshift]
        if off:
            count = Fact("resources in several zones", f"{len(off)} of {len(spread)} without autoshift")
            names = Fact("for example", ", ".join(one.name for one in off[:5]))
            yield check.failed(root, count, names, region=region, resource=off[0].arn)
        elif spread:
            yield check.passed(
                root, Fact("resources in several zones", f"{len(spread)}, all with autoshift"), region=region
            )


@control(
    "quota-headroom",
    title="AWS tells before a quota is used up",
    problem="Nobody is told of quotas running out",
    rows=[3, 8],
    severity="low",
    topic="continuity",
    needs=[quota_management],
    why="A quota that is used up stops scaling in the very moment it is needed; a flood of requests gets there fast.",
    fix="Enable automatic management of quotas, with notifications at least.",
    command="aws service-quotas start-auto-management --region {place} --opt-in-level ACCOUNT --opt-in-type NotifyOnly",
    references=["https://docs.aws.amazon.com/servicequotas/latest/userguide/automatic-management.html"],
    insecure_default=True,
)
def quota_headroom(check: Check) -> Iterator[Result]:
    regions = dict(by_region(check, quota_management, check.account.table(QuotaManagement).values()))
    off = [region for region, found in regions.items() if not any(one.enabled for one in found)]
    if off and len(off) < len(regions):
        facts = Fact("off in", ", ".join(off)), Fact("on in", f"{len(regions) - len(off)} other regions")
        yield check.failed(check.account.root_arn, *facts, place=off[0])
    elif off:
        yield check.failed(check.account.root_arn, Fact("on in", "no region"), place=off[0])
    elif regions:
        yield check.passed(check.account.root_arn, Fact("on in", f"{len(regions)} regions"))
