"""What a declaration says about when a call is due, and which errors are answers."""

from __future__ import annotations

import pytest

from srtui.account import Account
from srtui.evidence import CallError
from srtui.services.declare import Answer, Call, CallContext, Service

SERVICE = Service("macie2", title="Macie")


@SERVICE.call(
    "GetMacieSession",
    absent=["ResourceNotFoundException", "AccessDeniedException: Macie is not enabled"],
    variants=[{"kind": "home"}, {"kind": "everywhere"}],
    due=lambda variant, context: variant["kind"] == "everywhere" or context.region == "us-east-1",
)
def session(account: Account, answer: Answer) -> None:
    """A call for these tests."""


CALL: Call = session


@pytest.mark.parametrize(
    ("code", "message", "means_none"),
    [
        ("ResourceNotFoundException", "", True),
        ("AccessDeniedException", "Macie is not enabled.", True),
        ("AccessDeniedException", "MACIE IS NOT ENABLED", True),
        ("AccessDeniedException", "User is not authorized to perform macie2:GetMacieSession", False),
        ("AccessDenied", "Macie is not enabled.", False),
    ],
)
def test_an_error_is_an_answer_only_with_the_words_that_were_declared(
    code: str, message: str, means_none: bool
) -> None:
    assert CALL.means_none(CallError(code, message, "denied")) is means_none


def test_variants_may_be_due_in_one_region_only() -> None:
    def kinds(region: str) -> list[str]:
        return [one["kind"] for one in CALL.due_variants(CallContext("1", "aws", region))]

    assert kinds("us-east-1") == ["home", "everywhere"]
    assert kinds("eu-west-1") == ["everywhere"]
