"""How the practice account is watched and governed: its trails, what they tell, findings, rules, organisation."""

from __future__ import annotations

import json
from typing import Any, Final

from srtui.demo.planted import Planted, Where, arn_in, number_of
from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import OTHER

# --- trails and their events ----------------------------------------------------------------------------------


def _trail_status(where: Where) -> dict[str, Any] | None:
    if not str(where.params.get("Name", "")).endswith("/acme-main"):
        return None
    return {
        "IsLogging": True,
        "LatestDeliveryTime": where.ago(hours=0.2),
        "LatestCloudWatchLogsDeliveryTime": where.ago(hours=0.1),
        "StartLoggingTime": where.ago(days=900),
    }


def _event(where: Where, name: str, user: str, hours: float, **detail: Any) -> dict[str, Any]:
    source = {"ConsoleLogin": "signin", "StopLogging": "cloudtrail"}.get(name, "iam")
    told = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
            "accountId": ACCOUNT,
            "userName": user.rsplit("/", 1)[-1],
        },
        "eventTime": where.ago(hours=hours),
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": where.region,
        "sourceIPAddress": "198.51.100.24",
        **detail,
    }
    return {
        "EventId": f"0c5a1e00-0000-4000-8000-{number_of(name + user) % 10**12:012d}",
        "EventName": name,
        "EventTime": where.ago(hours=hours),
        "EventSource": f"{source}.amazonaws.com",
        "ReadOnly": "false",
        "Username": user.rsplit("/", 1)[-1],
        "CloudTrailEvent": json.dumps(told),
    }


def _login(where: Where, user: str, hours: float, mfa: str) -> dict[str, Any]:
    return _event(
        where,
        "ConsoleLogin",
        user,
        hours,
        additionalEventData={"MobileVersion": "No", "MFAUsed": mfa},
        responseElements={"ConsoleLogin": "Success"},
    )


def _history(where: Where) -> dict[str, Any]:
    name = where.params["LookupAttributes"][0]["AttributeValue"]
    events: list[dict[str, Any]] = []
    if name == "ConsoleLogin" and where.home:
        events = [
            _login(where, "staff/farida.haddad", 2, "Yes"),
            _login(where, "staff/goran.petrov", 5, "No"),
        ]
    elif name == "StopLogging" and where.region == OTHER:
        trail = {"requestParameters": {"name": "old-us-trail"}, "sourceIPAddress": "203.0.113.77"}
        events = [_event(where, name, "bots/terraform", 7, **trail)]
        events[0]["Resources"] = [{"ResourceType": "AWS::CloudTrail::Trail", "ResourceName": "old-us-trail"}]
    elif name == "CreateAccessKey" and where.region == OTHER:
        events = [_event(where, name, "staff/alice.moreau", 20)]
    return {"Events": events}


# --- GuardDuty, Security Hub, Config --------------------------------------------------------------------------

_STOLEN: Final = "0ab1c2d3e4f5061728394a5b6c7d8e9f"
_PROBED: Final = "1bc2d3e4f5061728394a5b6c7d8e9f0a"


def _finding(where: Where, id: str) -> dict[str, Any]:
    stolen = id == _STOLEN
    return {
        "AccountId": ACCOUNT,
        "Arn": arn_in("guardduty", f"detector/d/finding/{id}", where.region),
        "CreatedAt": where.ago(2),
        "UpdatedAt": where.ago(1),
        "Id": id,
        "Region": where.region,
        "Resource": {"ResourceType": "AccessKey" if stolen else "Instance"},
        "SchemaVersion": "2.0",
        "Severity": 8.0 if stolen else 2.0,
        "Title": (
            "Credentials of an instance role were used from outside AWS"
            if stolen
            else "An unprotected port of the bastion is being probed"
        ),
        "Type": (
            "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS"
            if stolen
            else "Recon:EC2/PortProbeUnprotectedPort"
        ),
    }


def _finding_ids(where: Where) -> dict[str, Any]:
    if not where.home:
        return {"FindingIds": []}
    return {"FindingIds": [_PROBED if "type" in json.dumps(where.params) else _STOLEN]}


def _hub_finding(where: Where, number: int, title: str, severity: str, days: int, on: str) -> dict[str, Any]:
    product = f"arn:aws:securityhub:{where.region}::product/aws/securityhub"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": arn_in("securityhub", f"security-control/finding/{number:012d}", where.region),
        "ProductArn": product,
        "GeneratorId": "security-control",
        "AwsAccountId": ACCOUNT,
        "CreatedAt": where.ago(days),
        "UpdatedAt": where.ago(1),
        "Severity": {"Label": severity},
        "Title": title,
        "Description": title,
        "Resources": [{"Type": "Other", "Id": on}],
    }


def _hub_findings(where: Where) -> dict[str, Any]:
    if not where.home:
        return {"Findings": []}
    group = arn_in("ec2", "security-group/bastion-open")
    return {
        "Findings": [
            _hub_finding(where, 1, "EC2.13 Security groups should not allow port 22", "HIGH", 210, group),
            _hub_finding(
                where,
                2,
                "RDS.2 Databases should not be public",
                "CRITICAL",
                64,
                arn_in("rds", "db:reporting"),
            ),
            _hub_finding(
                where, 3, "KMS.5 Keys should not be public", "CRITICAL", 3, arn_in("kms", "alias/acme-shared")
            ),
        ]
    }


def _rules(where: Where) -> dict[str, Any]:
    if not where.home:
        return {"ComplianceByConfigRules": []}
    found = [
        ("iam-root-access-key-check", "COMPLIANT", 1),
        ("restricted-ssh", "NON_COMPLIANT", 1),
        ("s3-bucket-versioning-enabled", "NON_COMPLIANT", 6),
        ("cloudtrail-enabled", "COMPLIANT", 1),
    ]
    return {
        "ComplianceByConfigRules": [
            {
                "ConfigRuleName": name,
                "Compliance": {
                    "ComplianceType": status,
                    "ComplianceContributorCount": {"CappedCount": count, "CapExceeded": False},
                },
            }
            for name, status, count in found
        ]
    }


def _packs(where: Where) -> dict[str, Any]:
    pack = {
        "ConformancePackName": "acme-baseline",
        "ConformancePackArn": arn_in("config", "conformance-pack/acme-baseline/conformance-pack-1a2b3c4d5"),
        "ConformancePackId": "conformance-pack-1a2b3c4d5",
    }
    return {"ConformancePackDetails": [pack] if where.home else []}


def _pack_summary(_: Where) -> dict[str, Any]:
    found = {"ConformancePackName": "acme-baseline", "ConformancePackComplianceStatus": "NON_COMPLIANT"}
    return {"ConformancePackComplianceSummaryList": [found]}


# --- credentials and the organisation -------------------------------------------------------------------------


def _service_credential(where: Where, user: str, service: str, status: str, days: int) -> dict[str, Any]:
    return {
        "UserName": user,
        "Status": status,
        "ServiceUserName": f"{user}-at-{ACCOUNT}",
        "CreateDate": where.ago(days),
        "ServiceSpecificCredentialId": f"ACCAPRACTICE{number_of(user) % 10**8:08d}",
        "ServiceName": service,
    }


def _service_credentials(where: Where) -> dict[str, Any]:
    lasting = _service_credential(where, "priya.nair", "bedrock.amazonaws.com", "Active", 130)
    ending = _service_credential(where, "dana.levi", "bedrock.amazonaws.com", "Active", 12)
    ending["ExpirationDate"] = where.ago(-18)
    old = _service_credential(where, "ci-web", "codecommit.amazonaws.com", "Inactive", 730)
    return {"ServiceSpecificCredentials": [lasting, ending, old], "IsTruncated": False}


def _effective_policy(where: Where) -> dict[str, Any]:
    kind = where.params["PolicyType"]
    contents: dict[str, dict[str, Any]] = {
        "TAG_POLICY": {"tags": {"owner": {"tag_key": "owner"}, "stage": {"tag_key": "stage"}}},
        "AISERVICES_OPT_OUT_POLICY": {"services": {"default": {"opt_out_policy": "optIn"}}},
    }
    return {
        "EffectivePolicy": {
            "PolicyContent": json.dumps(contents.get(kind, {})),
            "LastUpdatedTimestamp": where.ago(90),
            "TargetId": ACCOUNT,
            "PolicyType": kind,
        }
    }


def _delegated(where: Where) -> dict[str, Any]:
    found = [("security-tooling", "310031003100", "CREATED"), ("acquired-shop", "320032003200", "INVITED")]
    return {
        "DelegatedAdministrators": [
            {
                "Id": id,
                "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-acme000000/{id}",
                "Email": f"{name}@acme.example",
                "Name": name,
                "Status": "ACTIVE",
                "State": "ACTIVE",
                "JoinedMethod": joined,
                "JoinedTimestamp": where.ago(800),
                "DelegationEnabledDate": where.ago(400),
            }
            for name, id, joined in found
        ]
    }


GOVERNANCE: Final[dict[tuple[str, str], Planted]] = {
    ("cloudtrail", "GetTrailStatus"): _trail_status,
    ("cloudtrail", "LookupEvents"): _history,
    ("guardduty", "ListFindings"): _finding_ids,
    ("guardduty", "GetFindings"): lambda where: {
        "Findings": [_finding(where, id) for id in where.params["findingIds"]]
    },
    ("securityhub", "GetFindings"): _hub_findings,
    ("config", "DescribeComplianceByConfigRule"): _rules,
    ("config", "DescribeConformancePacks"): _packs,
    ("config", "GetConformancePackComplianceSummary"): _pack_summary,
    ("macie2", "GetMacieSession"): lambda where: {"status": "ENABLED" if where.home else "PAUSED"},
    ("iam", "ListServiceSpecificCredentials"): _service_credentials,
    ("iam", "ListOrganizationsFeatures"): lambda _: {
        "OrganizationId": "o-acme000000",
        "EnabledFeatures": ["RootCredentialsManagement"],
    },
    ("organizations", "DescribeEffectivePolicy"): _effective_policy,
    ("organizations", "ListDelegatedAdministrators"): _delegated,
}
