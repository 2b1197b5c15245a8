"""The order of findings: three factors, each in words."""

from __future__ import annotations

import pytest

from srtui.account import Account
from srtui.account.model import AccessKey, Credentials, PublicAccessBlock
from srtui.findings.finding import Finding
from srtui.responsibility.verdict import Fact, Severity
from srtui.risk.score import Score
from tests.access.made import OTHER, OWN, account, arn, bucket, role, user
from tests.policy.ask import Json, allow, policy
from tests.risk.at_risk import risk


def finding(subject: str, severity: Severity = "high", *facts: Fact) -> Finding:
    return Finding(
        fingerprint=subject, control="c", title="t", subject=subject, region="", rows=(11,), severity=severity,
        service="iam", facts=facts, sources=(), why="", fix="", command="", references=(), insecure_default=False,
    )  # fmt: skip


def let(principal: Json | str, action: str = "sts:AssumeRole") -> Json:
    return policy({"Effect": "Allow", "Principal": principal, "Action": action})


def made() -> Account:
    opened = policy(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}
    )
    no_block = PublicAccessBlock()
    found = account(
        user("admin", allow("*")),
        user("maker", allow("iam:PutUserPolicy", arn("user", "maker"))),
        user("plain", allow("s3:ListBucket")),
        role("anyone", trust=let("*")),
        role("vendor", trust=let({"AWS": OTHER})),
        role("wide", trust=let({"AWS": OWN})),
        *(user(f"u{number}", allow("sts:AssumeRole")) for number in range(6)),
        bucket("open", opened, acl_grants=(), ownership=None, public_access_block=no_block),
        bucket("shut", acl_grants=(), ownership=None, public_access_block=no_block),
    )
    found.account_public_access_block = None
    return found


def score(subject: str, severity: Severity = "high", *facts: Fact) -> Score:
    return risk(made()).score(finding(subject, severity, *facts))


def test_impact_is_what_is_gained() -> None:
    assert score(arn("user", "admin")).impact.words == "administrator"
    assert "administrator" in score(arn("user", "maker")).impact.words
    assert score(arn("user", "plain")).impact.words == "high by itself"
    assert score("arn:aws:s3:::open", "medium").impact.words == "the data in this bucket"
    assert score(arn("user", "admin"), "low").impact.words == "low by itself"
    order: list[Severity] = ["critical", "high", "medium", "low", "info"]
    values = [score(arn("user", "admin"), severity).impact.value for severity in order]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (arn("role", "anyone"), "anyone with an AWS account"),
        (arn("role", "vendor"), f"account {OTHER}"),
        (arn("role", "wide"), "every principal that may assume it (6)"),
        (arn("user", "plain"), "one principal"),
        ("arn:aws:s3:::open", "anyone on the internet"),
        ("arn:aws:s3:::shut", "principals of the account"),
        (f"arn:aws:iam::{OWN}:root", "the whole account"),
    ],
)  # fmt: skip
def test_reach_is_who_can_begin(subject: str, words: str) -> None:
    assert score(subject).reach.words == words


def test_credentials_reach_further_than_nobody() -> None:
    found = made()
    found.credentials[arn("user", "plain")] = Credentials(True, None, None, False, ())
    assert "for want of MFA" in risk(found).score(finding(arn("user", "plain"))).reach.words
    found.credentials[arn("user", "plain")] = Credentials(False, None, None, False, (AccessKey(1, True),))
    assert risk(found).score(finding(arn("user", "plain"))).reach.words == "whoever has its access key"


def test_confidence_is_how_certain_it_is() -> None:
    subject = arn("user", "plain")
    assert score(subject).confidence.words == "confirmed"
    assert score(subject, "high", Fact("if", "MFA")).confidence.value == 0.6
    assert score(subject, "high", Fact("certainty", "conditional")).confidence.value == 0.6
    assert score(subject, "high", Fact("certainty", "needs target")).confidence.value == 0.3
    assert score(subject, "high", Fact("certainty", "unknown")).confidence.value == 0.2


def test_the_riskiest_come_first() -> None:
    found = [
        finding(one)
        for one in (arn("user", "plain"), "arn:aws:s3:::open", arn("user", "admin"), arn("role", "anyone"))
    ]
    ordered = [one.subject.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for one in risk(made()).ordered(found)]
    assert ordered == ["open", "anyone", "admin", "plain"]
    assert score(arn("role", "anyone")).words == "high by itself × anyone with an AWS account × confirmed"
