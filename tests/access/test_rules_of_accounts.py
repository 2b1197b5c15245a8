"""Rules of evaluation that show only where a whole account is asked, each by its number."""

from __future__ import annotations

import pytest

from srtui.access import AccessIndex
from srtui.account import UNREAD
from srtui.account.model import PublicAccessBlock
from srtui.escalation.escalation import escalate
from srtui.services import declared_calls
from tests.access.made import OWN, account, arn, bucket, managed, role, user
from tests.policy.ask import allow, holds, policy

ADMIN = allow("*")
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def test_rule_14_taking_a_boundary_off_leads_up_only_where_it_takes_something_away() -> None:
    reading = managed("reading", allow("s3:Get*"), allow("iam:DeleteUserPermissionsBoundary"))
    held = user("held", ADMIN, boundary=reading.arn)
    idle = user(
        "idle", allow("s3:GetObject"), allow("iam:DeleteUserPermissionsBoundary"), boundary=reading.arn
    )
    starts = escalate(account(reading, held, idle)).starts
    assert starts[held.arn].admin is True
    assert not starts[held.arn].already
    assert starts[idle.arn].admin is False


def test_rule_33_the_simulator_is_never_asked() -> None:
    assert not any("Simulate" in call.operation for call in declared_calls())


def test_rule_39_block_public_access_passes_own_principals_and_services_of_a_public_bucket() -> None:
    document = policy(
        allow("s3:GetObject", "arn:aws:s3:::shop/*", Principal="*"),
        allow("s3:GetObject", "arn:aws:s3:::shop/*", Principal={"Service": "logging.s3.amazonaws.com"}),
        allow("s3:GetObject", "arn:aws:s3:::shop/*", Principal={"AWS": "444455556666"}),
    )
    made = account(user("ana"), bucket("shop", document, policy_public=True))
    made.account_public_access_block = PublicAccessBlock(restrict_buckets=True)
    found = AccessIndex(made).who_can("s3:GetObject", "arn:aws:s3:::shop/*")
    assert [one.kind for one in found.outsiders] == ["service"]
    assert found.allowed == (arn("user", "ana"),)


def test_rule_45_a_version_of_a_policy_of_aws_cannot_be_made() -> None:
    made = user("ana", allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/*"), attached=())
    assert escalate(account(made)).starts[made.arn].admin is False


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "fits"),
    [
        ("DateLessThan", "2026-01-01T00:00:00Z", "1767225599", True),  # the second before, as epoch
        ("DateLessThan", "2026-01-01T00:00:00Z", "1767225600", False),
        ("DateGreaterThan", "2026-01-01T00:00:00+02:00", "2025-12-31T22:00:01Z", True),
        ("DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
        ("NumericLessThanEquals", "10", "9.5", True),
        ("NumericLessThan", "10", "9", True),  # as numbers, not as texts
        ("NumericEquals", "10", "10.0", True),
        ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
        ("IpAddress", "2001:db8::/32", "2001:DB8:1::1", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("NotIpAddress", "203.0.113.0/24", "nonsense", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ],
)
def test_rule_65_typed_values(operator: str, wanted: str, given: str, fits: bool) -> None:
    assert holds({operator: {"x:key": wanted}}, {"x:key": given}) is fits


def test_rule_66_what_is_not_known_is_never_yes_or_no() -> None:
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    may = user("may", allow("s3:GetObject", Condition=office))
    may_not = user(
        "may-not",
        allow("s3:GetObject"),
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": office},
    )
    index = AccessIndex(account(may, may_not, bucket("shop")))
    for one in (may, may_not):
        assert index.can(one.arn, "s3:GetObject", "arn:aws:s3:::shop/key").verdict == "conditional"
        inside = index.can(one.arn, "s3:GetObject", "arn:aws:s3:::shop/key", {"aws:SourceIp": "203.0.113.9"})
        assert inside.verdict == ("allowed" if one is may else "denied")
    unread = AccessIndex(account(may, bucket("shop", UNREAD)))
    assert unread.can(may.arn, "s3:GetObject", "arn:aws:s3:::shop/key").verdict == "unknown"


def test_rule_72_a_resource_is_not_matched_by_a_part_of_its_name() -> None:
    ana = user("ana", allow("iam:PassRole", f"arn:aws:iam::{OWN}:role/admin"))
    index = AccessIndex(account(ana, role("admin", trust=policy(EC2)), role("admin-ro", trust=policy(EC2))))
    assert index.can(ana.arn, "iam:PassRole", arn("role", "admin")).verdict == "allowed"
    assert index.can(ana.arn, "iam:PassRole", arn("role", "admin-ro")).verdict == "denied"


def test_rule_74_a_conditional_pass_role_stays_a_path_and_says_its_condition() -> None:
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    ana = user("ana", allow("ec2:RunInstances"), allow("iam:PassRole", Condition=office))
    trusted = role(
        "worker", ADMIN, trust=policy(EC2), instance_profiles=(f"arn:aws:iam::{OWN}:instance-profile/w",)
    )
    found = escalate(account(ana, trusted))
    assert found.starts[ana.arn].admin != True  # noqa: E712 - any other verdict, also a word
    assert found.starts[ana.arn].admin, "it is no certain path, but one"
    route = found.paths(ana.arn)[0]
    assert any("SourceIp" in condition for step in route.steps for condition in step.conditions)
