"""Health, continuity, AWS's side, certificates and federation, through evidence of AWS's shape."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import call_named
from tests.responsibility.recorded import (
    ACCOUNT,
    REGION,
    account,
    allow,
    check,
    details,
    evidence,
    inline,
    role,
    statuses,
    trust,
)


def kinds(control: str, of: Account) -> list[str]:
    return [result.status for result in check(control, of)]


# --- health ---------------------------------------------------------------------------------------------------

OPEN = {"filter": {"eventStatusCodes": ["open", "upcoming"]}}


def health(*events: dict[str, Any], error: str = "") -> Evidence:
    return evidence("health", "DescribeEvents", {"events": list(events)}, params=OPEN, error=error)


def event(code: str, category: str, **more: Any) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:health:us-east-1::event/{code}/1",
        "service": code.split("_")[1],
        "eventTypeCode": code,
        "eventTypeCategory": category,
        "region": "us-east-1",
        "startTime": "2026-11-20T00:00:00Z",
        "statusCode": "open",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        **more,
    }


LEAK = event("AWS_RISK_CREDENTIALS_EXPOSED", "issue")
RETIRE = event("AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED", "scheduledChange", statusCode="upcoming")
OUTAGE = event("AWS_EC2_OPERATIONAL_ISSUE", "issue", region=REGION, eventScopeCode="PUBLIC")
ELSEWHERE = event("AWS_SQS_OPERATIONAL_ISSUE", "issue", region="sa-east-1", eventScopeCode="PUBLIC")
NOTICE = event("AWS_LAMBDA_SECURITY_NOTIFICATION", "accountNotification")


@pytest.mark.parametrize(
    ("control", "bad", "good"),
    [
        ("health-risk-events", LEAK, RETIRE),
        ("health-scheduled", RETIRE, {**RETIRE, "eventScopeCode": "PUBLIC"}),
        ("health-open-issues", OUTAGE, ELSEWHERE),
        ("health-open-issues", OUTAGE, LEAK),
        ("health-security-bulletins", NOTICE, OUTAGE),
    ],
)
def test_health_events(control: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    assert kinds(control, account(health(bad))) == ["fail"]
    assert kinds(control, account(health(good))) == ["pass"]
    assert kinds(control, account(health())) == ["pass"]
    assert kinds(control, account(health(error="AccessDeniedException"))) == ["unknown"]
    without = kinds(control, account(health(error="SubscriptionRequiredException")))
    assert without == ["unknown" if control == "health-risk-events" else "not_applicable"]


def test_what_an_event_touches_is_a_fact() -> None:
    touched = {"eventArn": LEAK["arn"], "entityValue": "AKIAEXAMPLE"}
    answer = evidence(
        "health",
        "DescribeAffectedEntities",
        {"entities": [touched]},
        params={"filter": {"eventArns": [LEAK["arn"]]}},
    )
    (result,) = check("health-risk-events", account(health(LEAK), answer))
    assert ("touches", "AKIAEXAMPLE") in [(fact.label, fact.value) for fact in result.facts]
    call = call_named("health", "DescribeEvents")
    assert call is not None
    assert list(call.items_in({"events": [LEAK, OUTAGE, RETIRE]})) == [[LEAK["arn"], RETIRE["arn"]]]


# --- continuity -----------------------------------------------------------------------------------------------


def test_resilience_hub() -> None:
    def app(name: str, status: str, **more: Any) -> dict[str, Any]:
        arn = f"arn:aws:resiliencehub:{REGION}:{ACCOUNT}:app/{name}"
        return {"appArn": arn, "name": name, "complianceStatus": status, **more}

    found = [
        app("met", "PolicyMet"),
        app("drifted", "PolicyMet", driftStatus="Detected"),
        app("breached", "PolicyBreached"),
        app("never", "NotAssessed"),
    ]
    made = account(evidence("resiliencehub", "ListApps", {"appSummaries": found}))
    assert statuses("resilience-hub", made) == {
        "met": "pass",
        "drifted": "fail",
        "breached": "fail",
        "never": "fail",
    }


def test_zonal_autoshift() -> None:
    def resource(name: str, autoshift: str, zones: int = 2) -> dict[str, Any]:
        arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/{name}/1"
        places = [f"euw1-az{number}" for number in range(zones)]
        return {"arn": arn, "name": name, "availabilityZones": places, "zonalAutoshiftStatus": autoshift}

    def made(*found: dict[str, Any]) -> Account:
        return account(evidence("arc-zonal-shift", "ListManagedResources", {"items": list(found)}))

    assert kinds("zonal-shift", made(resource("a", "ENABLED"), resource("b", "DISABLED"))) == ["fail"]
    assert kinds("zonal-shift", made(resource("a", "ENABLED"))) == ["pass"]
    assert kinds("zonal-shift", made(resource("a", "DISABLED", zones=1))) == ["not_applicable"]


def test_quotas() -> None:
    def managed(status: str) -> Evidence:
        return evidence("service-quotas", "GetAutoManagementConfiguration", {"OptInStatus": status})

    off = evidence("service-quotas", "GetAutoManagementConfiguration", error="NoSuchResourceException")
    assert kinds("quota-headroom", account(managed("ENABLED"))) == ["pass"]
    assert kinds("quota-headroom", account(managed("DISABLED"))) == ["fail"]
    assert kinds("quota-headroom", account(off)) == ["fail"]


# --- AWS's side -----------------------------------------------------------------------------------------------


def report(name: str, end: str, **more: Any) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:artifact:::report/{name}-{end}",
        "name": name,
        "series": name,
        "state": "PUBLISHED",
        "periodStart": "2025-10-01T00:00:00Z",
        "periodEnd": f"{end}T00:00:00Z",
        **more,
    }


def test_attestations() -> None:
    found = [
        report("SOC 2 Report", "2026-03-31"),
        report("SOC 2 Report", "2026-09-30"),
        report("ISO 22301 Certificate", "2028-01-01"),
        report("PCI DSS AoC", "2026-06-30"),
        report("Something else", "2026-06-30"),
    ]
    made = account(evidence("artifact", "ListReports", {"reports": found}))
    (result,) = check("artifact-soc", made)
    assert [(fact.label, fact.value) for fact in result.facts] == [
        ("PCI DSS AoC", "2025-10-01 to 2026-06-30"),
        ("SOC 2 Report", "2025-10-01 to 2026-09-30"),
    ]
    (result,) = check("artifact-bcp", made)
    assert [fact.label for fact in result.facts] == ["ISO 22301 Certificate", "SOC 2 Report"]
    assert kinds("artifact-soc", account()) == ["not_applicable"]


def test_agreements() -> None:
    def agreement(name: str, state: str) -> dict[str, Any]:
        return {"arn": f"arn:aws:artifact::{ACCOUNT}:customer-agreement/{name}", "name": name, "state": state}

    found = {"customerAgreements": [agreement("baa", "ACTIVE"), agreement("nda", "CUSTOMER_TERMINATED")]}
    made = account(evidence("artifact", "ListCustomerAgreements", found))
    assert statuses("artifact-agreements", made) == {"baa": "pass", "nda": "fail"}


def test_hardware_at_own_sites() -> None:
    rack = {"OutpostArn": f"arn:aws:outposts:{REGION}:{ACCOUNT}:outpost/op-1", "LifeCycleStatus": "ACTIVE"}

    def gateway(name: str, host: str) -> dict[str, Any]:
        arn = f"arn:aws:storagegateway:{REGION}:{ACCOUNT}:gateway/{name}"
        return {
            "GatewayARN": arn,
            "GatewayId": name,
            "HostEnvironment": host,
            "DeprecationDate": "2027-01-01",
        }

    made = account(
        evidence("outposts", "ListOutposts", {"Outposts": [rack]}),
        evidence(
            "storagegateway",
            "ListGateways",
            {"Gateways": [gateway("own", "VMWARE"), gateway("cloud", "EC2")]},
        ),
    )
    assert statuses("premises-hardware", made) == {"op-1": "fail", "own": "fail"}
    assert kinds("premises-hardware", account()) == ["not_applicable"]


def line(name: str, location: str = "EqDC2", **more: Any) -> dict[str, Any]:
    return {"connectionId": name, "location": location, "connectionState": "available", **more}


def lines(*found: dict[str, Any]) -> Account:
    return account(evidence("directconnect", "DescribeConnections", {"connections": list(found)}))


def test_lines() -> None:
    found = lines(
        line("clear", encryptionMode="no_encrypt", macSecCapable=True),
        line("should", encryptionMode="should_encrypt", macSecCapable=True),
        line("must", encryptionMode="must_encrypt", macSecCapable=True),
        line("hosted", partnerName="Carrier", vlan=101),
        line("gone", connectionState="deleted"),
    )
    assert statuses("directconnect-macsec", found) == {
        "clear": "fail",
        "should": "fail",
        "must": "pass",
        "hosted": "unknown",
    }
    assert kinds("directconnect-sites", found) == ["fail"]
    assert kinds("directconnect-sites", lines(line("a"), line("b", "EqLD5"))) == ["pass"]
    assert kinds("directconnect-sites", account()) == ["not_applicable"]


def test_certificates() -> None:
    def certificate(
        name: str, end: str | None, status: str = "ISSUED", in_use: bool | None = True
    ) -> dict[str, Any]:
        return {
            "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{name}",
            "DomainName": f"{name}.example",
            "Status": status,
            **({} if in_use is None else {"InUse": in_use}),
            **({"NotAfter": f"{end}T00:00:00Z"} if end else {}),
        }

    found = [
        certificate("fine", "2027-06-01"),
        certificate("soon", "2026-12-01"),
        certificate("over", "2026-10-01", "EXPIRED"),
        certificate("idle", "2026-12-01", in_use=False),
        certificate("waiting", None, "PENDING_VALIDATION"),
        certificate("untold", "2027-06-01", in_use=None),
    ]
    listed = evidence(
        "acm",
        "ListCertificates",
        {"CertificateSummaryList": found},
        params=call_named("acm", "ListCertificates").variants[0],  # type: ignore[union-attr]
    )
    assert statuses("acm-expiry", account(listed)) == {
        "fine": "pass",
        "soon": "fail",
        "over": "fail",
        "untold": "unknown",
    }


# --- federation -----------------------------------------------------------------------------------------------

INSTANCE = "arn:aws:sso:::instance/ssoins-1"
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
OF_SET = {"InstanceArn": INSTANCE, "PermissionSetArn": SET}


def permission_set(
    duration: str | None = "PT1H", assigned: int | None = 1, name: str = "Admin", policy: Any = None
) -> Account:
    given = [
        evidence("sso-admin", "ListInstances", {"Instances": [{"InstanceArn": INSTANCE}]}),
        evidence(
            "sso-admin",
            "ListPermissionSetsProvisionedToAccount",
            {"PermissionSets": [SET]},
            params={"InstanceArn": INSTANCE, "AccountId": ACCOUNT},
        ),
        details(
            RoleDetailList=[
                role(
                    f"aws-reserved/sso.amazonaws.com/AWSReservedSSO_{name}_0123456789abcdef",
                    trust(),
                    RoleName=f"AWSReservedSSO_{name}_0123456789abcdef",
                    Path="/aws-reserved/sso.amazonaws.com/",
                    RolePolicyList=[inline(policy or allow("*"))],
                )
            ]
        ),
    ]
    if duration is not None:
        found = {"Name": "Admin", "PermissionSetArn": SET, "SessionDuration": duration}
        given.append(evidence("sso-admin", "DescribePermissionSet", {"PermissionSet": found}, params=OF_SET))
    if assigned is not None:
        people = [{"PrincipalType": "USER", "PrincipalId": str(number)} for number in range(assigned)]
        given.append(
            evidence(
                "sso-admin",
                "ListAccountAssignments",
                {"AccountAssignments": people},
                params={**OF_SET, "AccountId": ACCOUNT},
            )
        )
    return account(*given)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (permission_set(), "pass"),
        (permission_set("PT12H"), "fail"),
        (permission_set(assigned=4), "fail"),
        (permission_set(None), "unknown"),
        (permission_set(assigned=None), "unknown"),
        (permission_set("forever"), "unknown"),
        (permission_set(name="Administrators"), "unknown"),  # the role of another set
        (permission_set(policy=allow("s3:Get*")), "not_applicable"),
    ],
)
def test_permission_sets_of_administrators(made: Account, status: str) -> None:
    assert kinds("idc-permission-sets", made) == [status]


def test_roles_anywhere_profiles() -> None:
    def profile(name: str, **more: Any) -> dict[str, Any]:
        arn = f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:profile/{name}"
        return {"profileArn": arn, "name": name, "enabled": True, "roleArns": [], **more}

    found = [profile("wide"), profile("narrow", sessionPolicy="{}"), profile("off", enabled=False)]
    made = account(evidence("rolesanywhere", "ListProfiles", {"profiles": found}))
    assert statuses("rolesanywhere-restricted", made) == {"wide": "fail", "narrow": "pass"}
