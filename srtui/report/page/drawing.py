"""Attack paths as inline SVG: one chain for each, and all of them in one graph that runs to administrator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from srtui.report.inert import visible
from srtui.report.page.markup import Html, el, join
from srtui.report.page.words import TIER, short

#: A graph of more paths is no picture any more.
MOST_DRAWN: Final = 40

_BOX: Final = 200
_TALL: Final = 30
_GAP: Final = 176
_COLUMN: Final = 330
_LINE: Final = 44
_CHARACTERS: Final = 27
_LABEL: Final = 27
#: What stands for a principal that is administrator only at the end of the path, or is made on the way.
_ITSELF: Final = "administrator"

#: The head of every arrow; charts refer to it by its id.
ARROW: Final = el(
    "svg",
    el(
        "defs",
        el(
            "marker",
            el("path", d="M0 0 L8 4 L0 8 z", cls="arrow"),
            id="arrow",
            viewbox="0 0 8 8",
            refX=7,
            refY=4,
            markerWidth=8,
            markerHeight=8,
            markerUnits="userSpaceOnUse",
            orient="auto",
        ),
    ),
    width=0,
    height=0,
    aria_hidden="true",
    cls="defs",
)


def chain(path: Mapping[str, Any]) -> Html:
    """One path, from left to right."""
    nodes = [path["start"], *(_end(hop) for hop in path["hops"])]
    width = len(nodes) * _BOX + (len(nodes) - 1) * _GAP + 2
    parts = [
        _node(node, 1 + place * (_BOX + _GAP), 16, last=place == len(nodes) - 1)
        for place, node in enumerate(nodes)
    ]
    for place, hop in enumerate(path["hops"]):
        left = 1 + place * (_BOX + _GAP) + _BOX
        parts.append(_arrow(left + 3, 16 + _TALL / 2, left + _GAP - 3, 16 + _TALL / 2, hop["tier"]))
        lines = _wrapped(hop["name"])
        parts += [
            el(
                "text",
                line,
                x=f"{left + _GAP / 2:.0f}",
                y=16 + _TALL / 2 - 7 - 12 * (len(lines) - 1 - number),
                cls="by",
            )
            for number, line in enumerate(lines)
        ]
        parts.append(
            el("text", hop["technique"], x=f"{left + _GAP / 2:.0f}", y=16 + _TALL / 2 + 16, cls="by id")
        )
    said = " to ".join(map(_label, nodes))
    return _svg(parts, width, 16 + _TALL + 16, f"path from {said}")


def _end(hop: Mapping[str, Any]) -> str:
    if hop["to"] == "admin" or (hop["to"] == hop["from"] and hop["makes_admin"]):
        return _ITSELF
    return str(hop["to"])


def _label(node: str) -> str:
    return visible(short(node))


def _wrapped(text: str) -> list[str]:
    """A technique's name in two lines at most."""
    words, lines = text.split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LABEL:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) < 3 else [lines[0], lines[1][: _LABEL - 1] + "…"]


def _node(node: str, x: float, y: float, *, last: bool) -> Html:
    label = _label(node)
    shown = label if len(label) <= _CHARACTERS else f"{label[:9]}…{label[10 - _CHARACTERS :]}"
    return el(
        "g",
        el("title", label),
        el("rect", x=f"{x:.0f}", y=f"{y:.0f}", width=_BOX, height=_TALL, rx=4),
        el("text", shown, x=f"{x + _BOX / 2:.0f}", y=f"{y + _TALL / 2 + 4:.0f}"),
        cls="node goal" if last else "node",
    )


def _arrow(x1: float, y1: float, x2: float, y2: float, tier: str, count: int = 1) -> Html:
    bend = (x2 - x1) / 2
    curve = (
        f"M{x1:.0f} {y1:.0f} L{x2:.0f} {y2:.0f}"
        if y1 == y2
        else f"M{x1:.0f} {y1:.0f} C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    )
    return el(
        "path", d=curve, cls=f"way {TIER[tier][1]}{' many' if count > 1 else ''}", marker_end="url(#arrow)"
    )


# --- all in one -------------------------------------------------------------------------------------------


def graph(paths: Sequence[Mapping[str, Any]]) -> Html:
    """Every path in one picture: whoever is further from administrator stands further to the left."""
    drawn = paths[:MOST_DRAWN]
    edges, layer, ends = _edges(drawn)
    columns = _columns(edges, layer)
    place = {node: (number, y) for number, column in columns.items() for y, node in enumerate(column)}
    deepest = max(columns, default=0)
    tallest = max((len(column) for column in columns.values()), default=0)

    def at(node: str) -> tuple[float, float]:
        number, y = place[node]
        # Short columns stand in the middle of the tall ones.
        offset = (tallest - len(columns[number])) * _LINE / 2
        return 1 + (deepest - number) * _COLUMN, 1 + offset + y * _LINE

    parts = []
    for (source, target), (tier, count) in edges.items():
        (x1, y1), (x2, y2) = at(source), at(target)
        parts.append(_arrow(x1 + _BOX + 2, y1 + _TALL / 2, x2 - 2, y2 + _TALL / 2, tier, count))
    parts += [_node(node, *at(node), last=node in ends) for node in place]
    width = deepest * _COLUMN + _BOX + 2
    said = f"{len(drawn)} paths to administrator"
    return _svg(parts, width, max(1, tallest) * _LINE, said)


_Edges = dict[tuple[str, str], tuple[str, int]]


def _edges(paths: Sequence[Mapping[str, Any]]) -> tuple[_Edges, dict[str, int], set[str]]:
    """Each step once with its tier and how many paths take it; each node's distance from the end; the ends."""
    edges: _Edges = {}
    layer: dict[str, int] = {}
    ends: set[str] = set()
    for path in paths:
        nodes = [path["start"], *(_end(hop) for hop in path["hops"])]
        ends.add(nodes[-1])
        for left, node in enumerate(nodes):
            far = len(nodes) - 1 - left
            layer[node] = max(far, layer.get(node, 0))
        for hop, source, target in zip(path["hops"], nodes, nodes[1:], strict=False):
            tier, count = edges.get((source, target), (hop["tier"], 0))
            edges[source, target] = tier, count + 1
    return edges, layer, ends


def _columns(edges: _Edges, layer: Mapping[str, int]) -> dict[int, list[str]]:
    """The nodes by distance; each column in the order in which its lines cross least."""
    columns: dict[int, list[str]] = {}
    for node, number in layer.items():
        columns.setdefault(number, []).append(node)
    incoming = Counter(target for _, target in edges)
    for number in sorted(columns):
        if number == 0:
            columns[0].sort(key=lambda node: (-incoming[node], node))
        else:
            columns[number].sort(key=lambda node: (_middle(node, edges, layer, columns), node))
    return columns


def _middle(node: str, edges: _Edges, layer: Mapping[str, int], columns: Mapping[int, list[str]]) -> float:
    """Where the lines of a node go, on average."""
    heights = [*_heights(node, edges, layer, columns)]
    return sum(heights) / len(heights) if heights else 0.0


def _heights(
    node: str, edges: _Edges, layer: Mapping[str, int], columns: Mapping[int, list[str]]
) -> Iterator[float]:
    for source, target in edges:
        if source == node and layer[target] < layer[node]:
            column = columns[layer[target]]
            yield column.index(target) / max(1, len(column))


def _svg(parts: Sequence[Html], width: float, height: float, said: str) -> Html:
    return el(
        "svg",
        el("title", said),
        join(parts),
        viewbox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        role="img",
        cls="paths",
    )
