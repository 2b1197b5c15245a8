"""Controls on separation of duty: who fails, how severely, and what the user's own rules add."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from srtui.account import Account
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context, Result, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.risk.settings import RiskSettings, load_settings
from tests.responsibility.recorded import (
    ACCOUNT,
    NOW,
    account,
    allow,
    details,
    evidence,
    inline,
    report,
    role,
    statuses,
    trust,
    user,
)

STOP = "cloudtrail:StopLogging"
CODE = "lambda:UpdateFunctionCode"
OWN_TRUST = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}


def people(**actions: Any) -> list[dict[str, Any]]:
    return [user(name, UserPolicyList=[inline(allow(found))]) for name, found in actions.items()]


def checked(control: str, made: Account, settings: RiskSettings | None = None) -> list[Result]:
    context = Context(
        account=made,
        now=NOW,
        permissions=account_permissions(made),
        cache={"risk settings": settings} if settings else {},
    )
    return evaluate(CONTROLS[control], context)


def test_both_duties_fail_and_administrators_are_another_matter() -> None:
    made = account(details(UserDetailList=people(both=[STOP, CODE], one=STOP, admin="*")))
    assert statuses("sod-log-workload", made) == {"both": "fail"}
    (result,) = checked("sod-log-workload", made)
    assert [fact.value for fact in result.facts] == [
        f"{STOP} by inline · statement 1",
        f"{CODE} by inline · statement 1",
    ]
    assert statuses("sod-iam-audit", made) == {"root": "pass"}


def test_by_becoming_others_it_is_less_severe() -> None:
    deployer = role("deployer", trust(OWN_TRUST), RolePolicyList=[inline(allow(CODE))])
    made = account(details(UserDetailList=people(walker=[STOP, "sts:AssumeRole"]), RoleDetailList=[deployer]))
    (result,) = checked("sod-log-workload", made)
    assert (result.status, result.severity) == ("fail", "medium")
    assert any(fact.label == "on condition" for fact in result.facts)


def test_conditions_are_told() -> None:
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    made = account(details(UserDetailList=[user("ana", UserPolicyList=[inline(allow([STOP, CODE], **mfa))])]))
    (result,) = checked("sod-log-workload", made)
    assert result.severity == "high"
    assert any((fact.label, fact.value) == ("certainty", "conditional") for fact in result.facts)


def test_policies_that_were_not_read_leave_it_open() -> None:
    gone = {"PolicyName": "Gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Gone"}
    made = account(details(UserDetailList=[user("ana", AttachedManagedPolicies=[gone])]))
    assert statuses("sod-log-workload", made) == {"ana": "unknown"}


def test_keys_are_looked_at_one_by_one() -> None:
    key = "11111111-2222-3333-4444-555555555555"
    own = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    found = [
        details(UserDetailList=people(both=["kms:Decrypt", "kms:PutKeyPolicy"], one="kms:Decrypt")),
        evidence(
            "kms",
            "ListKeys",
            {"Keys": [{"KeyId": key, "KeyArn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{key}"}]},
        ),
        evidence(
            "kms",
            "DescribeKey",
            {"KeyMetadata": {"KeyId": key, "KeyManager": "CUSTOMER", "KeyState": "Enabled"}},
            params={"KeyId": key},
        ),
    ]
    policy = evidence(
        "kms", "GetKeyPolicy", {"Policy": json.dumps(own)}, params={"KeyId": key, "PolicyName": "default"}
    )
    assert statuses("sod-key-data", account(*found, policy)) == {"both": "fail"}
    unread = statuses("sod-key-data", account(*found))
    assert unread == {"both": "unknown", "one": "unknown"}
    denied = account(found[0], evidence("kms", "ListKeys", error="AccessDeniedException"))
    assert statuses("sod-key-data", denied) == {"root": "unknown"}


def test_password_and_keys() -> None:
    made = account(
        details(UserDetailList=[user("shared"), user("person"), user("newer")]),
        report(
            ("shared", "true", "N/A", "N/A", "false", "true", "2026-01-01T00:00:00+00:00"),
            ("person", "true", "N/A", "N/A", "false"),
        ),
    )
    assert statuses("sod-human-machine", made) == {"shared": "fail", "newer": "unknown"}


def test_own_rules(tmp_path: Path) -> None:
    made = account(details(UserDetailList=people(both=[STOP, CODE, "sns:Publish"], one=STOP)))
    assert [one.status for one in checked("sod-own", made)] == ["not_applicable"]
    (tmp_path / "duties.toml").write_text(
        '[duty.shouting]\ntitle = "publishes"\nactions = ["sns:Publish"]\n'
        '[[conflict]]\nid = "shout"\none = "shouting"\ntwo = "log-control"\nseverity = "low"\n'
        '[[conflict]]\nid = "log-workload"\noff = true\n'
    )
    settings = load_settings(tmp_path)
    (found,) = checked("sod-own", made, settings)
    assert (found.status, found.severity, found.subject.rsplit("/", 1)[-1]) == ("fail", "low", "both")
    assert [one.status for one in checked("sod-log-workload", made, settings)] == ["not_applicable"]
