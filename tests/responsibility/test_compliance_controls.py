"""Compliance and what watches, through evidence of AWS's shape."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import call_named
from srtui.services.declare import CallContext
from tests.responsibility.recorded import (
    ACCOUNT,
    REGION,
    account,
    check,
    evidence,
    statuses,
)


def organization(manager: str) -> Evidence:
    found = {"Organization": {"Id": "o-1", "MasterAccountId": manager, "FeatureSet": "ALL"}}
    return evidence("organizations", "DescribeOrganization", found)


MANAGER, MEMBER = organization(ACCOUNT), organization("111122223333")


def kinds(control: str, of: Account) -> list[str]:
    return [result.status for result in check(control, of)]


# --- Config and Security Hub ----------------------------------------------------------------------------------


def rules(*found: tuple[str, str, int]) -> Evidence:
    entries = [
        {
            "ConfigRuleName": name,
            "Compliance": {
                "ComplianceType": status,
                "ComplianceContributorCount": {"CappedCount": count, "CapExceeded": count >= 25},
            },
        }
        for name, status, count in found
    ]
    params = {"ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"]}
    return evidence(
        "config", "DescribeComplianceByConfigRule", {"ComplianceByConfigRules": entries}, params=params
    )


def test_config_rules() -> None:
    good, worse, worst = ("a", "COMPLIANT", 3), ("b", "NON_COMPLIANT", 2), ("c", "NON_COMPLIANT", 25)
    (result,) = check("config-rules-noncompliant", account(rules(good, worse, worst)))
    assert (result.status, result.values) == ("fail", {"rule": "c"})
    assert [fact.value for fact in result.facts] == [
        "2 of 3 are violated",
        "25 or more resources",
        "2 resources",
    ]
    assert kinds("config-rules-noncompliant", account(rules(good))) == ["pass"]
    assert kinds("config-rules-noncompliant", account(rules())) == ["not_applicable"]


def test_conformance_packs() -> None:
    arn = f"arn:aws:config:{REGION}:{ACCOUNT}:conformance-pack/cis/p1"
    pack = {"ConformancePackName": "cis", "ConformancePackArn": arn, "ConformancePackId": "p1"}
    listed = evidence("config", "DescribeConformancePacks", {"ConformancePackDetails": [pack]})

    def summary(status: str) -> Evidence:
        found = [{"ConformancePackName": "cis", "ConformancePackComplianceStatus": status}]
        return evidence(
            "config",
            "GetConformancePackComplianceSummary",
            {"ConformancePackComplianceSummaryList": found},
            params={"ConformancePackNames": ["cis"]},
        )

    assert kinds("config-conformance", account(listed, summary("COMPLIANT"))) == ["pass"]
    assert kinds("config-conformance", account(listed, summary("NON_COMPLIANT"))) == ["fail"]
    assert kinds("config-conformance", account(listed, summary("INSUFFICIENT_DATA"))) == ["unknown"]
    assert kinds("config-conformance", account(listed)) == ["unknown"]


def test_aggregators() -> None:
    def aggregator(**more: Any) -> Evidence:
        arn = f"arn:aws:config:{REGION}:{ACCOUNT}:config-aggregator/a"
        found = {"ConfigurationAggregatorName": "a", "ConfigurationAggregatorArn": arn, **more}
        return evidence("config", "DescribeConfigurationAggregators", {"ConfigurationAggregators": [found]})

    whole = aggregator(OrganizationAggregationSource={"RoleArn": "r", "AllAwsRegions": True})
    part = aggregator(OrganizationAggregationSource={"RoleArn": "r", "AwsRegions": [REGION]})
    assert kinds("config-aggregator", account(MANAGER, whole)) == ["pass"]
    assert kinds("config-aggregator", account(MANAGER, part)) == ["fail"]
    assert kinds("config-aggregator", account(MEMBER)) == ["not_applicable"]
    denied = evidence("organizations", "DescribeOrganization", error="AccessDeniedException")
    assert kinds("config-aggregator", account(denied)) == ["unknown"]


HUB = evidence(
    "securityhub", "DescribeHub", {"HubArn": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default"}
)


def failed_checks(*created: str, more: bool = False, error: str = "") -> Evidence:
    call = call_named("securityhub", "GetFindings")
    assert call is not None
    params = call.params_for({}, CallContext(ACCOUNT, "aws", REGION))
    found = [
        {
            "Title": "S3.1",
            "Severity": {"Label": "HIGH"},
            "CreatedAt": at,
            "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
        }
        for at in created
    ]
    answer = {"Findings": found, **({"NextToken": "t"} if more else {})}
    return evidence("securityhub", "GetFindings", answer, params=params, error=error)


def test_failed_checks_that_nobody_took_on() -> None:
    old, new = "2026-01-01T00:00:00Z", "2026-11-20T00:00:00Z"
    control = "securityhub-findings"
    (result,) = check(control, account(HUB, failed_checks(old, old, more=True)))
    assert (result.status, result.facts[0].value) == ("fail", "2 or more")
    assert kinds(control, account(HUB, failed_checks(old, new))) == ["fail"]
    assert kinds(control, account(HUB, failed_checks(new, more=True))) == ["pass"]
    assert kinds(control, account(HUB)) == ["unknown"]
    assert kinds(control, account(HUB, failed_checks(error="AccessDeniedException"))) == ["unknown"]
    assert kinds(control, account()) == ["not_applicable"]


# --- what watches ---------------------------------------------------------------------------------------------

BUCKETS = evidence("s3", "ListBuckets", {"Buckets": [{"Name": "b", "BucketRegion": REGION}]})


@pytest.mark.parametrize(
    ("session", "status"),
    [
        (evidence("macie2", "GetMacieSession", {"status": "ENABLED"}), "pass"),
        (evidence("macie2", "GetMacieSession", {"status": "PAUSED"}), "fail"),
        (
            evidence(
                "macie2",
                "GetMacieSession",
                error="AccessDeniedException",
                message="Macie is not enabled.",
            ),
            "fail",
        ),
        (
            evidence(
                "macie2",
                "GetMacieSession",
                error="AccessDeniedException",
                message="User is not authorized to perform: macie2:GetMacieSession",
            ),
            "unknown",
        ),
    ],
)
def test_macie_where_buckets_are(session: Evidence, status: str) -> None:
    assert kinds("macie-on", account(BUCKETS, session)) == [status]


def test_macie_without_buckets_does_not_matter() -> None:
    assert kinds("macie-on", account()) == ["not_applicable"]


def test_detective() -> None:
    graph = f"arn:aws:detective:{REGION}:{ACCOUNT}:graph:123"
    own = evidence("detective", "ListGraphs", {"GraphList": [{"Arn": graph}]})
    member = evidence(
        "detective", "ListInvitations", {"Invitations": [{"GraphArn": graph, "Status": "ENABLED"}]}
    )
    invited = evidence(
        "detective", "ListInvitations", {"Invitations": [{"GraphArn": graph, "Status": "INVITED"}]}
    )
    assert kinds("detective-on", account(own)) == ["pass"]
    assert kinds("detective-on", account(member)) == ["pass"]
    assert kinds("detective-on", account(invited)) == ["fail"]


def test_unused_access() -> None:
    def analyzer(kind: str, status: str = "ACTIVE") -> Evidence:
        arn = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/a"
        found = {"arn": arn, "name": "a", "type": kind, "status": status}
        return evidence("accessanalyzer", "ListAnalyzers", {"analyzers": [found]})

    assert kinds("analyzer-unused", account(analyzer("ACCOUNT_UNUSED_ACCESS"))) == ["pass"]
    assert kinds("analyzer-unused", account(analyzer("ACCOUNT_UNUSED_ACCESS", "FAILED"))) == ["fail"]
    assert kinds("analyzer-unused", account(analyzer("ACCOUNT"))) == ["fail"]
    assert kinds("analyzer-unused", account(MEMBER, analyzer("ACCOUNT"))) == ["unknown"]


def budget(*notifications: dict[str, Any]) -> Evidence:
    found = [{"BudgetName": "all", "Notifications": list(notifications)}]
    return evidence(
        "budgets", "DescribeBudgetNotificationsForAccount", {"BudgetNotificationsForAccount": found}
    )


def subscription(status: str) -> Evidence:
    found = {
        "SubscriptionArn": "arn:aws:ce::1:anomalysubscription/s",
        "SubscriptionName": "s",
        "MonitorArnList": ["arn:aws:ce::1:anomalymonitor/m"],
        "Subscribers": [{"Address": "ops@acme.example", "Type": "EMAIL", "Status": status}],
    }
    return evidence("ce", "GetAnomalySubscriptions", {"AnomalySubscriptions": [found]})


LOUD = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}


def test_spending() -> None:
    none = evidence("ce", "GetAnomalySubscriptions", {"AnomalySubscriptions": []})
    denied = evidence("ce", "GetAnomalySubscriptions", error="AccessDeniedException")
    assert kinds("budget-anomaly", account(budget(LOUD))) == ["pass"]
    assert kinds("budget-anomaly", account(subscription("CONFIRMED"))) == ["pass"]
    # A budget without a notification and a subscription that was declined tell nobody.
    assert kinds("budget-anomaly", account(budget(), none)) == ["fail"]
    assert kinds("budget-anomaly", account(subscription("DECLINED"))) == ["fail"]
    assert kinds("budget-anomaly", account(none)) == ["fail"]
    assert kinds("budget-anomaly", account(MEMBER, none)) == ["not_applicable"]
    assert kinds("budget-anomaly", account()) == ["unknown"]
    assert kinds("budget-anomaly", account(denied)) == ["unknown"]


def test_a_cent_is_spent_only_where_no_budget_notifies() -> None:
    call = call_named("budgets", "DescribeBudgetNotificationsForAccount")
    assert call is not None
    assert list(call.items_in(budget(LOUD).response or {})) == []
    assert list(call.items_in(budget().response or {})) == ["no notification"]
    assert list(call.items_in({})) == ["no notification"]


def test_incident_responders() -> None:
    def membership(status: str) -> Evidence:
        return evidence(
            "security-ir",
            "ListMemberships",
            {"items": [{"membershipId": "m-1", "membershipStatus": status}]},
        )

    off = evidence("security-ir", "ListMemberships", error="SecurityIncidentResponseNotActiveException")
    assert kinds("security-ir", account(membership("Active"))) == ["pass"]
    assert kinds("security-ir", account(membership("Cancelled"))) == ["fail"]
    assert kinds("security-ir", account(off)) == ["fail"]
    assert kinds("security-ir", account(MEMBER)) == ["not_applicable"]


# --- assessments, reviews, advice -----------------------------------------------------------------------------


def test_audit_manager() -> None:
    active = evidence("auditmanager", "GetAccountStatus", {"status": "ACTIVE"})
    listed = evidence(
        "auditmanager",
        "ListAssessments",
        {"assessmentMetadata": [{"id": "a1", "name": "PCI", "status": "ACTIVE"}]},
        params={"status": "ACTIVE"},
    )
    denied = evidence(
        "auditmanager", "ListAssessments", params={"status": "ACTIVE"}, error="AccessDeniedException"
    )
    assert kinds("auditmanager", account(active, listed)) == ["pass"]
    assert kinds("auditmanager", account(active, denied)) == ["unknown"]
    assert kinds("auditmanager", account()) == ["fail"]
    assert kinds("auditmanager", account(MEMBER)) == ["not_applicable"]


def test_firewall_manager() -> None:
    arn = f"arn:aws:fms:{REGION}:{ACCOUNT}:policy/p1"
    policy = {"PolicyArn": arn, "PolicyId": "p1", "PolicyName": "waf", "SecurityServiceType": "WAFV2"}
    listed = evidence("fms", "ListPolicies", {"PolicyList": [policy]})

    def compliance(status: str) -> Evidence:
        found = {"PolicyId": "p1", "MemberAccount": "1", "EvaluationResults": [{"ComplianceStatus": status}]}
        return evidence(
            "fms", "ListComplianceStatus", {"PolicyComplianceStatusList": [found]}, params={"PolicyId": "p1"}
        )

    control = "firewall-manager"
    assert statuses(control, account(listed, compliance("COMPLIANT"))) == {"p1": "pass"}
    assert statuses(control, account(listed, compliance("NON_COMPLIANT"))) == {"p1": "fail"}
    assert statuses(control, account(listed)) == {"p1": "unknown"}
    none = evidence(
        "fms",
        "ListPolicies",
        error="AccessDeniedException",
        message=f"No default admin could be found for account {ACCOUNT} in Region {REGION}",
    )
    assert kinds(control, account(none)) == ["not_applicable"]
    denied = evidence("fms", "ListPolicies", error="AccessDeniedException", message="not authorized")
    assert kinds(control, account(denied)) == ["unknown"]


def test_reviewed_workloads() -> None:
    def workload(name: str, **risks: int) -> dict[str, Any]:
        arn = f"arn:aws:wellarchitected:{REGION}:{ACCOUNT}:workload/{name}"
        return {"WorkloadArn": arn, "WorkloadName": name, "RiskCounts": risks}

    found = {"WorkloadSummaries": [workload("risky", HIGH=2), workload("fine", MEDIUM=1)]}
    made = account(evidence("wellarchitected", "ListWorkloads", found))
    assert statuses("wellarchitected", made) == {"risky": "fail", "fine": "pass"}


PLAN = evidence(
    "support",
    "DescribeSeverityLevels",
    {"severityLevels": [{"code": "urgent", "name": "Urgent"}]},
    params={"language": "en"},
)
NO_PLAN = evidence(
    "support", "DescribeSeverityLevels", params={"language": "en"}, error="SubscriptionRequiredException"
)


def advice(*pillars: str, **more: Any) -> Evidence:
    found = {
        "arn": f"arn:aws:trustedadvisor::{ACCOUNT}:recommendation/r1",
        "id": "r1",
        "name": "Security Groups",
        "pillars": list(pillars),
        "status": "error",
        "resourcesAggregates": {"okCount": 1, "warningCount": 0, "errorCount": 4},
        **more,
    }
    listed = {"recommendationSummaries": [found] if pillars else []}
    return evidence("trustedadvisor", "ListRecommendations", listed, params={"status": "error"})


def test_trusted_advisor() -> None:
    control = "trusted-advisor"
    assert statuses(control, account(PLAN, advice("security"))) == {"r1": "fail"}
    assert statuses(control, account(PLAN, advice("cost_optimizing"))) == {"root": "pass"}
    assert statuses(control, account(PLAN, advice("security", lifecycleStage="dismissed"))) == {
        "root": "pass"
    }
    assert statuses(control, account(PLAN)) == {"root": "unknown"}
    assert statuses(control, account(NO_PLAN)) == {"root": "not_applicable"}


def test_the_support_plan() -> None:
    assert kinds("support-plan", account(PLAN)) == ["pass"]
    assert kinds("support-plan", account(NO_PLAN)) == ["fail"]
