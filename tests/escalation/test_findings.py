"""Findings of escalation: one for a broad statement, whatever the number of its edges, and none where nothing is gained."""

from __future__ import annotations

from typing import Any

from srtui.account import Account
from srtui.responsibility.control import Result
from tests.escalation.scenes import EVERYTHING, NOTHING, bounded, policy, service_trust
from tests.responsibility.recorded import (
    ACCOUNT,
    account,
    allow,
    check,
    details,
    evidence,
    inline,
    role,
    trust,
    user,
)

LAMBDA = trust(service_trust("lambda.amazonaws.com"))
ROOT = trust({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})


def failures(made: Account) -> dict[str, list[Result]]:
    """The failed results of every control of escalation, by control."""
    names = (
        "self",
        "principals",
        "pass-role",
        "resources",
        "assume",
        "chains",
        "conditional",
        "lateral",
        "entries",
    )
    found = {}
    for name in names:
        failed = [one for one in check(f"escalation-{name}", made) if one.status == "fail"]
        if failed:
            found[name] = failed
    return found


def fact(result: Result, label: str) -> str:
    return next(one.value for one in result.facts if one.label == label)


def with_policy(document: dict[str, Any], users: int, *roles: dict[str, Any], **more: Any) -> Account:
    held = policy("broad", document)
    attached = [{"PolicyName": "broad", "PolicyArn": held["Arn"]}]
    return account(
        details(
            UserDetailList=[
                user(f"dev{number:03}", AttachedManagedPolicies=attached) for number in range(users)
            ],
            RoleDetailList=list(roles),
            Policies=[held],
            **more,
        )
    )


def test_one_broad_statement_is_one_finding_with_its_targets() -> None:
    admins = [role(f"fn{number:03}", LAMBDA, RolePolicyList=[inline(EVERYTHING)]) for number in range(40)]
    passing = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    found = failures(with_policy(passing, 50, *admins))
    assert list(found) == ["pass-role"]
    (one,) = found["pass-role"]
    assert one.subject == f"arn:aws:iam::{ACCOUNT}:policy/broad"
    assert fact(one, "held by").startswith("user/dev000, user/dev001")
    assert fact(one, "held by").endswith("and 25 more")
    assert fact(one, "becomes").endswith("and 15 more")
    assert "SR-ESC-lambda-001" in fact(one, "techniques")
    assert "broad, statement 1" in fact(one, "statements")


def test_an_edge_that_gains_nothing_is_no_finding() -> None:
    same = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    assert failures(with_policy(same, 2, role("fn", LAMBDA, RolePolicyList=[inline(same)]))) == {}
    more = allow("dynamodb:DeleteTable")
    found = failures(with_policy(same, 2, role("fn", LAMBDA, RolePolicyList=[inline(more)])))
    assert list(found) == ["lateral"]
    assert fact(found["lateral"][0], "acts as") == "role/fn"


def test_a_chain_is_told_by_its_first_step() -> None:
    prize = role("prize", LAMBDA, RolePolicyList=[inline(EVERYTHING)])
    middle = role(
        "middle",
        ROOT,
        RolePolicyList=[inline(allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))],
    )
    found = failures(with_policy(allow("sts:AssumeRole"), 3, prize, middle))
    assert set(found) == {"chains", "pass-role"}
    (chain,) = found["chains"]
    assert fact(chain, "for example") == "user/dev000 → role/middle (sts-001) → role/prize (lambda-001)"


def test_assumption_on_conditions_is_of_less_weight() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    guarded = trust(
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": mfa}
    )
    prize = [role("prize", guarded, RolePolicyList=[inline(EVERYTHING)])]
    found = failures(with_policy(allow("sts:AssumeRole"), 1, *prize))
    assert list(found) == ["conditional"]
    open_prize = [role("prize", ROOT, RolePolicyList=[inline(EVERYTHING)])]
    assert list(failures(with_policy(allow("sts:AssumeRole"), 1, *open_prize))) == ["assume"]


def test_outsiders_who_get_to_administrator() -> None:
    opened = trust({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    roles = [role("open", opened, RolePolicyList=[inline(allow("iam:PutRolePolicy"))])]
    found = failures(account(details(RoleDetailList=roles)))
    (one,) = found["entries"]
    assert (fact(one, "lets in"), fact(one, "technique")) == ("*", "SR-ESC-sts-003")


def test_what_hangs_on_unread_resources_is_unknown_once_and_with_its_reason() -> None:
    denied = evidence("lambda", "ListFunctions", error="AccessDeniedException")
    code = allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"])
    dev = user("dev", UserPolicyList=[inline(code)])
    made = account(
        details(
            UserDetailList=[dev], RoleDetailList=[role("fn", LAMBDA, RolePolicyList=[inline(EVERYTHING)])]
        ),
        denied,
    )
    (one,) = check("escalation-resources", made)
    assert (one.status, "lambda:ListFunctions failed (AccessDeniedException)" in one.reason) == (
        "unknown",
        True,
    )


def test_a_bounded_account_is_at_peace() -> None:
    held = policy("cap", NOTHING)
    dev = user("dev", UserPolicyList=[inline(allow("iam:*"))], **bounded("cap"))
    made = account(details(UserDetailList=[dev], Policies=[held]))
    assert failures(made) == {}
    assert {one.status for one in check("escalation-self", made)} == {"pass"}
