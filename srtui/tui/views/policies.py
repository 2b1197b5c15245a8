"""Policy documents and their statements, one readable line each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import as_list
from srtui.principals import readable_conditions
from srtui.tui.widgets.detail import Block, Code, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span, plain
from srtui.tui.widgets.virtual_tree import TreeNode

_MOST_ACTIONS = 400  # nodes under one pattern of a statement
_LEVEL_STYLE = {"Permissions management": "critical", "Write": "high", "Tagging": "medium"}


def statements_of(document: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The statements in order; whatever is no object is left out."""
    if not isinstance(document, Mapping):
        return []
    return [one for one in as_list(document.get("Statement")) if isinstance(one, Mapping)]


def _some(values: Any, most: int = 2) -> str:
    found = [str(value) for value in as_list(values)]
    return ", ".join(found[:most]) + (f" +{len(found) - most}" if len(found) > most else "")


def statement_spans(statement: Mapping[str, Any]) -> tuple[Span, ...]:
    """`Allow s3:Put* on arn:… if …`."""
    effect = str(statement.get("Effect", "?"))
    spans: list[Span] = [(effect, "allow" if effect == "Allow" else "deny"), (" ", "")]
    if "NotAction" in statement:
        spans += [("all but ", "warning"), (_some(statement["NotAction"]), "")]
    else:
        spans.append((_some(statement.get("Action", ())), ""))
    if "NotResource" in statement:
        spans += [(" on all but ", "warning"), (_some(statement["NotResource"]), "string")]
    elif "Resource" in statement:
        spans += [(" on ", "muted"), (_some(statement["Resource"], 1), "string")]
    conditions = readable_conditions(statement.get("Condition"))
    if conditions:
        spans += [(" if ", "muted"), ("; ".join(conditions), "muted")]
    return tuple(spans)


def statement_nodes(
    prefix: str, document: Mapping[str, Any] | None, effective: int | None = None
) -> list[TreeNode]:
    """The statements as nodes with their actions under them.

    `effective`: the actions that are really allowed to whom the policy is attached, to tell those that are not.
    """
    nodes = []
    for index, statement in enumerate(statements_of(document)):
        key = f"{prefix}\x1fstatement\x1f{index}"
        nodes.append(
            TreeNode(key, statement_spans(statement), load=partial(_action_nodes, key, statement, effective))
        )
    return nodes


def _action_nodes(prefix: str, statement: Mapping[str, Any], effective: int | None) -> list[TreeNode]:
    """Every action that the statement's patterns match, with its access level and whether it is really allowed."""
    catalogue = load_catalogue()
    if statement.get("Effect") != "Allow" or "NotAction" in statement:
        effective = None
    negated = "NotAction" in statement
    nodes = []
    patterns = [str(value) for value in as_list(statement.get("NotAction" if negated else "Action"))]
    for pattern in patterns:
        bits = catalogue.expand(pattern)
        names = catalogue.actions(bits) if bits.bit_count() <= _MOST_ACTIONS else []
        style = "warning" if negated else ""
        label = f"not {pattern}" if negated else pattern
        if not bits:
            badges: tuple[Span, ...] = (("matches no known action", "unknown"),)
        elif len(names) == 1:
            badges = (_level(names[0]), *_vain(bits, effective))
        else:
            badges = ((f"{bits.bit_count():,} actions", "muted"), *_levels(bits), *_vain(bits, effective))
        children = tuple(
            TreeNode(
                f"{prefix}\x1f{pattern}\x1f{name}",
                ((name, ""),),
                badges=(_level(name), *_vain(catalogue.expand(name), effective)),
            )
            for name in (names if len(names) > 1 else ())
        )
        nodes.append(TreeNode(f"{prefix}\x1f{pattern}", ((label, style),), badges=badges, children=children))
    return nodes


def _vain(bits: int, effective: int | None) -> tuple[Span, ...]:
    """Whether a guardrail or a Deny takes the actions away."""
    lost = 0 if effective is None else (bits & ~effective).bit_count()
    if not lost:
        return ()
    return (("not effective" if lost == bits.bit_count() else f"{lost:,} not effective", "warning"),)


def _level(action: str) -> Span:
    level = str(load_catalogue().access_level(action) or "")
    return level.lower(), _LEVEL_STYLE.get(level, "muted")


def _levels(bits: int) -> Iterator[Span]:
    for level, count in load_catalogue().by_access_level(bits).items():
        if count and level in _LEVEL_STYLE:
            yield f"{count:,} {level.lower()}", _LEVEL_STYLE[level]


def pretty(value: Any) -> str:
    """JSON as a person reads it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def document_blocks(key: str, title: str, kind: str, document: Mapping[str, Any] | None) -> list[Block]:
    """A document, each statement an item."""
    blocks: list[Block] = [Heading(f"{plain(title)}  {kind}")]
    if document is None:
        return [*blocks, Para("No evidence shows this document.", "unknown")]
    found = statements_of(document)
    version = document.get("Version")
    if version:
        blocks.append(Para(f"Version {version}", "muted"))
    for index, statement in enumerate(found):
        sid = statement.get("Sid")
        name = f"statement {index + 1} of {len(found)}" + (f" · {sid}" if sid else "")
        blocks += [
            Gap(),
            Item(
                f"{key}\x1f{index}",
                (Line(((name, "muted"),)), Line(statement_spans(statement)), Code(pretty(statement))),
            ),
        ]
    return blocks
