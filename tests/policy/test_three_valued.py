"""Answers where part of the context is not known: rule 66. Never a yes or no that a fact could turn around."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.policy.condition import Condition
from srtui.policy.decide import decide
from srtui.policy.document import Kind, parse_document
from srtui.policy.match import ContextValue
from srtui.policy.principal import parse_caller
from srtui.policy.readable import condition_text, requirement_text, requirement_texts
from srtui.policy.request import Decision, Request, Source
from srtui.policy.requirement import All, Fact, Proviso, Requirement, Unread, all_of, any_of, leaves, negation
from srtui.policy.target import Target
from tests.policy.ask import ANA, APP, APP_SESSION, KEY, OBJECT, OWN, ROOT, Json, allow, deny, policy

MFA = "aws:MultiFactorAuthPresent"
KEYS = ("x:a", "x:b", "aws:username")
VALUES: tuple[ContextValue | None, ...] = (None, "1", "2")


def sources(kind: Kind, *documents: Json) -> list[Source]:
    return [(f"{kind} {number}", parse_document(one, kind)) for number, one in enumerate(documents)]


def decision(
    *identity: Json,
    known: dict[str, ContextValue] | None = None,
    absent: tuple[str, ...] = (),
    complete: bool = False,
    principal: str = ANA,
    resource: str = OBJECT,
    action: str = "s3:getobject",
    unread: str = "",
    **layers: Any,
) -> Decision:
    policies = sources("identity", policy(*identity))
    if unread:
        policies.append((unread, Unread(unread, unread)))
    by_resource = layers.pop("resource_policy", None)
    return decide(
        Request(
            parse_caller(principal, action, None),
            action,
            Target(resource),
            OWN,
            {key.lower(): value for key, value in (known or {}).items()},
            identity=policies,
            resource_policy=sources("resource", by_resource)[0] if by_resource else None,
            unknown=None if complete else lambda key: key not in absent,
            **{name: sources(name, *documents) for name, documents in layers.items()},
        )
    )


def conditions(found: Decision) -> tuple[str, ...]:
    assert found.outcome == "open"
    return requirement_texts(found.requirement)


def test_an_open_condition_makes_the_answer_conditional_and_says_so() -> None:
    found = decision(allow(Condition={"Bool": {"aws:multifactorauthpresent": "true"}}))
    assert conditions(found) == ("aws:MultiFactorAuthPresent = true",)
    several = {"Bool": {MFA: "true"}, "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}
    assert conditions(decision(allow(Condition=several))) == (
        "aws:MultiFactorAuthPresent = true",
        "aws:SourceIp in 10.0.0.0/8, 192.0.2.0/24",
    )


def test_what_is_known_is_not_asked_for() -> None:
    mfa = allow(Condition={"Bool": {MFA: "true"}})
    assert decision(mfa, known={MFA: "true"}).outcome == "allow"
    assert decision(mfa, known={MFA: "false"}).outcome == "implicit_deny"
    assert decision(mfa, absent=(MFA.lower(),)).outcome == "implicit_deny"
    assert decision(mfa, allow()).outcome == "allow"


def test_a_deny_with_an_open_condition_is_a_condition_of_access() -> None:
    without_mfa = deny("*", Condition={"BoolIfExists": {MFA: "false"}})
    assert conditions(decision(allow(), without_mfa)) == ("aws:MultiFactorAuthPresent = true",)
    elsewhere = deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-3"]}})
    assert conditions(decision(allow(), elsewhere)) == ("aws:RequestedRegion in eu-west-1, eu-west-3",)
    two = deny(
        "*", Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    )
    assert conditions(decision(allow(), two)) == (
        "aws:SecureTransport = true or (aws:SourceIp not in 10.0.0.0/8 or absent)",
    )
    # A Deny that surely applies is explicit, whatever else is open.
    assert decision(allow(Condition={"Bool": {MFA: "true"}}), deny()).outcome == "explicit_deny"
    # Without an Allow nothing depends on the Deny.
    assert decision(without_mfa).outcome == "implicit_deny"


def test_alternatives_and_contradictions() -> None:
    mfa, office = {"Bool": {MFA: "true"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    either = decision(allow(Condition=mfa), allow(Condition=office))
    assert conditions(either) == ("aws:MultiFactorAuthPresent = true or aws:SourceIp in 10.0.0.0/8",)
    # The wider of two grants makes the narrower one superfluous.
    assert conditions(decision(allow(Condition=mfa), allow(Condition=mfa | office))) == (
        "aws:MultiFactorAuthPresent = true",
    )
    assert decision(allow(Condition=mfa), deny(Condition=mfa)).outcome == "implicit_deny"
    assert conditions(decision(allow(Condition=mfa), boundary=[policy(allow(Condition=mfa))])) == (
        "aws:MultiFactorAuthPresent = true",
    )
    both = decision(allow(Condition=mfa), scps=[])
    assert conditions(both) == ("aws:MultiFactorAuthPresent = true",)


def test_gates_that_are_shut_are_named_whatever_is_open() -> None:
    found = decision(allow(Condition={"Bool": {MFA: "true"}}), boundary=[policy(allow("sqs:*"))])
    assert (found.outcome, found.failed) == ("implicit_deny", ["boundary"])


def test_variables_that_are_not_known() -> None:
    home = allow("s3:GetObject", "arn:aws:s3:::shop/${aws:username}/*")
    found = decision(home, resource="arn:aws:s3:::shop/ana/x")
    assert "the resource fits arn:aws:s3:::shop/${aws:username}/*" in conditions(found)
    assert decision(home, resource="arn:aws:s3:::other/x").outcome == "implicit_deny"
    assert (
        decision(home, resource="arn:aws:s3:::shop/ana/x", known={"aws:username": "ana"}).outcome == "allow"
    )
    assert (
        decision(home, resource="arn:aws:s3:::shop/ana/x", absent=("aws:username",)).outcome
        == "implicit_deny"
    )
    team = allow(Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})
    assert "aws:ResourceTag/team = ${aws:PrincipalTag/team}" in conditions(decision(team))
    assert conditions(decision(team, known={"aws:principaltag/team": "blue"})) == (
        "aws:ResourceTag/team = ${aws:PrincipalTag/team}",
    )


def test_the_name_of_a_session_is_a_condition_where_a_policy_names_sessions() -> None:
    named = policy(allow(Principal={"AWS": APP_SESSION}))
    assert conditions(decision(principal=APP, resource_policy=named)) == ("the session is named s1",)
    spared = policy(allow(Principal="*"), deny("*", NotPrincipal={"AWS": [APP_SESSION, APP, ROOT]}))
    assert conditions(decision(principal=APP, resource_policy=spared)) == ("the session is named s1",)
    shut = policy(allow(Principal="*"), deny("*", Principal={"AWS": APP_SESSION}))
    assert conditions(decision(principal=APP, resource_policy=shut)) == ("the session is not named s1",)


def test_a_policy_that_was_not_read_may_say_anything() -> None:
    def unread(found: Decision) -> bool:
        return found.outcome == "open" and any(isinstance(leaf, Unread) for leaf in leaves(found.requirement))

    assert unread(decision(unread="p"))
    assert unread(decision(allow(), unread="p"))
    assert decision(deny(), unread="p").outcome == "explicit_deny"
    assert decision(allow(), unread="p", boundary=[policy(allow("sqs:*"))]).outcome == "implicit_deny"


def test_a_key_needs_both_its_policy_and_the_callers() -> None:
    delegated = policy(
        allow("kms:*", Principal={"AWS": ROOT}, Condition={"StringEquals": {"kms:ViaService": "s3"}})
    )
    call = {"action": "kms:decrypt", "resource": KEY, "resource_policy": delegated}
    mfa = {"Bool": {MFA: "true"}}
    assert conditions(decision(allow("kms:*", Condition=mfa), **call)) == (
        "aws:MultiFactorAuthPresent = true",
        "kms:ViaService = s3",
    )


# --- words ------------------------------------------------------------------------------------------------


def test_conditions_in_words() -> None:
    def words(operator: str, key: str, values: Any, wanted: bool = True) -> str:
        return condition_text(Condition(operator, key, values, True), wanted)

    assert words("StringEquals", "AWS:PRINCIPALTAG/Team", "x") == "aws:PrincipalTag/Team = x"
    assert words("StringEquals", "x:k", "") == 'x:k = ""'
    assert words("StringLike", "x:k", "a*") == "x:k like a*"
    assert words("StringLike", "x:k", "a") == "x:k = a"
    assert words("StringNotLike", "x:k", ["a*", "b"]) == "x:k not like a*, b or absent"
    assert words("StringEqualsIgnoreCase", "x:k", "a") == "x:k = a (any letter case)"
    assert words("NumericLessThan", "aws:multifactorauthage", 3600) == "aws:MultiFactorAuthAge < 3600"
    assert words("NumericLessThan", "x:n", 1, wanted=False) == "x:n ≥ 1 or absent"
    assert words("DateGreaterThanEquals", "aws:CurrentTime", "2031") == "aws:CurrentTime ≥ 2031"
    assert words("Null", "x:k", "true") == "x:k is absent"
    assert words("Null", "x:k", "true", wanted=False) == "x:k is present"
    assert words("ForAllValues:StringEquals", "aws:tagkeys", ["a", "b"]) == "every aws:TagKeys in a, b"
    assert words("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], wanted=False) == "every aws:TagKeys ≠ a"
    assert words("BoolIfExists", MFA, "true") == f"{MFA} = true or absent"
    assert (
        words("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::1:role/*", wanted=False)
        == "aws:PrincipalArn like arn:aws:iam::1:role/*"
    )


def test_requirements_in_words() -> None:
    a, b, c = (Proviso(Condition("StringEquals", f"x:{name}", "1", False)) for name in "abc")
    assert requirement_text(any_of([all_of([a, b]), c])) == "(x:a = 1 and x:b = 1) or x:c = 1"
    assert requirement_text(all_of([any_of([a, b]), c])) == "(x:a = 1 or x:b = 1) and x:c = 1"
    assert requirement_texts(True) == ()
    assert requirement_texts(all_of([a, any_of([b, c])])) == ("x:a = 1", "x:b = 1 or x:c = 1")
    assert all_of([a, negation(a)]) is False
    assert any_of([a, negation(a)]) is True
    assert isinstance(all_of([a, b, a]), All)
    assert requirement_text(negation(Fact("yes", "no"))) == "no"


# --- agreement with complete contexts ---------------------------------------------------------------------

OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIfExists",
    "StringLike",
    "Null",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
    "NumericLessThan",
]


def condition_blocks() -> st.SearchStrategy[Json]:
    value = st.sampled_from(["1", "2", "true", "${aws:username}", "${x:a}", "${x:b, '1'}"])
    keys = st.dictionaries(
        st.sampled_from(KEYS), st.lists(value, min_size=1, max_size=2), min_size=1, max_size=2
    )
    return st.dictionaries(st.sampled_from(OPERATORS), keys, max_size=2)


def some_statements(**more: Any) -> st.SearchStrategy[list[Json]]:
    return st.lists(
        st.builds(
            lambda effect, condition: {
                "Effect": effect,
                "Action": "*",
                "Resource": "*",
                "Condition": condition,
                **more,
            },
            st.sampled_from(["Allow", "Allow", "Deny"]),
            condition_blocks(),
        ),
        max_size=3,
    )


def comes_true(requirement: Requirement, context: dict[str, ContextValue]) -> bool:
    if isinstance(requirement, bool):
        return requirement
    if isinstance(requirement, Proviso):
        return requirement.condition.holds(context) is requirement.wanted
    assert not isinstance(requirement, Fact | Unread)
    parts = [comes_true(part, context) for part in requirement.parts]
    return all(parts) if isinstance(requirement, All) else any(parts)


@settings(max_examples=150, deadline=None)
@given(
    some_statements(),
    some_statements(),
    some_statements(Principal="*"),
    st.sets(st.sampled_from(KEYS)),
    st.tuples(*(st.sampled_from(VALUES) for _ in KEYS)),
)
def test_what_is_said_of_a_partial_context_holds_for_every_way_to_complete_it(
    identity: list[Json],
    boundary: list[Json],
    resource: list[Json],
    known: set[str],
    given_values: tuple[Any, ...],
) -> None:
    layers = {"boundary": [policy(*boundary)], "resource_policy": policy(*resource)}
    values = dict(zip(KEYS, given_values, strict=True))
    start = {key: values[key] for key in known if values[key] is not None}
    absent = tuple(key for key in known if values[key] is None)
    partial = decision(*identity, known=start, absent=absent, **layers)
    missing = [key for key in KEYS if key not in known]
    for choice in itertools.product(VALUES, repeat=len(missing)):
        context = start | {
            key: value for key, value in zip(missing, choice, strict=True) if value is not None
        }
        whole = decision(*identity, known=context, complete=True, **layers)
        if partial.outcome == "open":
            assert comes_true(partial.requirement, context) is (whole.outcome == "allow"), (
                context,
                requirement_text(partial.requirement),
            )
        elif partial.outcome == "implicit_deny":
            assert whole.outcome != "allow"
        else:
            assert whole.outcome == partial.outcome
