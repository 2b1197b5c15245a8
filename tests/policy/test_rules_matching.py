"""What Action, Resource and the shape of a document mean: rules 46 to 54 of how AWS decides."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from srtui.policy.document import parse_document
from srtui.policy.errors import PolicyError
from srtui.policy.match import action_matches, glob_match
from tests.policy.ask import ANA, OBJECT, OWN, allow, answer, ask, deny, policy


def covers(pattern: Any, resource: str = OBJECT, **context: str) -> bool:
    return ask(allow("*", pattern), resource=resource, context=context) == "allow"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("s3:GetObject", True),
        ("S3:getOBJECT", True),
        ("*", True),
        ("*:*", True),
        ("s3:*", True),
        ("s3:Get*", True),
        ("s3:*Object", True),
        ("s3:G?tObject", True),
        ("s3:?etObj*", True),
        ("s3:*t*b*", True),
        ("s3:Get", False),
        ("s3:GetObject?", False),
        ("s3:Get*s", False),
        ("GetObject", False),
        ("s3", False),
        ("", False),
        ("s3:", False),
        (" s3:GetObject", False),
        ("s3:GetObject ", False),
        ("s*:GetObject", False),
        ("*:GetObject", False),
        ("s3*", False),
        ("?3:GetObject", False),
        ("s3:s3:GetObject", False),
        ("s3:[Gg]etObject", False),
        ("s3:GetObject|s3:PutObject", False),
    ],
)
def test_rule_46_action_patterns(pattern: str, matches: bool) -> None:
    assert (ask(allow(pattern)) == "allow") is matches
    assert (ask(allow(["iam:X", pattern])) == "allow") is matches
    if matches:
        assert ask(allow(NotAction=pattern)) == "implicit_deny"
        assert ask(allow(), deny(NotAction=pattern)) == "allow"


def test_rule_46_where_a_match_takes_access_away_odd_patterns_count_as_they_look() -> None:
    for pattern in ("*:GetObject", "s3*", "s*:Get*", "?3:*"):
        assert ask(allow(), deny(pattern)) == "explicit_deny"
        assert ask(allow(NotAction=pattern)) == "implicit_deny"
        # A Deny of all but what such a pattern names still denies.
        assert ask(allow(), deny(NotAction=pattern)) == "explicit_deny"


def test_rule_46_action_of_the_request_in_any_letter_case() -> None:
    for action in ("s3:getobject", "S3:GETOBJECT", "s3:GetObject"):
        assert ask(allow("s3:GetObject"), action=action) == "allow"
        assert ask(allow("s3:Get*"), action=action) == "allow"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("arn:aws:s3:::shop/key", True),
        ("arn:aws:s3:::shop/*", True),
        ("arn:aws:s3:::shop*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::sh?p/k?y", True),
        ("arn:aws:s3:::*/key", True),
        ("arn:*:s3:::shop/key", True),
        ("arn:aws*:s3:*:*:shop/key", True),
        ("*", True),
        ("arn:aws:s3:::Shop/key", False),
        ("arn:aws:s3:::shop/KEY", False),
        ("arn:aws:s3:::shop", False),
        ("arn:aws:s3:::shop/key?", False),
        ("arn:aws:s3:::shop/key/*", False),
        ("arn:aws-cn:s3:::shop/key", False),
        ("arn:aws:s3:*:111122223333:*", False),
        ("arn:aws:*shop/key", False),
        ("arn:*shop/key", False),
        ("arn*shop/key", False),
        ("*shop/key", False),
        ("shop/key", False),
        ("", False),
        ("arn:aws:s3:::shop/[key]", False),
        ("arn:aws:s3:::shop/ke.", False),
        ("arn:aws:s3:::(shop)/key", False),
    ],
)
def test_rule_47_resources_by_segment(pattern: str, matches: bool) -> None:
    assert covers(pattern) is matches
    assert covers(["arn:aws:sqs:*:*:*", pattern]) is matches


def test_rule_47_a_wildcard_spans_slashes_and_colons_of_the_last_segment_only() -> None:
    log = f"arn:aws:logs:eu-west-1:{OWN}:log-group:/app/web:log-stream:a/b"
    assert covers("arn:aws:logs:*:*:log-group:*", log)
    assert covers("arn:aws:logs:*:*:*b", log)
    assert covers(f"arn:aws:logs:eu-west-1:{OWN}:log-group:/app/*:log-stream:*", log)
    assert not covers("arn:aws:logs:*:log-group:*", log)
    assert not covers("arn:aws:logs:*web:log-stream:a/b", log)


def test_rule_47_the_letters_of_the_pattern_are_no_regular_expression() -> None:
    odd = "arn:aws:s3:::shop/a+b(c)[d]{e}^$.|\\d"
    assert covers(odd, odd)
    assert covers("arn:aws:s3:::shop/*[d]*\\d", odd)
    assert not covers("arn:aws:s3:::shop/a+b.c..d..e.....d", odd)


def test_rule_48_short_arns() -> None:
    # In policies of identities what is missing counts as `*`.
    assert covers("arn:aws:s3")
    assert covers("arn:aws")
    assert covers("arn:aws:sqs:*", f"arn:aws:sqs:eu-west-1:{OWN}:q")
    assert not covers("arn:aws:sqs")
    for layer in ("boundary", "session_policies"):
        assert ask(allow(), **{layer: [policy(allow("*", "arn:aws:s3"))]}) == "allow"
    # In policies of resources and endpoints only behind a final wildcard.
    for pattern, wanted in (("arn:aws:s3", "implicit_deny"), ("arn:aws:s3:*", "allow"), ("arn:*", "allow")):
        assert ask(resource_policy=policy(allow("*", pattern, Principal={"AWS": ANA}))) == wanted
        assert ask(allow(), endpoint_policies=[policy(allow("*", pattern, Principal="*"))]) == wanted
    # In control policies AWS does not take them.
    assert answer(allow(), scps=[[policy(allow("*", "arn:aws:s3"))]])["decision"] == "error"
    assert answer(allow(), rcps=[[policy(deny("*", "arn:aws:s3:*", Principal="*"))]])["decision"] == "error"


def test_rule_49_resource_values_are_not_matched_as_flat_text() -> None:
    assert not covers("arn:aws:iam::*:role/x", "arn:aws:iam::1:b:role/x")
    assert (
        ask(
            allow(Condition={"StringLike": {"aws:SourceArn": "arn:aws:iam::*:role/x"}}),
            context={"aws:SourceArn": "arn:aws:iam::1:b:role/x"},
        )
        == "allow"
    )
    assert (
        ask(
            allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:iam::*:role/x"}}),
            context={"aws:SourceArn": "arn:aws:iam::1:b:role/x"},
        )
        == "implicit_deny"
    )


def test_rule_50_condition_keys_in_any_letter_case_and_values_by_operator() -> None:
    condition = {"StringEquals": {"AWS:principaltag/TEAM": "Blue"}}
    assert ask(allow(Condition=condition), context={"aws:PrincipalTag/team": "Blue"}) == "allow"
    assert ask(allow(Condition=condition), context={"aws:PrincipalTag/team": "blue"}) == "implicit_deny"
    loose = {"StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "BLUE"}}
    assert ask(allow(Condition=loose), context={"AWS:PRINCIPALTAG/TEAM": "blue"}) == "allow"
    assert (
        ask(
            allow(Condition={"Bool": {"aws:SecureTransport": "TRUE"}}),
            context={"aws:SecureTransport": "true"},
        )
        == "allow"
    )


def test_rule_51_not_action_and_not_resource_mean_everything_else() -> None:
    assert ask(allow(NotAction="iam:*")) == "allow"
    assert ask(allow(NotAction=["iam:*", "s3:GetObject"])) == "implicit_deny"
    assert (
        ask(allow(NotAction="iam:*"), action="newservice:DoIt", resource=f"arn:aws:newservice:::x/{OWN}")
        == "allow"
    )
    assert ask(allow(), deny(NotAction=["s3:*"])) == "allow"
    assert ask(allow(), deny(NotAction=["iam:*"])) == "explicit_deny"
    assert ask(allow(NotResource="arn:aws:s3:::shop/*")) == "implicit_deny"
    assert ask(allow(NotResource="arn:aws:s3:::other/*")) == "allow"
    assert ask(allow(), deny(NotResource=["arn:aws:s3:::other/*", "arn:aws:s3:::shop/*"])) == "allow"
    assert ask(allow(), deny(NotResource="arn:aws:s3:::other/*")) == "explicit_deny"
    assert ask(allow(NotAction="iam:*", NotResource="arn:aws:s3:::other/*")) == "allow"


def test_rule_52_scalars_and_lists_mean_the_same() -> None:
    one = {
        "Statement": allow(
            "s3:GetObject", OBJECT, Condition={"NumericLessThan": {"x:n": 7}, "Bool": {"x:b": True}}
        )
    }
    many = {
        "Statement": [
            allow(
                ["s3:GetObject"],
                [OBJECT],
                Condition={"NumericLessThan": {"x:n": ["7"]}, "Bool": {"x:b": ["true"]}},
            )
        ]
    }
    for document in (one, many):
        assert ask(document, context={"x:n": "6.5", "x:b": "true"}) == "allow"
        assert ask(document, context={"x:n": "8", "x:b": "true"}) == "implicit_deny"
        assert ask(document, context={"x:n": "6", "x:b": "false"}) == "implicit_deny"
    principals = [{"AWS": ANA}, {"AWS": [ANA]}, {"AWS": [ANA], "Service": "x.amazonaws.com"}]
    for principal in principals:
        assert ask(resource_policy={"Statement": allow(Principal=principal)}) == "allow"


BROKEN: list[Any] = [
    {},
    {"Version": "2012-10-17"},
    {"Version": "2012-10-17", "Statement": None},
    {"Version": "2012-10-17", "Statement": "x"},
    {"Version": "2012-10-17", "Statement": [1]},
    {"Version": "2012-10-18", "Statement": []},
    {"Version": 2012, "Statement": []},
    {"Id": 7, "Statement": []},
    {"Statement": [], "Extra": 1},
    {"statement": []},
    policy({"Action": "*", "Resource": "*"}),
    policy({"Effect": "allow", "Action": "*", "Resource": "*"}),
    policy({"Effect": "Maybe", "Action": "*", "Resource": "*"}),
    policy({"Effect": "Allow", "Resource": "*"}),
    policy({"Effect": "Allow", "Action": "*"}),
    policy({"Effect": "Allow", "Action": "*", "NotAction": "iam:*", "Resource": "*"}),
    policy({"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}),
    policy({"Effect": "Allow", "Action": [], "Resource": "*"}),
    policy({"Effect": "Allow", "Action": "*", "Resource": []}),
    policy({"Effect": "Allow", "Action": 5, "Resource": "*"}),
    policy({"Effect": "Allow", "Action": ["*", 5], "Resource": "*"}),
    policy({"Effect": "Allow", "Action": "*", "Resource": {"a": "b"}}),
    policy({"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": 5}),
    policy({"Effect": "Allow", "Action": "*", "Resource": "*", "Unknown": "x"}),
    policy(allow(Condition=[])),
    policy(allow(Condition={"Bool": "x"})),
    policy(allow(Condition={"Bool": {"a": None}})),
    policy(allow(Condition={"Bool": {"a": {"b": "c"}}})),
    policy(allow(Condition={"Bool": {"a": [["b"]]}})),
]


@pytest.mark.parametrize("document", BROKEN)
def test_rule_52_what_cannot_be_read_is_an_error_never_an_answer(document: Any) -> None:
    assert answer(policy(allow()), document)["decision"] == "error"
    assert answer(document)["decision"] == "error"
    assert answer(policy(allow()), boundary=[document])["decision"] == "error"
    with pytest.raises(PolicyError):
        parse_document(document)
    with pytest.raises(PolicyError):
        parse_document(json.dumps(document))


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::111122223333:root",
        OWN,
        {},
        [],
        {"Group": "x"},
        {"AWS": 5},
        {"AWS": [5]},
        {"AWS": {"a": "b"}},
        None,
    ],
)
def test_rule_52_a_principal_that_cannot_be_read(principal: Any) -> None:
    assert answer(allow(), resource_policy=policy(allow(Principal=principal)))["decision"] == "error"
    both = policy(allow(Principal="*", NotPrincipal="*"))
    assert answer(allow(), resource_policy=both)["decision"] == "error"


def test_rule_52_an_error_names_the_element() -> None:
    assert "Effect" in answer(policy({"Effect": "Maybe", "Action": "*", "Resource": "*"}))["error"]
    assert "Unknown" in answer(policy(allow(), allow(Unknown=1)))["error"]
    assert "Statement 2" in answer(policy(allow(), allow(Unknown=1)))["error"]
    assert (
        "both Action and NotAction"
        in answer(policy({"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}))["error"]
    )


def test_rule_52_policies_that_take_no_part_are_not_read() -> None:
    public = policy(allow(Principal="*"))
    assert ask({"Statement": 1}, principal="anonymous", resource_policy=public, scps=[[{}]]) == "allow"
    assert (
        ask({"Statement": 1}, principal="logs.amazonaws.com", resource_policy=public, boundary=[{}])
        == "allow"
    )


def test_a_statement_of_a_resource_policy_without_principal_means_nobody() -> None:
    assert ask(resource_policy=policy(allow())) == "implicit_deny"
    assert ask(allow(), resource_policy=policy(deny())) == "allow"


def test_rule_53_text_documents_are_read_url_encoded_or_not() -> None:
    text = json.dumps(policy(allow()))
    encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
    assert len(parse_document(text).statements) == 1
    assert parse_document(encoded).version == "2012-10-17"
    with pytest.raises(PolicyError):
        parse_document("%7Bnonsense")


def test_rule_53_a_missing_version_is_the_old_one_without_variables() -> None:
    literal = allow("s3:GetObject", "arn:aws:s3:::shop/${aws:username}")
    context = {"aws:username": "key"}
    assert ask(policy(literal), context=context) == "allow"
    for version in (None, "2008-10-17"):
        old = policy(literal, version=version)
        assert ask(old, context=context) == "implicit_deny"
        assert ask(old, resource="arn:aws:s3:::shop/${aws:username}", context=context) == "allow"
        star = policy(allow(Condition={"StringEquals": {"x:k": "${*}"}}), version=version)
        assert ask(star, context={"x:k": "*"}) == "implicit_deny"
        assert ask(star, context={"x:k": "${*}"}) == "allow"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_rule_54_partitions(partition: str) -> None:
    user = f"arn:{partition}:iam::{OWN}:user/ana"
    there = f"arn:{partition}:s3:::shop/key"
    root = f"arn:{partition}:iam::{OWN}:root"
    assert ask(allow("s3:*", f"arn:{partition}:s3:::shop/*"), principal=user, resource=there) == "allow"
    assert (
        ask(principal=user, resource=there, resource_policy=policy(allow(Principal={"AWS": user}))) == "allow"
    )
    assert ask(principal=root, resource=there) == "allow"
    key = f"arn:{partition}:kms:eu-west-1:{OWN}:key/1"
    own = policy(allow("kms:*", Principal={"AWS": root}))
    assert (
        ask(allow("kms:*"), principal=user, action="kms:Decrypt", resource=key, resource_policy=own)
        == "allow"
    )
    role = f"arn:{partition}:iam::{OWN}:role/app"
    session = f"arn:{partition}:sts::{OWN}:assumed-role/app/s"
    assert (
        ask(principal=session, resource=there, resource_policy=policy(allow(Principal={"AWS": role})))
        == "allow"
    )


# --- globs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("", "", True),
        ("*", "", True),
        ("**", "x", True),
        ("?", "", False),
        ("?", "x", True),
        ("?*?", "x", False),
        ("?*?", "xy", True),
        ("a*b*c", "a--b--c", True),
        ("a*b*c", "a--c--b", False),
        ("*ab", "aab", True),
        ("a*a", "a", False),
        ("a?c*?e", "abcde", True),
        ("a?c*?e", "abce", False),
        ("*a?b*", "xxaabxb", True),
        ("*?a?b?c?d?e?f?g?h?i?*", "..a.b.c.d.e.f.g.h.i..", True),
        ("*?a?b?c?d?e?f?g?h?i?*", "..a.b.c.d.e.f.g.h.j..", False),
    ],
)
def test_globs(pattern: str, text: str, matches: bool) -> None:
    assert glob_match(pattern, text) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "*a*a*a*a*b",
        "a*" * 2000 + "b",
        "*" + "a?" * 2000 + "b",
        "?" * 4000 + "*b",
        "*a?a?a?a?a?a?a?a?a?a?b*",
        "*?a*?a*?b",
    ],
)
def test_globs_stay_linear_on_hostile_patterns(pattern: str) -> None:
    text = "a" * 10_000
    start = time.thread_time()
    for _ in range(5):
        assert not glob_match(pattern, text)
        assert not action_matches(f"s3:{pattern}", f"s3:{text}")
    assert time.thread_time() - start < 1.0
