"""Services that watch for trouble besides GuardDuty and Security Hub: data, behaviour, unused access, spending, help."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.account.compliance import BehaviourGraph, MacieSession
from srtui.account.continuity import AnomalySubscription, Budget, IncidentMembership
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.places import answered, is_member, whole
from srtui.services.accessanalyzer import analyzers
from srtui.services.budgets import budgets
from srtui.services.ce import anomaly_subscriptions
from srtui.services.detective import graphs, memberships
from srtui.services.macie2 import macie_session
from srtui.services.organizations import organization
from srtui.services.s3 import buckets
from srtui.services.security_ir import memberships as incident_memberships


@control(
    "macie-on",
    title="Macie looks for sensitive data where buckets are",
    problem="Macie is off where buckets are",
    rows=[9, 11],
    severity="low",
    topic="detection",
    needs=[macie_session, buckets],
    why="Nobody protects data that nobody knows about: personal data and keys end up in buckets that were made for something else.",
    fix="Enable Macie with automated discovery in the regions of your buckets.",
    command="aws macie2 enable-macie --region {region}",
    references=["https://docs.aws.amazon.com/macie/latest/user/getting-started.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.1.3"], "cis-5.0": ["2.1.3"]},
)
def macie_on(check: Check) -> Iterator[Result]:
    account = check.account
    holding: dict[str, int] = {}
    for bucket in account.buckets.values():
        holding[bucket.region] = holding.get(bucket.region, 0) + 1
    sessions = {one.region: one for one in account.table(MacieSession).values()}
    for region in answered(check, macie_session):
        if region not in holding:
            continue
        facts = Fact("buckets", str(holding[region])), Fact("Macie", sessions[region].status or "off")
        if sessions[region].status == "ENABLED":
            yield check.passed(sessions[region].arn, *facts, region=region)
        else:
            yield check.failed(account.root_arn, *facts, region=region)


@control(
    "detective-on",
    title="Detective keeps what an investigation needs",
    problem="Detective is off",
    rows=[1],
    severity="low",
    topic="detection",
    needs=[graphs, memberships],
    why="After a finding the question is what else that identity did: Detective has the answer at hand for a year.",
    fix="Enable Detective in the regions where you run workloads, or let the organisation's administrator do so.",
    command="aws detective create-graph",
    references=["https://docs.aws.amazon.com/detective/latest/userguide/detective-setup.html"],
    insecure_default=True,
)
def detective_on(check: Check) -> Iterator[Result]:
    account = check.account
    found = list(account.table(BehaviourGraph).values())
    if found:
        kind = "administered" if found[0].administered else "member of another account's"
        yield check.passed(found[0].arn, Fact("graph", kind), region=found[0].region)
    elif check.answered(graphs, memberships):
        yield check.failed(account.root_arn, Fact("behaviour graphs", "none"))


@control(
    "analyzer-unused",
    title="An analyzer looks for unused access",
    problem="No analyzer for unused access",
    rows=[2, 11],
    severity="low",
    topic="detection",
    needs=[analyzers, organization],
    why="Roles, keys and permissions that nobody uses are what an intruder uses; the analyzer finds them all the time.",
    fix="Create an analyzer of unused access in one region, best for the whole organisation.",
    command="aws accessanalyzer create-analyzer --analyzer-name unused-access --type ACCOUNT_UNUSED_ACCESS",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-unused.html"],
    insecure_default=True,
)
def analyzer_unused(check: Check) -> Iterator[Result]:
    account = check.account
    for one in account.analyzers.values():
        if one.kind.endswith("_UNUSED_ACCESS") and one.status == "ACTIVE":
            yield check.passed(one.arn, Fact("kind", one.kind), region=one.region)
            return
    if account.organization is UNREAD:
        return
    if is_member(account):
        reason = "an analyzer of the organisation cannot be seen from a member account"
        yield check.unknown(account.root_arn, reason=reason)
    elif check.answered(analyzers):
        yield check.failed(account.root_arn, Fact("unused-access analyzer", "none that is active"))


@control(
    "budget-anomaly",
    title="Somebody is told when spending leaps",
    problem="Nobody is told when spending leaps",
    rows=[1, 9],
    severity="low",
    topic="detection",
    needs=[budgets, anomaly_subscriptions, organization],
    why="Mining on stolen credentials shows in the bill first, often long before anybody looks at logs.",
    fix="Set a budget with a notification, or a cost anomaly monitor with a subscription.",
    references=["https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html"],
    insecure_default=True,
)
def budget_anomaly(check: Check) -> Iterator[Result]:
    account = check.account
    telling = [one for one in account.table(Budget).values() if one.notifications]
    told = [one for one in account.table(AnomalySubscription).values() if one.monitors and one.subscribers]
    if telling:
        yield check.passed(telling[0].arn, Fact("budgets that notify", str(len(telling))))
    elif told:
        yield check.passed(told[0].arn, Fact("subscriptions to anomalies", str(len(told))))
    elif account.organization is UNREAD or not check.answered(budgets):
        return
    elif not whole(account, anomaly_subscriptions):
        yield check.unknown(account.root_arn, anomaly_subscriptions)
    elif is_member(account):
        yield check.not_applicable("the organisation's management account watches spending")
    else:
        yield check.failed(
            account.root_arn, Fact("budgets that notify, or subscriptions to anomalies", "none")
        )


@control(
    "security-ir",
    title="AWS's incident responders are on call",
    problem="No incident response membership",
    rows=[1, 3],
    severity="info",
    topic="detection",
    needs=[incident_memberships, organization],
    why="In a compromise the first hours count; with a membership AWS's responders know the account already.",
    fix="Consider a membership of AWS Security Incident Response, or name who helps you instead.",
    references=["https://docs.aws.amazon.com/security-ir/latest/userguide/what-is.html"],
)
def security_ir(check: Check) -> Iterator[Result]:
    account = check.account
    for one in account.table(IncidentMembership).values():
        if one.status == "Active":
            yield check.passed(one.arn, Fact("membership", one.status), region=one.region)
            return
    if account.organization is UNREAD:
        return
    if is_member(account):
        yield check.not_applicable("the organisation's membership is in its administrator's account")
    elif check.answered(incident_memberships):
        yield check.failed(account.root_arn, Fact("active membership", "none"))
