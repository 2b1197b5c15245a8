"""What the signs on a screen mean, for `?`: by the scope of keys that has the focus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from srtui.tui.theme import SEVERITY_MARK, STATUS_MARK
from srtui.tui.widgets.text import Span

Sign = tuple[Span, str]
"""A sign in its style, and what it means."""

_SEVERITIES: Final[tuple[Sign, ...]] = tuple(((mark, name), name) for name, mark in SEVERITY_MARK.items())
_STATUSES: Final[tuple[Sign, ...]] = (
    ((STATUS_MARK["pass"], "pass"), "pass: all that was asked was answered, and it is as it should be"),
    ((STATUS_MARK["fail"], "fail"), "fail: the evidence shows a problem"),
    ((STATUS_MARK["unknown"], "unknown"), "unknown: a call was denied or not made; this is never a pass"),
    (
        (STATUS_MARK["not_applicable"], "not_applicable"),
        "not applicable: the account has nothing of the kind",
    ),
    ((STATUS_MARK["inherited"], "inherited"), "inherited: AWS does it; what is left to you is counted"),
)
_ROWS: Final[tuple[Sign, ...]] = (
    (("▌", "cursor_mark"), "the row under the cursor"),
    (("+", "mark"), "a marked row; keys that decide take all marked rows"),
)
_TREE: Final[tuple[Sign, ...]] = (
    (("▸ ▾", "muted"), "folded, unfolded"),
    (("+2", "muted"), "so many more badges than there is room for"),
)
_TRIAGE: Final[tuple[Sign, ...]] = (
    (("open", "open"), "nothing was decided, or a suppression has run out"),
    (("ack", "acknowledged"), "acknowledged: seen, to be dealt with"),
    (("suppr.", "suppressed"), "suppressed for a reason, for good or until a day"),
)
_MATRIX: Final[tuple[Sign, ...]] = (
    *_STATUSES,
    (("98%", "warning"), "the share of the controls that could be evaluated, where it is not all"),
    (("✗ 53/73", "fail"), "53 controls of 73 fail"),
)
_BADGES: Final[tuple[Sign, ...]] = (
    (("admin", "critical"), "may do everything; (self): may give itself everything"),
    (
        ("→ admin in 2", "critical"),
        "no administrator, but becomes one in two hops: 5 on its page shows how",
    ),
    (("anyone", "critical"), "its trust policy lets anyone in"),
    (("external", "high"), "its trust policy lets another account or provider in"),
    (("no MFA", "high"), "a console password without MFA; keys alone have no badge"),
    (("key 412 d", "medium"), "the age of its oldest active key"),
    (("unused 120 d", "low"), "not used for so long"),
    (("bounded", "muted"), "it has a permissions boundary"),
)
_LEVELS: Final[tuple[Sign, ...]] = (
    (("grant", "high"), "AWS's access level “permissions management”: may change who may do what"),
    (("write tagging", "medium"), "AWS's access levels “write” and “tagging”"),
    (("read list", "muted"), "AWS's access levels “read” and “list”"),
)
_TIERS: Final[tuple[Sign, ...]] = (
    (("● confirmed", "critical"), "everything the path needs is there"),
    (("◐ conditional", "high"), "it works on a condition that the evidence does not decide"),
    (("○ needs target", "medium"), "it needs a resource that does not exist yet, or was not seen"),
    (("? unknown", "unknown"), "something that decides it was not read; the hop names it"),
    (("✂", "good"), "a change that stops it: the graph was worked out anew without it"),
)
_ANSWERS: Final[tuple[Sign, ...]] = (
    (("✓ allowed", "allow"), "may do it"),
    (("~ conditional", "warning"), "may do it on conditions"),
    (("? unknown", "unknown"), "something that decides it was not read"),
    (("✗ denied", "muted"), "may not do it"),
)

LEGENDS: Final[Mapping[str, tuple[Sign, ...]]] = {
    "matrix": (*_MATRIX, *_TREE[:1], _ROWS[0]),
    "identities": (*_BADGES, *_TREE, _ROWS[0]),
    "findings": (*_SEVERITIES, *_TRIAGE, *_ROWS),
    "why": (*_SEVERITIES, *_TRIAGE),
    "finding": (*_SEVERITIES, *_TRIAGE),
    "statements": (*_SEVERITIES, *_BADGES),
    "permissions": (*_LEVELS, *_TREE[:1]),
    "paths": (*_TIERS, *_TREE[:1]),
    "path": _TIERS,
    "attack": (*_TIERS, *_TREE[:1]),
    "ask": _ANSWERS,
    "question": _ANSWERS,
    "page": (*_STATUSES, *_SEVERITIES),
    "table": (*_SEVERITIES, _ROWS[0]),
    "collection": (_ROWS[0],),
}
