"""Policy documents: from JSON as AWS stores it to statements that can be matched.

Nothing is guessed: a document that AWS would not have accepted, or that holds an element this code does not
know, raises PolicyError with a sentence that names the element.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from srtui.policy.condition import Condition, parse_conditions
from srtui.policy.errors import PolicyError
from srtui.policy.match import ARN_SEGMENTS, Token, split_arn, tokenize
from srtui.policy.principal import PrincipalElement, parse_principal

IDENTITY, BOUNDARY, SESSION, SCP = "identity", "boundary", "session", "scp"
RCP, RESOURCE, ENDPOINT = "rcp", "resource", "endpoint"

VERSION_2012: Final = "2012-10-17"
_VERSIONS = frozenset({"2008-10-17", VERSION_2012})
_POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_WITH_PRINCIPAL = frozenset({RESOURCE, RCP, ENDPOINT})
_COMPLETED_WITH_WILDCARDS = frozenset({IDENTITY, BOUNDARY, SESSION})


@dataclass(frozen=True, slots=True)
class ResourcePattern:
    """One value of Resource or NotResource, made ready for matching by segment."""

    text: str
    everything: bool
    segments: list[str] | None
    """The six segments, or None when the value is no ARN and matches nothing."""
    tokens: tuple[Token, ...] | None
    """The last segment split at its policy variables, when it has any."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    index: int
    sid: str | None
    allow: bool
    actions: tuple[str, ...]
    """Lower-case patterns."""
    not_action: bool
    resources: tuple[ResourcePattern, ...] | None
    """None: no Resource element, the statement is about the resource it is attached to."""
    not_resource: bool
    principal: PrincipalElement | None
    not_principal: bool
    conditions: tuple[Condition, ...]

    @property
    def label(self) -> str:
        """The Sid, or the place in the document counted from 1."""
        return self.sid or f"statement {self.index + 1}"


@dataclass(frozen=True, slots=True)
class Document:
    """A policy that was read."""

    kind: str
    version: str
    statements: tuple[Statement, ...]


def parse_document(document: Mapping[str, Any] | str, kind: str = IDENTITY) -> Document:
    """Read a policy document, an object or JSON text (URL-encoded or not); raises PolicyError."""
    if isinstance(document, str):
        document = _from_text(document)
    if not isinstance(document, Mapping):
        raise PolicyError("a policy must be a JSON object")
    for name in document:
        if name not in _POLICY_ELEMENTS:
            raise PolicyError(f"unknown element {name!r} in the policy")
    version = document.get("Version", "2008-10-17")
    if not isinstance(version, str) or version not in _VERSIONS:
        raise PolicyError(f"Version must be 2012-10-17 or 2008-10-17, not {version!r}")
    if "Id" in document and not isinstance(document["Id"], str):
        raise PolicyError("Id must be a string")
    if "Statement" not in document:
        raise PolicyError("the policy has no Statement")
    statements = document["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list | tuple):
        raise PolicyError("Statement must be an object or an array of objects")
    return Document(
        kind,
        version,
        tuple(_parse_statement(raw, i, kind, version == VERSION_2012) for i, raw in enumerate(statements)),
    )


def _from_text(text: str) -> Any:
    if text.lstrip().startswith("%7B"):
        text = unquote(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"the policy is not JSON: {error}") from error


def _parse_statement(raw: object, index: int, kind: str, variables: bool) -> Statement:
    where = f"statement {index + 1}"
    if not isinstance(raw, Mapping):
        raise PolicyError(f"{where} must be an object")
    for name in raw:
        if name not in _STATEMENT_ELEMENTS:
            raise PolicyError(f"unknown element {name!r} in {where}")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyError(f"Effect of {where} must be Allow or Deny, not {effect!r}")
    sid = raw.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise PolicyError(f"Sid of {where} must be a string")
    action, not_action = _one_of(raw, "Action", "NotAction", where)
    if action is None:
        raise PolicyError(f"{where} has neither Action nor NotAction")
    resource, not_resource = _one_of(raw, "Resource", "NotResource", where)
    if resource is None and kind != RESOURCE:
        raise PolicyError(f"{where} has neither Resource nor NotResource")
    principal, not_principal = _principal(raw, kind, where)
    return Statement(
        index=index,
        sid=sid or None,
        allow=effect == "Allow",
        actions=tuple(value.lower() for value in action),
        not_action=not_action,
        resources=None if resource is None else tuple(_resource(r, kind, variables, where) for r in resource),
        not_resource=not_resource,
        principal=principal,
        not_principal=not_principal,
        conditions=parse_conditions(raw["Condition"], where, variables) if "Condition" in raw else (),
    )


def _one_of(raw: Mapping[str, Any], name: str, negated: str, where: str) -> tuple[list[str] | None, bool]:
    if name in raw and negated in raw:
        raise PolicyError(f"{where} has both {name} and {negated}")
    is_negated = negated in raw
    name = negated if is_negated else name
    if name not in raw:
        return None, False
    value = raw[name]
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
        raise PolicyError(f"{name} of {where} must be a string or an array of strings")
    if not values:
        raise PolicyError(f"{name} of {where} is empty")
    return list(values), is_negated


def _principal(raw: Mapping[str, Any], kind: str, where: str) -> tuple[PrincipalElement | None, bool]:
    if "Principal" in raw and "NotPrincipal" in raw:
        raise PolicyError(f"{where} has both Principal and NotPrincipal")
    negated = "NotPrincipal" in raw
    name = "NotPrincipal" if negated else "Principal"
    if name not in raw:
        return None, False
    if kind not in _WITH_PRINCIPAL:
        raise PolicyError(f"{where} has a {name}, which this kind of policy ({kind}) cannot have")
    return parse_principal(raw[name], name, where), negated


def _resource(text: str, kind: str, variables: bool, where: str) -> ResourcePattern:
    if text and not text.strip("*"):
        return ResourcePattern(text, True, None, None)
    segments = split_arn(text)
    if segments[0] != "arn":
        return ResourcePattern(text, False, None, None)
    missing = ARN_SEGMENTS - len(segments)
    if missing:
        if kind in (SCP, RCP):
            raise PolicyError(f"Resource {text!r} of {where} is not a whole ARN")
        if kind not in _COMPLETED_WITH_WILDCARDS and not text.endswith("*"):
            return ResourcePattern(text, False, None, None)
        segments += ["*"] * missing
    tokens = tokenize(segments[5]) if variables and "${" in segments[5] else None
    return ResourcePattern(text, False, segments, tokens)
