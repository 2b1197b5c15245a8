"""Where rules meet: the answers were derived from AWS's documentation first, and the engine asked afterwards.

IAM User Guide: "Policy evaluation logic", "Cross-account policy evaluation logic", "Permissions boundaries", the
reference of policy elements; Organizations User Guide on RCPs; KMS Developer Guide on key policies.
"""

from __future__ import annotations

from typing import Any, Final

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
    OWN,
    ROOT,
    Json,
    allow,
    ask,
    deny,
    policy,
)

YES, NO, DENIED = "allow", "implicit_deny", "explicit_deny"
THEIRS = f"arn:aws:iam::{OTHER}:role/app"
THEIR_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/app/s1"
OWN_CALL: Final[Json] = {
    "principal": APP_SESSION,
    "context": {"aws:PrincipalArn": APP, "aws:PrincipalAccount": OWN},
}
THEIR_CALL: Final[Json] = {
    "principal": THEIR_SESSION,
    "context": {"aws:PrincipalArn": THEIRS, "aws:PrincipalAccount": OTHER},
}
BY_ARN: Final[Json] = {"Condition": {"ArnEquals": {"aws:PrincipalArn": APP}}}


def to(*names: str, **more: Any) -> Json:
    """The policy of the resource: these are let in."""
    return policy(allow("*", Principal={"AWS": list(names)}, **more))


@pytest.mark.parametrize(
    ("wanted", "identity", "fields"),
    [
        # In another account the caller's own side must allow, whatever the resource names.
        (NO, False, {"resource_policy": to(THEIR_SESSION)}),
        (YES, True, {"resource_policy": to(OTHER)}),
        (NO, True, {"resource_policy": to(OWN)}),
        (NO, True, {"resource_policy": to(THEIRS), "boundary": [NOTHING]}),
        (NO, True, {"resource_policy": to(THEIR_SESSION), "boundary": [NOTHING]}),
        (NO, True, {"resource_policy": to(THEIR_SESSION), "session_policies": [NOTHING]}),
        (NO, True, {"resource_policy": to(THEIR_SESSION), "scps": [[NOTHING]]}),
    ],
)
def test_cross_account_with_limits(wanted: str, identity: bool, fields: Json) -> None:
    assert ask(*([allow()] if identity else []), **THEIR_CALL, **fields) == wanted


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        # In one account: a session that is named is free of implicit denies, its role is not.
        (YES, {"resource_policy": to(APP)}),
        (YES, {"resource_policy": to(APP_SESSION), "session_policies": [NOTHING], "boundary": [NOTHING]}),
        (NO, {"resource_policy": to(APP), "session_policies": [NOTHING]}),
        (NO, {"resource_policy": to(APP), "boundary": [NOTHING]}),
        (YES, {"resource_policy": to(APP, APP_SESSION), "session_policies": [NOTHING]}),
        (NO, {"resource_policy": to(APP_SESSION.replace("s1", "s2")), "session_policies": [NOTHING]}),
        (YES, {"resource_policy": to("*", **BY_ARN), "session_policies": [NOTHING], "boundary": [NOTHING]}),
        (DENIED, {"resource_policy": to(APP_SESSION), "session_policies": [policy(deny("*"))]}),
        (NO, {"resource_policy": to(APP_SESSION), "scps": [[NOTHING]]}),
    ],
)
def test_a_session_with_session_policies_and_a_policy_that_names_it(wanted: str, fields: Json) -> None:
    assert ask(**OWN_CALL, **fields) == wanted


def test_of_a_session_without_a_name_nothing_is_said_that_names_one() -> None:
    call = {**OWN_CALL, "principal": APP}
    assert ask(**call, session_policies=[NOTHING], resource_policy=to(APP_SESSION)) == NO
    named: Json = {"principal": FEDERATED, "session_policies": [NOTHING]}
    assert ask(**named, resource_policy=to(FEDERATED)) == YES


@pytest.mark.parametrize(
    ("wanted", "spared", "fields"),
    [
        (DENIED, [APP], {}),
        (DENIED, [OWN], {}),
        (YES, [OWN, APP, APP_SESSION], {}),
        (DENIED, [OWN, APP, APP_SESSION], {"boundary": [EVERYTHING]}),
        (YES, [OWN, ANA], {"principal": ANA}),
        (DENIED, [OWN, ANA.replace("ana", "bo")], {"principal": ANA}),
        (DENIED, [OWN], {"principal": "anonymous"}),
    ],
)
def test_deny_with_not_principal(wanted: str, spared: list[str], fields: Json) -> None:
    document = policy(allow(Principal="*"), deny("*", NotPrincipal={"AWS": spared}))
    assert ask(allow(), **{**OWN_CALL, **fields}, resource_policy=document) == wanted


VIA_S3: Final[Json] = {"Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}


@pytest.mark.parametrize(
    ("wanted", "identity", "fields"),
    [
        (YES, True, {"resource_policy": to(ROOT)}),
        (NO, False, {"resource_policy": to(ROOT)}),
        (YES, False, {"resource_policy": to(ANA)}),
        (NO, True, {"resource_policy": to(APP)}),
        (NO, True, {"resource_policy": None}),
        (NO, True, {"resource_policy": policy(allow("kms:Encrypt", Principal={"AWS": ROOT}))}),
        (NO, True, {"resource_policy": to(ROOT, **VIA_S3), "context": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}}),
        (YES, False, {"principal": ROOT, "resource_policy": to(ROOT)}),
        (NO, False, {"principal": ROOT, "resource_policy": to(ANA)}),
        (YES, True, {**THEIR_CALL, "resource_policy": to(OTHER)}),
        (NO, False, {**THEIR_CALL, "resource_policy": to(THEIRS)}),
    ],
)  # fmt: skip
def test_a_key_and_the_identity_policies_that_its_policy_lets_count(
    wanted: str, identity: bool, fields: Json
) -> None:
    call: Json = {"action": "kms:Decrypt", "resource": KEY}
    assert ask(*([allow("kms:*")] if identity else []), **call, **fields) == wanted


PERIMETER: Final = policy(
    deny(
        "*",
        Principal="*",
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
LINKED = f"arn:aws:sts::{OWN}:assumed-role/AWSServiceRoleForX/s"
LINKED_ARN = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (DENIED, {"principal": "anonymous"}),
        (YES, {"principal": "s3.amazonaws.com", "context": {"aws:PrincipalIsAWSService": "true"}}),
        (YES, {"context": {"aws:PrincipalOrgID": "o-x", "aws:PrincipalIsAWSService": "false"}}),
        (DENIED, {"context": {"aws:PrincipalOrgID": "o-y", "aws:PrincipalIsAWSService": "false"}}),
        (DENIED, {"principal": ROOT}),
        (YES, {"principal": LINKED, "context": {"aws:PrincipalArn": LINKED_ARN}}),
    ],
)
def test_whom_a_data_perimeter_of_rcps_reaches(wanted: str, fields: Json) -> None:
    everyone = policy(allow(Principal="*"))
    assert ask(allow(), **fields, rcps=[[], [PERIMETER]], resource_policy=everyone) == wanted


@pytest.mark.parametrize(
    ("wanted", "condition", "context"),
    [
        (YES, {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, {}),
        (YES, {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": []}),
        (NO, {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}, {}),
        (NO, {"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": ["a", "b"]}),
        (NO, {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}, {}),
        (YES, {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": ["a", "b"]}),
        (YES, {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}, {}),
        (NO, {"StringEqualsIfExists": {"aws:username": "ana"}, "Null": {"aws:username": "false"}}, {}),
        (YES, {"StringNotEqualsIfExists": {"aws:username": "ana"}}, {}),
        (NO, {"NullIfExists": {"aws:username": "true"}}, {}),
        (YES, {"Null": {"aws:username": True}}, {}),
    ],
)  # fmt: skip
def test_set_operators_and_if_exists_with_keys_that_are_missing(
    wanted: str, condition: Json, context: Json
) -> None:
    assert ask(allow(Condition=condition), context=context) == wanted


@pytest.mark.parametrize(
    ("wanted", "pattern", "name", "context"),
    [
        (YES, "b/${aws:PrincipalTag/team, 'none'}/*", "b/none/x", {}),
        (NO, "b/${aws:PrincipalTag/team, 'none'}/*", "b/none/x", {"aws:PrincipalTag/team": "red"}),
        (YES, "b/${aws:PrincipalTag/team, 'none'}/*", "b/red/x", {"aws:principaltag/Team": "red"}),
        (NO, "b/${aws:username}/*", "b/ana/x", {"aws:username": "*"}),
        (YES, "b/${aws:username}/*", "b/*/x", {"aws:username": "*"}),
        (NO, "b/${aws:username}/*", "b//x", {}),
        (NO, "b/${aws:TagKeys}", "b/a", {"aws:TagKeys": ["a"]}),
        (YES, "bucket*", "bucket/key", {}),
        (NO, "b/*", "b", {}),
        (YES, "b/a*", "b/a:b:c", {}),
        (YES, "*/secret", "b/a/b/secret", {}),
        (NO, "B/*", "b/x", {}),
        (NO, "b/?", "b/", {}),
    ],
)
def test_variables_and_names_of_objects(wanted: str, pattern: str, name: str, context: Json) -> None:
    allowed = allow(resource=f"arn:aws:s3:::{pattern}")
    assert ask(allowed, resource=f"arn:aws:s3:::{name}", context=context) == wanted


def test_a_bucket_pattern_is_no_access_point() -> None:
    point = f"arn:aws:s3:eu-west-1:{OWN}:accesspoint/ap/object/k"
    assert ask(allow(resource="arn:aws:s3:::*"), resource=point) == NO
    assert ask(allow(resource="arn:aws:s3:*:*:accesspoint/*"), resource=point) == YES
