"""Readers: any order gives the same account, and what an answer does not tell stays unread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from srtui.account.grants import KeyGrant, KeyGrants
from srtui.account.last_access import LastAccess
from srtui.account.members import OrganizationMember
from srtui.account.model import UNREAD, Credentials
from srtui.evidence import Evidence
from srtui.services import build_account, call_named, declared_calls

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci"
DETECTOR = {"DetectorId": "d1"}


def answer(
    service: str, operation: str, response: Mapping[str, Any], params: Mapping[str, Any] | None = None
) -> Evidence:
    return Evidence(
        service=service,
        operation=operation,
        region="us-east-1",
        account=ACCOUNT,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        params=dict(params or {}),
        response=dict(response),
    )


DETAILS = answer(
    "iam", "GetAccountAuthorizationDetails", {"RoleDetailList": [{"Arn": ROLE, "RoleName": "ci"}]}
)
ROLES = answer(
    "iam", "ListRoles", {"Roles": [{"Arn": ROLE, "MaxSessionDuration": 7200, "Description": "CI"}]}
)


@pytest.mark.parametrize("order", [(DETAILS, ROLES), (ROLES, DETAILS), (ROLES, DETAILS, DETAILS)])
def test_the_order_of_role_answers_does_not_matter(order: tuple[Evidence, ...]) -> None:
    role = build_account(order).roles[ROLE]
    assert (role.max_session_seconds, role.description) == (7200, "CI")


def test_an_account_with_roles_only_has_its_own_id_and_partition() -> None:
    arn = f"arn:aws-cn:iam::{ACCOUNT}:role/ci"
    account = build_account(
        [
            answer(
                "iam", "GetAccountAuthorizationDetails", {"RoleDetailList": [{"Arn": arn, "RoleName": "ci"}]}
            )
        ]
    )
    assert (account.id, account.partition) == (ACCOUNT, "aws-cn")


def test_guardduty_findings_are_told_apart_by_what_was_asked() -> None:
    recon = {**DETECTOR, "FindingCriteria": {"Criterion": {"type": {"Equals": ["Recon:EC2/Portscan"]}}}}
    listed = [
        answer("guardduty", "ListDetectors", {"DetectorIds": ["d1"]}),
        answer("guardduty", "ListFindings", {"FindingIds": ["f1"]}, DETECTOR),
        answer("guardduty", "ListFindings", {"FindingIds": []}, recon),
    ]
    (detector,) = build_account(listed[:2]).detectors.values()
    assert detector.finding_ids == {"high": ("f1",)}
    (detector,) = build_account(listed).detectors.values()
    assert detector.finding_ids == {"high": ("f1",), "recon": ()}


def test_every_region_lists_a_trail_and_its_home_keeps_its_state() -> None:
    arn = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main"
    listed = answer(
        "cloudtrail", "DescribeTrails", {"trailList": [{"TrailARN": arn, "HomeRegion": "eu-west-1"}]}
    )
    status = answer("cloudtrail", "GetTrailStatus", {"IsLogging": True}, {"Name": arn})
    (trail,) = build_account([listed, status, listed]).trails.values()
    assert (trail.region, trail.logging) == ("eu-west-1", True)
    call = call_named("cloudtrail", "GetTrailStatus")
    assert call is not None
    assert call.region_of is not None
    assert call.region_of({"HomeRegion": "eu-west-1"}, "us-east-1") == "eu-west-1"


@pytest.mark.parametrize("response", [{}, {"Policy": "{truncated"}, {"Policy": "[]"}])
def test_a_policy_that_cannot_be_read_is_not_absent(response: dict[str, str]) -> None:
    account = build_account(
        [
            answer("s3", "ListBuckets", {"Buckets": [{"Name": "b"}]}),
            answer("s3", "GetBucketPolicy", response, {"Bucket": "b"}),
            answer("s3", "GetBucketPolicyStatus", {}, {"Bucket": "b"}),
        ]
    )
    (bucket,) = account.buckets.values()
    assert bucket.policy is UNREAD
    assert bucket.policy_public is UNREAD


def test_settings_that_an_answer_leaves_out_stay_unread() -> None:
    account = build_account(
        [answer("ec2", "GetSerialConsoleAccessStatus", {}), answer("ec2", "GetEbsEncryptionByDefault", {})]
    )
    assert account.settings("us-east-1").serial_console is UNREAD
    assert account.settings("us-east-1").ebs_encryption is UNREAD


@pytest.mark.parametrize(
    ("service", "operation", "member"),
    [("organizations", "DescribeOrganization", "Organization"), ("kms", "DescribeKey", "KeyMetadata")],
)
def test_one_thing_in_an_answer_is_one_item(service: str, operation: str, member: str) -> None:
    call = call_named(service, operation)
    assert call is not None
    assert list(call.items_in({member: {"Id": "x"}})) == [{"Id": "x"}]
    assert list(call.items_in({})) == []


def test_rule_75_one_answer_tells_of_all_identities_and_leaves_the_rest_unread() -> None:
    """IAM API Reference, GetAccountAuthorizationDetails: users, groups, roles and policies, and nothing beyond."""
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    own = [{"PolicyName": "own", "PolicyDocument": quote(json.dumps(document))}]
    boundary = {"PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/limit"}
    ana, limit = f"arn:aws:iam::{ACCOUNT}:user/ana", boundary["PermissionsBoundaryArn"]
    profile = {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/ci", "InstanceProfileName": "ci"}
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document},
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": document},
    ]
    account = build_account(
        [
            answer(
                "iam",
                "GetAccountAuthorizationDetails",
                {
                    "UserDetailList": [
                        {
                            "Arn": ana,
                            "UserName": "ana",
                            "UserPolicyList": own,
                            "GroupList": ["devs"],
                            "PermissionsBoundary": boundary,
                        }
                    ],
                    "GroupDetailList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:group/devs", "GroupName": "devs"}],
                    "RoleDetailList": [
                        {
                            "Arn": ROLE,
                            "RoleName": "ci",
                            "AssumeRolePolicyDocument": document,
                            "InstanceProfileList": [profile],
                        }
                    ],
                    "Policies": [{"Arn": limit, "PolicyName": "limit", "PolicyVersionList": versions}],
                },
            )
        ]
    )
    user = account.users[ana]
    assert (user.groups, user.boundary) == (("devs",), limit)
    assert user.inline[0].document == document, "text that is URL-encoded as in the API"
    assert account.roles[ROLE].trust == document
    assert account.policies[limit].document == document
    assert len(account.policies[limit].versions) == 2
    # What it does not tell is not taken to be absent.
    assert account.credentials_of(user) is UNREAD
    assert account.root_credentials is UNREAD
    assert account.organization is UNREAD
    declared = {call.operation for call in declared_calls() if call.service.name == "iam"}
    one_by_one = {
        "GetUserPolicy",
        "GetRolePolicy",
        "GetGroupPolicy",
        "ListAttachedUserPolicies",
        "GetPolicyVersion",
    }
    assert not one_by_one & declared


def test_rule_77_the_credential_report_tells_three_kinds_of_nothing_apart() -> None:
    """IAM User Guide, "Understanding the report format".

    `not_supported`: nothing is told of it (the password of root); `no_information`: a password without any recorded
    sign-in; `N/A`: there is none, or of a key, that it was never used.
    """
    columns = (
        "user,arn,password_enabled,password_last_used,password_last_changed,mfa_active,access_key_1_active,"
        "access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
        "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated"
    )
    root, then = f"arn:aws:iam::{ACCOUNT}:root", "2026-01-01T00:00:00+00:00"
    rows = [
        f"<root_account>,{root},not_supported,{then},not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A",
        f"ana,ana-arn,true,no_information,{then},true,true,{then},N/A,N/A,N/A,false,N/A",
        f"bot,bot-arn,false,N/A,N/A,false,false,{then},{then},eu-west-1,s3,false,N/A",
    ]
    report = {"Content": "\n".join((columns, *rows)), "GeneratedTime": "2026-01-01T00:00:00Z"}
    account = build_account([answer("iam", "GetCredentialReport", report)])
    of_root = account.root_credentials
    assert isinstance(of_root, Credentials)
    assert (of_root.password_enabled, of_root.mfa_active, of_root.keys) == (None, True, ())
    assert of_root.password_last_used == datetime(2026, 1, 1, tzinfo=UTC)
    assert [*account.credentials] == ["ana-arn", "bot-arn"], "root is no user"
    ana, bot = account.credentials["ana-arn"], account.credentials["bot-arn"]
    assert (ana.password_enabled, ana.password_last_used, ana.password_use_untracked) == (True, None, True)
    assert [(key.active, key.last_used, key.last_used_service) for key in ana.keys] == [(True, None, "")]
    assert (bot.password_enabled, bot.password_last_used, bot.password_use_untracked) == (False, None, False)
    assert [(key.active, key.last_used_service) for key in bot.keys] == [(False, "s3")], "inactive, and there"


def test_last_accessed_data_belongs_to_the_newest_report() -> None:
    def report(job: str, more: bool, page: int, *services: Mapping[str, Any]) -> Evidence:
        found = answer(
            "iam",
            "GetServiceLastAccessedDetails",
            {"JobStatus": "COMPLETED", "ServicesLastAccessed": services},
            {"JobId": job},
        )
        return msgspec.structs.replace(found, page=page, more=more)

    def asked(job: str) -> Evidence:
        return answer("iam", "GenerateServiceLastAccessedDetails", {"JobId": job}, {"Arn": ROLE})

    s3 = {"ServiceName": "S3", "ServiceNamespace": "s3", "LastAuthenticated": "2026-01-01T00:00:00Z"}
    tracked = {"ActionName": "SendMessage", "LastAccessedTime": "2026-01-01T00:00:00Z"}
    sqs = {
        "ServiceName": "SQS",
        "ServiceNamespace": "sqs",
        "TrackedActionsLastAccessed": [tracked, {"ActionName": "x"}],
    }
    account = build_account([asked("1"), report("1", True, 0, s3), report("1", False, 1, sqs)])
    found = account.table(LastAccess)[ROLE]
    assert isinstance(found.services, tuple)
    assert [one.service for one in found.services] == ["s3", "sqs"]
    assert found.services[0].actions is None
    assert [(one.name, one.last is None) for one in found.services[1].actions or ()] == [
        ("SendMessage", False),
        ("x", True),
    ]
    newer = build_account([asked("1"), report("1", False, 0, s3), asked("2"), report("1", False, 0, sqs)])
    assert newer.table(LastAccess)[ROLE].job == "2"
    assert [one.service for one in newer.table(LastAccess)[ROLE].services] == ["s3"]  # type: ignore[union-attr]


def test_a_report_that_failed_tells_nothing() -> None:
    account = build_account(
        [
            answer("iam", "GenerateServiceLastAccessedDetails", {"JobId": "1"}, {"Arn": ROLE}),
            answer(
                "iam",
                "GetServiceLastAccessedDetails",
                {"JobStatus": "FAILED", "Error": {"Message": "no", "Code": "x"}},
                {"JobId": "1"},
            ),
        ]
    )
    found = account.table(LastAccess)[ROLE]
    assert (found.services, found.problem) == (UNREAD, "no")


def test_grants_of_keys_and_accounts_of_the_organisation() -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
    account = build_account(
        [
            answer(
                "kms",
                "ListGrants",
                {"Grants": [{"GrantId": "g", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}]},
                {"KeyId": "k"},
            ),
            answer(
                "organizations",
                "ListAccounts",
                {"Accounts": [{"Id": "1" * 12, "Name": "sandbox", "State": "ACTIVE"}]},
            ),
        ]
    )
    (grant,) = account.table(KeyGrant).values()
    assert (grant.key, grant.grantee, grant.operations) == (key, ROLE, ("Decrypt",))
    assert account.table(KeyGrants)[key].grants == (grant.arn,)
    (member,) = account.table(OrganizationMember).values()
    assert (member.name, member.title) == ("1" * 12, "sandbox")
