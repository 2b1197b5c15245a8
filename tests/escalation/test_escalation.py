"""Verdicts, paths, what holds them, ways in from outside, what is within reach, and what to cut first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.escalation.escalation import Escalation, escalate
from srtui.evidence import Evidence
from srtui.services import apply
from tests.escalation.scenes import (
    EVERYTHING,
    NOTHING,
    bounded,
    group,
    policy,
    service_trust,
    statement,
)
from tests.escalation.things import SAML
from tests.responsibility.recorded import (
    ACCOUNT,
    account,
    allow,
    details,
    evidence,
    inline,
    role,
    trust,
    user,
)

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def principal(name: str, kind: str = "user") -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def trusting(who: Any, **condition: Any) -> dict[str, Any]:
    more = {"Condition": condition} if condition else {}
    action = "sts:AssumeRole"
    if isinstance(who, dict) and "Federated" in who:
        saml = "saml-provider" in str(who["Federated"])
        action = "sts:AssumeRoleWithSAML" if saml else "sts:AssumeRoleWithWebIdentity"
    return trust({"Effect": "Allow", "Principal": who, "Action": action, **more})


def escalation(*given: Evidence, rest: bool = True, **members: Any) -> Escalation:
    return escalate(account(details(**members), *given, rest=rest))


def admin(found: Escalation, name: str, kind: str = "user") -> Any:
    return found.starts[principal(name, kind)].admin


def simple(*users: dict[str, Any], roles: Any = (), **more: Any) -> Escalation:
    return escalation(UserDetailList=list(users), RoleDetailList=list(roles), **more)


def boss() -> dict[str, Any]:
    return user("boss", UserPolicyList=[inline(EVERYTHING)])


# --- role assumption ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "own", "verdict"),
    [
        ({"AWS": principal("dev")}, NOTHING, True),
        ({"AWS": principal("other")}, allow("sts:AssumeRole"), False),
        (ROOT, NOTHING, False),
        (ROOT, allow("sts:AssumeRole"), True),
        ({"AWS": ACCOUNT}, allow("sts:*", principal("prize", "role")), True),
        (ROOT, allow("sts:AssumeRole", principal("prize-ro", "role")), False),
        ("*", allow("s3:GetObject"), True),
        ({"Service": "lambda.amazonaws.com"}, allow("sts:AssumeRole"), False),
    ],
)
def test_trust_and_caller_are_taken_together(trusted: Any, own: dict[str, Any], verdict: Any) -> None:
    found = simple(
        user("dev", UserPolicyList=[inline(own)]),
        user("other"),
        roles=[role("prize", trusting(trusted), RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == verdict


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"sts:ExternalId": "x"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    ],
)
def test_a_conditioned_trust_is_conditional_and_names_the_condition(condition: dict[str, Any]) -> None:
    trusted = trusting(ROOT, **condition)
    found = simple(
        user("dev", UserPolicyList=[inline(allow("sts:AssumeRole"))]),
        roles=[role("prize", trusted, RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == "conditional"
    (route,) = found.paths(principal("dev"))
    (key,) = next(iter(condition.values()))
    assert key.lower() in route.steps[0].conditions[0].lower()


def test_chains_are_followed_and_the_shortest_way_comes_first() -> None:
    def hop(name: str, to: str) -> dict[str, Any]:
        document = allow("sts:AssumeRole", principal(to, "role"))
        return role(name, trusting(ROOT), RolePolicyList=[inline(document)])

    found = simple(
        user(
            "dev",
            UserPolicyList=[
                inline(allow("sts:AssumeRole", [principal("a", "role"), principal("c", "role")]))
            ],
        ),
        roles=[
            hop("a", "b"),
            hop("b", "c"),
            hop("c", "prize"),
            role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)]),
        ],
    )
    assert admin(found, "dev") is True
    routes = found.paths(principal("dev"))
    assert [route.hops for route in routes] == [2, 4]
    assert [step.target for step in routes[0].steps] == [principal("c", "role"), principal("prize", "role")]
    assert routes[0].end == principal("prize", "role")
    assert found.starts[principal("dev")].hops == 2
    assert set(found.who_reaches(principal("c", "role"))) == {
        principal("dev"),
        principal("a", "role"),
        principal("b", "role"),
    }
    (into, *_) = found.paths_in(principal("prize", "role"))
    assert (into.start, into.hops) == (principal("c", "role"), 1)


def test_who_is_administrator_already_has_no_path_and_counts() -> None:
    found = simple(boss(), user("dev"))
    start = found.starts[principal("boss")]
    assert (start.admin, start.already, start.hops) == (True, True, 0)
    assert found.paths(principal("boss"))[0].steps == ()
    assert admin(found, "dev") is False


# --- what the tiers mean --------------------------------------------------------------------------------------

_CODE = allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"])


def lambda_role(document: dict[str, Any] = EVERYTHING) -> dict[str, Any]:
    return role("fn", trust(service_trust("lambda.amazonaws.com")), RolePolicyList=[inline(document)])


def test_what_was_not_read_is_unknown_and_names_the_call() -> None:
    found = escalation(
        UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])],
        RoleDetailList=[lambda_role()],
        rest=False,
    )
    assert admin(found, "dev") == "unknown"
    (route,) = found.paths(principal("dev"))
    assert any("lambda:ListFunctions" in text for step in route.steps for text in step.needs)
    weak = escalation(
        UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])],
        RoleDetailList=[lambda_role(NOTHING)],
        rest=False,
    )
    assert admin(weak, "dev") is False


def test_a_denied_listing_is_unknown_too() -> None:
    denied = evidence("lambda", "ListFunctions", error="AccessDeniedException")
    found = escalation(
        denied, UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])], RoleDetailList=[lambda_role()]
    )
    assert admin(found, "dev") == "unknown"


def test_without_any_function_a_target_is_needed() -> None:
    found = simple(user("dev", UserPolicyList=[inline(_CODE)]), roles=[lambda_role()])
    assert admin(found, "dev") == "needs-target"


def test_a_policy_that_cannot_be_read_makes_its_carriers_unknown() -> None:
    attached = [{"PolicyName": "gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/gone"}]
    found = simple(
        user("dev", AttachedManagedPolicies=attached),
        roles=[role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == "unknown"


# --- principals changed on the way ----------------------------------------------------------------------------


def test_a_boundary_caps_what_one_grants_oneself() -> None:
    put = allow(["iam:PutUserPolicy", "s3:*"])
    capped = user("dev", UserPolicyList=[inline(put)], **bounded("cap"))
    assert admin(simple(capped, Policies=[policy("cap", put)]), "dev") is False


def test_a_boundary_that_can_be_shed_afterwards_caps_nothing() -> None:
    cap = allow(["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary", "s3:*"])
    dev = user("dev", UserPolicyList=[inline(allow("iam:PutUserPolicy"))], **bounded("cap"))
    found = simple(dev, Policies=[policy("cap", cap)])
    assert admin(found, "dev") is True
    (route, *_) = found.paths(principal("dev"))
    assert [step.technique for step in route.steps] == ["iam-007", "iam-022"]


def test_a_boundary_that_allows_new_administrators_caps_nothing() -> None:
    cap = {
        "Version": "2012-10-17",
        "Statement": [
            statement("*", "*"),
            {"Effect": "Deny", "Action": "iam:*PermissionsBoundary", "Resource": "*"},
        ],
    }
    dev = user("dev", UserPolicyList=[inline(allow("iam:PutUserPolicy"))], **bounded("cap"))
    found = simple(dev, Policies=[policy("cap", cap)])
    assert admin(found, "dev") is True


def test_new_users_without_the_prescribed_boundary_are_refused() -> None:
    prescribed = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/cap"}}
    document = allow(["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"], Condition=prescribed)
    found = simple(user("dev", UserPolicyList=[inline(document)]))
    assert admin(found, "dev") is False


def test_joining_a_group_adds_to_what_one_has() -> None:
    member = user(
        "dev",
        UserPolicyList=[
            inline(allow(["iam:AddUserToGroup", "lambda:CreateFunction", "lambda:InvokeFunction"]))
        ],
    )
    found = simple(member, roles=[lambda_role()], GroupDetailList=[group("passers", allow("iam:PassRole"))])
    assert admin(found, "dev") is True
    (route, *_) = found.paths(principal("dev"))
    assert [step.technique for step in route.steps] == ["iam-013", "lambda-001"]


def test_mfa_of_a_user_stands_between_a_new_password_and_an_attacker() -> None:
    from tests.responsibility.recorded import report

    document = allow("iam:UpdateLoginProfile")
    rows = [("boss", "true", "N/A", "N/A", "true", "false", "N/A", "N/A", "false", "N/A", "N/A")]
    without = escalation(
        report(*rows), UserDetailList=[boss(), user("dev", UserPolicyList=[inline(document)])]
    )
    assert admin(without, "dev") == "conditional"
    both = allow(["iam:UpdateLoginProfile", "iam:DeactivateMFADevice"])
    able = escalation(report(*rows), UserDetailList=[boss(), user("dev", UserPolicyList=[inline(both)])])
    assert admin(able, "dev") is True


def test_signed_functions_take_no_other_code() -> None:
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:app"
    config = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:code-signing-config:csc-1"
    listed = evidence(
        "lambda",
        "ListFunctions",
        {"Functions": [{"FunctionName": "app", "FunctionArn": function, "Role": principal("fn", "role")}]},
    )
    signing = {
        "CodeSigningConfigArn": config,
        "CodeSigningConfigId": "csc-1",
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
    }
    given = [
        evidence("lambda", "ListCodeSigningConfigs", {"CodeSigningConfigs": [signing]}),
        evidence(
            "lambda",
            "ListFunctionsByCodeSigningConfig",
            {"FunctionArns": [function]},
            params={"CodeSigningConfigArn": config},
        ),
    ]
    dev = user("dev", UserPolicyList=[inline(_CODE)])
    assert admin(escalation(listed, UserDetailList=[dev], RoleDetailList=[lambda_role()]), "dev") is True
    signed = escalation(listed, *given, UserDetailList=[dev], RoleDetailList=[lambda_role()])
    assert admin(signed, "dev") is False


# --- one resource for several permissions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("create", "invoke", "verdict"),
    [
        ("function:*", "function:*", True),
        ("function:dev-*", "function:prod-*", False),
        ("function:dev-*", "function:*-api", True),
        ("function:dev-*", "function:dev-a", True),
        ("function:${aws:username}-*", "function:dev-*", True),
        ("function:${aws:username}-*", "function:ops-*", False),
    ],
)
def test_a_new_function_must_be_one_that_may_be_invoked(create: str, invoke: str, verdict: bool) -> None:
    prefix = f"arn:aws:lambda:*:{ACCOUNT}:"
    document = {
        "Version": "2012-10-17",
        "Statement": [
            statement("iam:PassRole", "*"),
            statement("lambda:CreateFunction", prefix + create),
            statement("lambda:InvokeFunction", prefix + invoke),
        ],
    }
    found = simple(user("dev", UserPolicyList=[inline(document)]), roles=[lambda_role()])
    assert admin(found, "dev") is verdict


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


def test_a_role_that_gets_into_a_user_can_make_it_join() -> None:
    document = allow(["iam:AddUserToGroup", "iam:CreateAccessKey"])
    helper = role("helper", trusting(ROOT), RolePolicyList=[inline(document)])
    groups = [group("admins", EVERYTHING)]
    assert admin(simple(user("pawn"), roles=[helper], GroupDetailList=groups), "helper", "role") is True
    assert admin(simple(roles=[helper], GroupDetailList=groups), "helper", "role") == "needs-target"


def test_commands_are_run_by_documents_that_take_any_command() -> None:
    instance = f"arn:aws:ec2:*:{ACCOUNT}:instance/*"
    given = [
        evidence(
            "ec2",
            "DescribeInstances",
            {
                "Reservations": [
                    {
                        "Instances": [
                            {
                                "InstanceId": "i-1",
                                "State": {"Name": "running"},
                                "IamInstanceProfile": {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/p"},
                                "Tags": [{"Key": "team", "Value": "web"}],
                            }
                        ]
                    }
                ]
            },
        ),
        evidence("ssm", "DescribeInstanceInformation", {"InstanceInformationList": [{"InstanceId": "i-1"}]}),
    ]
    profile = {
        "Path": "/",
        "InstanceProfileName": "p",
        "InstanceProfileId": "AIPA",
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/p",
        "CreateDate": "2026-01-01T00:00:00Z",
        "Roles": [],
    }
    machine = role(
        "machine",
        trust(service_trust("ec2.amazonaws.com")),
        RolePolicyList=[inline(EVERYTHING)],
        InstanceProfileList=[profile],
    )

    def verdict(resources: list[str], **condition: Any) -> Any:
        document = allow("ssm:SendCommand", resources, **condition)
        if condition:
            document["Statement"].append(statement("ssm:SendCommand", "arn:aws:ssm:*:*:document/AWS-*"))
        dev = user("dev", UserPolicyList=[inline(document)])
        return admin(escalation(*given, UserDetailList=[dev], RoleDetailList=[machine]), "dev")

    assert verdict([instance, "arn:aws:ssm:*:*:document/AWS-RunShellScript"]) is True
    assert verdict([instance, f"arn:aws:ssm:*:{ACCOUNT}:document/deploy-app"]) is False
    assert verdict(["arn:aws:ssm:*:*:document/AWS-RunShellScript"]) is False
    tagged = {"StringEquals": {"ssm:resourceTag/team": "web"}}
    assert verdict([instance], Condition=tagged) is True
    assert verdict([instance], Condition={"StringEquals": {"ssm:resourceTag/team": "data"}}) is False
