"""Asking for everyone at once gives what asking for each gives, on random accounts."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.access import AccessIndex
from srtui.account import UNREAD
from tests.access.made import OWN, account, arn, bucket, group, in_organization, key, managed, role, user
from tests.policy.ask import Json, policy

ACTIONS = [
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "iam:PassRole",
    "sts:AssumeRole",
    "kms:Decrypt",
    "sqs:SendMessage",
]
PATTERNS = [
    "*",
    "s3:*",
    "s3:Get*",
    "iam:*",
    "iam:PassRole",
    "sts:AssumeRole",
    "kms:*",
    "s3:ListAllMyBuckets",
    "sqs:*",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::shop/*",
    "arn:aws:s3:::shop/key",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::shop/${aws:PrincipalTag/team}",
    arn("role", "*"),
    arn("role", "r0"),
    f"arn:aws:kms:*:{OWN}:key/*",
]
TARGETS = [
    None,
    "arn:aws:s3:::shop/key",
    "arn:aws:s3:::shop/*",
    "arn:aws:s3:::u0/x",
    "arn:aws:s3:::elsewhere/x",
    arn("role", "r0"),
    arn("role", "r1"),
    arn("role", "*"),
    f"arn:aws:kms:eu-west-1:{OWN}:key/k",
    f"arn:aws:sqs:eu-west-1:{OWN}:q",
]
CONDITIONS: list[Json] = [
    {},
    {},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
    {"StringNotEquals": {"aws:PrincipalTag/team": "blue"}},
    {"ArnLike": {"aws:PrincipalArn": arn("user", "*")}},
    {"ArnNotLike": {"aws:PrincipalArn": arn("role", "r0")}},
    {"StringEquals": {"aws:username": "u0"}},
    {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"StringLike": {"s3:prefix": ["home/${aws:username}/*", "public/*"]}},
]
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": OWN},
    {"AWS": arn("user", "u0")},
    {"AWS": [arn("role", "r0"), arn("user", "u1")]},
    {"AWS": f"arn:aws:sts::{OWN}:assumed-role/r1/session"},
    {"Service": "ec2.amazonaws.com"},
    {"AWS": "444455556666"},
]


def statements(*, principals: bool = False, resources: bool = True) -> st.SearchStrategy[Json]:
    parts: dict[str, st.SearchStrategy[Any]] = {
        "Effect": st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
        "Condition": st.sampled_from(CONDITIONS),
    }
    kinds = []
    for action in ("Action", "NotAction"):
        for resource in ("Resource", "NotResource") if resources else ("",):
            chosen = dict(parts)
            chosen[action] = st.sampled_from(PATTERNS)
            if resource:
                chosen[resource] = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
            if principals:
                chosen["Principal"] = st.sampled_from(PRINCIPALS)
            kinds.append(st.fixed_dictionaries(chosen))
    return st.one_of(kinds[0], kinds[0], *kinds)


def some(**kind: bool) -> st.SearchStrategy[tuple[Json, ...]]:
    return st.lists(statements(**kind), max_size=3).map(tuple)


TAGS = st.sampled_from([{}, {"team": "blue"}, {"Team": "red"}])


@st.composite
def accounts(draw: Any) -> Any:
    boundary = managed("boundary", *draw(some()))
    shared = managed("shared", *draw(some()))
    extras = st.fixed_dictionaries(
        {
            "boundary": st.sampled_from([None, None, boundary.arn, arn("policy", "gone")]),
            "attached": st.sampled_from([(), (shared.arn,), (shared.arn,), (arn("policy", "gone"),)]),
            "tags": TAGS,
        }
    )
    records: list[Any] = [boundary, shared, group("ops", *draw(some()))]
    for number in range(2):
        groups = draw(st.sampled_from([(), ("ops",)]))
        records.append(user(f"u{number}", *draw(some()), groups=groups, **draw(extras)))
        trust = policy(*draw(some(principals=True, resources=False)))
        records.append(role(f"r{number}", *draw(some()), trust=trust, **draw(extras)))
    linked = role("x", *draw(some()), path="/aws-service-role/x/")
    linked.arn = arn("role", "aws-service-role/x/x")
    records.append(linked)
    of_bucket = draw(
        st.one_of(st.none(), st.just(UNREAD), some(principals=True).map(lambda found: policy(*found)))
    )
    records.append(bucket("shop", of_bucket))
    records.append(bucket("u0", None))
    records.append(key("k", policy(*draw(some(principals=True)))))
    made = account(*records)
    if draw(st.booleans()):
        full = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
        everyone = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
        rcp = ({**everyone, "Condition": draw(st.sampled_from(CONDITIONS[2:]))},)
        levels = {"r-1": full, "ou-1": full + draw(some()), OWN: full}
        in_organization(made, levels, {"r-1": rcp} if draw(st.booleans()) else {})
    return made


@settings(max_examples=150, deadline=None)
@given(
    accounts(),
    st.sampled_from(ACTIONS),
    st.sampled_from(TARGETS),
    st.sampled_from([{}, {"aws:MultiFactorAuthPresent": "true"}]),
)
def test_who_can_agrees_with_can(made: Any, action: str, target: str | None, context: Any) -> None:
    index = AccessIndex(made)
    found = index.who_can(action, target, context)
    for principal in index.principals:
        answer = index.can(principal.arn, action, target, context)
        listed = next(
            (name for name in ("allowed", "conditional", "unknown") if principal.arn in getattr(found, name)),
            "denied",
        )
        assert listed == answer.verdict, (principal.arn, answer)
        assert (answer.denial != "") == (answer.verdict == "denied")
        assert bool(answer.conditions) == (answer.verdict == "conditional")
        assert bool(answer.needs) == (answer.verdict == "unknown")
        assert answer.sentence
    assert not set(found.likely) - set(found.unknown)
