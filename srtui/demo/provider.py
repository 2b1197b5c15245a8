"""AWS's side of the practice account, and the customer's share in it: events, reports, advice, lines, certificates."""

from __future__ import annotations

from typing import Any, Final

from srtui.demo.planted import Planted, Where, arn_in, number_of
from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME, THIRD

# --- what AWS reports -----------------------------------------------------------------------------------------

_LEAKED: Final = "arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/AWS_RISK_0001"
_UPGRADE: Final = f"arn:aws:health:{HOME}::event/RDS/AWS_RDS_PLANNED_LIFECYCLE_EVENT/AWS_RDS_PLANNED_0002"


def _health_events(where: Where) -> dict[str, Any]:
    common = {"eventScopeCode": "ACCOUNT_SPECIFIC", "lastUpdatedTime": where.ago(1)}
    return {
        "events": [
            {
                **common,
                "arn": _LEAKED,
                "service": "RISK",
                "eventTypeCode": "AWS_RISK_CREDENTIALS_EXPOSED",
                "eventTypeCategory": "issue",
                "region": "us-east-1",
                "startTime": where.ago(1),
                "statusCode": "open",
            },
            {
                **common,
                "arn": _UPGRADE,
                "service": "RDS",
                "eventTypeCode": "AWS_RDS_PLANNED_LIFECYCLE_EVENT",
                "eventTypeCategory": "scheduledChange",
                "region": HOME,
                "startTime": where.ago(-45),
                "statusCode": "upcoming",
            },
        ]
    }


def _entities(where: Where) -> dict[str, Any]:
    touched = {_LEAKED: "ci-web", _UPGRADE: arn_in("rds", "db:reporting")}
    return {
        "entities": [
            {
                "entityArn": f"arn:aws:health::{ACCOUNT}:entity/{number_of(arn) % 10**9}",
                "eventArn": arn,
                "entityValue": touched[arn],
                "awsAccountId": ACCOUNT,
            }
            for arn in where.params["filter"]["eventArns"]
        ]
    }


def _reports(where: Where) -> dict[str, Any]:
    found = [
        ("SOC 1 Type II Report", 400, 35),
        ("SOC 2 Type II Report", 400, 35),
        ("SOC 3 Report", 400, 35),
        ("PCI DSS Attestation of Compliance", 380, -200),
        ("ISO/IEC 27001:2022 Certificate", 500, -600),
        ("ISO/IEC 27017:2015 Certificate", 500, -600),
        ("ISO 22301:2019 Certificate", 450, -500),
    ]
    return {
        "reports": [
            {
                "id": f"report-{number:016d}",
                "name": name,
                "state": "PUBLISHED",
                "arn": f"arn:aws:artifact:us-east-1::report/report-{number:016d}:1",
                "version": 1,
                "periodStart": where.ago(start),
                "periodEnd": where.ago(end),
                "series": name,
                "category": "Certifications and Attestations",
                "companyName": "AWS",
            }
            for number, (name, start, end) in enumerate(found)
        ]
    }


def _agreements(where: Where) -> dict[str, Any]:
    return {
        "customerAgreements": [
            {
                "name": "AWS Business Associate Addendum",
                "arn": f"arn:aws:artifact::{ACCOUNT}:customer-agreement/customer-agreement-1",
                "id": "customer-agreement-1",
                "state": "ACTIVE",
                "effectiveStart": where.ago(900),
                "type": "DEFAULT",
            }
        ]
    }


def _advice(_: Where) -> dict[str, Any]:
    def one(id: str, name: str, pillar: str, errors: int) -> dict[str, Any]:
        return {
            "id": id,
            "arn": f"arn:aws:trustedadvisor::{ACCOUNT}:recommendation/{id}",
            "name": name,
            "type": "standard",
            "status": "error",
            "source": "ta_check",
            "pillars": [pillar],
            "resourcesAggregates": {"okCount": 3, "warningCount": 0, "errorCount": errors},
        }

    return {
        "recommendationSummaries": [
            one("ta-0001", "Security groups: specific ports unrestricted", "security", 4),
            one("ta-0002", "Amazon RDS Multi-AZ", "fault_tolerance", 2),
            one("ta-0003", "Idle load balancers", "cost_optimizing", 1),
        ]
    }


def _levels(_: Where) -> dict[str, Any]:
    names = {"low": "General guidance", "normal": "System impaired", "urgent": "Production system down"}
    return {"severityLevels": [{"code": code, "name": name} for code, name in names.items()]}


# --- reviews, continuity, lines and premises ------------------------------------------------------------------


def _workloads(where: Where) -> dict[str, Any]:
    shop = {
        "WorkloadId": "5f1e0c3d2b4a49788695a4b3c2d1e0f0",
        "WorkloadArn": arn_in("wellarchitected", "workload/5f1e0c3d2b4a49788695a4b3c2d1e0f0"),
        "WorkloadName": "web shop",
        "Owner": ACCOUNT,
        "UpdatedAt": where.ago(300),
        "Lenses": ["wellarchitected"],
        "RiskCounts": {"HIGH": 3, "MEDIUM": 7, "NONE": 31, "UNANSWERED": 4},
        "ImprovementStatus": "NOT_STARTED",
    }
    return {"WorkloadSummaries": [shop] if where.home else []}


def _apps(where: Where) -> dict[str, Any]:
    shop = {
        "appArn": arn_in("resiliencehub", "app/7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        "name": "web-shop",
        "creationTime": where.ago(300),
        "complianceStatus": "PolicyBreached",
        "driftStatus": "NotDetected",
        "lastAppComplianceEvaluationTime": where.ago(9),
    }
    return {"appSummaries": [shop] if where.home else []}


def _certificate(where: Where, name: str, id: str, days: int, kind: str) -> dict[str, Any]:
    return {
        "CertificateArn": arn_in("acm", f"certificate/{id}", where.region),
        "DomainName": name,
        "Status": "ISSUED",
        "Type": kind,
        "KeyAlgorithm": "RSA_2048",
        "InUse": True,
        "RenewalEligibility": "ELIGIBLE" if kind == "AMAZON_ISSUED" else "INELIGIBLE",
        "NotAfter": where.ago(-days),
    }


def _certificates(where: Where) -> dict[str, Any]:
    found = [
        _certificate(
            where, "shop.acme.example", "0f3c6a1e-1111-4222-8333-444455556666", 210, "AMAZON_ISSUED"
        ),
        _certificate(where, "partners.acme.example", "2b7d8c90-1111-4222-8333-444455556666", 11, "IMPORTED"),
    ]
    return {"CertificateSummaryList": found if where.home else []}


def _lines(where: Where) -> dict[str, Any]:
    line = {
        "ownerAccount": ACCOUNT,
        "connectionId": "dxcon-fg5acme0",
        "connectionName": "frankfurt-office",
        "connectionState": "available",
        "region": THIRD,
        "location": "EqFA5",
        "bandwidth": "1Gbps",
        "awsDeviceV2": "EqFA5-1a2b3c4d",
        "hasLogicalRedundancy": "yes",
        "macSecCapable": False,
        "encryptionMode": "no_encrypt",
    }
    return {"connections": [line] if where.region == THIRD else []}


def _gateways(where: Where) -> dict[str, Any]:
    office = {
        "GatewayId": "sgw-12A3456B",
        "GatewayARN": arn_in("storagegateway", "gateway/sgw-12A3456B"),
        "GatewayType": "FILE_S3",
        "GatewayOperationalState": "ACTIVE",
        "GatewayName": "office-files",
        "HostEnvironment": "VMWARE",
        "SoftwareVersion": "2.0.0",
    }
    return {"Gateways": [office] if where.home else []}


def _firewall_policies(where: Where) -> dict[str, Any]:
    policy = {
        "PolicyId": "0a1b2c3d-0000-4000-8000-000000000009",
        "PolicyArn": arn_in("fms", "policy/0a1b2c3d-0000-4000-8000-000000000009"),
        "PolicyName": "waf-on-load-balancers",
        "ResourceType": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "SecurityServiceType": "WAFV2",
        "RemediationEnabled": False,
        "PolicyStatus": "ACTIVE",
    }
    return {"PolicyList": [policy] if where.home else []}


def _firewall_compliance(where: Where) -> dict[str, Any]:
    found = {
        "PolicyOwner": ACCOUNT,
        "PolicyId": where.params.get("PolicyId", ""),
        "PolicyName": "waf-on-load-balancers",
        "MemberAccount": "320032003200",
        "EvaluationResults": [{"ComplianceStatus": "NON_COMPLIANT", "ViolatorCount": 2}],
    }
    return {"PolicyComplianceStatusList": [found]}


def _assessments(where: Where) -> dict[str, Any]:
    found = {
        "id": "1c2d3e4f-0000-4000-8000-00000000000a",
        "name": "card payments",
        "complianceType": "PCI DSS V4.0",
        "status": "ACTIVE",
        "creationTime": where.ago(200),
    }
    return {"assessmentMetadata": [found]}


PROVIDER: Final[dict[tuple[str, str], Planted]] = {
    ("health", "DescribeEvents"): _health_events,
    ("fms", "ListPolicies"): _firewall_policies,
    ("fms", "ListComplianceStatus"): _firewall_compliance,
    ("auditmanager", "GetAccountStatus"): lambda where: {"status": "ACTIVE" if where.home else "INACTIVE"},
    ("auditmanager", "ListAssessments"): _assessments,
    ("health", "DescribeAffectedEntities"): _entities,
    ("artifact", "ListReports"): _reports,
    ("artifact", "ListCustomerAgreements"): _agreements,
    ("support", "DescribeSeverityLevels"): _levels,
    ("trustedadvisor", "ListRecommendations"): _advice,
    ("ce", "GetAnomalySubscriptions"): lambda _: {
        "AnomalySubscriptions": [
            {
                "SubscriptionArn": f"arn:aws:ce::{ACCOUNT}:anomalysubscription/6a2f1d4e",
                "SubscriptionName": "spending leaps",
                "MonitorArnList": [f"arn:aws:ce::{ACCOUNT}:anomalymonitor/5f1e0c3d"],
                "Subscribers": [{"Address": "finance@acme.example", "Type": "EMAIL", "Status": "CONFIRMED"}],
                "Threshold": 100.0,
                "Frequency": "DAILY",
            }
        ]
    },
    ("wellarchitected", "ListWorkloads"): _workloads,
    ("resiliencehub", "ListApps"): _apps,
    ("service-quotas", "GetAutoManagementConfiguration"): lambda where: {
        "OptInStatus": "ENABLED" if where.home else "DISABLED",
        "OptInType": "NotifyOnly",
    },
    ("acm", "ListCertificates"): _certificates,
    ("directconnect", "DescribeConnections"): _lines,
    ("storagegateway", "ListGateways"): _gateways,
}
