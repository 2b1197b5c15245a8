"""Where the findings are: services down, regions across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from srtui.findings.filter import NO_REGION, NO_SERVICE, Searchable
from srtui.responsibility.verdict import SEVERITIES, Severity
from srtui.tui.theme import SEVERITY_MARK
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_table import Column, TableRow

GLOBAL: Final = NO_REGION
CELL: Final = 7


def regions_of(items: Iterable[Searchable]) -> list[str]:
    """Regions with open findings, the one with most first; what is global stands at the beginning."""
    counts = Counter(item.finding.region or GLOBAL for item in items if item.state == "open")
    return sorted(counts, key=lambda region: (region != GLOBAL, -counts[region], region))


def short_region(region: str) -> str:
    """`eu-west-1` as `euw1`, `ap-southeast-2` as `apse2`: as AWS shortens them in names of zones and usage types."""
    if region == GLOBAL:
        return region
    *parts, number = region.split("-")
    directions = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
    return "".join([parts[0], *(directions.get(part, part[:1]) for part in parts[1:]), number])


def heat_columns(regions: Sequence[str]) -> list[Column]:
    """The service, then a column a region."""
    return [
        Column("service", "service", 18, sortable=False),
        Column("all", "all", 5, align="right", sortable=False),
        *(Column(region, short_region(region), CELL, align="right", sortable=False) for region in regions),
    ]


def heat_rows(items: Iterable[Searchable], regions: Sequence[str]) -> list[TableRow]:
    """A row a service: in each cell the letter of the worst severity and how many are open."""
    cells: dict[str, dict[str, list[Severity]]] = {}
    for item in items:
        if item.state == "open":
            place = item.finding.region or GLOBAL
            cells.setdefault(item.finding.service or NO_SERVICE, {}).setdefault(place, []).append(
                item.finding.severity
            )
    order = sorted(cells, key=lambda service: (_worst_of(cells[service]), -_total(cells[service]), service))
    return [
        TableRow(
            service,
            (
                (service, ""),
                (str(_total(cells[service])), "muted"),
                *(_cell(cells[service].get(region, [])) for region in regions),
            ),
        )
        for service in order
    ]


def _total(row: dict[str, list[Severity]]) -> int:
    return sum(len(found) for found in row.values())


def _worst_of(row: dict[str, list[Severity]]) -> int:
    return min(SEVERITIES.index(severity) for found in row.values() for severity in found)


def _cell(found: list[Severity]) -> Span:
    if not found:
        return "·", "faint"
    worst = min(found, key=SEVERITIES.index)
    return f"{SEVERITY_MARK[worst][0]} {len(found)}", worst


def heat_filter(service: str, region: str | None) -> str:
    """The filter that leaves the open findings of a service, in one region or in all."""
    where = f" region:{region}" if region else ""
    return f"service:{service}{where} status:open"


def heat_blocks(items: Iterable[Searchable], service: str, region: str | None = None) -> list[Block]:
    """One service, in one region or in all: its findings by region and severity, and the worst of them."""
    mine = [
        item.finding
        for item in items
        if item.state == "open"
        and (item.finding.service or NO_SERVICE) == service
        and (region is None or (item.finding.region or GLOBAL) == region)
    ]
    where = "" if region is None else f" in {region}" if region != GLOBAL else ", global"
    blocks: list[Block] = [Heading(f"{service}{where}: {counted(len(mine), 'open finding')}"), Gap()]
    for place, count in Counter(finding.region or GLOBAL for finding in mine).most_common():
        severities = Counter(finding.severity for finding in mine if (finding.region or GLOBAL) == place)
        text = ", ".join(f"{severities[name]} {name}" for name in SEVERITIES if severities[name])
        blocks.append(
            Fact(f"{short_region(place)}  {place}" if place != GLOBAL else place, f"{count}: {text}")
        )
    worst = sorted(mine, key=lambda finding: SEVERITIES.index(finding.severity))[:8]
    if worst:
        blocks += [Gap(), Heading("The worst")]
    for finding in worst:
        blocks.append(Line(((SEVERITY_MARK[finding.severity], finding.severity), ("  " + finding.title, ""))))
        blocks.append(Para(f"{finding.subject}  {finding.region}", "muted", 5))
    if mine:
        blocks += [Gap(), Para("enter shows them all; left and right choose the region", "muted")]
    return blocks
