"""Effective permissions as a tree: services → access levels → actions → the statements that decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from srtui.policy.catalogue import AccessLevel, load_catalogue
from srtui.policy.effective import EffectivePermissions, Grant
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
    "Permissions management": "permissions",
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
    wanted = matching(pattern)
    roots = list(_services(allowed, wanted))
    trimmed = allowed.trimmed & wanted
    if trimmed:
        roots.append(_trimmed(allowed, trimmed))
    return tuple(roots)


def unfolded(analysis: Analysis, arn: str, pattern: str) -> list[str]:
    """Keys to unfold so that a filter that finds few actions shows them."""
    allowed = analysis.permissions.get(arn)
    if allowed is None or not pattern.strip():
        return []
    found = allowed.actions & matching(pattern)
    if found.bit_count() > _FEW:
        return []
    catalogue = load_catalogue()
    keys: dict[str, None] = {}
    for action in catalogue.actions(found):
        service = action.partition(":")[0]
        keys[service] = None
        keys[f"{service}{SEP}{catalogue.access_level(action)}"] = None
    return list(keys)


def matching(pattern: str) -> int:
    """The actions that a filter means: patterns as in a policy, or words anywhere in a name."""
    catalogue = load_catalogue()
    bits = catalogue.everything
    for word in pattern.split():
        text = word if ":" in word else f"*:*{word}*"
        found = catalogue.expand(text)
        if not found and ":" in word and "*" not in word:
            found = catalogue.expand(word + "*")
        bits &= found
    return bits


def permission_title(analysis: Analysis, arn: str, pattern: str) -> tuple[list[Span], list[Span]]:
    """Title and right end of the tree's title line."""
    allowed = analysis.permissions.get(arn)
    title: list[Span] = [("Permissions", "")]
    if pattern:
        title += [(" · /", "muted"), (pattern, "match")]
    if allowed is None:
        return title, []
    shown = allowed.actions & matching(pattern)
    right: list[Span] = [(counted(shown.bit_count(), "action"), "")]
    for level, style in LEVEL_STYLE.items():
        count = load_catalogue().by_access_level(shown).get(level, 0)  # type: ignore[call-overload]
        if count and level != "Tagging":
            right += [("  ", ""), (f"{count:,} {_LEVEL_SHORT[level]}", style)]
    return title, right


def permission_notes(analysis: Analysis, arn: str) -> tuple[str, ...]:
    """What to say where there is nothing to show, or something is missing."""
    allowed = analysis.permissions.get(arn)
    if allowed is None:
        return ("The evidence does not show this principal's policies.",)
    notes = [f"not read: {name}" for name in allowed.unreadable]
    return (*notes, "Resource policies may allow more: ask with w who can do something to a resource.")


def _services(allowed: EffectivePermissions, wanted: int) -> Iterator[TreeNode]:
    catalogue = load_catalogue()
    found = []
    for service in catalogue.services:
        bits = allowed.actions & wanted & catalogue.service_bits(service)
        if bits:
            levels = catalogue.by_access_level(bits)
            found.append((service, bits, levels))
    found.sort(key=lambda item: _weight(item[0], item[2]))
    for service, bits, levels in found:
        yield TreeNode(
            service,
            ((service, "strong"),),
            right=tuple(_counts(levels)),
            load=partial(_levels, allowed, service, bits),
            selectable=False,
        )


def _weight(service: str, levels: dict[AccessLevel, int]) -> tuple[int, int, int, str]:
    changes = levels.get("Permissions management", 0) + levels.get("Write", 0)
    first = _FIRST.index(service) if service in _FIRST and changes else len(_FIRST)
    return first, -levels.get("Permissions management", 0), -levels.get("Write", 0), service


def _counts(levels: dict[AccessLevel, int]) -> Iterator[Span]:
    for number, (level, count) in enumerate(levels.items()):
        if number:
            yield " · ", "muted"
        yield f"{count:,} {_LEVEL_SHORT[level]}", LEVEL_STYLE.get(level, "muted")


def _levels(allowed: EffectivePermissions, service: str, bits: int) -> list[TreeNode]:
    catalogue = load_catalogue()
    return [
        TreeNode(
            f"{service}{SEP}{level}",
            ((level, LEVEL_STYLE.get(level, "muted")), (f" {(bits & mask).bit_count():,}", "muted")),
            load=partial(_actions, allowed, bits & mask),
            selectable=False,
        )
        for level, mask in catalogue.level_bits.items()
        if bits & mask
    ]


def _actions(allowed: EffectivePermissions, bits: int) -> list[TreeNode]:
    return [_action(allowed, name) for name in load_catalogue().actions(bits)]


def _action(allowed: EffectivePermissions, name: str) -> TreeNode:
    catalogue = load_catalogue()
    everywhere = catalogue.contains(allowed.unlimited, name)
    grants = allowed.granting(name)
    spans: list[Span] = [(name, "")]
    if everywhere:
        spans.append(("  on everything", "muted"))
    else:
        spans += [("  on ", "muted"), (_scope(grants), "string")]
        if grants and all(grant.parsed.conditions for grant in grants):
            spans += [(" if ", "muted"), ("; ".join(grants[0].condition_texts), "warning")]
    badges: list[Span] = []
    if allowed.denying(name):
        badges.append(("a Deny limits it", "warning"))
    if not everywhere and any(not catalogue.contains(guard.unlimited, name) for guard in allowed.guardrails):
        badges.append(("a guardrail limits it", "warning"))
    return TreeNode(
        f"action{SEP}{name}",
        tuple(spans),
        badges=tuple(badges),
        load=partial(_statements, allowed, name),
        selectable=False,
    )


def _scope(grants: Iterable[Grant]) -> str:
    values = dict.fromkeys(
        text
        for grant in grants
        for text in (grant.resources or tuple(f"all but {one}" for one in grant.not_resources))
    )
    shown = list(values)[:2]
    return ", ".join(shown) + (f" +{len(values) - 2}" if len(values) > 2 else "")


def _statements(allowed: EffectivePermissions, action: str) -> list[TreeNode]:
    """The statements that give the action, those that take it away, and the guardrails that limit it."""
    nodes = [_statement(grant, action) for grant in (*allowed.granting(action), *allowed.denying(action))]
    for guard in allowed.guardrails:
        for grant in guard.grants:
            position = load_catalogue().index(action)
            if grant.allow and position is not None and grant.actions >> position & 1:
                nodes.append(_statement(grant, action))
    return nodes


def _statement(grant: Grant, action: str) -> TreeNode:
    spans: list[Span] = [
        ("Allow" if grant.allow else "Deny", "allow" if grant.allow else "deny"),
        (f" {_spoken(grant)} ", "muted"),
        (grant.label, ""),
        (" on ", "muted"),
        (_scope((grant,)), "string"),
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
    return parts[1] if parts[0] in ("action", "statement", "trimmed-action") else None


def _trimmed(allowed: EffectivePermissions, bits: int) -> TreeNode:
    return TreeNode(
        "trimmed",
        (
            ("Taken away", "heading"),
            (f" {counted(bits.bit_count(), 'action')} that policies allow in vain", "muted"),
        ),
        load=partial(_trimmed_actions, allowed, bits),
        selectable=False,
    )


def _trimmed_actions(allowed: EffectivePermissions, bits: int) -> list[TreeNode]:
    return [
        TreeNode(
            f"trimmed-action{SEP}{name}",
            ((name, "muted"), ("  by ", "muted"), (_taken_by(allowed, name), "warning")),
            load=partial(_statements, allowed, name),
            selectable=False,
        )
        for name in load_catalogue().actions(bits)
    ]


def _taken_by(allowed: EffectivePermissions, action: str) -> str:
    denies = allowed.denying(action)
    for guard in allowed.guardrails:
        if not load_catalogue().contains(guard.allowed, action):
            return (
                f"{'boundary' if guard.kind == 'boundary' else 'SCP'} {guard.name}, which does not allow it"
            )
    if denies:
        return f"Deny in {denies[0].label}"
    return "what allows it and what limits it being about different resources"
