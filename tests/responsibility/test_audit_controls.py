"""Trails, the event history, log groups and GuardDuty, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services.cloudtrail_events import IAM_CHANGES, SIGN_IN, TAMPERING
from srtui.services.guardduty import finding_ids
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail"
ORGANIZATION = {"Organization": {"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}}


def trail(**more: Any) -> Evidence:
    entry = {
        "TrailARN": TRAIL,
        "Name": "main",
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        "S3BucketName": "logs",
        **more,
    }
    return evidence("cloudtrail", "DescribeTrails", {"trailList": [entry]})


def trail_status(**more: Any) -> Evidence:
    return evidence("cloudtrail", "GetTrailStatus", {"IsLogging": True, **more}, params={"Name": TRAIL})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([trail(), trail_status()], "fail"),
        ([trail(CloudWatchLogsLogGroupArn=GROUP), trail_status()], "fail"),
        (
            [
                trail(CloudWatchLogsLogGroupArn=GROUP),
                trail_status(LatestCloudWatchLogsDeliveryTime="2026-11-24T11:00:00Z"),
            ],
            "pass",
        ),
        (
            [
                trail(CloudWatchLogsLogGroupArn=GROUP),
                trail_status(LatestCloudWatchLogsDeliveryTime="2026-11-22T11:00:00Z"),
            ],
            "fail",
        ),
        ([trail(CloudWatchLogsLogGroupArn=GROUP)], "unknown"),
    ],
)
def test_delivery_to_a_log_group(given: list[Evidence], status: str) -> None:
    assert statuses("trail-cloudwatch", account(*given)) == {"main": status}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"LoggingEnabled": {"TargetBucket": "access", "TargetPrefix": ""}}, "pass"),
        ({}, "fail"),
        (None, "unknown"),
    ],
)
def test_access_to_a_trail_bucket_is_logged(answer: Any, status: str) -> None:
    bucket = evidence("s3", "ListBuckets", {"Buckets": [{"Name": "logs", "BucketRegion": REGION}]})
    logging = evidence(
        "s3",
        "GetBucketLogging",
        answer or {},
        params={"Bucket": "logs"},
        error="" if answer is not None else "AccessDenied",
    )
    assert [one.status for one in check("trail-bucket-logging", account(trail(), bucket, logging))] == [
        status
    ]


def test_a_trail_bucket_of_another_account_is_unknown() -> None:
    assert statuses("trail-bucket-logging", account(trail())) == {"main": "unknown"}


@pytest.mark.parametrize(
    ("insights", "status"),
    [
        ({"InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}]}, "pass"),
        ({"InsightSelectors": []}, "fail"),
        ("InsightNotEnabledException", "fail"),
        ("AccessDeniedException", "unknown"),
    ],
)
def test_insights(insights: Any, status: str) -> None:
    error = insights if isinstance(insights, str) else ""
    answer = evidence(
        "cloudtrail",
        "GetInsightSelectors",
        {} if error else insights,
        params={"TrailName": TRAIL},
        error=error,
    )
    assert statuses("trail-insights", account(trail(), trail_status(), answer)) == {"root": status}


def test_a_trail_of_the_organisation() -> None:
    member = evidence("organizations", "DescribeOrganization", ORGANIZATION)
    ours = trail(IsOrganizationTrail=True)
    assert statuses("trail-org", account(member, ours, trail_status())) == {"root": "pass"}
    assert statuses("trail-org", account(member, ours)) == {"root": "unknown"}
    assert statuses("trail-org", account(member, trail(), trail_status())) == {"root": "fail"}
    assert statuses("trail-org", account(trail(), trail_status())) == {"root": "not_applicable"}
    denied = evidence("organizations", "DescribeOrganization", error="AccessDeniedException")
    assert statuses("trail-org", account(denied, ours, trail_status())) == {"root": "unknown"}


def test_an_organisations_trail_is_set_up_where_it_is_kept() -> None:
    elsewhere = trail(TrailARN=TRAIL.replace(ACCOUNT, "111122223333"), IsOrganizationTrail=True)
    controls = (
        "trail-validation",
        "trail-kms",
        "trail-bucket-public",
        "trail-bucket-logging",
        "trail-cloudwatch",
    )
    for control in controls:
        assert statuses(control, account(elsewhere)) == {"root": "not_applicable"}, control


def selectors(**answer: Any) -> Evidence:
    return evidence("cloudtrail", "GetEventSelectors", answer, params={"TrailName": TRAIL})


def basic(kind: str, *values: str, reads: str = "All") -> Evidence:
    data = [{"Type": kind, "Values": list(values)}]
    return selectors(
        EventSelectors=[{"ReadWriteType": reads, "IncludeManagementEvents": True, "DataResources": data}]
    )


def advanced(kind: str, **fields: list[str]) -> Evidence:
    found = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": [kind]},
        *({"Field": name.replace("_", "."), "Equals": values} for name, values in fields.items()),
    ]
    return selectors(AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": found}])


@pytest.mark.parametrize(
    ("found", "write", "read"),
    [
        (basic("AWS::S3::Object", "arn:aws:s3"), "pass", "pass"),
        (basic("AWS::S3::Object", "arn:aws:s3:::"), "pass", "pass"),
        (basic("AWS::S3::Object", "arn:aws:s3", reads="WriteOnly"), "pass", "fail"),
        (basic("AWS::S3::Object", "arn:aws:s3:::one-bucket/"), "fail", "fail"),
        (basic("AWS::Lambda::Function", "arn:aws:lambda"), "fail", "fail"),
        (advanced("AWS::S3::Object"), "pass", "pass"),
        (advanced("AWS::S3::Object", readOnly=["true"]), "fail", "pass"),
        (advanced("AWS::S3::Object", resources_ARN=["arn:aws:s3:::one-bucket/"]), "fail", "fail"),
        (None, "unknown", "unknown"),
    ],
)
def test_data_events_of_every_bucket(found: Evidence | None, write: str, read: str) -> None:
    made = account(trail(), trail_status(), *([found] if found else []))
    assert statuses("s3-data-events-write", made) == {"root": write}
    assert statuses("s3-data-events-read", made) == {"root": read}


def test_data_events_of_functions() -> None:
    found = basic("AWS::Lambda::Function", "arn:aws:lambda")
    assert statuses("lambda-data-events", account(trail(), trail_status(), found)) == {"root": "pass"}
    assert statuses("lambda-data-events", account(trail(), found)) == {"root": "unknown"}
    stopped = evidence("cloudtrail", "GetTrailStatus", {"IsLogging": False}, params={"Name": TRAIL})
    assert statuses("lambda-data-events", account(trail(), stopped, found)) == {"root": "fail"}


# --- event history --------------------------------------------------------------------------------------------


def event(name: str, at: str = "2026-11-24T09:00:00Z", detail: Any = None, **more: Any) -> dict[str, Any]:
    told = {
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/eve"},
        "sourceIPAddress": "198.51.100.7",
        **(detail or {}),
    }
    return {
        "EventId": f"{name}-{at}",
        "EventName": name,
        "EventTime": at,
        "Username": "eve",
        "CloudTrailEvent": json.dumps(told),
        **more,
    }


def search(
    name: str, *events: dict[str, Any], error: str = "", region: str = REGION, **more: Any
) -> Evidence:
    params = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}
    return evidence(
        "cloudtrail",
        "LookupEvents",
        {"Events": list(events), **more},
        params=params,
        error=error,
        region=region,
    )


def history(*given: Evidence, region: str = REGION) -> Account:
    asked = {json.dumps(one.params) for one in given}
    rest = [search(name, region=region) for name in (SIGN_IN, *TAMPERING, *IAM_CHANGES)]
    return account(*given, *(one for one in rest if json.dumps(one.params) not in asked))


def login(mfa: str = "No", kind: str = "IAMUser", outcome: str = "Success", **more: Any) -> dict[str, Any]:
    detail = {
        "userIdentity": {"type": kind, "arn": f"arn:aws:iam::{ACCOUNT}:user/eve"},
        "additionalEventData": {"MFAUsed": mfa},
        "responseElements": {"ConsoleLogin": outcome},
    }
    return event(SIGN_IN, detail=detail, **more)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([login()], {"eve": "fail"}),
        ([login("Yes")], {"root": "pass"}),
        ([login(outcome="Failure")], {"root": "pass"}),
        ([login(kind="AssumedRole")], {"root": "pass"}),  # the identity provider has asked for MFA, or not
        ([login(at="2026-11-20T09:00:00Z")], {"root": "pass"}),
        ([], {"root": "pass"}),
        ([{**login(), "CloudTrailEvent": "{broken"}], {"root": "unknown"}),
    ],
)
def test_sign_ins_without_mfa(found: list[dict[str, Any]], expected: dict[str, str]) -> None:
    assert statuses("lookup-console-no-mfa", history(search(SIGN_IN, *found))) == expected


def test_a_day_that_was_not_read_to_its_end_is_unknown() -> None:
    more = search(SIGN_IN, login("Yes"), NextToken="more")
    assert statuses("lookup-console-no-mfa", history(more)) == {"root": "unknown"}
    older = search(SIGN_IN, login("Yes", at="2026-11-20T09:00:00Z"), NextToken="more")
    assert statuses("lookup-console-no-mfa", history(older)) == {"root": "pass"}


def test_tampering() -> None:
    refused = event("StopLogging", detail={"errorCode": "AccessDenied"})
    made = history(search("StopLogging", refused, event("StopLogging", "2026-11-24T10:00:00Z")))
    (result,) = check("lookup-tamper", made)
    assert result.status == "fail"
    assert [fact.value for fact in result.facts] == [
        "2026-11-24 10:00Z, from 198.51.100.7",
        "2026-11-24 09:00Z, from 198.51.100.7, refused: AccessDenied",
    ]
    assert statuses("lookup-tamper", history()) == {"root": "pass"}
    denied = history(search("DeleteTrail", error="AccessDeniedException"))
    assert statuses("lookup-tamper", denied) == {"root": "unknown"}


def test_what_a_session_did_is_the_doing_of_its_role() -> None:
    issuer = {"sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:role/ops"}}
    session = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/eve",
        "sessionContext": issuer,
    }
    made = history(search("DeleteTrail", event("DeleteTrail", detail={"userIdentity": session})))
    assert statuses("lookup-tamper", made) == {"ops": "fail"}


def test_iam_is_looked_up_where_it_records() -> None:
    made = history(
        search("CreateAccessKey", event("CreateAccessKey"), region="us-east-1"), region="us-east-1"
    )
    made.regions["us-east-1"] = "opt-in-not-required"
    assert statuses("lookup-iam-changes", made)["eve"] == "fail"
    # With eu-west-1 alone nothing can be said.
    assert statuses("lookup-iam-changes", history()) == {"root": "unknown"}


# --- logs -----------------------------------------------------------------------------------------------------


def groups(*found: dict[str, Any]) -> Evidence:
    return evidence("logs", "DescribeLogGroups", {"logGroups": list(found)})


def test_log_policies() -> None:
    def policy(name: str, **more: Any) -> dict[str, Any]:
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "logs:PutLogEvents",
            "Resource": "*",
            **more,
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return {"policyName": name, "policyDocument": json.dumps(document)}

    found = [
        policy("open"),
        policy("service", Principal={"Service": "route53.amazonaws.com"}),
        {"policyName": "broken", "policyDocument": "{"},
    ]
    made = account(evidence("logs", "DescribeResourcePolicies", {"resourcePolicies": found}))
    assert statuses("loggroup-public", made) == {"open": "fail", "service": "pass", "broken": "unknown"}


def test_retention() -> None:
    short = {"logGroupName": "a", "retentionInDays": 30}
    good = [{"logGroupName": "b", "retentionInDays": 365}, {"logGroupName": "c"}]
    (result,) = check("log-retention", account(groups(short, *good)))
    assert (result.status, result.region) == ("fail", REGION)
    assert result.facts[0].value == "1 of 3 keep less than 365 days"
    assert [one.status for one in check("log-retention", account(groups(*good)))] == ["pass"]
    assert [one.status for one in check("log-retention", account())] == ["not_applicable"]


def test_the_key_of_a_trails_log_group() -> None:
    fed = trail(CloudWatchLogsLogGroupArn=f"{GROUP}:*")
    plain, keyed = {"logGroupName": "trail"}, {"logGroupName": "trail", "kmsKeyId": "arn:aws:kms:x:1:key/k"}
    assert statuses("loggroup-kms", account(fed, groups(plain))) == {"trail": "fail"}
    assert statuses("loggroup-kms", account(fed, groups(keyed))) == {"trail": "pass"}
    assert statuses("loggroup-kms", account(fed, groups())) == {"main": "unknown"}


# --- GuardDuty ------------------------------------------------------------------------------------------------

DETECTOR = {"DetectorId": "d1"}
LISTED = evidence("guardduty", "ListDetectors", {"DetectorIds": ["d1"]})


def ids(number: int, *found: str, **more: Any) -> Evidence:
    params = {**DETECTOR, **finding_ids.variants[number]}
    return evidence("guardduty", "ListFindings", {"FindingIds": list(found)}, params=params, **more)


@pytest.mark.parametrize(("control", "number"), [("guardduty-findings", 0), ("guardduty-recon", 1)])
def test_open_findings_of_each_kind(control: str, number: int) -> None:
    other = ids(1 - number, "other")
    assert statuses(control, account(LISTED, ids(number, "f1"), other)) == {"d1": "fail"}
    assert statuses(control, account(LISTED, ids(number), other)) == {"d1": "pass"}
    assert statuses(control, account(LISTED, other)) == {"d1": "unknown"}
    assert statuses(control, account(LISTED, ids(number, more=True), other)) == {"d1": "unknown"}
    denied = ids(number, error="AccessDeniedException")
    assert statuses(control, account(LISTED, denied, other)) == {"d1": "unknown"}


def test_the_details_of_findings_are_facts() -> None:
    finding = {"Id": "f1", "Type": "Recon:EC2/Portscan", "Title": "a scan"}
    details = evidence(
        "guardduty", "GetFindings", {"Findings": [finding]}, params={**DETECTOR, "FindingIds": ["f1"]}
    )
    (result,) = check("guardduty-recon", account(LISTED, ids(1, "f1"), details))
    assert ("Recon:EC2/Portscan", "a scan") in [(fact.label, fact.value) for fact in result.facts]


def test_guardduty_is_administered() -> None:
    member = evidence("organizations", "DescribeOrganization", ORGANIZATION)
    relation = {"Administrator": {"AccountId": "999988887777", "RelationshipStatus": "Enabled"}}
    by_other = evidence("guardduty", "GetAdministratorAccount", relation, params=DETECTOR)
    by_none = evidence("guardduty", "GetAdministratorAccount", {}, params=DETECTOR)
    params = {**DETECTOR, "OnlyAssociated": "true"}
    alone = evidence("guardduty", "ListMembers", {"Members": []}, params=params)
    found = {"Members": [{"AccountId": "1", "RelationshipStatus": "Enabled"}]}
    many = evidence("guardduty", "ListMembers", found, params=params)
    control = "guardduty-central"
    assert statuses(control, account(member, LISTED, by_other)) == {"d1": "pass"}
    assert statuses(control, account(member, LISTED, by_none, many)) == {"d1": "pass"}
    assert statuses(control, account(member, LISTED, by_none, alone)) == {"d1": "fail"}
    assert statuses(control, account(member, LISTED, by_none)) == {"d1": "unknown"}
    assert statuses(control, account(LISTED, by_none, alone)) == {"root": "not_applicable"}
