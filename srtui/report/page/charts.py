"""Charts as inline SVG. Severity has its colours here; everything else is ink, hatching and the accent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from srtui.report.content import Content
from srtui.report.page.markup import Html, el, join
from srtui.report.page.words import LETTER, SEVERITIES, STATUS

#: The hatching of what is unknown; every other chart refers to it.
HATCH: Final = el(
    "svg",
    el(
        "defs",
        el(
            "pattern",
            el("path", d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", cls="hatch"),
            id="hatch",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    ),
    width=0,
    height=0,
    aria_hidden="true",
    cls="defs",
)
_STATUSES: Final = ("fail", "unknown", "pass", "not_applicable")
_MOST_SERVICES: Final = 12
_MOST_REGIONS: Final = 18


def stacked(counts: Mapping[str, int], width: int = 220, height: int = 10) -> Html:
    """One bar of the statuses of a row's controls."""
    total = sum(counts[status] for status in _STATUSES)
    parts, x = [], 0.0
    for status in _STATUSES:
        if counts[status]:
            share = width * counts[status] / total
            parts.append(el("rect", x=f"{x:.1f}", width=f"{share:.1f}", height=height, cls=f"bar {status}"))
            x += share
    said = ", ".join(f"{counts[status]} {STATUS[status][1]}" for status in _STATUSES if counts[status])
    return _svg(parts, width, height, said or "no controls", "stack")


def severity_strip(content: Content) -> Html:
    """Findings by severity, each with the part that is still open."""
    total, still = Counter[str](), Counter[str]()
    for finding in content["findings"]:
        total[finding["severity"]] += 1
        still[finding["severity"]] += finding["triage"]["state"] == "open"
    most = max(total.values(), default=0)
    lines = []
    for y, name in enumerate(SEVERITIES):
        top = y * 26
        lines += [
            el("text", LETTER[name], x=0, y=top + 13, cls=f"letter {LETTER[name]}"),
            el("text", name, x=18, y=top + 13, cls="label"),
            el("rect", x=80, y=top + 3, width=_scaled(total[name], most, 280), height=13, cls="ghost"),
            el(
                "rect",
                x=80,
                y=top + 3,
                width=_scaled(still[name], most, 280),
                height=13,
                cls=f"fill {LETTER[name]}",
            ),
            el("text", _figures(total[name], still[name]), x=370, y=top + 14, cls="figure"),
        ]
    said = ", ".join(f"{total[name]} {name}" for name in SEVERITIES)
    return _svg(lines, 480, 130, f"findings by severity: {said}", "chart")


def _figures(total: int, still: int) -> str:
    return f"{total:,}" if total == still else f"{still:,} open of {total:,}"


def _scaled(value: int, most: int, width: int) -> str:
    """A length; what is there at all is always visible."""
    return f"{max(2.0, width * value / most):.1f}" if value else "0"


def services(content: Content) -> Html:
    """Findings by service, the parts of each bar by severity."""
    by_service: dict[str, Counter[str]] = {}
    for finding in content["findings"]:
        by_service.setdefault(finding["service"] or "other", Counter())[finding["severity"]] += 1
    ordered = sorted(by_service.items(), key=lambda item: (-item[1].total(), item[0]))[:_MOST_SERVICES]
    most = max((counts.total() for _, counts in ordered), default=0)
    lines: list[Html] = []
    for y, (service, counts) in enumerate(ordered):
        top, x = y * 22, 150.0
        lines.append(el("text", service, x=142, y=top + 13, cls="label end"))
        for name in SEVERITIES:
            if counts[name]:
                width = max(1.5, 250 * counts[name] / most)
                lines.append(
                    el(
                        "rect",
                        x=f"{x:.1f}",
                        y=top + 3,
                        width=f"{width:.1f}",
                        height=13,
                        cls=f"fill {LETTER[name]}",
                    )
                )
                x += width
        lines.append(el("text", f"{counts.total():,}", x=f"{x + 8:.1f}", y=top + 14, cls="figure"))
    said = ", ".join(f"{service} {counts.total()}" for service, counts in ordered)
    return _svg(lines, 480, max(22, 22 * len(ordered)), f"findings by service: {said}", "chart")


def heat_map(content: Content) -> Html | None:
    """Findings by region and service, as a table; None where there is but one region."""
    cells = Counter(
        (finding["region"] or "global", finding["service"] or "other") for finding in content["findings"]
    )
    regions = _most(cells, 0, _MOST_REGIONS)
    columns = _most(cells, 1, _MOST_SERVICES)
    if len(regions) < 2:
        return None
    most = max(cells.values())
    head = el(
        "tr", el("th", "region", scope="col"), [el("th", el("span", one), scope="col") for one in columns]
    )
    body = [
        el("tr", el("th", region, scope="row"), [_heat(cells[region, one], most) for one in columns])
        for region in regions
    ]
    return el("table", el("thead", head), el("tbody", body), cls="heat")


def _most(cells: Counter[tuple[str, str]], place: int, most: int) -> list[str]:
    totals: Counter[str] = Counter()
    for key, count in cells.items():
        totals[key[place]] += count
    return [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:most]]


def _heat(count: int, most: int) -> Html:
    step = 0 if not count else min(5, 1 + int(5 * (count - 1) / most))
    return el("td", f"{count:,}" if count else "", cls=f"h{step}")


def _svg(parts: Sequence[Html], width: int, height: int, said: str, cls: str) -> Html:
    return el(
        "svg",
        el("title", said),
        join(parts),
        viewbox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        cls=cls,
    )


#: Access levels of actions, the most dangerous first.
LEVELS: Final = ("Permissions management", "Write", "Tagging", "Read", "List")
_BAR: Final = 96


def bar_key(principal: Mapping[str, Any]) -> tuple[int, ...]:
    """How many actions of each level a principal has: many have the same, and share one bar."""
    return tuple(principal["access_levels"].get(level, 0) for level in LEVELS)


def level_bars(bars: Mapping[tuple[int, ...], int]) -> Html:
    """The bars of what principals may do, by access level and on one scale, for `shared_bar` to refer to."""
    most = max(map(sum, bars), default=0)
    drawn = [
        el("g", el("title", _said(counts)), _level_bar(counts, most), id=f"bar{id}")
        for counts, id in bars.items()
    ]
    return el("svg", el("defs", drawn), width=0, height=0, aria_hidden="true", cls="defs")


def shared_bar(id: int) -> Html:
    """One of the bars that `level_bars` draws."""
    return el("svg", el("use", href=f"#bar{id}"), width=_BAR, height=8)


def _said(counts: Sequence[int]) -> str:
    return (
        ", ".join(f"{name} {count:,}" for name, count in zip(LEVELS, counts, strict=True) if count)
        or "nothing"
    )


def _level_bar(counts: Sequence[int], most: int) -> list[Html]:
    parts, x = [], 0.0
    for place, count in enumerate(counts):
        if count:
            share = max(_BAR * count / most, 0.8)
            parts.append(el("rect", x=f"{x:.1f}", width=f"{share:.1f}", height=8, cls=f"lv{place}"))
            x += share
    return parts
