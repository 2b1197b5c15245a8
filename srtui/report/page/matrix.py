"""The responsibility matrix: thirteen rows, each with its controls behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from srtui.report.content import Content, standing_of_inherited
from srtui.report.page.charts import stacked
from srtui.report.page.markup import Html, account_text, el, own
from srtui.report.page.words import OWNER, plural, severity, status

_ORDER: Final = ("fail", "unknown", "pass", "not_applicable")


def matrix(content: Content) -> Html:
    """The matrix. A row with anything unknown never shows as good."""
    legend = el(
        "p",
        [el("span", el("i", cls=f"swatch {name}"), word) for name, word in _LEGEND],
        cls="legend",
    )
    groups = [
        el("div", el("h3", words), [_row(row) for row in content["matrix"] if row["owner"] == owner])
        for owner, words in OWNER.items()
    ]
    return el("div", legend, groups, cls="matrix")


_LEGEND: Final = (
    ("fail", "fail"),
    ("unknown", "unknown: could not be told"),
    ("pass", "pass"),
    ("not_applicable", "not applicable"),
)


def _row(row: Mapping[str, Any]) -> Html:
    counts = row["controls"]
    told = "" if row["evaluated"] is None else f"{row['evaluated']:.0%} evaluated"
    inherited = standing_of_inherited(row) if row["inherited"] else ""
    said = el("span", inherited, cls="st inherited") if inherited else status(row["status"])
    head = el(
        "summary",
        el("span", row["row"], cls="number"),
        el("span", row["label"], cls="label"),
        el("span", severity(row["worst"]) if row["worst"] else None, cls="worst"),
        el("span", said, cls="status"),
        el("span", stacked(counts) if row["results"] else None, cls="bar-cell"),
        el("span", _figures(row), cls="figures"),
        el("span", told, cls="told"),
    )
    return el("details", head, el("div", [*_inside(row)], cls="inside"), cls="row")


def _figures(row: Mapping[str, Any]) -> str:
    counts = row["controls"]
    named = (("fail", "fail"), ("unknown", "unknown"), ("pass", "pass"))
    return " · ".join(f"{counts[status]} {word}" for status, word in named if counts[status])


def _inside(row: Mapping[str, Any]) -> Iterator[Html]:
    yield el("p", own(row["title"]), cls="title")
    if row["inherited"]:
        yield from _inherited(row["inherited"])
    if row["results"]:
        results = sorted(row["results"], key=lambda result: _ORDER.index(result["status"]))
        yield _controls(results)


def _inherited(inherited: Mapping[str, Any]) -> Iterator[Html]:
    yield el("p", own(inherited["what"]))
    facts = []
    if inherited["attestation"]:
        facts.append(
            ("Attested by", own(f"{', '.join(inherited['attestation'])} ({inherited['attested_at']})"))
        )
    for use in inherited["in_use"]:
        where = f" in {use['region']}" if use["region"] else ""
        facts.append(("In use", account_text(f"{use['count']} × {use['service']} {use['detail']}{where}")))
    if inherited["remains"]:
        facts.append(("Left to you", own(inherited["remains"])))
    yield el("dl", [(el("dt", label), el("dd", value)) for label, value in facts], cls="facts")


def _controls(results: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        el(
            "tr",
            el("td", severity(result["severity"])),
            el("td", status(result["status"])),
            el("td", own(result["title"]), " ", el("code", result["control"])),
            el("td", _subjects(result)),
            el("td", account_text(result["reason"]) if result["reason"] else None, cls="soft"),
        )
        for result in results
    ]
    head = el(
        "tr", [el("th", name, scope="col") for name in ("", "status", "control", "subjects", "why not told")]
    )
    return el("table", el("thead", head), el("tbody", lines), cls="list")


def _subjects(result: Mapping[str, Any]) -> Html | str:
    counts = result["subjects"]
    if counts["fail"]:
        shown = plural(counts["fail"], "finding")
        return el("a", shown, href="#findings", data_search=f"{result['control']}")
    named = (("pass", "pass"), ("unknown", "unknown"))
    return ", ".join(f"{counts[status]:,} {word}" for status, word in named if counts[status])
