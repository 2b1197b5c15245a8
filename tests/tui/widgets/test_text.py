"""Hostile text becomes harmless and fits."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from srtui.tui.widgets.text import fit, fit_spans, highlight, middle, plain, short_arn, truncate, wrap

HOSTILE = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="\x1b[]mJ\r\n\t\x07\x9b\u202e\u2066\u200b\u0301é漢[/bold]", max_size=80),
    st.builds(
        lambda text, times: text * times,
        st.sampled_from(["a", "漢", "\u0301", "\x1b[2J", "[b]"]),
        st.just(10_000),
    ),
)


def harmless(text: str) -> bool:
    return all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in text)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, st.integers(0, 60))
def test_plain_is_harmless_and_fits(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert harmless(shown)
    assert cell_len(shown) <= limit
    assert harmless(plain(text))


@settings(max_examples=100, deadline=None)
@given(HOSTILE, st.integers(1, 60))
def test_shortening_and_wrapping_fit(text: str, width: int) -> None:
    shown = plain(text, 500)
    assert cell_len(middle(shown, width)) <= width
    assert cell_len(truncate(shown, width)) <= width
    assert cell_len(short_arn(text[:500], width)) <= width
    assert cell_len(fit(shown, width)) == width
    assert sum(cell_len(piece) for piece, _ in fit_spans([(text, "a"), (text, "b")], width)) <= width
    # A wide character cannot be in one cell.
    assert all(cell_len(line) <= max(width, 2) for line in wrap(text[:500], width))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.lists(st.text(max_size=3), max_size=3))
def test_highlight_changes_no_text(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _ in highlight([(text, "")], tuple(words))) == text


def test_signs_say_what_was_there() -> None:
    assert plain("a\x1b[31mb\nc\td\x00") == "a␛[31mb⏎c⇥d␀"
    assert plain("user\u202egnp") == "user�gnp"
    assert plain("a\u200bb\u00a0c\ufeff") == "a�b␠c�"
    assert plain("e\u0301\u0301\u0301\u0301") == "e\u0301\u0301��"
    assert plain("[bold]x[/bold]") == "[bold]x[/bold]"


def test_an_arn_keeps_its_end() -> None:
    arn = "arn:aws:iam::123456789012:role/service-role/deploy-pipeline-production"
    assert short_arn(arn, 80) == arn
    assert short_arn(arn, 50) == "iam:…:role/service-role/deploy-pipeline-production"
    assert short_arn(arn, 44) == "role/service-role/deploy-pipeline-production"
    assert short_arn(arn, 20).endswith("-production"[-11:])
    assert len(short_arn(arn, 20)) == 20
