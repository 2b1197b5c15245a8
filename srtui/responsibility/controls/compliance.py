"""Use of the account in line with policies: rules, packs, standards, assessments, reviews and advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.compliance import (
    Advice,
    AuditAssessment,
    ConfigAggregator,
    ConfigRule,
    ConformancePack,
    FirewallPolicy,
    ReviewedWorkload,
)
from srtui.account.continuity import SupportPlan
from srtui.account.model import SecurityHub
from srtui.responsibility.control import Check, Fact, Result, control, unread_items
from srtui.responsibility.judging import Verdict, bad, each, good, settled, untold
from srtui.responsibility.places import by_region, is_member, whole
from srtui.services.auditmanager import assessments, audit_status
from srtui.services.config import aggregators, conformance_packs, pack_compliance, rule_compliance
from srtui.services.fms import firewall_compliance, firewall_policies
from srtui.services.organizations import organization
from srtui.services.securityhub import failed_checks, hub
from srtui.services.support import severity_levels
from srtui.services.trustedadvisor import recommendations
from srtui.services.wellarchitected import workloads

_SHOWN: Final = 10
#: Days after which a failed check of high severity that nobody has taken on is neglected.
_PATIENCE: Final = 30


@control(
    "config-rules-noncompliant",
    title="Config rules are kept",
    problem="Config rules are violated",
    rows=[9],
    severity="medium",
    topic="compliance",
    needs=[rule_compliance],
    why="These are rules that you set yourself, or that a standard set for you.",
    fix="Mend the resources, or change the rule if it asks for what nobody needs.",
    command="aws configservice get-compliance-details-by-config-rule --region {region} --config-rule-name {rule} --compliance-types NON_COMPLIANT",
    references=["https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config.html"],
)
def config_rules_noncompliant(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, rules in by_region(check, rule_compliance, check.account.table(ConfigRule).values()):
        violated = [one for one in rules if one.status == "NON_COMPLIANT"]
        violated.sort(key=lambda one: (-one.violations, one.name))
        if violated:
            count = Fact("rules", f"{len(violated)} of {len(rules)} are violated")
            shown = [
                Fact(one.name, f"{one.violations}{' or more' if one.more else ''} resources")
                for one in violated[:_SHOWN]
            ]
            yield check.failed(root, count, *shown, region=region, rule=violated[0].name)
        elif rules:
            yield check.passed(root, Fact("rules", f"{len(rules)}, all kept"), region=region)


@control(
    "config-conformance",
    title="Conformance packs are kept",
    problem="Conformance pack is violated",
    rows=[9],
    severity="low",
    topic="compliance",
    needs=[conformance_packs, pack_compliance],
    why="A pack stands for a standard that somebody promised to keep.",
    fix="Work through the rules of the pack that are violated.",
    command="aws configservice describe-conformance-pack-compliance --region {region} --conformance-pack-name {name} --filters ComplianceType=NON_COMPLIANT",
    references=["https://docs.aws.amazon.com/config/latest/developerguide/conformance-packs.html"],
)
def config_conformance(check: Check) -> Iterator[Result]:
    yield from each(check, check.account.table(ConformancePack).values(), _pack)


def _pack(pack: ConformancePack) -> Verdict:
    if pack.status is UNREAD:
        return untold(pack_compliance)
    if pack.status not in ("COMPLIANT", "NON_COMPLIANT"):
        return untold(reason="the pack has not been evaluated yet")
    return settled(pack.status == "COMPLIANT", Fact("status", pack.status))


@control(
    "config-aggregator",
    title="Config records come together in one place",
    problem="No aggregator over all regions",
    rows=[9],
    severity="low",
    topic="compliance",
    needs=[aggregators, organization],
    why="A question over all accounts and regions is otherwise asked dozens of times, or not at all.",
    fix="Create an aggregator over the organisation and all regions in the administrator's account.",
    command="aws configservice put-configuration-aggregator --configuration-aggregator-name NAME --organization-aggregation-source RoleArn=ROLE,AllAwsRegions=true",
    references=["https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html"],
    insecure_default=True,
)
def config_aggregator(check: Check) -> Iterator[Result]:
    account = check.account
    for one in account.table(ConfigAggregator).values():
        if one.all_regions:
            reach = "the organisation" if one.organization else "named accounts"
            yield check.passed(one.arn, Fact("covers", f"all regions of {reach}"), region=one.region)
            return
    if account.organization is UNREAD:
        return
    if is_member(account):
        yield check.not_applicable("the organisation's aggregator is in its administrator's account")
    elif check.answered(aggregators):
        count = len(account.table(ConfigAggregator))
        yield check.failed(account.root_arn, Fact("aggregators over all regions", f"none of {count}"))


@control(
    "securityhub-findings",
    title="Failed checks of high severity are taken on in time",
    problem="Failed checks are left lying",
    rows=[9],
    severity="high",
    topic="compliance",
    needs=[hub, failed_checks],
    why="A check that fails for weeks without anybody taking it on might as well not run.",
    fix="Mend the resource; or set the workflow status to NOTIFIED or SUPPRESSED with a note, so that it is known.",
    command="aws securityhub batch-update-findings --region {region} --finding-identifiers file://findings.json --workflow Status=NOTIFIED",
    references=["https://docs.aws.amazon.com/securityhub/latest/userguide/findings-workflow-status.html"],
)
def securityhub_findings(check: Check) -> Iterator[Result]:
    def judge(found: SecurityHub) -> Verdict:
        if found.failed is UNREAD:
            return untold(failed_checks)
        ages = [(one, check.context.days_since(one.created)) for one in found.failed]
        old = [(one, days) for one, days in ages if days is None or days > _PATIENCE]
        count = f"{len(old)}{' or more' if found.failed_more and len(old) == len(ages) else ''}"
        if not old:
            return good(Fact(f"new for more than {_PATIENCE} days", "none"))
        shown = [
            Fact(
                one.title,
                f"{one.severity}, {'age unknown' if days is None else f'{days} days'}, {one.resource}",
            )
            for one, days in old[:_SHOWN]
        ]
        return bad(Fact(f"new for more than {_PATIENCE} days", count), *shown)

    yield from each(check, check.account.security_hubs.values(), judge)


@control(
    "auditmanager",
    title="An assessment collects evidence for audits",
    problem="No evidence is collected for audits",
    rows=[9],
    severity="info",
    topic="compliance",
    needs=[audit_status, assessments, organization],
    why="Evidence that is gathered all year round spares the weeks before an audit, and cannot be touched up.",
    fix="Create an assessment against the framework you answer to, unless another tool collects the evidence.",
    references=["https://docs.aws.amazon.com/audit-manager/latest/userguide/create-assessments.html"],
)
def auditmanager(check: Check) -> Iterator[Result]:
    account = check.account
    found = list(account.table(AuditAssessment).values())
    if found:
        facts = [Fact(one.name, one.framework or "custom framework") for one in found[:_SHOWN]]
        yield check.passed(found[0].arn, *facts, region=found[0].region)
    elif account.organization is UNREAD:
        return
    elif is_member(account):
        yield check.not_applicable("the organisation's assessments are in its administrator's account")
    elif any(one.error is not None or not one.complete for one in account.outcomes_of(*assessments.id)):
        yield check.unknown(account.root_arn, assessments)
    elif check.answered(audit_status) and not any(unread_items(check, assessments)):
        yield check.failed(account.root_arn, Fact("active assessments", "none"))


@control(
    "firewall-manager",
    title="Accounts comply with Firewall Manager",
    problem="Accounts violate a firewall policy",
    rows=[8, 9],
    severity="low",
    topic="compliance",
    needs=[firewall_policies, firewall_compliance],
    why="An account outside of the policy has the port open that everyone else had to close.",
    fix="Mend the resources, or let the policy remediate by itself.",
    command="aws fms list-compliance-status --region {region} --policy-id {policy}",
    references=["https://docs.aws.amazon.com/waf/latest/developerguide/fms-compliance.html"],
)
def firewall_manager(check: Check) -> Iterator[Result]:
    def judge(policy: FirewallPolicy) -> Verdict:
        id = policy.arn.rsplit("/", 1)[-1]
        if policy.violators is UNREAD:
            return untold(firewall_compliance)
        if not policy.violators and not whole(check.account, firewall_compliance, PolicyId=id):
            return untold(firewall_compliance)
        accounts = ", ".join(policy.violators[:_SHOWN]) or "none"
        return settled(not policy.violators, Fact("accounts that do not comply", accounts), policy=id)

    yield from each(check, check.account.table(FirewallPolicy).values(), judge)


@control(
    "wellarchitected",
    title="Reviewed workloads have no open high risks",
    problem="Workload has open high risks",
    rows=[9],
    severity="low",
    topic="compliance",
    needs=[workloads],
    why="The risk was found, written down, and left.",
    fix="Work through the improvement plan of the workload.",
    command="aws wellarchitected list-lens-review-improvements --region {region} --workload-id {workload} --lens-alias wellarchitected",
    references=["https://docs.aws.amazon.com/wellarchitected/latest/userguide/workloads.html"],
)
def wellarchitected(check: Check) -> Iterator[Result]:
    yield from each(check, check.account.table(ReviewedWorkload).values(), _workload)


def _workload(workload: ReviewedWorkload) -> Verdict:
    high = workload.risks.get("HIGH", 0)
    unanswered = workload.risks.get("UNANSWERED", 0)
    facts = Fact("high risks", str(high)), Fact("questions without an answer", str(unanswered))
    return settled(not high, *facts, workload=workload.arn.rsplit("/", 1)[-1])


@control(
    "trusted-advisor",
    title="Trusted Advisor sees no danger",
    problem="Trusted Advisor asks for action",
    rows=[3, 9],
    severity="low",
    topic="compliance",
    needs=[severity_levels, recommendations],
    why="Red checks of the pillars security and fault tolerance are what AWS itself would mend first.",
    fix="Look at the check's resources, and mend or exclude them.",
    command="aws trustedadvisor list-recommendation-resources --recommendation-identifier {subject} --status error",
    references=["https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html"],
)
def trusted_advisor(check: Check) -> Iterator[Result]:
    account = check.account
    plan = account.table(SupportPlan).get(account.root_arn)
    if plan is None:
        return
    if not plan.included:
        yield check.not_applicable("the support plan does not include Trusted Advisor's API")
        return
    found = [
        one
        for one in account.table(Advice).values()
        if not one.dismissed and {"security", "fault_tolerance"} & set(one.pillars)
    ]
    for one in found:
        yield check.failed(
            one.arn, Fact(one.title, f"{one.errors} resources"), Fact("pillars", ", ".join(one.pillars))
        )
    if not whole(account, recommendations):
        yield check.unknown(account.root_arn, recommendations)
    elif not found:
        yield check.passed(account.root_arn, Fact("red checks", "none"))
