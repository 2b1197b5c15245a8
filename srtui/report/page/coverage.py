"""What could not be told, why, and what to grant so that it can be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from srtui.report.content import Content, controls_of
from srtui.report.page.markup import Html, account_text, block, el, own
from srtui.report.page.words import plural, severity
from srtui.services.permissions import split_policies


def coverage(content: Content) -> Html:
    """The whole section without its heading."""
    return el("div", [*_parts(content)])


def _parts(content: Content) -> Iterator[Html]:
    told = content["coverage"]
    yield el(
        "p",
        f"{told['answered']:,} of {told['calls']:,} calls answered, {told['failed']:,} failed, "
        f"{told['incomplete']:,} incomplete; {told['evaluated']:,} of {told['controls']:,} controls told completely.",
    )
    yield el("p", "Regions: ", account_text(", ".join(told["regions"]) or "not known"), cls="soft")
    if told["notes"]:
        yield el("ul", [el("li", account_text(note)) for note in told["notes"]], cls="notes")
    missing = sorted({action for failure in told["failures"] for action in failure["grant"]})
    if missing:
        yield el("h3", "What to add to the role")
        for document in split_policies(missing, "SrtuiMissing"):
            yield block(json.dumps(document, indent=2))
    if told["failures"]:
        yield _fold(f"Calls without an answer ({len(told['failures']):,})", _failures(told["failures"]))
    unknown = [one for one in controls_of(content).values() if one["subjects"]["unknown"]]
    if unknown:
        yield _fold(f"Controls that could not be told completely ({len(unknown):,})", _unknown(unknown))


def _fold(title: str, inside: Html) -> Html:
    return el(
        "details", el("summary", el("span", title, cls="label")), el("div", inside, cls="inside"), cls="row"
    )


def _failures(failures: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        el(
            "tr",
            el("td", account_text(f"{one['service']}:{one['operation']}")),
            el("td", account_text(one["region"]) if one["region"] else None),
            el("td", account_text(one["error"])),
            el("td", ", ".join(one["grant"])),
            el("td", plural(len(one["unknown"]), "control") if one["unknown"] else None),
        )
        for one in failures
    ]
    return _table(("call", "region", "what went wrong", "to grant", "unknown because of it"), lines)


def _unknown(unknown: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        el(
            "tr",
            el("td", severity(one["severity"])),
            el("td", own(one["title"]), " ", el("code", one["control"])),
            el("td", account_text(one["reason"])),
        )
        for one in unknown
    ]
    return _table(("", "control", "why"), lines)


def _table(headings: tuple[str, ...], lines: list[Html]) -> Html:
    head = el("tr", [el("th", name, scope="col") for name in headings])
    return el("table", el("thead", head), el("tbody", lines), cls="list")
