"""Whatever an account calls its things, a report shows it as text and nothing else, in every format."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from srtui.report import json_, markdown, toml_
from srtui.report.inert import LONGEST, code_block, code_span, escaped, visible
from tests.report.made import HOSTILE, report

hostile = st.sampled_from(HOSTILE) | st.text(max_size=80) | st.text("`\\|\n\r\x1b[]<>*_ #-", max_size=40)
MARKDOWN = MarkdownIt("commonmark").enable("table")


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


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_a_code_block_cannot_be_left(text: str) -> None:
    tokens = MARKDOWN.parse(code_block(text, "sh") + "\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_own_words_stay_on_one_line_and_are_no_markup(text: str) -> None:
    assert "\n" not in escaped(text)
    kinds = {child.type for token in MARKDOWN.parseInline(escaped(text)) for child in token.children or []}
    assert kinds <= {"text", "text_special"}


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_json_is_ascii_and_says_everything(text: str) -> None:
    document = json_.render(report(text))
    assert json.loads(document) == report(text)
    assert document.isascii()
    assert all(character.isprintable() or character == "\n" for character in document)


@settings(max_examples=60, deadline=None)
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
