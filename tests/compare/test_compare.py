"""What changed between two looks, and what must not be taken for a change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from srtui.analysis import Analysis
from srtui.compare import Comparison, compare, previous_session, route_of, trend
from srtui.compare.principals import by_level
from srtui.evidence import Evidence
from srtui.findings.triage import Triage
from srtui.session import Session
from tests.compare.made import (
    EARLIER,
    carries,
    details,
    look,
    policy,
    role,
    trust,
    user,
)
from tests.responsibility.recorded import ACCOUNT, NOW, REGION, evidence

BUCKET = "acme"
ARN = f"arn:aws:s3:::{BUCKET}"


def bucket(*, public: bool = True, denied: bool = False, listed: bool = True) -> list[Evidence]:
    """A bucket whose policy lets everyone in, or nobody, or is not told."""
    names = [{"Name": BUCKET, "BucketRegion": REGION}] if listed else []
    found = [evidence("s3", "ListBuckets", {"Buckets": names}, region="us-east-1")]
    if not listed:
        return found
    blocked = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), not public
    )
    params = {"Bucket": BUCKET}
    if denied:
        found.append(evidence("s3", "GetPublicAccessBlock", error="AccessDenied", params=params))
    else:
        answer = {"PublicAccessBlockConfiguration": blocked}
        found.append(evidence("s3", "GetPublicAccessBlock", answer, params=params))
    return found


BLOCK = "s3-bucket-bpa"


def of_block(analysis: Analysis) -> bool:
    return any(one.control == BLOCK and one.subject == ARN for one in analysis.findings)


@pytest.fixture
def triage(tmp_path: Path) -> Triage:
    return Triage(tmp_path / "triage.toml", ACCOUNT, "me")


def names(findings: Any) -> set[tuple[str, str]]:
    return {(one.control, one.subject) for one in findings}


def the_block(found: Comparison) -> list[str]:
    """In which of the lists the finding about the bucket is."""
    diff = found.findings
    lists = {
        "new": diff.new,
        "came_to_light": diff.came_to_light,
        "reopened": diff.reopened,
        "still_open": diff.still_open,
        "quiet": diff.quiet,
        "fixed": [one.finding for one in diff.fixed],
        "out_of_sight": [one.finding for one in diff.out_of_sight],
    }
    return [name for name, some in lists.items() if (BLOCK, ARN) in names(some)]


# --- findings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"public": True}, {"public": True}, ["still_open"]),
        ({"public": False}, {"public": True}, ["new"]),
        ({"public": True}, {"public": False}, ["fixed"]),
        ({"public": True}, {"listed": False}, ["fixed"]),
        ({"listed": False}, {"public": True}, ["new"]),
        ({"denied": True}, {"public": True}, ["came_to_light"]),
        ({"public": True}, {"denied": True}, ["out_of_sight"]),
        ({"public": False}, {"public": False}, []),
    ],
)
def test_where_a_finding_goes(old: dict[str, bool], new: dict[str, bool], expected: list[str]) -> None:
    before, after = look(*bucket(**old), at=EARLIER), look(*bucket(**new))
    assert the_block(compare(before, after)) == expected


def test_what_is_gone_and_what_passes_are_told_apart() -> None:
    before = look(*bucket(), at=EARLIER)
    for after, how in ((look(*bucket(public=False)), "passes"), (look(*bucket(listed=False)), "gone")):
        fixed = compare(before, after).findings.fixed
        assert {one.how for one in fixed if one.finding.control == BLOCK and one.finding.subject == ARN} == {
            how
        }


def test_a_denied_listing_fixes_nothing() -> None:
    before = look(*bucket(), at=EARLIER)
    after = look(evidence("s3", "ListBuckets", error="AccessDenied", region="us-east-1"))
    found = compare(before, after)
    assert the_block(found) == ["out_of_sight"]
    lost = next(one for one in found.findings.out_of_sight if one.finding.control == BLOCK)
    assert "s3:ListBuckets failed" in lost.reason


def test_a_region_that_was_not_collected_fixes_nothing() -> None:
    before = look(*bucket(), at=EARLIER)
    after = look(*bucket(listed=False))
    after.account.regions.clear()
    after.account.regions["us-west-2"] = "opt-in-not-required"
    found = compare(before, after)
    lost = [one for one in found.findings.out_of_sight if one.finding.region == REGION]
    assert lost
    assert {one.reason for one in lost} == {f"{REGION} was not collected"}
    assert not [one for one in found.findings.fixed if one.finding.region == REGION]
    assert any("only the old side has" in note for note in found.notes)


def test_an_expired_suppression_reopens(triage: Triage) -> None:
    before, after = look(*bucket(), at=EARLIER), look(*bucket())
    finding = next(one for one in before.findings if one.control == BLOCK and one.subject == ARN)
    triage.suppress(
        [finding], "for a week", (EARLIER + timedelta(days=1)).date(), now=EARLIER - timedelta(days=1)
    )
    assert the_block(compare(before, after, triage)) == ["reopened"]


def test_what_was_judged_is_quiet(triage: Triage) -> None:
    before, after = look(*bucket(), at=EARLIER), look(*bucket())
    finding = next(one for one in before.findings if one.control == BLOCK and one.subject == ARN)
    triage.acknowledge([finding], now=NOW - timedelta(days=1))
    assert the_block(compare(before, after, triage)) == ["quiet"]
    triage.reopen([finding], now=NOW - timedelta(hours=1))
    assert the_block(compare(before, after, triage)) == ["reopened"]


def test_what_was_judged_long_ago_and_had_gone_is_reopened(triage: Triage) -> None:
    before, after = look(*bucket(public=False), at=EARLIER), look(*bucket())
    finding = next(one for one in after.findings if one.control == BLOCK and one.subject == ARN)
    triage.note([finding], "seen", now=EARLIER - timedelta(days=30))
    assert the_block(compare(before, after, triage)) == ["reopened"]


def test_every_finding_is_in_one_list() -> None:
    before = look(*bucket(), *details(users=[user("ana", "iam:*")]), at=EARLIER)
    after = look(*bucket(public=False), *details(users=[user("bob", "*")]))
    diff = compare(before, after).findings
    now = [*diff.new, *diff.came_to_light, *diff.reopened, *diff.still_open, *diff.quiet]
    assert sorted(one.fingerprint for one in now) == sorted(one.fingerprint for one in after.findings)
    gone = [one.finding for one in (*diff.fixed, *diff.out_of_sight)]
    assert {one.fingerprint for one in gone} == {one.fingerprint for one in before.findings} - {
        one.fingerprint for one in after.findings
    }


def test_the_trend_counts() -> None:
    before, after = look(*bucket(public=False), at=EARLIER), look(*bucket())
    found = trend(before, after)
    assert sum(found.new.values()) >= 1
    assert sum(found.still_open.values()) == len(after.findings) - sum(found.new.values())
    assert "still open" in found.sentence
    assert found.since == EARLIER


# --- principals -------------------------------------------------------------------------------------------


def principals(old: list[Evidence], new: list[Evidence]) -> dict[str, Any]:
    found = compare(look(*old, at=EARLIER), look(*new))
    return {f"{one.kind}/{one.name}": one for one in found.principals}


def test_who_came_and_who_went() -> None:
    changes = principals(details(users=[user("ana", "s3:GetObject")]), details(users=[user("bob", "*")]))
    assert (changes["user/ana"].how, by_level(changes["user/ana"].lost)) == (
        "removed",
        {"Read": ["s3:GetObject"]},
    )
    assert (changes["user/bob"].how, changes["user/bob"].admin_after) == ("added", "everything")


def test_permissions_gained_and_lost_by_level() -> None:
    changes = principals(
        details(users=[user("ana", "s3:GetObject", "s3:PutObject")]),
        details(users=[user("ana", "s3:GetObject", "iam:PassRole")]),
    )
    change = changes["user/ana"]
    assert by_level(change.gained) == {"Write": ["iam:PassRole"]}
    assert by_level(change.lost) == {"Write": ["s3:PutObject"]}
    assert change.what == ("inline policy own changed",)


def test_widened_to_everything() -> None:
    limited = user("ana")
    limited["UserPolicyList"] = [
        {
            "PolicyName": "own",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}],
            },
        }
    ]
    change = principals(details(users=[limited]), details(users=[user("ana", "s3:GetObject")]))["user/ana"]
    assert (change.gained, change.lost) == (0, 0)
    assert by_level(change.widened) == {"Read": ["s3:GetObject"]}


def test_a_managed_policy_changes_all_who_carry_it() -> None:
    old = details(users=[user("ana", **carries("team"))], policies=[policy("team", "s3:GetObject")])
    new = details(users=[user("ana", **carries("team"))], policies=[policy("team", "*")])
    found = compare(look(*old, at=EARLIER), look(*new))
    (change,) = found.principals
    assert change.what == ("policy team changed",)
    assert (change.admin_before, change.admin_after) == (None, "everything")
    assert [(one.how, one.name) for one in found.policies] == [("changed", "team")]


def test_the_same_name_again_is_somebody_else() -> None:
    changes = principals(
        details(users=[user("ana")]), details(users=[user("ana", id="AIDAOTHEROTHEROTHER0")])
    )
    assert changes["user/ana"].what == ("deleted and made again under the same name",)


def test_trust_is_a_change() -> None:
    changes = principals(details(roles=[role("ops")]), details(roles=[role("ops", trusts=trust(AWS="*"))]))
    assert changes["role/ops"].what == ("trust policy changed",)


def test_nobody_is_removed_because_users_were_not_read() -> None:
    old = look(*details(users=[user("ana", "*")], roles=[role("ops")]), at=EARLIER)
    new = look(*details(denied=("User",)))
    found = compare(old, new)
    assert [(one.kind, one.how) for one in found.principals] == [("role", "removed")]
    assert any("no complete list of users" in note for note in found.notes)
    assert not [one for one in found.paths if ":user/" in one.arn]


def test_no_policy_is_removed_because_policies_were_not_read() -> None:
    old = look(*details(policies=[policy("team", "s3:*")]), at=EARLIER)
    assert compare(old, look(*details(denied=("LocalManagedPolicy",)))).policies == ()


def test_an_unread_policy_makes_losses_uncertain() -> None:
    old = details(users=[user("ana", **carries("team"))], policies=[policy("team", "s3:GetObject")])
    new = details(users=[user("ana", **carries("team"))], denied=("LocalManagedPolicy",))
    change = principals(old, new)["user/ana"]
    assert change.lost
    assert change.unread == (f"arn:aws:iam::{ACCOUNT}:policy/team",)


def test_who_became_administrator_has_fixed_nothing() -> None:
    before = look(*details(users=[user("half", "s3:GetObject")]), at=EARLIER)
    for now in (("s3:GetObject", "iam:*"), ("*",)):
        after = look(*details(users=[user("half", *now)]))
        found = compare(before, after).findings
        assert "data-read-wide" not in {one.finding.control for one in found.fixed}
        reasons = {one.finding.control: one.reason for one in found.out_of_sight}
        assert reasons["data-read-wide"] == "no longer told: it is administrator now"
        back = compare(after, before).findings
        assert "data-read-wide" in {one.control for one in back.came_to_light}


def test_one_more_step_to_administrator_fixes_no_escalation() -> None:
    passing = policy("team", "iam:CreateAccessKey")
    boss = user("boss", "*")
    before = look(*details(users=[user("ana", **carries("team")), boss], policies=[passing]), at=EARLIER)
    after = look(*details(users=[user("ana", "*", **carries("team")), boss], policies=[passing]))
    told = {one.control for one in before.findings} - {one.control for one in after.findings}
    assert "escalation-principals" in told
    found = compare(before, after).findings
    assert "escalation-principals" not in {one.finding.control for one in found.fixed}


def test_who_is_gone_is_fixed_though_others_are_administrators() -> None:
    before = look(*details(users=[user("half", "s3:GetObject"), user("boss", "*")]), at=EARLIER)
    after = look(*details(users=[user("boss", "*")]))
    found = compare(before, after).findings
    assert "data-read-wide" in {one.finding.control for one in found.fixed}


# --- paths ------------------------------------------------------------------------------------------------


def test_a_way_to_administrator_gained_and_lost() -> None:
    plain = details(users=[user("ana", "s3:GetObject")], roles=[role("admin", "*")])
    assuming = details(
        users=[user("ana", "sts:AssumeRole")],
        roles=[role("admin", "*", trusts=trust(AWS=f"arn:aws:iam::{ACCOUNT}:root"))],
    )
    before, after = look(*plain, at=EARLIER), look(*assuming)
    (gained,) = compare(before, after).paths
    assert (gained.how, gained.before, gained.after) == ("gained", None, "confirmed")
    route = route_of(gained, before, after)
    assert route is not None
    assert route.steps[-1].target == f"arn:aws:iam::{ACCOUNT}:role/admin"
    (lost,) = compare(after, before).paths
    assert route_of(lost, after, before) == route
    assert (lost.how, lost.after) == ("lost", None)


def test_a_way_in_from_outside() -> None:
    closed = look(*details(roles=[role("ops")]), at=EARLIER)
    opened = look(*details(roles=[role("ops", trusts=trust(AWS="*"))]))
    (entry,) = compare(closed, opened).entries
    assert (entry.how, entry.entry.name) == ("gained", "*")
    assert compare(closed, look(*details(denied=("Role",)))).entries == ()


# --- the whole --------------------------------------------------------------------------------------------


def test_nothing_changed() -> None:
    given = [*bucket(), *details(users=[user("ana", "s3:*")], roles=[role("ops", "*")])]
    found = compare(look(*given, at=EARLIER), look(*given))
    assert not found.changed
    assert found == compare(look(*given, at=EARLIER), look(*given))


def test_two_accounts_are_not_compared() -> None:
    other = look()
    other.account.id = "999999999999"
    with pytest.raises(ValueError, match="two accounts"):
        compare(look(), other)


def test_the_session_before(tmp_path: Path) -> None:
    for days, account in ((9, ACCOUNT), (5, ACCOUNT), (4, "999999999999"), (0, ACCOUNT)):
        Session.create(tmp_path, account=account, at=NOW - timedelta(days=days)).close()
    found = previous_session(ACCOUNT, NOW, tmp_path)
    assert found is not None
    assert found.name.startswith(f"{NOW - timedelta(days=5):%Y-%m-%d}")
    assert previous_session(ACCOUNT, NOW - timedelta(days=30), tmp_path) is None
