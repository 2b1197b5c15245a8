"""Attack paths: who becomes administrator and how, ways in from outside, and what to fix first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from srtui.report.content import Content
from srtui.report.page.drawing import MOST_DRAWN, chain, graph
from srtui.report.page.markup import Html, account_text, el, own
from srtui.report.page.words import TIER, plural, short


def paths(content: Content) -> Html:
    """The whole section without its heading."""
    return el("div", [*_parts(content["attack_paths"])])


def _parts(told: Mapping[str, Any]) -> Iterator[Html]:
    becoming = [
        f"{told['becoming'][tier]:,} {words}" for tier, (words, _) in TIER.items() if told["becoming"][tier]
    ]
    yield el(
        "p",
        f"Of {plural(told['principals'], 'user or role', 'users and roles')} {told['already']:,} have administrator "
        f"rights as they are; becoming administrator: {', '.join(becoming) or 'nobody'}.",
    )
    if told["gaps"]:
        yield el("ul", [el("li", account_text(gap)) for gap in told["gaps"]], cls="notes")
    found = told["paths"]
    if found:
        yield _legend()
        if len(found) > MOST_DRAWN:
            yield el(
                "p", f"Drawn are the first {MOST_DRAWN} of {sum(told['becoming'].values()):,}.", cls="soft"
            )
        yield el("div", graph(found), cls="wide")
        yield el("h3", "The shortest way of each")
        yield el("div", [_path(path, first=number == 0) for number, path in enumerate(found)])
    if told["fix_first"]:
        yield el("h3", "Fix first")
        yield _cuts(told["fix_first"])
    entries = [entry for entry in told["entries"] if entry["admin"] or entry["open"]]
    if entries:
        yield el("h3", "From outside")
        yield _entries(entries)


def _legend() -> Html:
    kinds = dict.fromkeys(style for _, style in TIER.values())
    words = {style: " or ".join(word for word, one in TIER.values() if one == style) for style in kinds}
    return el(
        "p",
        [
            el(
                "span",
                el("svg", el("path", d="M1 5 L33 5", cls=f"way {style}"), width=34, height=10),
                words[style],
            )
            for style in kinds
        ],
        cls="legend",
    )


def _path(path: Mapping[str, Any], *, first: bool) -> Html:
    head = el(
        "summary",
        account_text(short(path["start"]), cls="label"),
        el("span", TIER[path["tier"]][0], cls="tag"),
        el("span", plural(len(path["hops"]), "hop"), cls="figures"),
        el("span", "; ".join(hop["name"] for hop in path["hops"]), cls="soft"),
    )
    inside = el("div", el("div", chain(path), cls="wide"), [_hop(hop) for hop in path["hops"]], cls="inside")
    return el("details", head, inside, cls="row", open=first)


def _hop(hop: Mapping[str, Any]) -> Html:
    facts: list[tuple[str, Html]] = []
    if hop["statements"]:
        facts.append(("allowed by", account_text("; ".join(hop["statements"]))))
    if hop["permissions"]:
        facts.append(("uses", account_text("; ".join(hop["permissions"]))))
    if hop["conditions"]:
        facts.append(("if", account_text(" and ".join(hop["conditions"]))))
    if hop["needs"]:
        facts.append(("not read", account_text("; ".join(hop["needs"]))))
    facts += [("command", el("code", own(command, 1000), cls="command")) for command in hop["commands"]]
    facts.append(("cure", own(hop["fix"])))
    to = "a new administrator" if hop["to"] == "admin" else short(hop["to"])
    head = el(
        "p",
        account_text(short(hop["from"])),
        " → ",
        account_text(to),
        el("span", f": {hop['name']} "),
        el("code", hop["technique"]),
    )
    return el(
        "div", head, el("dl", [(el("dt", name), el("dd", value)) for name, value in facts], cls="facts")
    )


def _cuts(cuts: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        el(
            "tr",
            el("td", account_text(cut["label"])),
            el("td", f"{cut['stops']:,} of {cut['of']:,}", cls="num"),
            el("td", own(cut["fix"])),
        )
        for cut in cuts
    ]
    head = el("tr", [el("th", name, scope="col") for name in ("without this", "stops", "cure")])
    return el("table", el("thead", head), el("tbody", lines), cls="list")


def _entries(entries: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        el(
            "tr",
            el("td", account_text(entry["name"])),
            el("td", account_text(short(entry["to"]))),
            el("td", TIER[entry["tier"]][0]),
            el("td", f"administrator, {TIER[entry['admin']][0]}" if entry["admin"] else ""),
            el("td", "open to strangers" if entry["open"] else ""),
            el(
                "td",
                account_text("; ".join(entry["conditions"])) if entry["conditions"] else None,
                cls="soft",
            ),
        )
        for entry in entries
    ]
    headings = ("who", "becomes", "how certain", "leads to", "", "if")
    head = el("tr", [el("th", name, scope="col") for name in headings])
    return el("table", el("thead", head), el("tbody", lines), cls="list")
