"""The principals: who there is, what each may do, and what stands out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from srtui.report.content import Content
from srtui.report.inert import limited
from srtui.report.page.charts import LEVELS, bar_key, level_bars, shared_bar
from srtui.report.page.markup import LONGEST, Html, el
from srtui.report.page.table import cell, long_table, row, text_cell
from srtui.report.page.words import TIER, plural, short

_COLUMNS: Final = (
    ("who", "principal"),
    ("kind", "kind"),
    ("nature", "nature"),
    ("marks", "stands out"),
    ("levels-c", "may do"),
    ("num", "actions"),
    ("num", "perm."),
    ("num", "write"),
    ("used", "last used"),
    ("num", "findings"),
)
_NATURE: Final = {"aws": "AWS’s own"}


def principals(content: Content) -> Html:
    """The whole section without its heading."""
    bars: dict[tuple[int, ...], int] = {}
    for principal in content["principals"]:
        bars.setdefault(bar_key(principal), len(bars))
    rows = [_row(principal, bars) for principal in content["principals"]]
    legend = el(
        "p",
        [el("span", el("i", cls=f"swatch lv{place}"), name.lower()) for place, name in enumerate(LEVELS)],
        cls="legend",
    )
    return el(
        "div", level_bars(bars), _summary(content), legend, long_table("principals", _COLUMNS, rows, _tools())
    )


def _summary(content: Content) -> Html:
    kinds = Counter(principal["kind"] for principal in content["principals"])
    admins = sum(principal["admin"] is not None for principal in content["principals"])
    said = ", ".join(plural(kinds[kind], kind) for kind in ("user", "role", "group") if kinds[kind])
    return el("p", f"{said}; {admins:,} with administrator rights." if said else "No principal was read.")


def _row(principal: Mapping[str, Any], bars: Mapping[tuple[int, ...], int]) -> Html:
    nature = _NATURE.get(principal["nature"], principal["nature"])
    levels = principal["access_levels"]
    return row(
        (
            text_cell("who", short(principal["arn"])),
            cell("kind", principal["kind"]),
            cell("nature", nature, title="; ".join(principal["nature_reasons"])),
            cell("marks", [el("bdi", mark, cls="tag") for mark in _marks(principal)]),
            cell("levels-c", shared_bar(bars[bar_key(principal)])),
            cell("num", f"{principal['actions']:,}"),
            *(cell("num", f"{levels.get(level, 0):,}") for level in LEVELS[:2]),
            cell("used", _last_used(principal)),
            cell("num", principal["findings"]),
        ),
        "strong" if principal["admin"] else "",
    )


def _marks(principal: Mapping[str, Any]) -> list[str]:
    becomes = principal["becomes_admin"]
    marks = [str(badge["text"]) for badge in principal["badges"]]
    return [f"→ admin, {TIER[becomes][0]}", *marks] if becomes else marks


def _last_used(principal: Mapping[str, Any]) -> str:
    if principal["kind"] == "group":
        return ""
    if not principal["last_used_known"]:
        return "unknown"
    return (principal["last_used"] or "never")[:10]


def _tools() -> Html:
    choices = {
        "kind": ("user", "role", "group"),
        "nature": ("human", "machine", "aws", "unclear"),
        "rights": ("administrator", "becomes administrator", "stands out"),
    }
    selects = [
        el(
            "select",
            el("option", f"every {name}" if name != "rights" else "all rights", value=""),
            [el("option", _NATURE.get(one, one), value=one) for one in options],
            data_filter=name,
            aria_label=f"by {name}",
        )
        for name, options in choices.items()
    ]
    search = el(
        "input",
        type="search",
        placeholder="filter: words of the name or of what stands out",
        aria_label="filter the principals",
        data_filter="text",
        cls="search",
    )
    clear = el("button", "clear", type="button", data_clear=True)
    return el("div", search, selects, clear, el("output", cls="count"), cls="tools", hidden=True)


def principal_data(content: Content) -> list[list[Any]]:
    """What the filters and the sorting look at; places are those of the rows."""
    return [
        [
            limited(principal["arn"], LONGEST),
            principal["kind"],
            principal["nature"],
            principal["admin"] is not None,
            len(_marks(principal)),
            principal["actions"],
            *(principal["access_levels"].get(level, 0) for level in LEVELS[:2]),
            principal["last_used"] or "",
            principal["findings"],
            principal["becomes_admin"] is not None,
        ]
        for principal in content["principals"]
    ]
