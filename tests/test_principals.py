from __future__ import annotations

import json
from typing import Any

from srtui.account import Account
from srtui.permissions import account_permissions
from srtui.principals import PrincipalSummary, can_become, summarise, trustees
from tests.responsibility.recorded import (
    ACCOUNT,
    NOW,
    account,
    allow,
    check,
    details,
    evidence,
    inline,
    report,
    role,
    statuses,
    trust,
    user,
)


def _let(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def _summaries(made: Account) -> dict[str, PrincipalSummary]:
    return {one.name: one for one in summarise(made, account_permissions(made), NOW).values()}


def test_trustees_of_every_kind() -> None:
    document = trust(
        _let(
            {
                "AWS": [f"arn:aws:iam::{ACCOUNT}:root", "111122223333", "AIDAEXAMPLE"],
                "Service": "ec2.amazonaws.com",
            }
        ),
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
        _let({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"}),
        _let({"Federated": "cognito-identity.amazonaws.com"}),
        _let("*", Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}),
    )
    document["Statement"].append(
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole"]}
    )
    found = trustees(document, ACCOUNT)
    assert [(one.kind, one.external, one.statement) for one in found] == [
        ("aws-account", False, 0),
        ("aws-account", True, 0),
        ("principal", False, 0),
        ("service", False, 0),
        ("saml", False, 2),
        ("oidc", False, 3),
        ("anyone", True, 4),
        ("anyone", True, 5),
    ]
    assert found[6].conditions == ("StringEquals aws:PrincipalOrgID = o-1, o-2",)
    assert found[7].value == "everyone but 111122223333"


def test_a_trust_policy_of_no_known_shape_has_no_trustees() -> None:
    assert trustees({"Unreadable": "x"}, ACCOUNT) == ()
    assert trustees({"Statement": ["x", {"Effect": "Allow"}]}, ACCOUNT) == ()


def test_who_can_become_a_role() -> None:
    ann, bob = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("ann", "bob"))
    made = account(
        details(
            UserDetailList=[user("ann"), user("bob", UserPolicyList=[inline(allow("sts:AssumeRole"))])],
            RoleDetailList=[
                role("named", trust(_let({"AWS": ann}))),
                role("whole", trust(_let({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))),
                role("denied", trust({**_let({"AWS": ann}), "Effect": "Deny"})),
            ],
        )
    )
    permissions = account_permissions(made)
    assert can_become(made, ann, permissions) == [f"arn:aws:iam::{ACCOUNT}:role/named"]
    assert can_become(made, bob, permissions) == [f"arn:aws:iam::{ACCOUNT}:role/whole"]


def test_badges_and_nature() -> None:
    old, new = "2025-10-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"
    made = account(
        details(
            UserDetailList=[
                user("ann", UserPolicyList=[inline(allow("*"))]),
                user("bot"),
                user("late"),
                user("cut", PermissionsBoundary={"PermissionsBoundaryArn": "arn:aws:iam::1:policy/gone"}),
            ],
            RoleDetailList=[
                role("open", trust(_let("*"))),
                role("partner", trust(_let({"AWS": "111122223333"}))),
                role("ec2", trust(_let({"Service": "ec2.amazonaws.com"})), CreateDate="2025-01-01T00:00:00Z"),
                role(
                    "used", trust(_let({"Service": "ec2.amazonaws.com"})), RoleLastUsed={"LastUsedDate": old}
                ),
            ],
        ),
        report(
            ("ann", "true", new, new, "false"),
            ("bot", "false", "N/A", "N/A", "false", "true", old, old),
            ("cut", "false", "N/A", "N/A", "false"),
        ),
    )
    found = _summaries(made)
    badges = {name: {badge.id: badge.text for badge in one.badges} for name, one in found.items()}
    assert badges["ann"] == {"admin": "admin", "no-mfa": "no MFA"}
    assert badges["bot"]["old-key"] == "key 419 d"
    assert "unused-key" in badges["bot"]
    assert badges["bot"]["unused"] == "unused 419 d"
    assert badges["late"] == {}
    assert not found["late"].last_used_known
    assert badges["cut"]["bounded"] == "bounded"
    assert "unreadable" in badges["cut"]
    assert "never-used" in badges["cut"]
    assert "anyone-trust" in badges["open"]
    assert "external-trust" in badges["partner"]
    assert "never-used" in badges["ec2"]
    assert "unused" in badges["used"]
    assert (found["ann"].nature, found["bot"].nature, found["ec2"].nature) == ("human", "machine", "machine")
    assert found["late"].nature == "unclear"
    assert found["ann"].admin == "everything"
    assert found["ann"].actions > 10_000
    assert found["ann"].last_used is not None


def _organisation(document: dict[str, Any], target: str, deny: str = "") -> Account:
    organization = {"Id": "o-1", "MasterAccountId": "999999999999", "FeatureSet": "ALL"}
    policy = {"Id": "p-1", "Name": "guard", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}
    asked = {"PolicyId": "p-1"}
    found = [
        details(UserDetailList=[user("ann", UserPolicyList=[inline(allow("*"))])]),
        evidence("organizations", "DescribeOrganization", {"Organization": organization}),
        evidence("organizations", "ListParents", {"Parents": [{"Id": "ou-1"}]}, params={"ChildId": ACCOUNT}),
        evidence(
            "organizations",
            "ListPolicies",
            {"Policies": [policy]},
            params={"Filter": "SERVICE_CONTROL_POLICY"},
        ),
        evidence("organizations", "ListPolicies", {}, params={"Filter": "RESOURCE_CONTROL_POLICY"}),
        evidence(
            "organizations", "DescribePolicy", {"Policy": {"Content": json.dumps(document)}}, params=asked
        ),
        evidence("organizations", "ListTargetsForPolicy", {"Targets": [{"TargetId": target}]}, params=asked),
    ]
    return account(*(one for one in found if one.operation != deny))


def test_control_policies_limit_whom_they_reach() -> None:
    guard = allow("*")
    guard["Statement"].append({"Effect": "Deny", "Action": "iam:*", "Resource": "*"})
    ann = f"arn:aws:iam::{ACCOUNT}:user/ann"
    for target, allowed in ((ACCOUNT, False), ("ou-1", False), ("r-1", False), ("ou-other", True)):
        assert (
            account_permissions(_organisation(guard, target))[ann].allows("iam:PutUserPolicy") is allowed
        ), target
    unread = _organisation(guard, ACCOUNT, deny="DescribePolicy")
    assert account_permissions(unread)[ann].allows("iam:PutUserPolicy")


def test_control_policy_controls_are_unknown_where_policies_cannot_be_listed() -> None:
    denied = account(
        evidence(
            "organizations",
            "DescribeOrganization",
            {"Organization": {"Id": "o-1", "MasterAccountId": "999999999999", "FeatureSet": "ALL"}},
        ),
        *(
            evidence("organizations", "ListPolicies", error="AccessDeniedException", params={"Filter": kind})
            for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
        ),
    )
    for control in ("scp-attached", "rcp-attached", "scp-region-deny"):
        assert {one.status for one in check(control, denied)} == {"unknown"}, control
    assert statuses("scp-attached", _organisation(allow("*"), ACCOUNT)) == {"root": "pass"}
