"""One principal's answer: verdicts, reasons, gates, facts about the account, and the rules that belong here.

Rules of how AWS decides: 18, 21, 29, 34 to 36, 38, 41 to 44, 61, 62, 64 and 66, as far as they need an account.
"""

from __future__ import annotations

from typing import Any

import pytest

from srtui.access import AccessIndex, Answer
from srtui.account import UNREAD, Account
from srtui.account.model import Function
from srtui.account.stores import Secret
from srtui.policy.errors import RequestError
from tests.access.made import (
    OTHER,
    OWN,
    account,
    arn,
    bucket,
    group,
    in_organization,
    key,
    managed,
    role,
    user,
)
from tests.policy.ask import allow, deny, policy

ANA, APP = arn("user", "ana"), arn("role", "app")
OBJECT = "arn:aws:s3:::shop/key"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
FULL = (allow("*"),)
ROOT = f"arn:aws:iam::{OWN}:root"


def can(made: Account, who: str, action: str, resource: str | None = None, **context: Any) -> Answer:
    return AccessIndex(made).can(who, action, resource, context)


def ana(*statements: Any, **more: Any) -> Any:
    return user("ana", *statements, **more)


# --- reasons and gates ------------------------------------------------------------------------------------


def test_an_allowed_answer_names_the_statement_and_what_matched() -> None:
    deploy = managed(
        "deploy", deny("iam:*"), allow(["sqs:*", "s3:Get*"], ["arn:aws:s3:::shop/*"], Sid="Objects")
    )
    found = can(account(ana(attached=(deploy.arn,)), deploy, bucket("shop")), ANA, "s3:getobject", OBJECT)
    assert (found.verdict, found.action, found.resource) == ("allowed", "s3:GetObject", OBJECT)
    (reason,) = found.allowed_by
    assert (reason.policy, reason.kind, reason.arn) == ("deploy", "managed", deploy.arn)
    assert (reason.sid, reason.statement, reason.action, reason.resource) == (
        "Objects",
        1,
        "s3:Get*",
        "arn:aws:s3:::shop/*",
    )
    assert reason.label == "managed policy deploy, Objects"
    assert found.sentence == "allowed by managed policy deploy, Objects"


def test_policies_of_groups_are_named_with_their_group() -> None:
    found = can(account(ana(groups=("ops",)), group("ops", allow("s3:*"))), ANA, "s3:ListAllMyBuckets")
    assert found.allowed_by[0].label == "inline policy own of group ops, statement 1"
    assert found.allowed_by[0].arn == arn("group", "ops")
    gone = can(account(ana(groups=("lost",))), ANA, "s3:ListAllMyBuckets")
    assert gone.verdict == "unknown"
    assert "group lost" in gone.needs[0]


@pytest.mark.parametrize(
    ("made", "denial", "gate"),
    [
        (account(ana(), bucket("shop")), "implicit", "no identity policy allows it"),
        (
            account(ana(*FULL, deny("s3:*", Sid="No")), bucket("shop")),
            "explicit",
            "explicit deny in inline policy own of user ana, No",
        ),
        (
            account(ana(*FULL, boundary=arn("policy", "b")), managed("b", allow("sqs:*")), bucket("shop")),
            "implicit",
            "the permissions boundary does not allow it",
        ),
        (
            account(ana(*FULL), bucket("shop", policy(deny("*", Principal="*", Sid="Shut")))),
            "explicit",
            "explicit deny in bucket policy of shop, Shut",
        ),
        (
            account(ana(), bucket("shop", policy(allow("s3:PutObject", Principal="*")))),
            "implicit",
            "no identity policy allows it, nor does the resource's",
        ),
        (
            in_organization(
                account(ana(*FULL), bucket("shop")), {"r-1": FULL, "ou-1": (allow("sqs:*"),), OWN: FULL}
            ),
            "implicit",
            "no SCP at the organisational unit allows it",
        ),
        (
            in_organization(
                account(ana(*FULL), bucket("shop")), {"r-1": (*FULL, deny("s3:*", Sid="Guard")), "ou-1": FULL}
            ),
            "explicit",
            "explicit deny in SCP scp-r-1, Guard",
        ),
        (
            in_organization(
                account(ana(*FULL), bucket("shop")),
                {"r-1": FULL},
                {"r-1": (deny("s3:*", Principal="*", Sid="Edge"),)},
            ),
            "explicit",
            "explicit deny in RCP rcp-r-1, Edge",
        ),
    ],
)
def test_a_denied_answer_names_the_first_gate(made: Account, denial: str, gate: str) -> None:
    found = can(made, ANA, "s3:GetObject", OBJECT)
    assert (found.verdict, found.denial, found.gate) == ("denied", denial, gate)
    assert found.sentence == f"denied: {gate}"


def test_conditions_are_joined_over_all_layers() -> None:
    region = deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, Sid="Region")
    boundary = managed("b", allow("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    made = account(ana(allow("dynamodb:*", Condition=MFA), boundary=boundary.arn), boundary)
    in_organization(made, {"r-1": (*FULL, region)})
    found = can(made, ANA, "dynamodb:ListTables")
    assert set(found.conditions) == {
        "aws:MultiFactorAuthPresent = true",
        "aws:SourceIp in 10.0.0.0/8",
        "aws:RequestedRegion = eu-west-1",
    }
    assert [reason.sid for reason in found.denied_by] == ["Region"]
    known = AccessIndex(made).can(
        ANA,
        "dynamodb:ListTables",
        None,
        {
            "aws:multifactorauthpresent": "true",
            "AWS:SourceIp": "10.1.1.1",
            "aws:RequestedRegion": "eu-west-1",
        },
    )
    assert known.verdict == "allowed"
    absent = AccessIndex(made).can(ANA, "dynamodb:ListTables", None, {"aws:MultiFactorAuthPresent": None})
    assert absent.verdict == "denied"


# --- what is known of the account -------------------------------------------------------------------------


def decided_by(
    condition: Any, who: str, made: Account, resource: str | None = OBJECT, action: str = "s3:GetObject"
) -> str:
    for one in (*made.users.values(), *made.roles.values()):
        one.inline = ana(allow("*", Condition=condition)).inline
    return can(made, who, action, resource).verdict


@pytest.mark.parametrize(
    ("condition", "of_ana", "of_app"),
    [
        ({"ArnEquals": {"aws:PrincipalArn": APP}}, "denied", "allowed"),
        ({"StringEquals": {"aws:PrincipalAccount": OWN}}, "allowed", "allowed"),
        ({"StringEquals": {"aws:username": "ana"}}, "allowed", "denied"),
        ({"Null": {"aws:username": "true"}}, "denied", "allowed"),
        ({"StringEquals": {"aws:PrincipalType": "User"}}, "allowed", "denied"),
        ({"StringEquals": {"aws:userid": "AIDAANA"}}, "allowed", "conditional"),
        ({"StringEquals": {"aws:PrincipalTag/team": "blue"}}, "allowed", "allowed"),
        ({"StringEquals": {"aws:PrincipalTag/TEAM": "blue"}}, "allowed", "allowed"),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, "denied", "denied"),
        ({"Null": {"aws:PrincipalTag/other": "true"}}, "allowed", "allowed"),
        ({"StringEquals": {"aws:ResourceAccount": OWN}}, "allowed", "allowed"),
        ({"StringEquals": {"s3:ResourceAccount": OTHER}}, "denied", "denied"),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "allowed", "allowed"),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, "allowed", "allowed"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, "denied", "denied"),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, "denied", "denied"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "denied", "denied"),
        ({"StringEquals": {"aws:FederatedProvider": "x"}}, "denied", "conditional"),
        (MFA, "conditional", "conditional"),
        ({"StringEquals": {"s3:ExistingObjectTag/team": "blue"}}, "conditional", "conditional"),
    ],
)
def test_facts_of_the_account_are_filled_in_and_nothing_else(
    condition: Any, of_ana: str, of_app: str
) -> None:
    made = account(ana(tags={"Team": "blue"}), role("app", tags={"team": "blue"}), bucket("shop"))
    assert decided_by(condition, ANA, made) == of_ana
    assert decided_by(condition, APP, made) == of_app


def test_organisation_facts() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    inside = in_organization(account(ana(), bucket("shop")), {"r-1": FULL})
    assert decided_by(condition, ANA, inside) == "allowed"
    assert decided_by({"StringEquals": {"aws:ResourceOrgID": "o-1"}}, ANA, inside) == "allowed"
    assert decided_by({"StringEquals": {"aws:PrincipalOrgPaths": "o-1/*"}}, ANA, inside) == "conditional"
    assert decided_by(condition, ANA, account(ana(), bucket("shop"), organization=UNREAD)) == "conditional"


def test_session_tags_override_a_roles_tags_where_its_trust_lets_them_be_set() -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    for actions, verdict in (
        (["sts:AssumeRole"], "allowed"),
        (["sts:AssumeRole", "sts:TagSession"], "conditional"),
    ):
        trust = policy(allow(actions, None, Principal="*"))
        made = account(role("app", tags={"team": "blue"}, trust=trust), bucket("shop"))
        assert decided_by(tagged, APP, made) == verdict


def test_tags_of_identities_as_resources() -> None:
    made = account(ana(), user("bob", tags={"team": "blue"}), role("app", tags={"team": "blue"}))
    bob = arn("user", "bob")
    for name in ("aws:ResourceTag/team", "iam:ResourceTag/Team"):
        assert decided_by({"StringEquals": {name: "blue"}}, ANA, made, bob, "iam:GetUser") == "allowed"
        assert decided_by({"StringEquals": {name: "red"}}, ANA, made, bob, "iam:GetUser") == "denied"
    # For PassRole tags of the role do not work reliably.
    assert (
        decided_by({"StringEquals": {"iam:ResourceTag/team": "red"}}, ANA, made, APP, "iam:PassRole")
        == "conditional"
    )


# --- rules ------------------------------------------------------------------------------------------------


def test_rule_18_control_policies_need_all_features_and_do_not_bind_the_management_account() -> None:
    shut = {"r-1": (allow("sqs:*"),)}
    assert can(in_organization(account(ana(*FULL)), shut), ANA, "s3:ListAllMyBuckets").verdict == "denied"
    billing = in_organization(account(ana(*FULL)), shut)
    billing.organization.feature_set = "CONSOLIDATED_BILLING"  # type: ignore[union-attr]
    assert can(billing, ANA, "s3:ListAllMyBuckets").verdict == "allowed"
    management = in_organization(account(ana(*FULL)), shut)
    management.organization.management_account = OWN  # type: ignore[union-attr]
    assert can(management, ANA, "s3:ListAllMyBuckets").verdict == "allowed"


def test_control_policies_that_were_not_read_make_an_upper_bound() -> None:
    unread = account(ana(*FULL), organization=UNREAD)
    found = can(unread, ANA, "s3:ListAllMyBuckets")
    assert (found.verdict, found.upper_bound) == ("allowed", True)
    assert can(account(ana(*FULL)), ANA, "s3:ListAllMyBuckets").gaps == ()
    listed = in_organization(account(ana(*FULL)), {"r-1": FULL, "ou-1": FULL})
    assert can(listed, ANA, "s3:ListAllMyBuckets").gaps == ()
    between = in_organization(account(ana(*FULL)), {"r-1": FULL, "ou-other": (allow("sqs:*"),)})
    assert "between the root" in can(between, ANA, "s3:ListAllMyBuckets").gaps[0]
    denied = in_organization(account(ana(*FULL)), {"r-1": FULL})
    denied.outcomes_by_call.pop(("organizations", "ListPolicies"))
    assert can(denied, ANA, "s3:ListAllMyBuckets").upper_bound
    broken = in_organization(account(ana(*FULL)), {"r-1": FULL})
    broken.organization_policies["scp-r-1"].document = {"Statement": [{"Effect": "Maybe"}]}
    assert "cannot be evaluated" in can(broken, ANA, "s3:ListAllMyBuckets").gaps[0]
    assert not can(unread, ANA, "s3:ListAllMyBuckets", **{"aws:x": "1"}).notes


def test_rule_21_rcps_reach_the_services_of_the_dated_list() -> None:
    shut = {"r-1": (deny("*", Principal="*"),)}
    made = in_organization(account(ana(*FULL), bucket("shop")), {"r-1": FULL}, shut)
    assert can(made, ANA, "s3:GetObject", OBJECT).verdict == "denied"
    other = can(made, ANA, "iam:GetUser", ANA)
    assert other.verdict == "allowed"
    assert "RCPs do not apply to iam" in other.gaps[-1]


def test_rules_29_34_35_assuming_a_role_needs_its_trust() -> None:
    assume = allow("sts:AssumeRole")
    external = {"StringEquals": {"sts:ExternalId": "e"}}
    trusts = {
        "named": policy(allow("sts:AssumeRole", None, Principal={"AWS": ANA})),
        "account": policy(allow("sts:AssumeRole", None, Principal={"AWS": ROOT})),
        "conditional": policy(allow("sts:AssumeRole", None, Principal={"AWS": ROOT}, Condition=external)),
        "other": policy(allow("sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"})),
        "broken": {"Statement": "x"},
    }
    roles = [role(name, trust=trust) for name, trust in trusts.items()]
    made = account(ana(), user("bob", assume), *roles)
    index = AccessIndex(made)

    def verdicts(who: str) -> dict[str, str]:
        return {one.name: index.can(who, "sts:AssumeRole", one.arn).verdict for one in roles}

    assert verdicts(ANA) == {
        "named": "allowed",
        "account": "denied",
        "conditional": "denied",
        "other": "denied",
        "broken": "unknown",
    }
    assert verdicts(arn("user", "bob")) == {
        "named": "denied",
        "account": "allowed",
        "conditional": "conditional",
        "other": "denied",
        "broken": "unknown",
    }
    assert index.can(arn("user", "bob"), "sts:AssumeRole", roles[2].arn).conditions == ("sts:ExternalId = e",)
    # Without a role: some role of the account.
    some = index.can(ANA, "sts:AssumeRole")
    assert (some.verdict, some.notes) == ("allowed", (f"on {roles[0].arn}",))


def test_rule_36_keys() -> None:
    delegating = key("d", policy(allow("kms:*", Principal={"AWS": ROOT})))
    closed = key("c", policy(allow("kms:*", Principal={"AWS": APP})))
    unread = key("u", UNREAD)
    index = AccessIndex(account(ana(allow("kms:*")), role("app"), delegating, closed, unread))
    assert index.can(ANA, "kms:Decrypt", delegating.arn).verdict == "allowed"
    assert index.can(ANA, "kms:Decrypt", closed.arn).gate == "the resource's policy does not allow it"
    assert index.can(APP, "kms:Decrypt", closed.arn).verdict == "allowed"
    assert index.can(APP, "kms:Decrypt", delegating.arn).verdict == "denied"
    missing = index.can(ANA, "kms:Decrypt", unread.arn)
    assert (missing.verdict, missing.needs) == ("unknown", (f"kms:GetKeyPolicy on {unread.arn}",))
    assert index.can(ANA, "kms:Decrypt").verdict == "allowed"
    assert index.can(ANA, "kms:ListKeys").verdict == "allowed"


def test_rule_38_objects_are_not_buckets() -> None:
    index = AccessIndex(
        account(
            ana(allow("s3:*", "arn:aws:s3:::shop")),
            role("app", allow("s3:*", "arn:aws:s3:::shop/*")),
            bucket("shop"),
        )
    )
    assert index.can(ANA, "s3:GetObject").verdict == "denied"
    assert index.can(ANA, "s3:ListBucket").verdict == "allowed"
    assert index.can(APP, "s3:GetObject").verdict == "allowed"
    assert index.can(APP, "s3:ListBucket").verdict == "denied"


def test_rule_41_passing_a_role() -> None:
    to_ec2 = allow(
        "iam:PassRole", APP, Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    )
    index = AccessIndex(account(ana(to_ec2), role("app", trust=policy())))
    found = index.can(ANA, "iam:PassRole", APP)
    assert found.conditions == ("iam:PassedToService = ec2.amazonaws.com",)
    assert (
        index.can(ANA, "iam:PassRole", APP, {"iam:PassedToService": "lambda.amazonaws.com"}).verdict
        == "denied"
    )
    assert (
        index.can(ANA, "iam:PassRole", APP, {"iam:PassedToService": "ec2.amazonaws.com"}).verdict == "allowed"
    )


def test_rule_42_actions_on_groups_and_policies() -> None:
    index = AccessIndex(account(ana(allow("iam:AddUserToGroup", arn("user", "*"))), group("ops")))
    assert index.can(ANA, "iam:AddUserToGroup", arn("group", "ops")).verdict == "denied"
    wrong = index.can(ANA, "iam:AddUserToGroup", ANA)
    assert "works on other kinds of resources: group" in wrong.notes[0]


def test_rule_43_calls_that_need_several_resources() -> None:
    instance = "arn:aws:ec2:*:*:instance/*"
    others = [
        f"arn:aws:ec2:*:*:{kind}/*" for kind in ("network-interface", "security-group", "subnet", "volume")
    ]
    image = "arn:aws:ec2:*::image/*"
    index = AccessIndex(
        account(
            ana(allow("ec2:RunInstances", [instance, image, *others])),
            user("bob", allow("ec2:RunInstances", [instance, image])),
            user("eve", allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/*")),
            user(
                "joe", allow("ssm:SendCommand", ["arn:aws:ssm:*:*:document/*", "arn:aws:ec2:*:*:instance/*"])
            ),
        )
    )
    assert index.can(ANA, "ec2:RunInstances").verdict == "allowed"
    bob = index.can(arn("user", "bob"), "ec2:RunInstances")
    assert bob.verdict == "denied"
    assert "needs an Allow on each of" in bob.notes[0]
    assert any(kind in bob.gate for kind in ("network-interface", "security-group", "subnet"))
    assert index.can(arn("user", "eve"), "ssm:SendCommand").verdict == "denied"
    assert index.can(arn("user", "joe"), "ssm:SendCommand").verdict == "allowed"
    single = index.can(arn("user", "bob"), "ec2:RunInstances", f"arn:aws:ec2:eu-west-1:{OWN}:instance/i-1")
    assert single.verdict == "allowed"
    assert "needs an Allow on each of" in single.notes[0]


def test_rule_44_actions_without_resources() -> None:
    index = AccessIndex(
        account(
            ana(allow("ec2:Describe*", "arn:aws:ec2:*:*:instance/*")), user("bob", allow("ec2:Describe*"))
        )
    )
    assert index.can(ANA, "ec2:DescribeInstances").verdict == "denied"
    assert index.can(arn("user", "bob"), "ec2:DescribeInstances").verdict == "allowed"
    named = index.can(
        arn("user", "bob"), "ec2:DescribeInstances", f"arn:aws:ec2:eu-west-1:{OWN}:instance/i-1"
    )
    assert named.verdict == "allowed"
    assert "no resource-level permissions" in named.notes[0]


# --- resources and their policies -------------------------------------------------------------------------


def test_a_bucket_policy_that_was_not_read_makes_the_answer_unknown() -> None:
    index = AccessIndex(account(ana(allow("s3:*")), role("app"), bucket("shop", UNREAD)))
    found = index.can(ANA, "s3:GetObject", OBJECT)
    assert (found.verdict, found.needs, found.otherwise) == (
        "unknown",
        ("s3:GetBucketPolicy on shop",),
        "allowed",
    )
    assert index.can(APP, "s3:GetObject", OBJECT).otherwise == "denied"
    who = index.who_can("s3:GetObject", OBJECT)
    assert (who.allowed, set(who.unknown), who.likely) == ((), {ANA, APP}, (ANA,))


def test_resources_of_other_accounts_need_what_only_they_know() -> None:
    index = AccessIndex(account(ana(allow("s3:*"), allow("sqs:*")), role("app"), bucket("shop")))
    elsewhere = index.can(ANA, "s3:GetObject", "arn:aws:s3:::elsewhere/x")
    assert (elsewhere.verdict, elsewhere.needs) == (
        "unknown",
        ("the policy of arn:aws:s3:::elsewhere/x in whatever account has it",),
    )
    queue = index.can(ANA, "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OTHER}:q")
    assert (queue.verdict, queue.needs) == (
        "unknown",
        (f"the policy of arn:aws:sqs:eu-west-1:{OTHER}:q in account {OTHER}",),
    )
    assert index.can(APP, "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OTHER}:q").verdict == "denied"


def test_functions_and_their_policies() -> None:
    made = account(ana(), role("app", allow("lambda:*")))
    where = f"arn:aws:lambda:eu-west-1:{OWN}:function:f"
    made.functions[where] = Function(
        arn=where, name="f", policy=policy(allow("lambda:InvokeFunction", "*", Principal={"AWS": ANA}))
    )
    index = AccessIndex(made)
    assert index.can(ANA, "lambda:InvokeFunction", where).verdict == "allowed"
    assert index.can(ANA, "lambda:InvokeFunction", f"{where}:prod").verdict == "allowed"
    assert index.can(ANA, "lambda:UpdateFunctionCode", where).verdict == "denied"
    assert index.can(APP, "lambda:InvokeFunction", where).verdict == "allowed"
    assert index.can(ANA, "lambda:InvokeFunction", f"{where[:-1]}g").verdict == "unknown"


def test_records_of_any_kind_with_a_policy_are_found_by_their_arn() -> None:
    from srtui.account.model import Document, Record, Unread

    class Table(Record):
        policy: Document | Unread | None = UNREAD

    made = account(ana(), role("app", allow("dynamodb:*")))
    where = f"arn:aws:dynamodb:eu-west-1:{OWN}:table/t"
    made.table(Table)[where] = Table(
        arn=where, name="t", policy=policy(allow("dynamodb:Query", "*", Principal={"AWS": ANA}))
    )
    index = AccessIndex(made)
    assert index.can(ANA, "dynamodb:Query", where).verdict == "allowed"
    assert index.can(ANA, "dynamodb:Query", f"{where}/index/i").verdict == "allowed"
    assert index.can(APP, "dynamodb:Query", where.replace("/t", "/u")).verdict == "unknown"


def test_outsiders_that_the_resource_policy_names() -> None:
    shared = policy(
        allow(
            "s3:GetObject",
            "arn:aws:s3:::shop/*",
            Principal={"AWS": [OTHER, OWN], "Service": "logs.amazonaws.com"},
        ),
        allow(
            "s3:*",
            "arn:aws:s3:::shop/*",
            Principal="*",
            Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        ),
        allow("s3:PutObject", "arn:aws:s3:::shop/*", Principal={"AWS": f"arn:aws:iam::{OTHER}:role/x"}),
        deny(
            "s3:*",
            "arn:aws:s3:::shop/*",
            Principal="*",
            Condition={"Bool": {"aws:SecureTransport": "false"}},
            Sid="Tls",
        ),
    )
    found = AccessIndex(account(ana(), bucket("shop", shared))).who_can("s3:GetObject", OBJECT)
    assert [(one.kind, one.name) for one in found.outsiders] == [
        ("account", OTHER),
        ("service", "logs.amazonaws.com"),
        ("anyone", "*"),
    ]
    assert found.outsiders[2].conditions == ("aws:SourceIp in 192.0.2.0/24",)
    assert found.outsiders[0].unless == ("Tls: aws:SecureTransport = false",)
    shut = policy(allow("s3:*", Principal="*"), deny("s3:*", Principal="*"))
    assert AccessIndex(account(bucket("shop", shut))).who_can("s3:GetObject", OBJECT).outsiders == ()


# --- questions --------------------------------------------------------------------------------------------


def test_questions_that_cannot_be_understood() -> None:
    index = AccessIndex(account(ana()))
    for action, resource in (("GetObject", None), ("s3:Get*", None), ("s3:GetObject", "shop")):
        with pytest.raises(RequestError):
            index.can(ANA, action, resource)
        with pytest.raises(RequestError):
            index.who_can(action, resource)
    with pytest.raises(KeyError):
        index.can(arn("user", "nobody"), "s3:GetObject")


def test_an_action_that_aws_does_not_document_is_decided_and_marked() -> None:
    index = AccessIndex(account(ana(allow("newservice:*"))))
    found = index.can(ANA, "newservice:DoIt")
    assert (found.verdict, found.notes) == ("allowed", ("AWS documents no action newservice:DoIt",))


def test_get_caller_identity() -> None:
    found = can(account(ana(deny("*"))), ANA, "sts:GetCallerIdentity")
    assert found.verdict == "allowed"
    assert "no policy can take it away" in found.notes[0]


def test_an_empty_account_has_answers_too() -> None:
    index = AccessIndex(Account())
    assert index.who_can("s3:GetObject").allowed == ()
    assert index.reach("iam:PassRole").possible == 0


def test_statements_about_an_action() -> None:
    index = AccessIndex(account(ana(allow("iam:*"), deny("iam:PassRole", APP), allow("s3:*"))))
    assert [(one.allow, one.resources) for one in index.grants(ANA, "iam:PassRole")] == [
        (True, ("*",)),
        (False, (APP,)),
    ]


# --- some resource, where single ones have policies of their own ----------------------------------------------


def _secret(name: str, document: Any) -> Secret:
    arn_of_it = f"arn:aws:secretsmanager:eu-west-1:{OWN}:secret:{name}"
    return Secret(arn=arn_of_it, name=name, policy=document)


def _with_secrets(*secrets: Secret) -> Account:
    made = account(ana(allow("ec2:*")), user("bob", allow("secretsmanager:*")), role("app"))
    made.table(Secret).update({one.arn: one for one in secrets})
    return made


READ = "secretsmanager:GetSecretValue"


def test_without_a_resource_the_policy_of_one_may_allow_and_is_named() -> None:
    open_to_all = _secret("open", policy(allow(READ, Principal="*")))
    made = _with_secrets(_secret("shut", policy(deny("secretsmanager:*", Principal="*"))), open_to_all)
    found = can(made, ANA, READ)
    assert (found.verdict, found.notes) == ("allowed", (f"on {open_to_all.arn}",))
    assert "secret:open" in found.allowed_by[0].label
    assert can(made, arn("user", "bob"), READ).notes == ()
    who = AccessIndex(made).who_can(READ)
    assert (len(who.allowed), [one.kind for one in who.outsiders]) == (3, ["anyone"])


def test_without_a_resource_only_who_is_named_gains() -> None:
    made = _with_secrets(
        _secret("of-ana", policy(allow(READ, Principal={"AWS": ANA}))),
        _secret("of-the-account", policy(allow("secretsmanager:*", Principal={"AWS": ROOT}))),
        _secret("of-a-role", policy(allow(READ, Principal={"AWS": APP}, Condition=MFA))),
    )
    who = AccessIndex(made).who_can(READ)
    assert set(who.allowed) == {ANA, arn("user", "bob")}
    assert can(made, ANA, READ).verdict == "allowed"
    verdict = can(made, APP, READ).verdict
    assert who.conditional == ((APP,) if verdict == "conditional" else ())
    assert can(made, ANA, "secretsmanager:PutSecretValue").verdict == "denied"


def test_without_a_resource_a_policy_that_was_not_read_makes_it_unknown() -> None:
    made = _with_secrets(_secret("unread", UNREAD))
    assert can(made, ANA, READ).verdict == "unknown"
    assert can(made, arn("user", "bob"), READ).verdict == "allowed"
    assert set(AccessIndex(made).who_can(READ).unknown) == {ANA, APP}


def test_without_a_resource_bucket_policies_and_acls_count_for_what_they_are_about() -> None:
    everyone = allow("s3:GetObject", "arn:aws:s3:::shop/*", Principal="*")
    read = (("http://acs.amazonaws.com/groups/global/AllUsers", "READ"),)
    made = account(ana(), bucket("shop", policy(everyone)))
    made.account_public_access_block = None
    assert can(made, ANA, "s3:GetObject").notes == ("on arn:aws:s3:::shop/*",)
    assert can(made, ANA, "s3:ListBucket").verdict == "denied"
    made = account(ana(), bucket("lists", None, ownership="ObjectWriter", acl_grants=read, acl_owner="me"))
    made.account_public_access_block = None
    assert can(made, ANA, "s3:ListBucket").notes == ("on arn:aws:s3:::lists",)
    assert can(made, ANA, "s3:GetObject").verdict == "denied"


def test_without_a_resource_a_denied_answer_says_that_no_resource_was_seen() -> None:
    assert "no resource of sqs" in can(account(ana()), ANA, "sqs:SendMessage").notes[0]
