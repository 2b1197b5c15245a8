"""Conditions and policy variables: rules 55 to 66 of how AWS decides, and the mistakes of rule 70.

Tested elsewhere: 66 (three-valued answers) in test_three_valued.py; 68 and 69 (grading of trust conditions) with the
controls on trust; 71 to 73 in test_effective.py; 74 with the escalation paths; 75 to 77 with the readers of services/iam.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.ask import OTHER, OWN, allow, ask, deny, holds, policy

STRINGS = [
    ("StringEquals", "Blue", "Blue", True),
    ("StringEquals", "Blue", "blue", False),
    ("StringEquals", "B*", "Blue", False),
    ("StringEquals", "B*", "B*", True),
    ("StringNotEquals", "Blue", "blue", True),
    ("StringNotEquals", "Blue", "Blue", False),
    ("StringEqualsIgnoreCase", "Blue", "bLUE", True),
    ("StringNotEqualsIgnoreCase", "Blue", "bLUE", False),
    ("StringLike", "B*e", "Blue", True),
    ("StringLike", "B?e", "Blue", False),
    ("StringLike", "b*", "Blue", False),
    ("StringLike", "", "", True),
    ("StringNotLike", "B*", "Blue", False),
    ("StringNotLike", "R*", "Blue", True),
    ("stringequals", "Blue", "Blue", True),
]
NUMBERS = [
    ("NumericEquals", "5", "5.0", True),
    ("NumericEquals", "5", "6", False),
    ("NumericNotEquals", "5", "6", True),
    ("NumericNotEquals", "5", "5.00", False),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "9", False),
    ("NumericGreaterThan", "-3", "-2.5", True),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericEquals", 5, "5", True),
    ("NumericEquals", 0.1, "0.1", True),
    ("NumericEquals", "1e2", "100", True),
]
DATES = [
    ("DateEquals", "2031-05-01T10:00:00Z", "2031-05-01T12:00:00+02:00", True),
    ("DateEquals", "2031-05-01T10:00:00Z", "1935568800", False),
    ("DateEquals", "2031-05-01T10:00:00Z", "1935396000", True),
    ("DateEquals", 1935396000, "2031-05-01T10:00:00Z", True),
    ("DateEquals", "2031-05-01", "2031-05-01T00:00:00Z", True),
    ("DateEquals", "2031", "2031-01-01", True),
    ("DateNotEquals", "2031-05", "2031-05-01", False),
    ("DateLessThan", "2031-05-01T10:00:00Z", "2031-05-01T09:59:59.999Z", True),
    ("DateLessThanEquals", "2031-05-01T10:00Z", "2031-05-01T10:00:00Z", True),
    ("DateGreaterThan", "2031-05-01T10:00:00Z", "2031-05-01T10:00:00.001Z", True),
    ("DateGreaterThanEquals", "2031-05-01T10:00:00Z", "2031-05-01T09:00:00Z", False),
]
ADDRESSES = [
    ("IpAddress", "10.0.0.0/8", "10.200.3.4", True),
    ("IpAddress", "10.0.0.0/8", "11.0.0.1", False),
    ("IpAddress", "192.0.2.7", "192.0.2.7", True),
    ("IpAddress", "192.0.2.7", "192.0.2.8", False),
    ("IpAddress", "10.1.2.3/8", "10.9.9.9", True),
    ("IpAddress", "2001:db8::/32", "2001:db8:1::5", True),
    ("IpAddress", "2001:db8::/32", "10.0.0.1", False),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("IpAddress", "2001:DB8:0:0::1", "2001:db8::1", True),
    ("NotIpAddress", "10.0.0.0/8", "11.0.0.1", True),
    ("NotIpAddress", "10.0.0.0/8", "10.0.0.1", False),
    ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
]
ARNS = [
    ("ArnEquals", "arn:aws:sns:*:111122223333:t*", "arn:aws:sns:eu-west-1:111122223333:topic", True),
    ("ArnLike", "arn:aws:sns:*:111122223333:t?pic", "arn:aws:sns:eu-west-1:111122223333:topic", True),
    ("ArnLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::111122223333:role/a/b", True),
    ("ArnLike", "arn:aws:sns:*:topic", "arn:aws:sns:eu-west-1:111122223333:topic", False),
    ("ArnEquals", "arn:aws:s3:::Shop", "arn:aws:s3:::shop", False),
    ("ArnNotEquals", "arn:aws:s3:::shop*", "arn:aws:s3:::shop-2", False),
    ("ArnNotLike", "arn:aws:s3:::shop*", "arn:aws:s3:::other", True),
]
REST = [
    ("Bool", "true", "true", True),
    ("Bool", "true", "false", False),
    ("Bool", "false", "FALSE", True),
    ("Bool", True, "true", True),
    ("Bool", False, "true", False),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
]


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "result"), STRINGS + NUMBERS + DATES + ADDRESSES + ARNS + REST
)
def test_every_operator_and_its_if_exists_form(operator: str, wanted: Any, given: str, result: bool) -> None:
    assert holds({operator: {"x:key": wanted}}, {"X:Key": given}) is result
    assert holds({f"{operator}IfExists": {"x:key": [wanted]}}, {"x:key": given}) is result
    assert holds({f"ForAnyValue:{operator}": {"x:key": wanted}}, {"x:key": [given]}) is result
    assert holds({f"ForAllValues:{operator}": {"x:key": wanted}}, {"x:key": given}) is result


POSITIVE = [
    "StringEquals",
    "StringLike",
    "NumericEquals",
    "NumericLessThan",
    "DateGreaterThan",
    "Bool",
    "IpAddress",
    "ArnLike",
    "BinaryEquals",
]
NEGATED = [
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "NumericNotEquals",
    "DateNotEquals",
    "NotIpAddress",
    "ArnNotEquals",
    "ArnNotLike",
]


def test_rule_55_and_over_operators_and_keys_or_over_values() -> None:
    condition = {"StringEquals": {"x:a": ["1", "2"], "x:b": "3"}, "Bool": {"x:c": "true"}}
    assert holds(condition, {"x:a": "2", "x:b": "3", "x:c": "true"})
    assert not holds(condition, {"x:a": "3", "x:b": "3", "x:c": "true"})
    assert not holds(condition, {"x:a": "2", "x:b": "2", "x:c": "true"})
    assert not holds(condition, {"x:a": "2", "x:b": "3", "x:c": "false"})
    assert not holds(condition, {"x:a": "2", "x:b": "3"})
    assert holds({}, {})


def test_rule_55_negated_operators_want_all_values_to_differ() -> None:
    condition = {"StringNotEquals": {"x:a": ["1", "2"]}}
    assert holds(condition, {"x:a": "3"})
    assert not holds(condition, {"x:a": "2"})
    assert not holds({"NotIpAddress": {"x:ip": ["10.0.0.0/8", "192.0.2.0/24"]}}, {"x:ip": "192.0.2.1"})
    assert not holds(
        {"ArnNotLike": {"x:a": ["arn:aws:s3:::a*", "arn:aws:s3:::b*"]}}, {"x:a": "arn:aws:s3:::b1"}
    )


@pytest.mark.parametrize("operator", POSITIVE)
def test_rule_56_a_missing_key_fails_positive_operators(operator: str) -> None:
    assert not holds({operator: {"x:key": "1"}}, {})
    assert holds({f"{operator}IfExists": {"x:key": "1"}}, {})


@pytest.mark.parametrize("operator", NEGATED)
def test_rule_56_a_missing_key_fulfils_negated_operators(operator: str) -> None:
    assert holds({operator: {"x:key": "1"}}, {})
    assert holds({f"{operator}IfExists": {"x:key": "1"}}, {})


def test_rule_56_null_asks_whether_the_key_is_there() -> None:
    assert holds({"Null": {"x:key": "true"}}, {})
    assert not holds({"Null": {"x:key": "false"}}, {})
    assert holds({"Null": {"x:key": False}}, {"x:key": ""})
    assert not holds({"Null": {"x:key": True}}, {"x:key": "v"})
    assert holds({"Null": {"x:key": "False"}}, {"x:key": ["v"]})
    assert holds({"Null": {"x:key": "true"}}, {"x:key": []})
    assert not holds({"Null": {"x:key": "maybe"}}, {})


def test_rule_57_set_operators() -> None:
    keys = {"aws:TagKeys": ["a", "b"]}
    assert holds({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, keys)
    assert not holds({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, keys)
    assert holds({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b", "z"]}}, keys)
    assert not holds({"ForAnyValue:StringEquals": {"aws:TagKeys": ["z"]}}, keys)
    # Missing or empty.
    for context in ({}, {"aws:TagKeys": []}):
        assert holds({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, context)
        assert not holds({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, context)
        assert not holds({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, context)
        assert holds({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, context)
    # Negated: all values, or some value, must be none of the policy's.
    assert not holds({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, keys)
    assert holds({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["y", "z"]}}, keys)
    assert holds({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, keys)
    assert not holds({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}}, keys)
    assert holds(
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}},
        {"aws:PrincipalOrgPaths": ["o-1/r-1/ou-9/"]},
    )


def test_rule_57_a_multivalued_key_without_set_operator_decides_nothing() -> None:
    for operator in (*POSITIVE, *NEGATED):
        for suffix in ("", "IfExists"):
            assert not holds({operator + suffix: {"x:key": "1"}}, {"x:key": ["1"]})
            assert not holds({operator + suffix: {"x:key": "1"}}, {"x:key": []})


def test_rule_58_if_exists_also_behind_a_set_operator_but_not_with_null() -> None:
    assert holds({"ForAnyValue:StringLikeIfExists": {"x:key": "a*"}}, {})
    assert holds({"ForAllValues:StringLikeIfExists": {"x:key": "a*"}}, {})
    assert not holds({"ForAnyValue:StringLikeIfExists": {"x:key": "a*"}}, {"x:key": ["b"]})
    for nonsense in ("NullIfExists", "ForAllValues:Null", "ForAnyValue:Null"):
        assert not holds({nonsense: {"x:key": "true"}}, {})
        assert not holds({nonsense: {"x:key": "false"}}, {"x:key": "v"})


@pytest.mark.parametrize(
    "operator",
    [
        "StringMatches",
        "",
        "IfExists",
        "ForSomeValues:StringEquals",
        "StringEqualsIfExistsIfExists",
        "Not",
        "StringEquals ",
        "ForAllValues:",
    ],
)
def test_an_unknown_operator_never_holds(operator: str) -> None:
    for context in ({}, {"x:key": "1"}, {"x:key": ["1"]}):
        assert not holds({operator: {"x:key": "1"}}, context)


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("NumericLessThan", "5", "four"),
        ("NumericEquals", "five", "5"),
        ("NumericNotEquals", "5", "four"),
        ("NumericNotEquals", "five", "4"),
        ("NumericEquals", "1_0", "10"),
        ("NumericEquals", "NaN", "NaN"),
        ("NumericGreaterThan", "1", "Infinity"),
        ("NumericEquals", "１", "1"),
        ("DateLessThan", "2031-05-01", "yesterday"),
        ("DateNotEquals", "2031-13-01", "2031-05-01"),
        ("DateNotEquals", "2031-05-01", "2031-05-01 10:00"),
        ("IpAddress", "10.0.0.0/33", "10.0.0.1"),
        ("NotIpAddress", "10.0.0.0/33", "10.0.0.1"),
        ("NotIpAddress", "10.0.0.0/8", "here"),
        ("IpAddress", "10.0.0.0/255.0.0.0", "10.0.0.1"),
        ("IpAddress", "10.0.0.0/", "10.0.0.0"),
        ("IpAddress", "", "10.0.0.0"),
        ("ArnLike", "arn:aws:s3:::*", "shop"),
        ("ArnNotLike", "arn:aws:s3:::*", "shop"),
        ("ArnNotEquals", "shop", "arn:aws:s3:::shop"),
        ("Bool", "yes", "yes"),
        ("Bool", "true", "1"),
        ("BinaryEquals", "???", "???"),
    ],
)
def test_a_value_of_another_type_fails_plain_and_negated_operators(
    operator: str, wanted: str, given: str
) -> None:
    assert not holds({operator: {"x:key": wanted}}, {"x:key": given})
    assert not holds({f"{operator}IfExists": {"x:key": wanted}}, {"x:key": given})


def test_a_value_of_another_type_fails_its_own_comparison_only() -> None:
    assert holds({"NumericEquals": {"x:key": ["five", "5"]}}, {"x:key": "5"})
    assert not holds({"NumericNotEquals": {"x:key": ["five", "6"]}}, {"x:key": "5"})


# --- policy variables -------------------------------------------------------------------------------------


def test_rule_59_variables_in_resources_and_in_string_and_arn_values() -> None:
    home = allow("s3:GetObject", "arn:aws:s3:::shop/${aws:username}/*")
    there = {"resource": "arn:aws:s3:::shop/ana/x"}
    assert ask(home, context={"aws:username": "ana"}, **there) == "allow"
    assert ask(home, context={"AWS:UserName": "ana"}, **there) == "allow"
    assert ask(home, context={"aws:username": "bob"}, **there) == "implicit_deny"
    team = {"aws:ResourceTag/team": "blue", "aws:PrincipalTag/team": "blue"}
    for operator in ("StringEquals", "StringEqualsIgnoreCase", "StringLike"):
        assert holds({operator: {"aws:ResourceTag/team": "${aws:PrincipalTag/TEAM}"}}, team)
        assert not holds({operator: {"aws:ResourceTag/team": "x${aws:PrincipalTag/team}"}}, team)
    arns = {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OWN}:t1", "aws:SourceAccount": OWN}
    assert holds({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${aws:SourceAccount}:t*"}}, arns)
    assert not holds(
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${aws:SourceAccount}:t*"}},
        arns | {"aws:SourceAccount": OTHER},
    )
    assert holds({"ArnEquals": {"aws:SourceArn": "${x:arn}"}}, arns | {"x:arn": arns["aws:SourceArn"]})


def test_rule_59_no_variables_anywhere_else() -> None:
    context = {"x:v": "s3", "x:n": "5", "x:k": "5", "x:b": "true", "x:ip": "10.0.0.1", "x:a": OWN}
    assert ask(allow("${x:v}:GetObject"), context=context) == "implicit_deny"
    assert not holds({"NumericEquals": {"x:n": "${x:k}"}}, context)
    assert not holds({"Bool": {"x:b": "${x:b}"}}, context)
    assert not holds({"IpAddress": {"x:ip": "${x:ip}"}}, context)
    assert not holds({"Null": {"x:missing": "${x:b}"}}, context)
    assert not holds({"DateEquals": {"x:n": "${x:n}"}}, context)
    # In an ARN only behind the fifth colon.
    queue = f"arn:aws:sqs:eu-west-1:{OWN}:q"
    assert (
        ask(
            allow("sqs:*", "arn:aws:sqs:*:${x:a}:q"),
            action="sqs:SendMessage",
            resource=queue,
            context=context,
        )
        == "implicit_deny"
    )
    named = policy(allow(Principal={"AWS": "arn:aws:iam::${x:a}:root"}))
    assert ask(allow(), resource_account=OTHER, resource_policy=named, context=context) == "implicit_deny"


def test_rule_59_escapes_stand_for_the_character() -> None:
    odd = "arn:aws:s3:::shop/a*b?c$d"
    pattern = allow("s3:GetObject", "arn:aws:s3:::shop/a${*}b${?}c${$}d")
    # A star in `resource` would be a pattern, so the star is left to conditions.
    assert holds({"StringLike": {"x:k": "a${*}b${?}c${$}d"}}, {"x:k": "a*b?c$d"})
    assert not holds({"StringLike": {"x:k": "a${*}b"}}, {"x:k": "axxb"})
    assert holds({"StringEquals": {"x:k": "${*}"}}, {"x:k": "*"})
    assert holds({"StringLike": {"x:k": "${*}*"}}, {"x:k": "*abc"})
    question = allow("s3:GetObject", "arn:aws:s3:::shop/b${?}")
    assert ask(question, resource="arn:aws:s3:::shop/b?") == "allow"
    assert ask(question, resource="arn:aws:s3:::shop/bx") == "implicit_deny"
    assert ask(pattern, resource=odd.replace("*", "x")) == "implicit_deny"


def test_rule_59_default_values() -> None:
    home = allow("s3:GetObject", "arn:aws:s3:::shop/${aws:PrincipalTag/team, 'public'}/*")
    assert ask(home, resource="arn:aws:s3:::shop/public/x") == "allow"
    assert (
        ask(home, resource="arn:aws:s3:::shop/blue/x", context={"aws:PrincipalTag/team": "blue"}) == "allow"
    )
    assert (
        ask(home, resource="arn:aws:s3:::shop/public/x", context={"aws:PrincipalTag/team": "blue"})
        == "implicit_deny"
    )
    assert holds({"StringEquals": {"x:k": "${x:missing,'it''s'}"}}, {"x:k": "it''s"})
    assert holds({"StringEquals": {"x:k": "${x:missing, ''}"}}, {"x:k": ""})


def test_rule_59_a_value_with_an_unresolved_variable_matches_nothing() -> None:
    """IAM User Guide, "Policy variables with no value", which says more than the rule does."""
    home = "arn:aws:s3:::shop/${aws:username}/*"
    there = {"resource": "arn:aws:s3:::shop/ana/x"}
    assert ask(allow("s3:*", home), **there) == "implicit_deny"
    assert ask(allow("s3:*", ["arn:aws:s3:::shop/*", home]), **there) == "allow"
    assert ask(allow("s3:*", NotResource=home), **there) == "allow"
    assert ask(allow(), deny("s3:*", home), **there) == "allow"
    assert ask(allow(), deny("s3:*", NotResource=home), **there) == "explicit_deny"
    assert not holds({"StringEquals": {"x:k": "${x:missing}"}}, {"x:k": ""})
    for negated in ("StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase", "ArnNotLike"):
        value = "arn:aws:iam::135792468013:user/v"
        assert holds({negated: {"x:k": "${x:missing}"}}, {"x:k": value}), negated
    assert (
        ask(allow(Condition={"StringLike": {"x:k": ["v*", "${x:missing}"]}}), context={"x:k": "v"})
        == "implicit_deny"
    )
    # With IfExists a missing key is enough, whatever the variable.
    assert holds({"StringEqualsIfExists": {"x:k": "${x:missing}"}}, {})


def test_rule_59_in_doubt_an_unresolved_variable_does_not_undo_a_deny() -> None:
    there = {"resource": "arn:aws:s3:::shop/ana/x"}
    either = deny("s3:*", ["arn:aws:s3:::shop/*", "arn:aws:s3:::${aws:username}/*"])
    assert ask(allow(), either, **there) == "explicit_deny"
    both_missing = {"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    assert ask(allow(), deny(Condition=both_missing)) == "explicit_deny"
    assert ask(allow(Condition=both_missing)) == "allow"


def test_rule_59_the_documented_deny_for_whoever_has_no_tag() -> None:
    """The example of the same page: access is explicitly denied when aws:PrincipalTag/Team is not set."""
    other_team = deny(
        "s3:GetObject",
        Condition={"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}},
    )
    tagged = {"s3:ExistingObjectTag/Team": "red"}
    assert ask(allow(), other_team, action="s3:GetObject", context=tagged) == "explicit_deny"
    mine = {**tagged, "aws:PrincipalTag/Team": "red"}
    assert ask(allow(), other_team, action="s3:GetObject", context=mine) == "allow"


def test_rule_59_what_a_variable_brings_in_is_plain_text() -> None:
    home = allow("s3:GetObject", "arn:aws:s3:::shop/${aws:username}/*")
    for name in ("*", "?na", "a*"):
        assert (
            ask(home, resource="arn:aws:s3:::shop/ana/x", context={"aws:username": name}) == "implicit_deny"
        )
    assert not holds({"StringLike": {"x:k": "${x:v}"}}, {"x:k": "anything", "x:v": "*"})
    assert holds({"StringLike": {"x:k": "${x:v}"}}, {"x:k": "*", "x:v": "*"})
    # Nor is it looked at for variables once more.
    assert not holds({"StringEquals": {"x:k": "${x:v}"}}, {"x:k": "z", "x:v": "${x:w}", "x:w": "z"})


def test_rule_59_a_multivalued_key_is_no_variable() -> None:
    assert not holds({"StringEquals": {"x:k": "${x:v}"}}, {"x:k": "a", "x:v": ["a"]})
    assert not holds({"StringEquals": {"x:k": "${x:v, 'a'}"}}, {"x:k": "a", "x:v": ["b"]})


# --- keys with a history ----------------------------------------------------------------------------------


def test_rule_60_mfa() -> None:
    long_term: dict[str, Any] = {}
    with_mfa = {"aws:MultiFactorAuthPresent": "true"}
    without = {"aws:MultiFactorAuthPresent": "false"}
    key = "aws:MultiFactorAuthPresent"
    assert [holds({"BoolIfExists": {key: "false"}}, c) for c in (long_term, without, with_mfa)] == [
        True,
        True,
        False,
    ]
    assert [holds({"Bool": {key: "false"}}, c) for c in (long_term, without, with_mfa)] == [
        False,
        True,
        False,
    ]
    assert [holds({"Bool": {key: "true"}}, c) for c in (long_term, without, with_mfa)] == [False, False, True]


def test_rules_61_to_64_nothing_is_added_to_the_context() -> None:
    for condition in (
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
        {"StringEquals": {"aws:SourceAccount": OWN}},
        {"StringEquals": {"aws:PrincipalAccount": OWN}},
        {"StringEquals": {"aws:ResourceAccount": OWN}},
        {"StringEquals": {"aws:username": "ana"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"DateGreaterThan": {"aws:CurrentTime": "1970-01-02"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    ):
        assert not holds(condition, {})
    assert holds({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, {})


def test_rule_63_tag_keys_of_services_are_keys_of_their_own() -> None:
    assert not holds({"StringEquals": {"ec2:ResourceTag/team": "a"}}, {"aws:ResourceTag/team": "a"})
    assert holds({"StringEquals": {"ec2:ResourceTag/Team": "a"}}, {"ec2:resourcetag/team": "a"})


def test_rule_70_mistakes_of_others() -> None:
    for name in ("NumericLessThan", "NumericGreaterThan", "DateLessThan", "DateGreaterThan"):
        assert holds({f"{name}IfExists": {"x:n": "1"}}, {})
    assert holds({"IpAddressIfExists": {"x:ip": "10.0.0.0/8"}}, {"x:ip": "10.0.0.1"})
    assert not holds({"IpAddressIfExists": {"x:ip": "10.0.0.0/8"}}, {"x:ip": "11.0.0.1"})
    assert holds({"DateEquals": {"x:d": ["2030-01-01", "2031-01-01"]}}, {"x:d": "2031-01-01"})
    assert holds({"StringNotLike": {"x:k": "a*"}}, {})
    public = policy(allow(Principal="*"))
    assert ask(resource_policy=public, resource_account=OTHER) == "implicit_deny"
