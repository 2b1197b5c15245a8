"""Whatever an account calls its things, a report shows it as text and nothing else, in every format."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from srtui.report import json_, markdown, toml_
from srtui.report.inert import LONGEST, code_block, code_span, escaped, visible

HOSTILE = [
    "[red]bold[/red] [link=https://evil.example]x[/link]",
    "\x1b[31mred\x1b[0m \x1b]52;c;ZXZpbA==\x07",
    "\x9b31m\x85next",
    "‮gnp.exe\u2066x\u2069\u200b\ufeff",
    "<script>alert(1)</script><img src=x onerror=y>",
    "a | b || c \\| d",
    "`x` ``y`` ```z```",
    "`",
    "\\",
    "line one\n# heading\n- item\n\n```\nout of the fence",
    "\r\n\t| --- | --- |\r\n",
    "![x](https://evil.example/x.png) <https://evil.example> www.evil.example",
    '=HYPERLINK("https://evil.example")',
    "@everyone #1 &amp; &#x3c;",
    " leading and trailing ",
    "x" * 10_000,
    "مرحبا" * 50,
    '"""\n[injected]\nkey = "value"',
    "\u2028\u2029\x00\x7f",
    "\U000e0041tag",
]

hostile = st.sampled_from(HOSTILE) | st.text(max_size=80) | st.text("`\\|\n\r\x1b[]<>*_ #-", max_size=40)
MARKDOWN = MarkdownIt("commonmark").enable("table")


def report(text: str) -> dict[str, Any]:
    """A report in which everything that comes from the account is this text."""
    counts = {"pass": 1, "fail": 2, "unknown": 0, "not_applicable": 0}
    return {
        "srtui": "report",
        "version": 1,
        "account": "420042004200",
        "alias": text,
        "caller": text,
        "collected_at": "2026-11-24T09:12:00Z",
        "coverage": {
            "controls": 3,
            "evaluated": 2,
            "unknown": 1,
            "calls": 5,
            "answered": 4,
            "failed": 1,
            "incomplete": 0,
            "regions": [text],
            "first_evidence": None,
            "last_evidence": None,
            "failures": [
                {
                    "service": "s3",
                    "operation": "GetBucketPolicy",
                    "region": text,
                    "params": text,
                    "kind": "denied",
                    "code": text,
                    "error": text,
                    "grant": ["s3:GetBucketPolicy"],
                    "unknown": ["s3.public"],
                }
            ],
            "notes": [text],
        },
        "matrix": [
            {
                "row": 1,
                "label": "Account compromise",
                "title": "…",
                "owner": "customer",
                "status": "fail",
                "worst": "high",
                "evaluated": 0.5,
                "controls": counts,
                "subjects": counts,
                "results": [
                    {
                        "control": "root-mfa",
                        "title": "Root has MFA",
                        "severity": "critical",
                        "status": "unknown",
                        "subjects": {**counts, "unknown": 1},
                        "reason": text,
                    }
                ],
                "inherited": None,
            },
            {
                "row": 3,
                "label": "Business continuity",
                "title": "…",
                "owner": "aws",
                "status": "not_applicable",
                "worst": None,
                "evaluated": None,
                "controls": counts,
                "subjects": counts,
                "results": [],
                "inherited": {
                    "what": "platform",
                    "attestation": ["SOC 2"],
                    "attested_at": "AWS Artifact",
                    "in_use": [{"service": "rds", "detail": text, "region": text, "count": 2}],
                    "remains": "backups",
                },
            },
        ],
        "findings": [
            {
                "fingerprint": "0123456789abcdef",
                "control": "s3.public",
                "title": "Bucket is public",
                "severity": "critical",
                "subject": text,
                "region": text,
                "rows": [12],
                "service": "s3",
                "facts": [{"label": "policy", "value": text}],
                "sources": [{"service": "s3", "operation": "GetBucketPolicy", "region": text, "at": None}],
                "why": "Anyone reads it.",
                "fix": "Close it.",
                "command": f"aws s3api delete-bucket-policy --bucket '{text}'",
                "references": ["https://docs.aws.amazon.com/x"],
                "insecure_default": False,
                "triage": {
                    "state": "suppressed",
                    "reason": text,
                    "expires": None,
                    "at": None,
                    "author": text,
                    "notes": [{"at": None, "author": text, "text": text}],
                },
            }
        ],
        "principals": [
            {
                "arn": text,
                "name": text,
                "kind": "user",
                "nature": "human",
                "nature_reasons": [text],
                "badges": [{"id": "admin", "text": text}],
                "admin": "everything",
                "actions": 5,
                "access_levels": {"Read": 5},
                "policy_count": 1,
                "created": None,
                "last_used": None,
                "last_used_known": True,
                "findings": 1,
            }
        ],
    }


PLAIN = report("plain")


def spans(document: str) -> list[str]:
    return [
        child.content
        for token in MARKDOWN.parse(document)
        for child in token.children or []
        if child.type == "code_inline"
    ]


def shape(document: str) -> list[str]:
    """Everything a reader of the document would see, but for the texts: which elements, in which order."""
    found = []
    for token in MARKDOWN.parse(document):
        found.append(token.type)
        found.extend(child.type for child in token.children or [])
    return found


@settings(max_examples=60, deadline=None)
@given(text=hostile.filter(bool))
def test_no_text_changes_the_structure_of_a_markdown_report(text: str) -> None:
    document = markdown.render(report(text))
    assert shape(document) == shape(markdown.render(PLAIN))
    assert all(character.isprintable() or character == "\n" for character in document)


@settings(max_examples=80, deadline=None)
@given(text=hostile.filter(bool))
def test_a_code_span_shows_exactly_the_visible_text(text: str) -> None:
    (found,) = spans(code_span(text))
    if len(text) <= LONGEST:
        assert found.strip() == visible(text).strip()
    else:
        assert found.endswith(f"… ({len(text):,} characters)")


@settings(max_examples=60)
@given(text=hostile)
def test_a_code_block_cannot_be_left(text: str) -> None:
    tokens = MARKDOWN.parse(code_block(text, "sh") + "\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@settings(max_examples=60)
@given(text=hostile)
def test_own_words_stay_on_one_line_and_are_no_markup(text: str) -> None:
    assert "\n" not in escaped(text)
    kinds = {child.type for token in MARKDOWN.parseInline(escaped(text)) for child in token.children or []}
    assert kinds <= {"text", "text_special"}


@settings(max_examples=60)
@given(text=hostile)
def test_json_is_ascii_and_says_everything(text: str) -> None:
    document = json_.render(report(text))
    assert json.loads(document) == report(text)
    assert document.isascii()
    assert all(character.isprintable() or character == "\n" for character in document)


@settings(max_examples=60)
@given(text=hostile)
def test_toml_is_toml_and_says_everything_but_null(text: str) -> None:
    document = toml_.render(report(text))
    read = tomllib.loads(document)
    assert all(character.isprintable() or character == "\n" for character in document)
    assert read["principals"][0]["arn"] == text
    assert read["findings"][0]["triage"]["reason"] == text
    assert "at" not in read["findings"][0]["triage"]


def test_half_a_character_is_replaced_where_a_format_cannot_hold_it() -> None:
    assert tomllib.loads(toml_.render(report("a\ud800b")))["alias"] == "a?b"
    assert "⟨U+D800⟩" in markdown.render(report("a\ud800b"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_visible_text_prints_and_keeps_what_prints(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert [character for character in text if character.isprintable()] == [
        character for character in shown if character in set(text)
    ]


def test_the_same_content_gives_the_same_text() -> None:
    for renderer in (markdown, json_, toml_):
        assert renderer.render(report("x")) == renderer.render(report("x"))
