"""Effective permissions as a tree: services → access levels → actions → the statements that decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from srtui.policy.breakdown import (
    ActionAccess,
    ServiceAccess,
    action_access,
    matching_actions,
    service_access,
)
from srtui.policy.catalogue import ACCESS_LEVELS, AccessLevel, load_catalogue
from srtui.policy.effective import EffectivePermissions
from srtui.policy.grants import Grant
from srtui.tui.views.keys import SEP
from srtui.tui.views.words import counted
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

if TYPE_CHECKING:
    from srtui.analysis import Analysis

#: Services whose permissions decide over everything else come first.
_FIRST: Final = (
    "iam", "sts", "organizations", "sso", "identitystore", "kms", "secretsmanager", "ssm", "cloudtrail", "guardduty",
    "config", "s3", "lambda", "ec2", "cloudformation", "rds", "dynamodb",
)  # fmt: skip
LEVEL_STYLE: Final[dict[str, str]] = {
    "Permissions management": "critical",
    "Write": "high",
    "Tagging": "medium",
}
_LEVEL_SHORT: Final[dict[str, str]] = {
    "Permissions management": "grant",
    "Write": "write",
    "Tagging": "tagging",
    "Read": "read",
    "List": "list",
}
#: With so few actions a filter unfolds what it finds.
_FEW: Final = 60


def permission_roots(analysis: Analysis, arn: str, pattern: str = "") -> tuple[TreeNode, ...]:
    """The tree of one principal, of the actions that match a pattern such as `s3:Put*` or `delete`."""
    allowed = analysis.permissions.get(arn)
    if allowed is None:
        return ()
    if not pattern:
        services = sorted(service_access(allowed), key=lambda one: _weight(one.service, one.levels))
        return tuple(_service(allowed, one) for one in services)
    found: dict[str, list[ActionAccess]] = {}
    for action in action_access(allowed, pattern):
        found.setdefault(action.action.partition(":")[0], []).append(action)
    nodes = []
    for service, actions in found.items():
        levels = {level: sum(one.level == level for one in actions) for level in ACCESS_LEVELS}
        counts = {level: count for level, count in levels.items() if count}
        nodes.append((_weight(service, counts), service, counts, actions))
    return tuple(
        TreeNode(
            service,
            ((service, "strong"),),
            right=tuple(_counts(counts)),
            children=tuple(_levels(service, actions)),
            selectable=False,
        )
        for _, service, counts, actions in sorted(nodes, key=lambda node: node[0])
    )


def unfolded(analysis: Analysis, arn: str, pattern: str) -> list[str]:
    """Keys to unfold so that a filter that finds few actions shows them."""
    allowed = analysis.permissions.get(arn)
    if allowed is None or not pattern:
        return []
    found = (allowed.actions | allowed.trimmed) & matching_actions(pattern)
    if found.bit_count() > _FEW:
        return []
    catalogue = load_catalogue()
    keys: dict[str, None] = {}
    for action in catalogue.actions(found):
        service = action.partition(":")[0]
        keys[service] = None
        keys[f"{service}{SEP}{catalogue.access_level(action)}"] = None
    return list(keys)


def permission_title(analysis: Analysis, arn: str, pattern: str) -> tuple[list[Span], list[Span]]:
    """Title and right end of the tree's title line."""
    allowed = analysis.permissions.get(arn)
    title: list[Span] = [("Permissions", "")]
    if pattern:
        title += [(" · /", "muted"), (pattern, "match")]
    if allowed is None:
        return title, []
    wanted = matching_actions(pattern) if pattern else load_catalogue().everything
    shown = allowed.actions & wanted
    right: list[Span] = [(counted(shown.bit_count(), "action"), "")]
    levels = load_catalogue().by_access_level(shown)
    for level in ACCESS_LEVELS[:2]:
        if levels.get(level):
            right += [("  ", ""), (f"{levels[level]:,} {_LEVEL_SHORT[level]}", LEVEL_STYLE[level])]
    trimmed = (allowed.trimmed & wanted).bit_count()
    if trimmed:
        right += [("  ", ""), (f"{trimmed:,} taken away", "warning")]
    return title, right


def permission_notes(analysis: Analysis, arn: str) -> tuple[str, ...]:
    """What to say where there is nothing to show, or something is missing."""
    allowed = analysis.permissions.get(arn)
    if allowed is None:
        return ("The evidence does not show this principal's policies.",)
    notes = [f"not read: {name}" for name in allowed.unreadable]
    return (*notes, "Resource policies may allow more: ask with w who can do something to a resource.")


def _weight(service: str, levels: dict[AccessLevel, int]) -> tuple[int, int, int, str]:
    changes = levels.get("Permissions management", 0) + levels.get("Write", 0)
    first = _FIRST.index(service) if service in _FIRST and changes else len(_FIRST)
    return first, -levels.get("Permissions management", 0), -levels.get("Write", 0), service


def _service(allowed: EffectivePermissions, access: ServiceAccess) -> TreeNode:
    right = list(_counts(access.levels))
    if access.trimmed:
        right += [(" · " if right else "", "muted"), (f"{access.trimmed:,} taken away", "warning")]
    return TreeNode(
        access.service,
        ((access.service, "strong"),),
        right=tuple(right),
        load=lambda: list(_levels(access.service, action_access(allowed, access.service))),
        selectable=False,
    )


def _counts(levels: dict[AccessLevel, int]) -> Iterator[Span]:
    for number, (level, count) in enumerate(levels.items()):
        if number:
            yield " · ", "muted"
        yield f"{count:,} {_LEVEL_SHORT[level]}", LEVEL_STYLE.get(level, "muted")


def _levels(service: str, actions: Iterable[ActionAccess]) -> Iterator[TreeNode]:
    by_level: dict[AccessLevel, list[ActionAccess]] = {level: [] for level in ACCESS_LEVELS}
    for action in actions:
        by_level[action.level].append(action)
    for level, found in by_level.items():
        if found:
            allowed = sum(one.state != "trimmed" for one in found)
            yield TreeNode(
                f"{service}{SEP}{level}",
                ((level, LEVEL_STYLE.get(level, "muted")), (f" {allowed:,}", "muted")),
                load=partial(_actions, found),
                selectable=False,
            )


def _actions(found: Iterable[ActionAccess]) -> list[TreeNode]:
    return [_action(one) for one in found]


def _action(one: ActionAccess) -> TreeNode:
    spans: list[Span] = [(one.action, "muted" if one.state == "trimmed" else "")]
    badges: list[Span] = []
    if one.state == "trimmed":
        badges.append((f"taken away: {one.limits[0]}" if one.limits else "taken away", "warning"))
    elif one.state == "full":
        spans.append(("  on everything", "muted"))
    else:
        spans += [("  on ", "muted"), (_some(one.resources), "string")]
        if one.conditions:
            spans += [
                (" if ", "muted"),
                (" or ".join("; ".join(texts) for texts in one.conditions), "warning"),
            ]
        badges += [(text, "warning") for text in one.limits[:1]]
    return TreeNode(
        f"action{SEP}{one.action}",
        tuple(spans),
        badges=tuple(badges),
        load=partial(_statements, one),
        selectable=False,
    )


def _some(values: tuple[str, ...]) -> str:
    return ", ".join(values[:2]) + (f" +{len(values) - 2}" if len(values) > 2 else "")


def _statements(one: ActionAccess) -> list[TreeNode]:
    """The statements that give the action, those that take it away, and what limits it in words."""
    nodes = [_statement(grant, one.action) for grant in (*one.grants, *one.denies)]
    nodes += [
        TreeNode(f"limit{SEP}{one.action}{SEP}{number}", ((text, "warning"),), selectable=False)
        for number, text in enumerate(one.limits)
    ]
    return nodes


def _statement(grant: Grant, action: str) -> TreeNode:
    spans: list[Span] = [
        ("Allow" if grant.allow else "Deny", "allow" if grant.allow else "deny"),
        (f" {_spoken(grant)} ", "muted"),
        (grant.label, ""),
        (" on ", "muted"),
        (_some(grant.resources) if grant.resources else f"all but {_some(grant.not_resources)}", "string"),
    ]
    if grant.condition_texts:
        spans += [(" if ", "muted"), ("; ".join(grant.condition_texts), "warning")]
    return TreeNode(
        SEP.join(("statement", action, grant.arn or "", grant.policy, str(grant.statement))), tuple(spans)
    )


def _spoken(grant: Grant) -> str:
    return {"boundary": "boundary", "scp": "SCP", "inline": "inline", "group-inline": "group's inline"}.get(
        grant.kind, "policy"
    )


def statement_of_key(key: str) -> tuple[str, str, int] | None:
    """(ARN, policy, statement from 0) of a statement's node; None for others."""
    parts = key.split(SEP)
    return (parts[2], parts[3], int(parts[4])) if parts[0] == "statement" else None


def action_of_key(key: str) -> str | None:
    """The action that a node stands for or lies under."""
    parts = key.split(SEP)
    return parts[1] if parts[0] in ("action", "statement", "limit") else None
