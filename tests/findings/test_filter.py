from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.findings.filter import parse_filter, searchable
from tests.findings.made import finding

ITEMS = [
    searchable(finding("root-mfa")),
    searchable(
        finding(
            "s3-bucket-public",
            "arn:aws:s3:::Exports",
            service="s3",
            rows=(1, 11),
            title="No bucket is public",
        ),
        "suppressed",
    ),
    searchable(
        finding(
            "sg-cifs",
            "arn:aws:ec2:eu-west-1:1:security-group/sg-1",
            service="ec2",
            rows=(8,),
            severity="high",
            region="eu-west-1",
            title="Windows file sharing",
        )
    ),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2]),
        ("ROOT", [0]),
        ("bucket public", [1]),
        ('"file sharing"', [2]),
        ("-bucket", [0, 2]),
        ("severity:high", [2]),
        ("severity:c,h", [0, 1, 2]),
        ("-severity:critical", [2]),
        ("row:11", [1]),
        ("row:8,2", [0, 2]),
        ("service:S3", [1]),
        ("status:open", [0, 2]),
        ("status:sup", [1]),
        ("control:bucket", [1]),
        ("region:eu", [2]),
        ("arn:aws:s3:::exports", [1]),
        ("severity:critical -status:suppressed", [0]),
    ],
)
def test_terms(text: str, found: list[int]) -> None:
    parsed = parse_filter(text)
    assert not parsed.errors
    assert [index for index, item in enumerate(ITEMS) if parsed.matches(item)] == found
    assert parsed.select(ITEMS) == [ITEMS[index] for index in found]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("colour:red", "there is no key 'colour'"),
        ("severity:huge", "is none of critical"),
        ("row:14", "is none of 1 to 13"),
        ("row:" + "9" * 5000, "is none of 1 to 13"),
        ("service:,", "needs a value"),
    ],
)
def test_mistakes_are_named(text: str, error: str) -> None:
    assert error in parse_filter(text).errors[0]


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    parsed = parse_filter(text)
    assert isinstance(parsed.matches(ITEMS[0]), bool)
