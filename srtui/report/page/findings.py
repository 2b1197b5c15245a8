"""The findings: a table to filter and sort, with the details of each for the script to show, and the cures by control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from srtui.report.content import Content, controls_of
from srtui.report.inert import limited, visible
from srtui.report.page.markup import LONGEST, Html, el, link, own
from srtui.report.page.table import cell, long_table, row, text_cell
from srtui.report.page.words import LETTER, SEVERITIES, plural, severity, subject

_COLUMNS: Final = (
    ("sev-h", "sev"),
    ("what", "finding"),
    ("who", "subject"),
    ("where", "region"),
    ("facts-c", "facts"),
    ("nr", "row"),
    ("state", "state"),
)
STATES: Final = ("open", "acknowledged", "suppressed")
_LONGEST_COMMAND: Final = 2000
#: In a cell; the details show the whole.
_LONGEST_FACTS: Final = 160


def findings(content: Content) -> Html:
    """The whole section without its heading."""
    rows = [_row(finding, content["account"]) for finding in content["findings"]]
    return el("div", long_table("findings", _COLUMNS, rows, _tools(content)))


def _row(finding: Mapping[str, Any], account: str) -> Html:
    facts = "; ".join(f"{fact['label']}: {fact['value']}" for fact in finding["facts"])
    state = finding["triage"]["state"]
    title = own(finding["title"])
    return row(
        (
            cell(
                f"sev {LETTER[finding['severity']]}", LETTER[finding["severity"]], title=finding["severity"]
            ),
            el("button", title, type="button", role="cell", aria_expanded="false", cls="c what"),
            text_cell("who", subject(finding["subject"], account)),
            text_cell("where", finding["region"] or "global"),
            text_cell("facts-c", limited(facts, _LONGEST_FACTS)),
            cell("nr", " ".join(map(str, finding["rows"]))),
            cell("state", state),
        ),
        "" if state == "open" else "quiet",
    )


def _tools(content: Content) -> Html:
    """The filters. Without the script they would do nothing, so they are hidden until it runs."""
    by_severity = Counter(finding["severity"] for finding in content["findings"])
    chips = [
        el(
            "button",
            severity(name),
            f" {by_severity[name]:,}",
            type="button",
            cls="chip",
            aria_pressed="false",
            data_severity=LETTER[name],
            aria_label=f"{name}: {plural(by_severity[name], 'finding')}",
        )
        for name in SEVERITIES
    ]
    in_use = {
        "state": [one for one in STATES if any(f["triage"]["state"] == one for f in content["findings"])],
        "row": [str(number) for number in range(1, len(content["matrix"]) + 1)],
        "service": sorted({visible(finding["service"] or "other") for finding in content["findings"]}),
        "region": sorted({visible(finding["region"] or "global") for finding in content["findings"]}),
    }
    labels = {row["row"]: row["label"] for row in content["matrix"]}
    choices = [
        _choice(
            name, options, {str(number): label for number, label in labels.items()} if name == "row" else {}
        )
        for name, options in in_use.items()
    ]
    return el(
        "div",
        el(
            "input",
            type="search",
            placeholder="filter: words of title, subject, facts, control",
            aria_label="filter the findings",
            data_filter="text",
            cls="search",
        ),
        el("span", chips, cls="chips", role="group", aria_label="severity"),
        choices,
        el("button", "clear", type="button", data_clear=True),
        el("output", cls="count"),
        cls="tools",
        hidden=True,
    )


def _choice(name: str, options: Iterable[str], labels: Mapping[str, str]) -> Html:
    shown = [
        el("option", f"{one}  {labels[one]}" if one in labels else one, value=limited(one, LONGEST))
        for one in options
    ]
    return el(
        "select", el("option", f"every {name}", value=""), shown, data_filter=name, aria_label=f"by {name}"
    )


def finding_data(content: Content) -> dict[str, Any]:
    """What the details show and what the filters look at, each text once. Places are those of the rows."""
    tables = _Tables()
    controls = controls_of(content)
    listed = [_details(finding, tables) for finding in content["findings"]]
    first = {finding["control"]: finding for finding in reversed(content["findings"])}
    return {
        "severities": "".join(LETTER[finding["severity"]] for finding in content["findings"]),
        "states": [STATES.index(finding["triage"]["state"]) for finding in content["findings"]],
        "texts": list(tables.texts),
        "controls": {
            id: {
                "why": visible(one["why"]),
                "fix": visible(one["fix"]),
                "references": [ref for ref in one["references"] if ref.startswith("https://")],
                "frameworks": [
                    f"{name} {' '.join(ids)}"
                    for name, ids in controls.get(id, {}).get("frameworks", {}).items()
                ],
            }
            for id, one in first.items()
        },
        "findings": listed,
    }


class _Tables:
    """Texts by number: services, regions and calls are named thousands of times."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self.texts.setdefault(limited(value, LONGEST), len(self.texts))


def _details(finding: Mapping[str, Any], tables: _Tables) -> list[Any]:
    facts = [[limited(fact["label"], LONGEST), limited(fact["value"], LONGEST)] for fact in finding["facts"]]
    sources = [
        tables.number(f"{one['service']} {one['operation']} {one['region']} {one['at'] or ''}".strip())
        for one in finding["sources"]
    ]
    return [
        tables.number(finding["control"]),
        tables.number(finding["service"] or "other"),
        tables.number(finding["region"] or "global"),
        finding["rows"],
        finding["fingerprint"],
        facts,
        sources,
        limited(finding["command"], _LONGEST_COMMAND),
        _triage(finding["triage"]),
        limited(finding["subject"], LONGEST),
        tables.number(finding["risk"]["words"]),
    ]


def _triage(triage: Mapping[str, Any]) -> str:
    named = (("reason", "because"), ("expires", "until"), ("author", "by"), ("at", "at"))
    parts = [f"{word} {triage[name]}" for name, word in named if triage[name]]
    parts += [f"note: {note['text']}" for note in triage["notes"]]
    return limited("; ".join(parts), LONGEST)


def cures(content: Content) -> Html:
    """Each control that fails once: why it matters, how to fix it, what to read."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for finding in content["findings"]:
        groups.setdefault(finding["control"], []).append(finding)
    return el("div", [_cure(group) for group in groups.values()], cls="cures")


def _cure(group: Sequence[Mapping[str, Any]]) -> Html:
    first = group[0]
    head = el(
        "summary",
        severity(first["severity"]),
        el("span", own(first["title"]), cls="label"),
        el("code", first["control"]),
        el("span", plural(len(group), "finding"), cls="figures"),
        el("span", "insecure default", cls="tag") if first["insecure_default"] else None,
    )
    inside = el(
        "div",
        el("p", own(first["why"])),
        el("p", el("b", "Fix. "), own(first["fix"])),
        [el("p", link(reference), cls="soft") for reference in first["references"]],
        el("p", el("a", "show its findings", href="#findings", data_search=first["control"]), cls="scripted"),
        cls="inside",
    )
    return el("details", head, inside, cls="row")
