"""Themes: complete, legible, of the 256 colours, and wrong ones refused with one line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from rich.color import ColorType
from rich.style import Style

from srtui.tui.theme import (
    COLOURS,
    SEVERITY_MARK,
    STATUS_MARK,
    STYLES,
    ThemeError,
    choose,
    load_theme,
    load_themes,
    packaged_themes,
)

LOOKS, ERRORS = load_themes()
CUBE = (0, 95, 135, 175, 215, 255)
PALETTE = {(r, g, b) for r in CUBE for g in CUBE for b in CUBE} | {(8 + 10 * i,) * 3 for i in range(24)}
EXAMPLE = (packaged_themes() / "dark.toml").read_text("utf-8")


def contrast(style: Style) -> float:
    def luminance(triplet: tuple[int, int, int]) -> float:
        parts = [
            c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in triplet
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    assert style.color is not None
    assert style.bgcolor is not None
    one, two = sorted((luminance(style.color.get_truecolor()), luminance(style.bgcolor.get_truecolor())))
    return (two + 0.05) / (one + 0.05)


def test_the_five_are_there() -> None:
    assert list(LOOKS) == ["dark", "light", "high-contrast", "colour-blind", "ansi16"]
    assert ERRORS == []


@pytest.mark.parametrize("path", sorted(packaged_themes().glob("*.toml")), ids=lambda path: path.stem)
def test_every_theme_has_the_same_keys(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    assert tuple(data["colours"]) == COLOURS
    assert set(data["styles"]) == set(STYLES)


@pytest.mark.parametrize("name", ["dark", "light", "high-contrast", "colour-blind"])
def test_colours_are_of_the_256(name: str) -> None:
    for key, style in LOOKS[name].styles.items():
        for colour in (style.color, style.bgcolor):
            if colour is not None:
                assert tuple(colour.get_truecolor()) in PALETTE, key


def test_sixteen_colours_are_sixteen() -> None:
    for key, style in LOOKS["ansi16"].styles.items():
        for colour in (style.color, style.bgcolor):
            assert colour is None or colour.type in {ColorType.DEFAULT, ColorType.STANDARD}, key


@pytest.mark.parametrize(
    ("name", "least"), [("dark", 4.5), ("light", 4.5), ("colour-blind", 4.5), ("high-contrast", 7.0)]
)
def test_text_is_legible(name: str, least: float) -> None:
    quiet = {"faint", "rule", "progress_rest"}  # furniture that says nothing by itself
    for key, style in LOOKS[name].styles.items():
        if key not in quiet:
            assert contrast(style) >= least, key


@pytest.mark.parametrize("name", ["dark", "light", "colour-blind", "high-contrast"])
def test_text_is_legible_on_the_cursor_of_a_pane_without_focus(name: str) -> None:
    look = LOOKS[name]
    words = ("critical", "high", "medium", "low", "info", "fail", "unknown", "pass", "muted", "accent", "key")
    for key in (*words, "acknowledged", "suppressed", "punctuation", "string", "number", "deny"):
        assert contrast(look.style("cursor_blur") + look.overlay(key)) >= 4.3, key
    assert contrast(look.style("faint")) >= 3


def test_marks_tell_severities_and_statuses_apart_without_colour() -> None:
    assert len({mark[0] for mark in SEVERITY_MARK.values()}) == 5
    assert len({mark[-1] for mark in SEVERITY_MARK.values()}) == 5
    assert len({STATUS_MARK[status] for status in ("pass", "fail", "unknown", "not_applicable")}) == 4


def test_user_themes_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EXAMPLE.replace('"Dark"', '"Mine"'), "utf-8")
    (tmp_path / "a.toml").write_text(EXAMPLE.replace('accent = "#87afd7"', ""), "utf-8")
    (tmp_path / "b.toml").write_text(EXAMPLE.replace('high = "#ff875f"', 'high = "sort of red"'), "utf-8")
    (tmp_path / "c.toml").write_text("not toml", "utf-8")
    (tmp_path / "d.toml").write_text(EXAMPLE.replace('accent = "#87afd7"', 'accent = "#87"'), "utf-8")
    (tmp_path / "e.toml").write_text(EXAMPLE + 'loud = "red"\n', "utf-8")
    (tmp_path / "f.toml").write_bytes(b"\xff\xfe")
    looks, errors = load_themes(tmp_path)
    assert looks["mine"].title == "Mine"
    assert len(errors) == 6
    assert all("\n" not in error for error in errors)
    assert errors[0] == "a.toml: colours.accent is missing"
    assert errors[1].startswith("b.toml: styles.high: 'sort of red' is not a style")
    assert errors[4] == "e.toml: there is no styles.loud"
    assert load_themes(tmp_path / "nowhere")[1] == []


def test_a_missing_file_is_a_theme_error(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match=r"none\.toml"):
        load_theme(tmp_path / "none.toml")


def test_choosing() -> None:
    assert choose(None, LOOKS, {"TERM": "xterm-256color"}) == "dark"
    assert choose("light", LOOKS, {"TERM": "linux"}) == "light"
    assert choose(None, LOOKS, {"TERM": "linux"}) == "ansi16"
    assert choose("light", LOOKS, {"NO_COLOR": "1"}) == "ansi16"
    with pytest.raises(ThemeError, match="no theme 'lihgt'; there are: dark, light, high-contrast"):
        choose("lihgt", LOOKS, {})
