"""Principals, trust policies and resources with rules of their own: rules 22 to 45 of how AWS decides.

Tested elsewhere: 31 (a role no longer trusts itself) follows from 29; 35, 41, 42 and 45 with who can do what
(tests/test_access.py) and the escalation paths; 39 and 40 with the controls on buckets and functions.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.ask import (
    ANA,
    APP,
    APP_SESSION,
    EVERYTHING,
    FEDERATED,
    KEY,
    NOTHING,
    OTHER,
    OTHER_ROOT,
    OWN,
    ROLE,
    ROOT,
    allow,
    answer,
    ask,
    blocked,
    deny,
    policy,
)

ASSUME: dict[str, Any] = {"action": "sts:AssumeRole", "resource": ROLE}
DECRYPT: dict[str, Any] = {"action": "kms:Decrypt", "resource": KEY}


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return policy(allow(action, None, Principal=principal, **more))


# --- the Principal element --------------------------------------------------------------------------------


def test_rule_22_not_principal_with_deny_spares_only_who_is_listed_completely() -> None:
    def spared(*names: str, principal: str = ANA, **fields: Any) -> bool:
        shut = policy(deny("*", NotPrincipal={"AWS": list(names)}))
        found = ask(allow(), principal=principal, resource_policy=shut, **fields)
        assert found in ("allow", "explicit_deny")
        return found == "allow"

    assert spared(ANA, ROOT)
    assert spared(ANA, OWN)
    assert not spared(ANA)
    assert not spared(ROOT)
    assert not spared(APP, ROOT)
    assert spared(APP_SESSION, APP, ROOT, principal=APP_SESSION)
    assert not spared(APP_SESSION, ROOT, principal=APP_SESSION)
    assert not spared(APP, ROOT, principal=APP_SESSION)
    assert not spared(APP, ROOT, principal=APP)  # some session, which is not listed
    assert spared(ROOT, principal=ROOT)
    assert spared(FEDERATED, ROOT, principal=FEDERATED, session_policies=[EVERYTHING])


def test_rule_22_not_principal_with_deny_always_hits_who_has_a_boundary() -> None:
    shut = policy(deny("*", NotPrincipal={"AWS": [ANA, ROOT]}))
    assert ask(allow(), resource_policy=shut) == "allow"
    assert ask(allow(), resource_policy=shut, boundary=[]) == "allow"
    assert ask(allow(), resource_policy=shut, boundary=[EVERYTHING]) == "explicit_deny"
    elsewhere = policy(deny("*", "arn:aws:s3:::other/*", NotPrincipal={"AWS": [ANA, ROOT]}))
    assert ask(allow(), resource_policy=elsewhere, boundary=[EVERYTHING]) == "allow"


def test_rule_22_not_principal_spares_services_and_nobody_anonymous() -> None:
    shut = policy(allow(Principal="*"), deny("*", NotPrincipal={"Service": "logs.amazonaws.com"}))
    assert ask(principal="logs.amazonaws.com", resource_policy=shut) == "allow"
    assert ask(principal="sns.amazonaws.com", resource_policy=shut) == "explicit_deny"
    assert ask(principal="anonymous", resource_policy=shut) == "explicit_deny"


def test_rule_22_not_principal_grants_nothing_and_has_no_place_in_other_policies() -> None:
    open_to_others = policy(allow(NotPrincipal={"AWS": APP}))
    assert ask(resource_policy=open_to_others) == "implicit_deny"
    for fields in (
        {"identity_policies": [open_to_others]},
        {"boundary": [open_to_others]},
        {"session_policies": [open_to_others]},
        {"scps": [[open_to_others]]},
        {"identity_policies": [policy(allow(Principal="*"))]},
    ):
        assert answer(**fields)["decision"] == "error"


def test_rule_23_a_principal_has_no_partial_wildcards() -> None:
    for name in (f"arn:aws:iam::{OWN}:user/*", "arn:aws:iam::*:user/ana", f"arn:aws:iam::{OWN}:*", "1111*"):
        assert ask(resource_policy=policy(allow(Principal={"AWS": name}))) == "implicit_deny"
    any_session = f"arn:aws:sts::{OWN}:assumed-role/app/*"
    assert (
        ask(principal=APP_SESSION, resource_policy=policy(allow(Principal={"AWS": any_session})))
        == "implicit_deny"
    )
    # AWS would not have saved it; if it is there and denies, it is not passed over.
    assert (
        ask(allow(), resource_policy=policy(deny(Principal={"AWS": f"arn:aws:iam::{OWN}:user/*"})))
        == "explicit_deny"
    )


def test_rule_24_a_unique_id_stands_for_nobody_who_is_there() -> None:
    for name in ("AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE"):
        context = {"aws:userid": name}
        assert ask(resource_policy=policy(allow(Principal={"AWS": name})), context=context) == "implicit_deny"


@pytest.mark.parametrize("everyone", ["*", {"AWS": "*"}, {"AWS": [ANA, "*"]}])
def test_rule_25_everyone_is_everyone_but_in_trust_nobody_anonymous(everyone: Any) -> None:
    public = policy(allow(Principal=everyone))
    for caller in ("anonymous", ANA, APP_SESSION, "logs.amazonaws.com"):
        assert ask(principal=caller, resource_policy=public) == "allow"
    assert ask(principal=OTHER_ROOT, resource_policy=public) == "allow"
    assert ask(principal="anonymous", resource_policy=trust(everyone), **ASSUME) == "implicit_deny"
    assert ask(principal=ANA, resource_policy=trust(everyone), **ASSUME) == "allow"
    stranger = f"arn:aws:iam::{OTHER}:user/eve"
    assert ask(allow("sts:*"), principal=stranger, resource_policy=trust(everyone), **ASSUME) == "allow"
    assert ask(principal=stranger, resource_policy=trust(everyone), **ASSUME) == "implicit_deny"


def test_rule_26_a_service_needs_the_resource_policy_alone() -> None:
    for name in ("logs.amazonaws.com", "states.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn"):
        named = policy(allow(Principal={"Service": ["x.amazonaws.com", name]}))
        assert ask(principal=name, resource_policy=named) == "allow"
        assert ask(principal=name, resource_policy=named, resource_account=OTHER) == "allow"
        assert blocked(allow(), principal=name) == ("implicit_deny", ["resource"])
    assert (
        ask(principal="logs.amazonaws.com", resource_policy=policy(allow(Principal={"AWS": OWN})))
        == "implicit_deny"
    )
    assert ask(resource_policy=policy(allow(Principal={"Service": "logs.amazonaws.com"}))) == "implicit_deny"
    # What identities may or may not do says nothing about a service.
    named = policy(allow(Principal={"Service": "logs.amazonaws.com"}))
    fields = {"boundary": [NOTHING], "session_policies": [NOTHING]}
    assert ask(deny("*"), principal="logs.amazonaws.com", resource_policy=named, **fields) == "allow"


def test_rule_27_a_canonical_user_id_is_no_name_of_a_caller() -> None:
    named = policy(
        allow(Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"})
    )
    assert ask(resource_policy=named) == "implicit_deny"
    assert ask(principal="anonymous", resource_policy=named) == "implicit_deny"


def test_rule_28_the_context_is_final_about_the_principal() -> None:
    by_role = {"ArnEquals": {"aws:PrincipalArn": APP}}
    assert ask(allow(Condition=by_role), principal=APP_SESSION, context={"aws:PrincipalArn": APP}) == "allow"
    # Nothing is derived from `principal`.
    assert ask(allow(Condition=by_role), principal=APP_SESSION) == "implicit_deny"
    by_session = {"ArnEquals": {"aws:PrincipalArn": APP_SESSION}}
    assert (
        ask(allow(Condition=by_session), principal=APP_SESSION, context={"aws:PrincipalArn": APP})
        == "implicit_deny"
    )


# --- trust ------------------------------------------------------------------------------------------------


def test_rule_29_the_trust_policy_must_allow_also_in_the_same_account() -> None:
    assert ask(resource_policy=trust({"AWS": ANA}), **ASSUME) == "allow"
    assert blocked(allow("*"), resource_policy=trust({"AWS": APP}), **ASSUME) == (
        "implicit_deny",
        ["resource"],
    )
    assert blocked(resource_policy=trust({"AWS": ROOT}), **ASSUME) == ("implicit_deny", ["identity"])
    assert ask(allow("sts:AssumeRole", ROLE), resource_policy=trust({"AWS": ROOT}), **ASSUME) == "allow"
    assert (
        ask(allow("sts:AssumeRole", f"{ROLE}2"), resource_policy=trust({"AWS": ROOT}), **ASSUME)
        == "implicit_deny"
    )


def test_rule_29_without_a_trust_policy_to_look_at_identity_policies_decide_in_one_account() -> None:
    assert ask(allow("sts:AssumeRole"), **ASSUME) == "allow"
    assert ask(**ASSUME) == "implicit_deny"
    assert ask(allow("sts:AssumeRole"), **(ASSUME | {"resource_account": OTHER})) == "implicit_deny"


def test_rule_30_trusting_a_role_trusts_its_sessions_inside_their_limits() -> None:
    call = ASSUME | {"principal": APP_SESSION, "resource_policy": trust({"AWS": APP})}
    assert ask(**call) == "allow"
    assert blocked(**call, boundary=[NOTHING]) == ("implicit_deny", ["boundary"])
    assert blocked(**call, session_policies=[NOTHING]) == ("implicit_deny", ["session"])


def test_rule_31_a_role_does_not_trust_itself() -> None:
    itself = f"arn:aws:sts::{OWN}:assumed-role/target/s"
    assert ask(allow("*"), principal=itself, resource_policy=trust({"AWS": ANA}), **ASSUME) == "implicit_deny"
    assert ask(principal=itself, resource_policy=trust({"AWS": ROLE}), **ASSUME) == "allow"


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_rule_32_what_goes_with_a_session_must_be_trusted_too(action: str) -> None:
    only_assume = trust({"AWS": ANA})
    both = trust({"AWS": ANA}, ["sts:AssumeRole", action])
    call = {"action": action, "resource": ROLE}
    assert blocked(allow("sts:*"), resource_policy=only_assume, **call) == ("implicit_deny", ["resource"])
    assert ask(resource_policy=both, **call) == "allow"


def test_rule_34_conditions_of_a_trust_policy_count() -> None:
    external = trust({"AWS": OTHER_ROOT}, Condition={"StringEquals": {"sts:ExternalId": "e-1"}})
    call = ASSUME | {"principal": f"arn:aws:iam::{OTHER}:user/eve", "resource_policy": external}
    assert ask(allow("sts:*"), context={"sts:ExternalId": "e-1"}, **call) == "allow"
    assert ask(allow("sts:*"), context={"sts:ExternalId": "e-2"}, **call) == "implicit_deny"
    assert ask(allow("sts:*"), **call) == "implicit_deny"


def test_rule_35_trusting_the_account_lets_in_whoever_may_assume_in_it() -> None:
    for caller in (ANA, APP, APP_SESSION):
        assert (
            ask(allow("sts:AssumeRole"), principal=caller, resource_policy=trust({"AWS": OWN}), **ASSUME)
            == "allow"
        )


GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{OWN}:saml-provider/idp"


@pytest.mark.parametrize(
    ("provider", "action"),
    [
        (GITHUB, "sts:AssumeRoleWithWebIdentity"),
        (SAML, "sts:AssumeRoleWithSAML"),
        ("accounts.google.com", "sts:AssumeRoleWithWebIdentity"),
        ("cognito-identity.amazonaws.com", "sts:AssumeRoleWithWebIdentity"),
        ("cognito-identity.amazonaws.com", "sts:TagSession"),
    ],
)
def test_signing_in_at_an_identity_provider_needs_the_trust_policy_alone(provider: str, action: str) -> None:
    call = {"principal": provider, "action": action, "resource": ROLE}
    assert ask(resource_policy=trust({"Federated": provider}, action), **call) == "allow"
    assert ask(resource_policy=trust({"Federated": [SAML + "2", provider]}, "sts:*"), **call) == "allow"
    assert ask(resource_policy=trust({"Federated": provider}), **call) == "implicit_deny"
    assert ask(resource_policy=trust({"Federated": provider + "x"}, action), **call) == "implicit_deny"
    assert ask(resource_policy=trust("*", action), **call) == "implicit_deny"
    assert ask(allow("*"), **call) == "implicit_deny"


def test_a_deny_for_everyone_means_federated_callers_too() -> None:
    call = {"principal": GITHUB, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE}
    own = trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity")
    subject = {"StringNotLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}
    closed = [[policy(deny("sts:AssumeRoleWithWebIdentity", Principal="*", Condition=subject))]]
    mine = {"token.actions.githubusercontent.com:sub": "repo:acme/web:ref:refs/heads/main"}
    assert ask(resource_policy=own, rcps=closed, context=mine, **call) == "allow"
    assert ask(resource_policy=own, rcps=closed, **call) == "explicit_deny"


def test_rule_67_claims_are_condition_keys() -> None:
    call = {"principal": GITHUB, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE}
    key = "token.actions.githubusercontent.com:sub"
    own = trust(
        {"Federated": GITHUB},
        "sts:AssumeRoleWithWebIdentity",
        Condition={"StringLike": {key: "repo:acme/*:environment:prod"}},
    )
    assert ask(resource_policy=own, context={key: "repo:acme/web:environment:prod"}, **call) == "allow"
    assert (
        ask(resource_policy=own, context={key: "repo:acme-evil/web:environment:prod"}, **call)
        == "implicit_deny"
    )


# --- KMS --------------------------------------------------------------------------------------------------


def test_rule_36_a_key_is_ruled_by_its_policy() -> None:
    assert blocked(allow("*"), **DECRYPT) == ("implicit_deny", ["resource"])
    assert blocked(principal=ROOT, **DECRYPT) == ("implicit_deny", ["resource"])
    own = policy(allow("kms:*", Principal={"AWS": APP}))
    assert blocked(allow("*"), resource_policy=own, **DECRYPT) == ("implicit_deny", ["resource"])
    assert blocked(principal=ROOT, resource_policy=own, **DECRYPT) == ("implicit_deny", ["resource"])
    assert ask(principal=APP_SESSION, resource_policy=own, **DECRYPT) == "allow"
    assert ask(principal=APP_SESSION, resource_policy=own, boundary=[NOTHING], **DECRYPT) == "implicit_deny"


def test_rule_36_identity_policies_count_where_the_key_policy_delegates() -> None:
    delegated = policy(allow("kms:*", Principal={"AWS": ROOT}))
    assert ask(allow("kms:Decrypt"), resource_policy=delegated, **DECRYPT) == "allow"
    assert blocked(resource_policy=delegated, **DECRYPT) == ("implicit_deny", ["identity"])
    assert ask(principal=ROOT, resource_policy=delegated, **DECRYPT) == "allow"
    only_describe = policy(allow("kms:Describe*", Principal={"AWS": ROOT}))
    assert blocked(allow("kms:*"), resource_policy=only_describe, **DECRYPT) == (
        "implicit_deny",
        ["resource"],
    )
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    through_s3 = policy(allow("kms:*", Principal={"AWS": ROOT}, Condition=via))
    assert ask(allow("kms:*"), resource_policy=through_s3, **DECRYPT) == "implicit_deny"
    context = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
    assert ask(allow("kms:*"), resource_policy=through_s3, context=context, **DECRYPT) == "allow"


def test_rule_36_a_key_of_another_account() -> None:
    there = DECRYPT | {"resource_account": OTHER, "resource": KEY.replace(OWN, OTHER)}
    open_to_us = policy(allow("kms:Decrypt", Principal={"AWS": ROOT}))
    assert ask(allow("kms:Decrypt"), resource_policy=open_to_us, **there) == "allow"
    assert ask(resource_policy=open_to_us, **there) == "implicit_deny"
    assert (
        ask(allow("kms:Decrypt"), resource_policy=policy(allow("kms:*", Principal={"AWS": OTHER})), **there)
        == "implicit_deny"
    )


def test_rule_36_everyone_in_a_key_policy_and_other_kms_resources() -> None:
    caller_account = {"StringEquals": {"kms:CallerAccount": OWN}}
    wide = policy(allow("kms:*", Principal={"AWS": "*"}, Condition=caller_account))
    assert ask(resource_policy=wide, context={"kms:CallerAccount": OWN}, **DECRYPT) == "allow"
    assert (
        ask(principal="anonymous", resource_policy=policy(allow("kms:*", Principal="*")), **DECRYPT)
        == "implicit_deny"
    )
    listing = {"action": "kms:ListKeys", "resource": "*", "wildcard_only_action": True}
    assert ask(allow("kms:ListKeys"), **listing) == "allow"


def test_rule_37_an_alias_is_decided_on_its_own_as_is_the_key() -> None:
    alias = f"arn:aws:kms:eu-west-1:{OWN}:alias/shop"
    assert ask(allow("kms:CreateAlias", alias), action="kms:CreateAlias", resource=alias) == "allow"
    assert ask(allow("kms:CreateAlias", alias), action="kms:CreateAlias", resource=KEY) == "implicit_deny"


# --- other resources --------------------------------------------------------------------------------------


def test_rule_38_the_bucket_is_not_its_objects() -> None:
    assert ask(allow("s3:*", "arn:aws:s3:::shop")) == "implicit_deny"
    assert ask(allow("s3:*", "arn:aws:s3:::shop/*")) == "allow"
    assert ask(allow("s3:*", "arn:aws:s3:::shop*")) == "allow"
    listing = {"action": "s3:ListBucket", "resource": "arn:aws:s3:::shop"}
    assert ask(allow("s3:*", "arn:aws:s3:::shop/*"), **listing) == "implicit_deny"
    assert ask(allow("s3:*", "arn:aws:s3:::shop"), **listing) == "allow"


def test_rule_41_passing_a_role_is_decided_on_the_role_and_the_service() -> None:
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    passing = allow("iam:PassRole", f"arn:aws:iam::{OWN}:role/app*", Condition=to_ec2)
    call: dict[str, Any] = {"action": "iam:PassRole", "resource": APP}
    assert ask(passing, context={"iam:PassedToService": "ec2.amazonaws.com"}, **call) == "allow"
    assert ask(passing, context={"iam:PassedToService": "lambda.amazonaws.com"}, **call) == "implicit_deny"
    assert ask(passing, **call) == "implicit_deny"
    assert (
        ask(passing, **(call | {"resource": ROLE}), context={"iam:PassedToService": "ec2.amazonaws.com"})
        == "implicit_deny"
    )


def test_rule_42_each_action_is_decided_on_its_own_kind_of_resource() -> None:
    group = f"arn:aws:iam::{OWN}:group/admins"
    assert (
        ask(allow("iam:AddUserToGroup", ANA), action="iam:AddUserToGroup", resource=group) == "implicit_deny"
    )
    attach = allow(
        "iam:AttachUserPolicy",
        ANA,
        Condition={"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
    )
    call = {"action": "iam:AttachUserPolicy", "resource": ANA}
    assert ask(attach, context={"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, **call) == "allow"
    assert (
        ask(attach, context={"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}, **call)
        == "implicit_deny"
    )


def test_rule_43_each_resource_of_a_call_is_a_request_of_its_own() -> None:
    some = allow("ec2:RunInstances", ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*::image/ami-1"])
    call = {"action": "ec2:RunInstances"}
    assert ask(some, resource=f"arn:aws:ec2:eu-west-1:{OWN}:instance/*", **call) == "allow"
    assert ask(some, resource="arn:aws:ec2:eu-west-1::image/ami-1", **call) == "allow"
    assert ask(some, resource=f"arn:aws:ec2:eu-west-1:{OWN}:subnet/subnet-1", **call) == "implicit_deny"


@pytest.mark.parametrize("flag", [True, False])
def test_rule_44_an_action_without_resources_is_covered_by_the_bare_wildcard_alone(flag: bool) -> None:
    call: dict[str, Any] = {"action": "ec2:DescribeInstances", "resource": "*", "wildcard_only_action": flag}
    assert ask(allow("ec2:*"), **call) == "allow"
    assert ask(allow("ec2:*", ["arn:aws:ec2:*:*:instance/*", "*"]), **call) == "allow"
    for scoped in ("arn:aws:ec2:*:*:*", "arn:aws:ec2:*:*:instance/*", "arn:*", "arn:aws:s3:::*"):
        assert ask(allow("ec2:*", scoped), **call) == "implicit_deny"
        assert ask(allow("ec2:*"), deny("ec2:*", scoped), **call) == "allow"
    assert ask(allow("ec2:*"), deny("ec2:*"), **call) == "explicit_deny"
    assert ask(allow("ec2:*", NotResource="arn:aws:ec2:*:*:instance/*"), **call) == "allow"
    assert ask(allow("ec2:*", NotResource=["arn:aws:ec2:*:*:instance/*", "*"]), **call) == "implicit_deny"
    assert (
        ask(allow("ec2:*"), deny("ec2:*", NotResource="arn:aws:ec2:*:*:instance/*"), **call)
        == "explicit_deny"
    )


def test_patterns_of_resources() -> None:
    def over(pattern: str, *statements: Any) -> str:
        return ask(*statements, resource=pattern)

    every_object = "arn:aws:s3:::shop/*"
    assert over(every_object, allow("s3:*", "arn:aws:s3:::shop/public/*")) == "allow"
    assert over(every_object, allow("s3:*", "arn:aws:s3:::other/*")) == "implicit_deny"
    assert over(every_object, allow(), deny("s3:*", "arn:aws:s3:::shop/secret/*")) == "allow"
    assert over(every_object, allow(), deny("s3:*", "arn:aws:s3:::shop/*")) == "explicit_deny"
    assert over(every_object, allow(), deny("s3:*", "arn:aws:s3:::s*")) == "explicit_deny"
    assert over(every_object, allow("s3:*", NotResource="arn:aws:s3:::shop/secret/*")) == "allow"
    assert over(every_object, allow("s3:*", NotResource="arn:aws:s3:::sh*")) == "implicit_deny"
    assert over(every_object, allow(), deny("s3:*", NotResource="arn:aws:s3:::other/*")) == "explicit_deny"
    assert over(every_object, allow(), deny("s3:*", NotResource="arn:aws:s3:::shop/a")) == "allow"
    assert over("arn:aws:s3:::*/key", allow("s3:*", "arn:aws:s3:::shop/*")) == "allow"
    assert over("arn:aws:s3:::*/key", allow("s3:*", "arn:aws:s3:::shop/*lock")) == "implicit_deny"
    mine = allow("s3:*", "arn:aws:s3:::shop/${aws:username}/*")
    assert ask(mine, resource="arn:aws:s3:::shop/ana/*", context={"aws:username": "ana"}) == "allow"
    assert ask(mine, resource="arn:aws:s3:::shop/bob/*", context={"aws:username": "ana"}) == "implicit_deny"


def test_several_principals_are_ored_and_everyone_is_never_less_than_the_account() -> None:
    """IAM JSON policy reference, "Principal": specifying several is a logical OR."""
    for names in (["*", OWN], ["*", ROOT], [OWN, "*"]):
        bucket = policy(allow("s3:GetObject", Principal={"AWS": names}))
        assert ask(resource_policy=bucket) == "allow", names
    narrowed = policy(
        allow(
            "s3:GetObject", Principal={"AWS": ["*", APP]}, Condition={"ArnEquals": {"aws:PrincipalArn": APP}}
        )
    )
    inside = {"principal": APP_SESSION, "context": {"aws:PrincipalArn": APP}, "boundary": [NOTHING]}
    assert ask(resource_policy=narrowed, **inside) == "allow"


def test_the_default_endpoint_policy_lets_through_who_signs_in_at_a_provider() -> None:
    provider = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
    trust = policy(allow("sts:AssumeRoleWithWebIdentity", None, Principal={"Federated": provider}))
    everything = policy(allow("*", "*", Principal="*"))
    given = {"principal": provider, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE}
    assert ask(resource_policy=trust, endpoint_policies=[everything], **given) == "allow"
    assert ask(resource_policy=policy(allow("sts:*", None, Principal="*")), **given) == "implicit_deny"


def test_calls_that_aws_takes_from_nobody_of_this_kind() -> None:
    """STS API Reference: AssumeRole is not for root, and a federated user calls no STS operation but one."""
    trust = policy(allow("sts:AssumeRole", None, Principal={"AWS": OWN}))
    role = {"action": "sts:AssumeRole", "resource": ROLE, "resource_policy": trust}
    assert ask(principal=ROOT, **role) == "implicit_deny"
    session = {"principal": FEDERATED, "session_policies": [EVERYTHING]}
    assert ask(EVERYTHING, **session, **role) == "implicit_deny"
    assert ask(EVERYTHING, action="sts:GetCallerIdentity", resource="*", **session) == "allow"
    provider = f"arn:aws:iam::{OWN}:saml-provider/Okta"
    bucket = policy(allow("s3:GetObject", Principal={"Federated": provider}))
    assert ask(principal=provider, resource_policy=bucket) == "implicit_deny"


def test_what_an_allow_leaves_out_is_left_out_although_it_is_no_arn() -> None:
    assert ask(allow("s3:*", NotResource="*shop*")) == "implicit_deny"
