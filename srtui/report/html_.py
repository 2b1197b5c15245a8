"""The report as one HTML file that needs no network: for reading, sorting, printing and handing on.

Its policy lets in no script and no style but its own, and nothing from anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, Final

from srtui import __version__
from srtui.report.content import Content
from srtui.report.page.at_risk import at_risk
from srtui.report.page.charts import HATCH, heat_map, services, severity_strip
from srtui.report.page.coverage import coverage
from srtui.report.page.drawing import ARROW
from srtui.report.page.findings import cures, finding_data, findings
from srtui.report.page.markup import Html, account_text, data, el
from srtui.report.page.matrix import matrix
from srtui.report.page.paths import paths
from srtui.report.page.principals import principal_data, principals
from srtui.report.page.words import SEVERITIES, plural

_SECTIONS: Final = (
    ("overview", "Overview"),
    ("findings", "Findings"),
    ("cures", "What to fix"),
    ("paths", "Attack paths"),
    ("at-risk", "Identities at risk"),
    ("principals", "Principals"),
    ("coverage", "Coverage"),
)


def render(content: Content) -> str:
    """The whole page."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    name = content["alias"] or content["account"] or "unknown"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=Html(policy)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content=f"srtui {__version__}"),
        el("title", f"AWS account {name}: responsibilities and findings"),
        el("style", Html(style)),
    )
    body = el(
        "body",
        HATCH,
        ARROW,
        _header(content),
        el("main", [_section(content, id, title) for id, title in _SECTIONS]),
        el("script", Html(data(_data(content))), type="application/json", id="data"),
        el("script", Html(script)),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


@cache
def _asset(name: str) -> str:
    return files("srtui.report.page").joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _data(content: Content) -> dict[str, Any]:
    return {**finding_data(content), "principals": principal_data(content)}


def _header(content: Content) -> Html:
    account = content["account"] or "unknown"
    alias = el("span", account_text(content["alias"]), cls="alias") if content["alias"] else None
    links = [el("a", title, href=f"#{id}") for id, title in _SECTIONS]
    toggle = el(
        "button",
        "◐",
        type="button",
        id="theme",
        title="dark or light",
        aria_label="dark or light",
        hidden=True,
    )
    return el(
        "header",
        el("div", el("h1", alias, el("span", account, cls="id")), el("nav", links, toggle), cls="bar"),
    )


def _section(content: Content, id: str, title: str) -> Html:
    make = {
        "overview": _overview,
        "findings": findings,
        "cures": cures,
        "paths": paths,
        "at-risk": at_risk,
        "principals": principals,
        "coverage": coverage,
    }[id]
    return el("section", el("h2", title), make(content), id=id)


def _overview(content: Content) -> Html:
    heat = heat_map(content)
    return el(
        "div",
        _facts(content),
        _sentence(content),
        el(
            "div",
            el("figure", el("figcaption", "Findings by severity"), severity_strip(content)),
            el("figure", el("figcaption", "Findings by service"), services(content)),
            cls="charts",
        ),
        el("h3", "Responsibility matrix"),
        matrix(content),
        el("figure", el("figcaption", "Findings by region and service"), el("div", heat, cls="wide"))
        if heat
        else None,
    )


def _facts(content: Content) -> Html:
    told = content["coverage"]
    facts = (
        ("Account", account_text(content["account"])),
        ("Caller", account_text(content["caller"])),
        ("Collected", content["collected_at"] or "nothing was collected"),
        ("Regions", f"{len(told['regions']):,}" if told["regions"] else "not known"),
        ("Calls", f"{told['answered']:,} of {told['calls']:,} answered"),
        ("Controls", f"{told['evaluated']:,} of {told['controls']:,} told completely"),
    )
    return el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in facts], cls="account")


def _sentence(content: Content) -> Html:
    still = [finding for finding in content["findings"] if finding["triage"]["state"] == "open"]
    counts = Counter(finding["severity"] for finding in still)
    parts = ", ".join(f"{counts[name]:,} {name}" for name in SEVERITIES if counts[name])
    unknown = content["coverage"]["unknown"]
    said = f"{plural(len(still), 'finding')} open" + (f": {parts}." if parts else ".")
    if unknown:
        said += f" {plural(unknown, 'control')} could not be told completely: what is not known here may be wrong, too."
    told = content["attack_paths"]
    becoming = sum(told["becoming"].values())
    who = f"{plural(told['already'], 'administrator')}, and {becoming:,} more become it."
    lead: list[Html | str] = [said, " ", who]
    for cut in told["fix_first"][:1]:
        lead += [f" What stops most ({cut['stops']:,} of {cut['of']:,}): ", account_text(cut["label"]), "."]
    return el("p", lead, cls="lead")
