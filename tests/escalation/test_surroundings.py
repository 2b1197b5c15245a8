"""What holds paths, ways in from outside, what is within reach, and what to cut first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.escalation.escalation import escalate
from srtui.evidence import Evidence
from srtui.services import apply
from tests.escalation.scenes import (
    EVERYTHING,
    bounded,
    policy,
    service_trust,
)
from tests.escalation.small import ROOT, admin, escalation, lambda_role, principal, simple, trusting
from tests.escalation.things import SAML
from tests.responsibility.recorded import (
    ACCOUNT,
    allow,
    evidence,
    inline,
    role,
    trust,
    user,
)

# --- guardrails -----------------------------------------------------------------------------------------------


def organization(document: dict[str, Any]) -> list[Evidence]:
    listed = {"Id": "p-1", "Name": "no-passing", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}
    full = {"Id": "p-2", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": True}
    found = [
        evidence(
            "organizations",
            "DescribeOrganization",
            {"Organization": {"Id": "o-1", "MasterAccountId": "999999999999", "FeatureSet": "ALL"}},
        ),
        evidence(
            "organizations",
            "ListPolicies",
            {"Policies": [listed, full]},
            params={"Filter": "SERVICE_CONTROL_POLICY"},
        ),
        evidence(
            "organizations", "ListPolicies", {"Policies": []}, params={"Filter": "RESOURCE_CONTROL_POLICY"}
        ),
        evidence(
            "organizations",
            "ListParents",
            {"Parents": [{"Id": "r-1", "Type": "ROOT"}]},
            params={"ChildId": ACCOUNT},
        ),
    ]
    for one, text in ((listed, document), (full, EVERYTHING)):
        found += [
            evidence(
                "organizations",
                "DescribePolicy",
                {"Policy": {"Content": json.dumps(text)}},
                params={"PolicyId": one["Id"]},
            ),
            evidence(
                "organizations",
                "ListTargetsForPolicy",
                {"Targets": [{"TargetId": "r-1"}]},
                params={"PolicyId": one["Id"]},
            ),
        ]
    return found


def test_what_an_scp_alone_holds_is_told_with_its_name() -> None:
    deny = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "NoPass", "Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}],
    }
    dev = user(
        "dev",
        UserPolicyList=[inline(allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))],
    )
    found = escalation(*organization(deny), UserDetailList=[dev], RoleDetailList=[lambda_role()])
    assert admin(found, "dev") is False
    one = found.held[principal("dev")]
    assert "no-passing" in one.guardrail
    assert [step.technique for step in one.route.steps] == ["lambda-001"]


def test_what_a_boundary_alone_holds_is_told_with_its_name() -> None:
    code = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    dev = user("dev", UserPolicyList=[inline(code)], **bounded("no-pass"))
    bossy = user("bossy", UserPolicyList=[inline(EVERYTHING)], **bounded("no-pass"))
    found = simple(dev, bossy, roles=[lambda_role()], Policies=[policy("no-pass", allow("lambda:*"))])
    assert admin(found, "dev") is False
    assert {one.guardrail for one in found.held.values()} == {"permissions boundary no-pass"}
    assert found.held[principal("bossy")].route.steps == ()


# --- from outside ---------------------------------------------------------------------------------------------

GITHUB = "token.actions.githubusercontent.com"


def provider_role(name: str, **condition: Any) -> dict[str, Any]:
    federated = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
    return role(name, trusting(federated, **condition), RolePolicyList=[inline(EVERYTHING)])


def test_ways_in_from_outside_are_graded() -> None:
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    subject = {**audience, "StringLike": {f"{GITHUB}:sub": "repo:acme/app:*"}}
    found = simple(
        roles=[
            role("vendor", trusting({"AWS": "999999999999"})),
            role(
                "careful",
                trusting({"AWS": "arn:aws:iam::999999999999:role/x"}, StringEquals={"sts:ExternalId": "1"}),
            ),
            role("open", trusting("*"), RolePolicyList=[inline(EVERYTHING)]),
            provider_role("any-repository", **audience),
            provider_role("one-repository", **subject),
            role("staff", trusting({"Federated": SAML})),
            role("fn", trust(service_trust("lambda.amazonaws.com"))),
        ]
    )
    graded = {
        entry.role.rpartition("/")[2]: (entry.kind, entry.technique, entry.tier, entry.open)
        for entry in found.entries
    }
    assert graded == {
        "vendor": ("account", "sts-002", "confirmed", False),
        "careful": ("principal", "sts-002", "conditional", False),
        "open": ("anyone", "sts-003", "confirmed", True),
        "any-repository": ("provider", "sts-webidentity-open", "confirmed", True),
        "one-repository": ("provider", "", "conditional", False),
        "staff": ("provider", "", "conditional", False),
    }
    assert found.entries[0].role in {principal("open", "role"), principal("any-repository", "role")}


def test_guests_of_an_identity_pool_come_in() -> None:
    pool = "eu-west-1:0000-1111"
    asked = {"IdentityPoolId": pool}
    given = [
        evidence(
            "cognito-identity",
            "ListIdentityPools",
            {"IdentityPools": [{"IdentityPoolId": pool, "IdentityPoolName": "visitors"}]},
            params={"MaxResults": 60},
        ),
        evidence(
            "cognito-identity",
            "DescribeIdentityPool",
            {"IdentityPoolId": pool, "IdentityPoolName": "visitors", "AllowUnauthenticatedIdentities": True},
            params=asked,
        ),
        evidence(
            "cognito-identity",
            "GetIdentityPoolRoles",
            {"Roles": {"unauthenticated": principal("guest", "role")}},
            params=asked,
        ),
    ]
    name = "cognito-identity.amazonaws.com"
    trusted = trusting({"Federated": name}, StringEquals={f"{name}:aud": pool})
    found = escalation(*given, RoleDetailList=[role("guest", trusted)])
    (entry,) = found.entries
    assert (entry.kind, entry.name, entry.tier) == ("guest", "visitors", "confirmed")


# --- within reach, and what to cut ----------------------------------------------------------------------------


def test_data_and_services_within_reach_are_told_with_who_gets_there() -> None:
    bucket = evidence("s3", "ListBuckets", {"Buckets": [{"Name": "pay", "BucketRegion": "eu-west-1"}]})
    none = evidence("s3", "GetBucketPolicy", error="NoSuchBucketPolicy", params={"Bucket": "pay"})
    reader = role("reader", trusting(ROOT), RolePolicyList=[inline(allow("s3:*", "arn:aws:s3:::pay*"))])
    dev = user("dev", UserPolicyList=[inline(allow("sts:AssumeRole", principal("reader", "role")))])
    found = escalation(bucket, none, UserDetailList=[dev, user("other")], RoleDetailList=[reader])
    blast = found.reach(principal("dev"))
    assert [(one.arn, one.hops) for one in blast.principals] == [(principal("reader", "role"), 1)]
    assert (blast.admin, "s3" in blast.services) == (False, True)
    (access,) = blast.data
    assert (access.arn, access.how, access.by) == (
        "arn:aws:s3:::pay",
        ("read", "write", "take over"),
        principal("reader", "role"),
    )
    (route,) = found.paths(principal("dev"), "arn:aws:s3:::pay")
    assert route.end == principal("reader", "role")
    assert found.paths(principal("other"), "arn:aws:s3:::pay") == ()
    with pytest.raises(KeyError):
        found.paths(principal("dev"), "arn:aws:nothing:::x")


def test_the_cut_that_stops_most_comes_first() -> None:
    passing = policy("deploy", allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))
    attached = [{"PolicyName": "deploy", "PolicyArn": passing["Arn"]}]
    users = [user(f"dev{number}", AttachedManagedPolicies=attached) for number in range(3)]
    users.append(user("ops", UserPolicyList=[inline(allow("sts:AssumeRole"))]))
    found = simple(
        *users,
        roles=[lambda_role(), role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)])],
        Policies=[passing],
    )
    first, *rest = found.fix_first()
    assert (first.kind, first.policy, first.stops, first.of, first.carriers) == (
        "statement",
        passing["Arn"],
        3,
        4,
        3,
    )
    assert {(cut.kind, cut.stops) for cut in rest if cut.stops} == {("statement", 1), ("trust", 1)}


def test_a_cut_that_leaves_another_way_is_none() -> None:
    prize = role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)])
    both = [inline(allow("sts:AssumeRole"), "a"), inline(allow("sts:*"), "b")]
    found = simple(user("dev", UserPolicyList=both), roles=[prize])
    first, *rest = found.fix_first()
    assert (first.kind, first.stops, first.weakens) == ("trust", 1, 1)
    assert [(cut.kind, cut.stops, cut.weakens) for cut in rest] == [("statement", 0, 1), ("statement", 0, 1)]


def test_an_empty_account_has_no_paths() -> None:
    made = Account(id=ACCOUNT)
    apply(made, evidence("iam", "GetAccountAuthorizationDetails", {}, region="us-east-1"))
    found = escalate(made)
    assert (dict(found.starts), found.entries, found.fix_first(), dict(found.held)) == ({}, (), (), {})
