"""What a request is about: one resource, a pattern of resources, or no resource at all; and what covers it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from srtui.policy.condition import Unknown
from srtui.policy.errors import RequestError
from srtui.policy.match import (
    ARN_SEGMENTS,
    Context,
    Tokens,
    UnresolvedVariableError,
    Variable,
    glob_match,
    join_parts,
    match_parts,
    resolve,
    segments_match,
    split_arn,
    tokenize,
    with_wildcards,
)
from srtui.policy.overlap import arn_holds_all, arn_overlaps, holds_all, overlaps, places

if TYPE_CHECKING:
    from srtui.policy.document import Statement

Kind = Literal["identity", "boundary", "session", "scp", "rcp", "resource", "endpoint"]
#: Kinds of policies in which a short ARN is completed with `*` (IAM JSON policy elements: Resource).
_COMPLETED: Final = frozenset({"identity", "boundary", "session"})


class Target:
    """The resource of a request.

    `wildcard_only`: the action has no resource-level permissions. `slashless`: what the last segment stands for holds
    no slash, as the name of a bucket.
    """

    __slots__ = ("pattern", "segments", "slashless", "text", "wildcard_only")

    def __init__(self, text: str, wildcard_only: bool = False, *, slashless: bool = False) -> None:
        """Raises RequestError if the text is neither an ARN nor `*`."""
        self.slashless = slashless
        self.text = text
        self.wildcard_only = wildcard_only or text == "*"
        self.segments = split_arn(text)
        if self.segments[0] != "arn" or len(self.segments) != ARN_SEGMENTS:
            if text != "*":
                raise RequestError(
                    "resource must be an ARN, or * for an action without resource-level permissions"
                )
            self.segments = ["arn", *["*"] * (ARN_SEGMENTS - 1)]
        self.pattern = "*" in text

    @property
    def service(self) -> str:
        return self.segments[2]

    @property
    def account(self) -> str:
        """The account in the ARN; empty where the ARN does not tell."""
        return self.segments[4]


def covers_resource(statement: Statement, target: Target, context: Context, unknown: Unknown) -> bool | None:
    """Whether Resource or NotResource covers the target; None if that hangs on a variable that is not known.

    An Allow covers a pattern of resources if it covers some of them, a Deny only if it covers all of them.
    """
    resources = statement.resources
    if resources is None:
        return True
    if target.wildcard_only or statement.any_resource:
        return statement.any_resource != statement.not_resource
    # Worth its preparation where the same statements are asked about again and again.
    if unknown is not None and not target.pattern and not target.text.startswith(statement.resource_starts()):
        return statement.not_resource
    unsure = False
    for text in resources:
        if statement.with_variables and "${" in text:
            try:
                found = _with_variables(statement, text, target, context, unknown)
            except UnresolvedVariableError:
                continue  # a value that holds a variable without value fits no resource
            unsure = unsure or found is None
        else:
            found = text == target.text or _plain(statement, text, target)
        if found:
            return not statement.not_resource
    return None if unsure else statement.not_resource


def matching_resource(statement: Statement, target: Target) -> str | None:
    """The first value of Resource without variables that covers the target, for an explanation."""
    for text in statement.resources or ():
        if text == target.text or _plain(statement, text, target) or not text.strip("*"):
            return text
    return None


def _plain(statement: Statement, text: str, target: Target) -> bool:
    segments = pattern_segments(text, statement.kind)
    if segments is None:
        # Not an ARN: AWS would not have saved it. Where it takes access away it counts as what it looks like.
        return _all_of(statement) and glob_match(text, target.text)
    if target.pattern:
        if target.slashless and "/" in segments[5]:
            return False
        compare = arn_holds_all if _all_of(statement) else arn_overlaps
        return compare(segments, target.segments)
    return segments_match(segments, target.segments)


def _all_of(statement: Statement) -> bool:
    """Whether a value must hold all of a pattern: for Deny, and for what Allow leaves out."""
    return statement.allow == statement.not_resource


def _with_variables(
    statement: Statement, text: str, target: Target, context: Context, unknown: Unknown
) -> bool | None:
    """The same for a value with variables, which stand behind the fifth colon only."""
    head, *tail = resource_tokens(text)
    if not tail:
        return _plain(statement, text, target)
    segments = str(head).split(":")[: ARN_SEGMENTS - 1]
    all_of = target.pattern and _all_of(statement)
    variables = [token for token in tail if isinstance(token, Variable)]
    open_ended = unknown is not None and any(v.key not in context and unknown(v.key) for v in variables)
    pieces = with_wildcards(tail, context) if open_ended else list(resolve(tail, context))
    if target.pattern:
        compare = arn_holds_all if all_of else arn_overlaps
        found = compare(segments, target.segments[:-1])
        last = holds_all if all_of and not open_ended else overlaps
        found = found and last(places(pieces), target.segments[-1])
    else:
        found = segments_match(segments, target.segments[:-1])
        found = found and match_parts(join_parts(pieces), target.segments[-1])
    return None if found and open_ended else found


# --- Resource values --------------------------------------------------------------------------------------


def _take_apart(text: str) -> Tokens:
    segments = split_arn(text)
    if len(segments) < ARN_SEGMENTS or "${" not in segments[5]:
        return (text,)
    return (":".join(segments[:5]) + ":", *tokenize(segments[5]))


_kept_tokens = lru_cache(maxsize=4096)(_take_apart)


def resource_tokens(text: str) -> Tokens:
    """The tokens of a Resource value: variables count only behind the fifth colon ("Resource element")."""
    return _kept_tokens(text) if len(text) <= 512 else _take_apart(text)


_OPEN = re.compile(r"[*?$]")


def literal_start(text: str) -> str:
    """What a Resource value surely begins with: the text before its first wildcard or variable."""
    return _OPEN.split(text, maxsplit=1)[0]


def pattern_segments(text: str, kind: str) -> list[str] | None:
    """The six segments of a Resource value; None if it matches nothing.

    A short ARN is completed with `*` in policies of identities, and elsewhere only behind a final wildcard.
    """
    segments = split_arn(text)
    if segments[0] != "arn":
        return None
    missing = ARN_SEGMENTS - len(segments)
    if missing:
        if kind not in _COMPLETED and not text.endswith("*"):
            return None
        segments += ["*"] * missing
    return segments
