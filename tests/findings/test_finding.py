"""What findings take over from results."""

from __future__ import annotations

from datetime import UTC, datetime

from srtui.findings.finding import findings
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.verdict import Result, Source

SEEN = Source("iam", "GetAccountSummary", "us-east-1", datetime(2026, 11, 24, tzinfo=UTC))
NEVER = Source("iam", "GetCredentialReport", "us-east-1", None)


def test_a_call_that_was_never_made_is_no_source() -> None:
    failed = Result(
        control="root-mfa", subject="arn:aws:iam::420042004200:root", status="fail", sources=(SEEN, NEVER)
    )
    (found,) = findings([failed], CONTROLS)
    assert found.sources == (SEEN,)
