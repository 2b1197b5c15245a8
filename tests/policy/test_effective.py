"""Effective permissions: rules 44, 51 and 71 to 73, guardrails, administrators, and agreement with single decisions."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.permissions import account_permissions, carried_by, permissions_of
from srtui.policy import evaluate_request
from srtui.policy.breakdown import action_access, matching_actions, service_access
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions, NamedDocument, effective_permissions
from tests.access.made import OWN, account, arn, managed, role, user
from tests.policy.ask import ANA, Json, allow, deny, policy


def named(*statements: Json, kind: str = "inline", name: str = "p") -> NamedDocument:
    return NamedDocument(name, kind, None, policy(*statements))


def effective(*statements: Json, boundary: Any = None, scps: Any = ()) -> EffectivePermissions:
    return effective_permissions(
        [named(*statements)],
        None if boundary is None else [named(*boundary, kind="boundary", name="b")],
        [[named(*level, kind="scp", name=f"s{number}")] for number, level in enumerate(scps)],
    )


def test_rule_44_what_cannot_be_scoped_is_not_given_nor_taken_by_a_scoped_statement() -> None:
    bucket = "arn:aws:s3:::shop"
    assert not effective(allow("s3:*", bucket)).allows("s3:ListAllMyBuckets")
    assert effective(allow("s3:*")).allows("s3:ListAllMyBuckets")
    assert effective(allow("s3:*", NotResource=bucket)).allows("s3:ListAllMyBuckets")
    assert not effective(allow("s3:*", NotResource=["*"])).allows("s3:ListAllMyBuckets")
    assert not effective(allow("ec2:*", "arn:aws:ec2:*:*:*")).allows("ec2:DescribeInstances")
    denied = effective(allow("s3:*"), deny("s3:*", bucket))
    assert denied.allows("s3:ListAllMyBuckets")
    everything = load_catalogue().contains
    assert everything(denied.unlimited, "s3:ListAllMyBuckets")


def test_rule_38_a_statement_gives_what_its_resources_can_be_about() -> None:
    of_bucket, of_objects = (
        effective(allow("s3:*", "arn:aws:s3:::shop")),
        effective(allow("*", "arn:aws:s3:::shop/*")),
    )
    assert of_bucket.allows("s3:ListBucket")
    assert not of_bucket.allows("s3:GetObject")
    assert of_objects.allows("s3:GetObject")
    assert not of_objects.allows("s3:ListBucket")
    assert not of_objects.allows("sqs:SendMessage")
    assert not effective(allow("iam:*", arn("role", "x"))).allows("iam:CreateUser")
    assert effective(allow("iam:*", arn("user", "${aws:username}"))).allows("iam:CreateAccessKey")


def test_rule_51_not_action_means_all_other_actions() -> None:
    found = effective(allow(NotAction="iam:*"))
    assert found.allows("s3:GetObject")
    assert not found.allows("iam:CreateUser")
    assert found.admin is None
    assert effective(allow(NotAction="iam:*"), allow("iam:*")).admin == "everything"
    assert (
        effective(allow("*"), deny(NotAction="s3:*")).by_access_level()
        == effective(allow("s3:*")).by_access_level()
    )


def test_rule_71_a_limited_deny_never_hides_a_wider_allow() -> None:
    for limit in (
        deny("s3:GetObject", "arn:aws:s3:::secret/*"),
        deny("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("s3:GetObject", NotResource="arn:aws:s3:::shop/*"),
    ):
        assert effective(allow("s3:*"), limit).allows("s3:GetObject")
        assert effective(allow("s3:*", "arn:aws:s3:::shop/*"), limit).allows("s3:GetObject")
    assert not effective(allow("s3:*"), deny("s3:GetObject")).allows("s3:GetObject")


def test_rule_71_a_limited_deny_takes_away_what_it_covers_whole() -> None:
    shop = allow("s3:*", ["arn:aws:s3:::shop/a/*", "arn:aws:s3:::shop/b"])
    assert not effective(shop, deny("s3:*", "arn:aws:s3:::shop/*")).allows("s3:GetObject")
    assert not effective(shop, deny("s3:Get*", "arn:aws:s3:::sh*")).allows("s3:GetObject")
    assert effective(shop, deny("s3:Get*", "arn:aws:s3:::sh*")).allows("s3:PutObject")
    assert effective(shop, deny("s3:*", "arn:aws:s3:::shop/a/*")).allows("s3:GetObject")
    assert not effective(shop, deny("s3:*", NotResource="arn:aws:s3:::other/*")).allows("s3:GetObject")
    mine = deny("s3:*", "arn:aws:s3:::${aws:username}/*")
    assert effective(allow("s3:*", "arn:aws:s3:::shop/*"), mine).allows("s3:GetObject")


def test_guardrails_trim_and_never_give() -> None:
    found = effective(
        allow("s3:*"),
        boundary=[allow("s3:Get*"), allow("sqs:*")],
        scps=[[allow("*")], [allow("*"), deny("s3:GetObjectAcl")]],
    )
    assert found.allows("s3:GetObject")
    assert not found.allows("s3:PutObject")
    assert not found.allows("sqs:SendMessage")
    assert not found.allows("s3:GetObjectAcl")
    assert load_catalogue().contains(found.trimmed, "s3:PutObject")
    assert effective(allow("s3:*"), boundary=[]).actions == 0
    assert effective(allow("*"), boundary=[allow("*")]).admin == "everything"
    assert effective(allow("*"), boundary=[allow(NotAction="organizations:*")]).admin is None


def test_limits_that_do_not_meet_leave_nothing() -> None:
    found = effective(allow("s3:*", "arn:aws:s3:::shop/*"), boundary=[allow("s3:*", "arn:aws:s3:::other/*")])
    assert not found.allows("s3:GetObject")
    assert effective(
        allow("s3:*", "arn:aws:s3:::shop/*"), boundary=[allow("s3:*", "arn:aws:s3:::*/public")]
    ).allows("s3:GetObject")
    assert effective(
        allow("s3:*", NotResource="arn:aws:s3:::shop/*"), boundary=[allow("s3:*", "arn:aws:s3:::other/*")]
    ).allows("s3:GetObject")


def test_rule_73_administrators_by_whatever_statement() -> None:
    assert effective(allow("*")).admin_by == ("p · statement 1",)
    assert effective(allow(NotAction="a4b:x")).admin == "everything"
    assert effective(allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})).admin is None
    assert effective(allow("*"), deny("s3:*", "arn:aws:s3:::shop/*")).admin_conditional


def test_administrators_by_granting_themselves() -> None:
    own = managed("own", allow("iam:CreatePolicyVersion", arn("policy", "own")))
    made = account(
        user("put", allow("iam:PutUserPolicy", arn("user", "${aws:username}"), Sid="Self")),
        user("other", allow("iam:PutUserPolicy", arn("user", "bob"))),
        user("denied", allow("iam:PutUserPolicy"), deny("iam:*", arn("user", "*"))),
        user("version", attached=(own.arn,)),
        role("role", allow("iam:AttachRolePolicy", arn("role", "ro*"))),
        own,
    )
    found = {key.rsplit("/", 1)[-1]: one for key, one in account_permissions(made).items()}
    assert {name: one.admin for name, one in found.items()} == {
        "put": "self-grant",
        "other": None,
        "denied": None,
        "version": "self-grant",
        "role": "self-grant",
    }
    assert found["put"].admin_by == ("own · Self",)


def test_documents_that_cannot_be_read_are_named() -> None:
    broken = NamedDocument("broken", "inline", None, {"Statement": [{"Effect": "Maybe"}]})
    found = effective_permissions([broken, named(allow("s3:*"))])
    assert found.unreadable == ("broken",)
    assert found.allows("s3:GetObject")


# --- to read ----------------------------------------------------------------------------------------------


def test_services_come_with_the_most_dangerous_first() -> None:
    found = service_access(effective(allow(["s3:*", "iam:*", "sts:GetCallerIdentity", "ec2:Describe*"])))
    assert [one.service for one in found] == ["s3", "iam", "sts", "ec2"]
    assert found[0].actions == found[0].full == found[0].of
    assert next(iter(found[0].levels)) == "Permissions management"
    trimmed = service_access(effective(allow("s3:*"), boundary=[allow("s3:Get*")]))
    assert trimmed[0].trimmed == trimmed[0].of - trimmed[0].actions > 0


def test_each_action_says_where_on_which_conditions_and_by_what() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    found = effective(
        allow("s3:PutObject", "arn:aws:s3:::shop/*", Condition=mfa, Sid="Put"),
        allow("s3:GetObject", NotResource="arn:aws:s3:::secret/*"),
        allow("s3:ListAllMyBuckets"),
        allow("s3:DeleteBucket"),
        deny("s3:PutObject", "arn:aws:s3:::shop/locked/*", Sid="Locked"),
        boundary=[
            allow(["s3:Get*", "s3:List*"]),
            allow("s3:Put*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        ],
    )
    by_name = {one.action: one for one in action_access(found, "s3")}
    put = by_name["s3:PutObject"]
    assert (put.state, put.level, put.resources) == ("limited", "Write", ("arn:aws:s3:::shop/*",))
    assert put.conditions == (("aws:MultiFactorAuthPresent = true",),)
    assert put.grants[0].label == "p · Put"
    assert put.limits == (
        "permissions boundary b allows it only if aws:SourceIp in 10.0.0.0/8",
        "denied on arn:aws:s3:::shop/locked/* by p · Locked",
    )
    assert by_name["s3:GetObject"].resources == ("all but arn:aws:s3:::secret/*",)
    assert by_name["s3:ListAllMyBuckets"].state == "full"
    gone = by_name["s3:DeleteBucket"]
    assert (gone.state, gone.limits) == ("trimmed", ("permissions boundary b does not allow it",))
    assert [one.action for one in action_access(found, "s3")][-1] == "s3:DeleteBucket"


def test_actions_are_found_by_service_pattern_or_part_of_a_name() -> None:
    catalogue = load_catalogue()
    assert matching_actions("s3") == catalogue.service_bits("s3")
    assert catalogue.actions(matching_actions("s3:getobjectacl")) == ["s3:GetObjectAcl"]
    assert catalogue.contains(matching_actions("iam:*Policy"), "iam:PutUserPolicy")
    assert catalogue.contains(matching_actions("passrole"), "iam:PassRole")
    assert matching_actions("no such thing") == 0


def test_what_if_other_policies_were_carried() -> None:
    made = account(user("ana", allow("s3:*"), deny("s3:PutObject")))
    before = permissions_of(made, made.users[ANA])
    carried = carried_by(made, made.users[ANA])
    carried.identity[0] = carried.identity[0]._replace(document=policy(allow("s3:*")))
    after = permissions_of(made, made.users[ANA], carried)
    assert load_catalogue().actions(after.actions & ~before.actions) == ["s3:PutObject"]
    assert permissions_of(made, made.users[ANA]) == before


# --- agreement --------------------------------------------------------------------------------------------

ACTIONS = [
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListAllMyBuckets",
    "iam:PassRole",
    "iam:CreateUser",
    "sqs:SendMessage",
    "ec2:DescribeInstances",
]
TARGETS = {
    "s3:GetObject": ["arn:aws:s3:::shop/key", "arn:aws:s3:::other/key"],
    "s3:ListBucket": ["arn:aws:s3:::shop", "arn:aws:s3:::other"],
    "iam:PassRole": [arn("role", "a"), arn("role", "b")],
    "iam:CreateUser": [arn("user", "a"), arn("user", "b")],
    "sqs:SendMessage": [f"arn:aws:sqs:eu-west-1:{OWN}:q"],
}
RESOURCES = [
    "*",
    "arn:aws:s3:::shop",
    "arn:aws:s3:::shop/*",
    "arn:aws:s3:::*",
    arn("role", "*"),
    arn("role", "a"),
    arn("user", "?"),
    f"arn:aws:sqs:*:{OWN}:*",
]


def statements() -> st.SearchStrategy[Json]:
    return st.builds(
        lambda effect, action, resources, flip: {
            "Effect": effect,
            ("NotAction" if flip == 1 else "Action"): action,
            ("NotResource" if flip == 2 else "Resource"): resources,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(
            ["*", "s3:*", "s3:Get*", "s3:List*", "iam:*", "iam:PassRole", "sqs:*", "ec2:*", *ACTIONS]
        ),
        st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
        st.sampled_from([0, 0, 0, 1, 2]),
    )


some = st.lists(statements(), max_size=4)


@settings(max_examples=200, deadline=None)
@given(some, st.none() | some, st.lists(some, max_size=2), st.sampled_from(ACTIONS))
def test_effective_permissions_agree_with_single_decisions(
    identity: list[Json], boundary: Any, scps: Any, action: str
) -> None:
    found = effective(*identity, boundary=boundary, scps=scps)
    decisions = []
    for target in TARGETS.get(action, ["*"]):
        request = {
            "id": "r",
            "principal": ANA,
            "action": action,
            "resource": target,
            "resource_account": OWN,
            "identity_policies": [policy(*identity)],
            "boundary": None if boundary is None else [policy(*boundary)],
            "scps": [[policy(*level)] for level in scps],
        }
        decisions.append(evaluate_request(request)["decision"] == "allow")
    if any(decisions):
        assert found.allows(action)
    if load_catalogue().contains(found.unlimited, action) and not found.denying(action):
        assert all(decisions)
    if action not in TARGETS:
        # Without resource-level permissions there is one question only, and the bits answer it.
        assert found.allows(action) is decisions[0]
    if found.allows(action) and not boundary and not scps and len(identity) == 1:
        grant = found.granting(action)[0]
        assert grant.may_cover(["arn", *"*****"])
