"""Filter patterns are judged by what they match."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtui.responsibility.filter_pattern import UnreadablePatternError, read_pattern
from srtui.responsibility.watches import WATCHES, Watch

EVENT = {
    "eventSource": "kms.amazonaws.com",
    "eventName": "DisableKey",
    "errorCode": "Client.UnauthorizedOperation",
    "readOnly": False,
    "sharedEventID": None,
    "count": 3,
    "userIdentity": {"type": "Root", "sessionContext": {"mfa": "true"}},
    "resources": [{"type": "AWS::KMS::Key"}],
}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("{ $.eventName = DisableKey }", True),
        ('{$.eventName="DisableKey"}', True),
        ('{ $.eventName = "Disable*" }', True),
        ('{ $.eventName = "disablekey" }', False),
        ('{ $.errorCode = "*UnauthorizedOperation" }', True),
        ("{ ($.eventSource = kms.amazonaws.com) && (($.eventName=A)||($.eventName=DisableKey)) }", True),
        # && binds stronger than ||
        ("{ $.eventName = DisableKey || $.eventName = A && $.eventName = B }", True),
        ("{ ($.eventName = DisableKey || $.eventName = A) && $.eventName = B }", False),
        ('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }', True),
        ("{ $.userIdentity.type NOT EXISTS }", False),
        ("{ $.sharedEventID IS NULL }", True),
        ("{ $.readOnly IS FALSE && $.readOnly = false }", True),
        ("{ $.readOnly IS TRUE }", False),
        ("{ $.count >= 3 && $.count < 4 && $.count = 3 && $.count != 5 }", True),
        ("{ $.count > 3 }", False),
        ('{ $.resources[0].type = "AWS::KMS::Key" }', True),
        ("{ $.resources[1].type = x }", False),
        ("{ $['eventName'] = DisableKey }", True),
        ('{ $.eventName != "A" }', True),
        # What is missing is never known to differ.
        ('{ $.absent != "A" }', False),
        ("{ $.userIdentity = Root }", False),
    ],
)
def test_matching(text: str, matches: bool) -> None:
    assert read_pattern(text)(EVENT) is matches


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ERROR",
        "[ip, user, status=404]",
        "{ $.eventName = %Disable.*% }",
        "{ $.eventName = }",
        "{ $.eventName }",
        "{ eventName = A }",
        "{ $.eventName = A ",
        "{ ($.eventName = A }",
        "{ $.eventName = A ) }",
        "{ $.eventName LIKES A }",
        "{ $.count > many }",
        "{ " + "(" * 60 + "$.a = b" + ")" * 60 + " }",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePatternError):
        read_pattern(text)


@given(st.text(alphabet="{}()$.=!&|<>\"'%* aA1[]\\", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadablePatternError):
        read_pattern(text)(EVENT)


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.control)
def test_the_pattern_that_a_watch_recommends_does_what_it_asks(watch: Watch) -> None:
    assert len(watch.pattern) <= 1024
    matches = read_pattern(watch.pattern)
    assert all(matches(event) for event in watch.events.values())
    assert not any(matches(event) for event in watch.quiet)
