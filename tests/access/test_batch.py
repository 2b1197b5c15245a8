"""The batch gives for every resource what asking about it alone gives, whatever policies are about."""

from __future__ import annotations

import random
from typing import Any

import pytest

from srtui.access import AccessIndex
from srtui.access.batch import Batch
from srtui.account import Account
from srtui.policy.grants import NamedDocument
from tests.responsibility.recorded import ACCOUNT, account, allow, details, inline, role, trust, user

ROLES = [f"arn:aws:iam::{ACCOUNT}:role/r{number}" for number in range(4)]
USERS = [f"arn:aws:iam::{ACCOUNT}:user/u{number}" for number in range(4)]
FUNCTIONS = f"arn:aws:lambda:*:{ACCOUNT}:function:*"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ACTIONS = [
    "iam:PassRole",
    "sts:AssumeRole",
    "iam:CreateAccessKey",
    "lambda:InvokeFunction",
    "lambda:CreateFunction",
]
_PATTERNS = [*ACTIONS[:4], "lambda:*", "iam:*", "*", "iam:Put*"]
_RESOURCES = [
    "*",
    ROLES[1],
    f"arn:aws:iam::{ACCOUNT}:role/r*",
    f"arn:aws:iam::{ACCOUNT}:role/*/x",
    f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}",
    f"arn:aws:iam::{ACCOUNT}:role/${{aws:PrincipalTag/team}}*",
    "arn:aws:iam::*:role/r2",
    "arn:aws:lambda:*:*:function:f*",
    f"arn:aws:iam::{ACCOUNT}:*",
    f"arn:aws:iam::{ACCOUNT}:user/u?",
    "not-an-arn",
]
_CONDITIONS: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
    {"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}},
    {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "r"}}},
    {"Condition": {"StringEquals": {"aws:ResourceTag/env": "prod"}}},
    {"Condition": {"StringNotEquals": {"aws:username": "u1"}}},
]


def _statement(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": chance.choice(["Allow", "Allow", "Allow", "Deny"])}
    made |= chance.choice(_CONDITIONS)
    made[chance.choice(["Action"] * 5 + ["NotAction"])] = chance.sample(_PATTERNS, chance.randint(1, 2))
    made[chance.choice(["Resource"] * 6 + ["NotResource"])] = chance.sample(_RESOURCES, chance.randint(1, 2))
    return made


def _document(chance: random.Random) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [_statement(chance) for _ in range(chance.randint(1, 3))]}


def _trust(chance: random.Random) -> dict[str, Any]:
    trusted = chance.choice(
        [
            "*",
            {"AWS": ACCOUNT},
            {"AWS": [ROLES[1], f"arn:aws:iam::{ACCOUNT}:root"]},
            {"AWS": USERS[1]},
            {"Service": "lambda.amazonaws.com"},
        ]
    )
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/r1/session"
    return trust(
        {
            "Effect": chance.choice(["Allow", "Allow", "Deny"]),
            "Principal": trusted,
            "Action": "sts:AssumeRole",
            **chance.choice(_CONDITIONS),
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": chance.choice([ACCOUNT, ROLES[0], session])},
            "Action": "sts:*",
        },
    )


def _account(chance: random.Random) -> Account:
    def more() -> dict[str, Any]:
        tags = chance.choice([[], [{"Key": "team", "Value": "r"}], [{"Key": "env", "Value": "prod"}]])
        bounded = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": BOUNDARY}
        return {"Tags": tags, **({"PermissionsBoundary": bounded} if chance.random() < 0.3 else {})}

    policy = {
        "Arn": BOUNDARY,
        "PolicyName": "boundary",
        "AttachmentCount": 1,
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": _document(chance)}],
    }
    return account(
        details(
            UserDetailList=[
                user(f"u{n}", UserPolicyList=[inline(_document(chance))], **more()) for n in range(4)
            ],
            RoleDetailList=[
                role(f"r{n}", _trust(chance), RolePolicyList=[inline(_document(chance))], **more())
                for n in range(4)
            ],
            Policies=[policy],
        )
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_answer_is_that_of_the_index(seed: int) -> None:
    index = AccessIndex(_account(random.Random(seed)))
    batch = Batch(index, ACTIONS)
    asked = [("iam:PassRole", arn) for arn in ROLES] + [("sts:AssumeRole", arn) for arn in ROLES]
    asked += [("iam:CreateAccessKey", arn) for arn in (*USERS, f"arn:aws:iam::{ACCOUNT}:user/*")]
    asked += [("lambda:CreateFunction", FUNCTIONS), ("lambda:CreateFunction", FUNCTIONS.replace("*", "f1"))]
    for action, arn in asked:
        for given in ({}, {"iam:passedtoservice": "lambda.amazonaws.com"}):
            one, other = index.reach(action, arn, given), batch.reach(action, arn, given)
            assert (one.allowed, one.conditional, one.unknown) == (
                other.allowed,
                other.conditional,
                other.unknown,
            ), (action, arn, given)


def test_a_policy_that_would_be_and_a_resource_that_is_not_there_yet() -> None:
    closed = trust(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    made = account(
        details(
            UserDetailList=[user("u0"), user("u1", UserPolicyList=[inline(allow("lambda:InvokeFunction"))])],
            RoleDetailList=[role("r0", closed)],
        )
    )
    batch = Batch(AccessIndex(made), ACTIONS)
    assert batch.reach("sts:AssumeRole", ROLES[0]).possible == 0
    opened = trust({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    named = NamedDocument("new", "resource", None, opened)
    assert batch.reach("sts:AssumeRole", ROLES[0], policy=named).allowed == 0b111
    function = FUNCTIONS.replace("*", "f1")
    assert batch.reach("lambda:InvokeFunction", function).unknown == 0b111
    assert batch.reach("lambda:InvokeFunction", function, new=True).allowed == 0b010


def test_the_statements_that_give_something_are_told_with_whom_they_give_it_to() -> None:
    scoped = allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}")
    made = account(
        details(
            UserDetailList=[
                user("r0", UserPolicyList=[inline(scoped, "scoped")]),
                user("u1", UserPolicyList=[inline(allow("iam:*"), "wide"), inline(scoped, "scoped")]),
            ],
        )
    )
    found = Batch(AccessIndex(made), ACTIONS).granting("iam:PassRole", ROLES[0])
    assert sorted((one.sure, one.statement.actions) for one in found) == [
        (0b01, ("iam:PassRole",)),
        (0b10, ("iam:*",)),
    ]
