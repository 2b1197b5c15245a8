"""What if: changes in memory, and what they do to access."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.account.model import (
    AccessKey,
    Credentials,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    User,
)
from srtui.escalation.changed import ways_changed
from srtui.escalation.escalation import escalate
from srtui.evidence import moment
from srtui.policy.catalogue import load_catalogue
from srtui.whatif import Bound, Drop, Forbid, account_with, compare, known_use
from tests.access.made import account as made_account
from tests.access.made import user as made_user

USER = "arn:aws:iam::420042004200:user/ann"
OTHER = "arn:aws:iam::420042004200:user/bob"
POLICY = "arn:aws:iam::420042004200:policy/deploy"
BOUNDARY = "arn:aws:iam::420042004200:policy/fence"
GROUP = "arn:aws:iam::420042004200:group/ops"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def managed(arn: str, text: dict[str, Any]) -> ManagedPolicy:
    return ManagedPolicy(
        arn=arn,
        name=arn.rpartition("/")[2],
        versions=(PolicyVersion(version="v1", document=text, default=True),),
    )


@pytest.fixture
def account() -> Account:
    made = Account(id="420042004200")
    made.policies[POLICY] = managed(POLICY, document(allow("s3:PutObject"), allow("sqs:SendMessage")))
    made.policies[BOUNDARY] = managed(BOUNDARY, document(allow("sqs:*")))
    made.groups[GROUP] = Group(
        arn=GROUP, name="ops", inline=(InlinePolicy(name="own", document=document(allow("sns:Publish"))),)
    )
    made.group_arns["ops"] = GROUP
    denied = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    made.users[USER] = User(
        arn=USER,
        name="ann",
        attached=(POLICY,),
        groups=("ops",),
        inline=(InlinePolicy(name="mine", document=document(allow("s3:GetObject"), denied)),),
    )
    made.users[OTHER] = User(arn=OTHER, name="bob", attached=(POLICY,))
    return made


def names(bits: int) -> list[str]:
    return load_catalogue().actions(bits)


def test_dropping_a_statement_of_a_managed_policy(account: Account) -> None:
    found = compare(account, USER, [Drop(POLICY, "deploy", 0)])
    assert names(found.lost) == ["s3:PutObject"]
    assert not found.gained
    assert found.others == 1
    kept = account.policies[POLICY].document
    assert kept is not None
    assert len(kept["Statement"]) == 2, "the account itself stays as it is"


def test_dropping_a_deny_gives_access(account: Account) -> None:
    found = compare(account, USER, [Drop(USER, "mine", 1)])
    assert names(found.gained) == ["s3:GetObject"]
    assert found.others == 0


def test_dropping_a_statement_of_a_groups_inline_policy(account: Account) -> None:
    assert names(compare(account, USER, [Drop(GROUP, "own", 0)]).lost) == ["sns:Publish"]


def test_a_boundary_takes_away_what_it_does_not_allow(account: Account) -> None:
    found = compare(account, USER, [Bound(BOUNDARY)])
    assert names(found.lost) == ["s3:PutObject", "sns:Publish"]


def test_a_deny_takes_away_and_a_scoped_one_narrows(account: Account) -> None:
    assert names(compare(account, USER, [Forbid(("sns:*",))]).lost) == ["sns:Publish"]
    found = compare(account, USER, [Forbid(("s3:*",), "arn:aws:s3:::payroll/*")])
    assert not found.lost


def test_changes_add_up_and_numbers_of_statements_hold(account: Account) -> None:
    found = compare(account, USER, [Drop(POLICY, "deploy", 0), Drop(POLICY, "deploy", 1)])
    assert names(found.lost) == ["s3:PutObject", "sqs:SendMessage"]
    assert account_with(account, USER, []).policies == account.policies


def test_somebody_who_is_not_there(account: Account) -> None:
    with pytest.raises(KeyError):
        compare(account, USER + "x", [])


def test_use_that_the_credential_report_tells_of(account: Account) -> None:
    used = moment("2026-10-01T00:00:00Z")
    account.credentials[USER] = Credentials(
        password_enabled=False,
        password_last_used=None,
        password_last_changed=None,
        mfa_active=False,
        keys=(AccessKey(slot=1, active=True, rotated=None, last_used=used, last_used_service="s3"),),
    )
    assert known_use(account, account.users[USER]) == {"s3": used}


def test_ways_that_are_cut_off_are_not_said_to_have_gone_or_come(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [made_user(f"admin-{number}", allow("*")) for number in range(3)]
    ana = made_user("ana", allow("iam:CreateLoginProfile"))
    one = escalate(made_account(ana, *users))
    less = escalate(made_account(ana, *users[:2]))
    whole = ways_changed(one, less, ana.arn)
    assert (whole.before, whole.after, len(whole.gone), len(whole.come)) == (3, 2, 1, 0)
    monkeypatch.setattr("srtui.escalation.changed.MOST_WAYS", 2)
    cut = ways_changed(one, less, ana.arn)
    assert cut.capped
    assert not cut.gone
    assert not cut.come
