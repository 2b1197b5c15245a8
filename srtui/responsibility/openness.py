"""How open a resource or trust policy is: who it lets in, and whether a condition really keeps strangers out.

A condition counts only if it cannot be met by leaving its key out (IAM User Guide, "IfExists" and "ForAllValues")
and if its key says who or where the caller is. Everything else leaves the statement as open as it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from srtui.policy.effective import as_list
from srtui.responsibility.ranges import is_wide

#: Condition keys that tell callers of one account, organisation or network from strangers. Tags, user names and
#: private addresses are not among them, because a stranger chooses his own; an external id is no secret.
IDENTIFYING: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
_POSITIVE: Final = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
        "numericequals",
        "bool",
    }
)


def statements(document: Mapping[str, Any] | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The statements of a document that are objects, with their index."""
    for index, statement in enumerate(as_list((document or {}).get("Statement"))):
        if isinstance(statement, Mapping):
            yield index, statement


def readable(document: Mapping[str, Any] | None) -> bool:
    """Whether every statement has a shape that AWS accepts; if not, nothing may be concluded from it."""
    found = as_list((document or {}).get("Statement"))
    return bool(found) and all(
        isinstance(one, Mapping) and one.get("Effect") in ("Allow", "Deny") for one in found
    )


def requirements(conditions: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(lower-case key, values) of each condition that a caller must positively meet."""
    if not isinstance(conditions, Mapping):
        return
    for operator, keys in conditions.items():
        name = str(operator).lower()
        if name.startswith("forallvalues:") or name.endswith("ifexists"):
            continue
        if name.removeprefix("foranyvalue:") not in _POSITIVE or not isinstance(keys, Mapping):
            continue
        for key, values in keys.items():
            yield str(key).lower(), tuple(str(value) for value in as_list(values))


def required_values(conditions: Any, key: str) -> tuple[str, ...]:
    """The values one of which the caller must have for this key; empty if it need not have any."""
    found = [values for name, values in requirements(conditions) if name == key.lower()]
    # Several conditions on one key must all hold, so the narrowest of them decides: the one without a bare wildcard.
    return next((values for values in found if not leaves_open(key, values)), found[0] if found else ())


#: Keys whose value is the name of one account, organisation or network: with a wildcard in it, strangers fit as well.
_WHOLE: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    }
)
_ARNS: Final = frozenset({"aws:sourcearn", "aws:principalarn", "s3:dataaccesspointarn"})
_ORG_PATHS: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths"})
_UNIQUE_ID: Final = 12  # letters of a unique id that must stand before a wildcard; ids begin alike


def leaves_open(key: str, values: tuple[str, ...]) -> bool:
    """Whether one of these values of a condition key (in lower case) fits strangers too."""
    if not values or any(not value.strip("*?") for value in values):
        return True
    if key == "aws:sourceip":
        return any(is_wide(value) for value in values)
    if key in _ARNS:
        return any(_arn_account_open(value) for value in values)
    if key in _WHOLE:
        return any(_wildcard(value) for value in values)
    if key in _ORG_PATHS:
        return any(_wildcard(value.partition("/")[0]) for value in values)
    return key == "aws:userid" and any(
        _wildcard(value) and len(_before_wildcard(value)) < _UNIQUE_ID for value in values
    )


def _wildcard(value: str) -> bool:
    return "*" in value or "?" in value


def _before_wildcard(value: str) -> str:
    return value.partition("*")[0].partition("?")[0]


def _arn_account_open(arn: str) -> bool:
    parts = arn.split(":", 5)
    # Buckets and a few other resources have no account in their ARN, but their own name is unique.
    return len(parts) < 6 or _wildcard(parts[4]) or (not parts[4] and _short(parts[5]))


def _short(name: str) -> bool:
    """Whether less stands before a wildcard than the shortest name of a bucket has."""
    return _wildcard(name) and len(_before_wildcard(name)) < 3


def keeps_strangers_out(conditions: Any) -> bool:
    """Whether some condition limits the callers to an account, organisation, principal or network."""
    return any(
        key in IDENTIFYING and not leaves_open(key, values) for key, values in requirements(conditions)
    )


#: Keys that every request of a user or role brings.
_ALWAYS_THERE: Final = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:requestedregion"}
)


def restricts(conditions: Any) -> bool:
    """Whether some condition can fail for a caller who does nothing out of the ordinary.

    A pattern that fits everything does not, nor does asking for TLS, which every client uses.
    """
    if not isinstance(conditions, Mapping):
        return False
    return any(
        _can_fail(str(operator).lower(), str(key).lower(), [str(one) for one in as_list(values)])
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else ())
    )


def _can_fail(operator: str, key: str, values: list[str]) -> bool:
    optional = operator.endswith("ifexists")
    operator = operator.rpartition(":")[2].removesuffix("ifexists")
    if operator in ("stringlike", "arnlike", "arnequals") and (optional or key in _ALWAYS_THERE):
        return not any(not value.strip("*") for value in values if value)
    if operator == "bool" and key == "aws:securetransport":
        return [value.lower() for value in values] != ["true"]
    if operator == "ipaddress":
        return not any(value.endswith("/0") for value in values)
    return True


def names_anyone(statement: Mapping[str, Any]) -> bool:
    """Whether the Principal element lets anyone in: `*`, a list that holds it, or everyone but some."""
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping):
        return "*" in as_list(principal)
    # AWS writes the kind "AWS"; some services keep whatever spelling they were given.
    return any(
        "*" in as_list(values) for kind, values in principal.items() if str(kind).lower() in ("aws", "*")
    )


class Opening(msgspec.Struct, frozen=True):
    """An Allow statement that lets anyone in."""

    statement: int
    sid: str
    actions: tuple[str, ...]
    limited: bool  # a condition keeps strangers out

    @property
    def label(self) -> str:
        return self.sid or f"statement {self.statement + 1}"


def openings(document: Mapping[str, Any] | None) -> list[Opening]:
    """The Allow statements that name anyone."""
    return [
        Opening(
            statement=index,
            sid=str(statement.get("Sid") or ""),
            actions=tuple(str(action) for action in as_list(statement.get("Action", "*"))),
            limited=keeps_strangers_out(statement.get("Condition")),
        )
        for index, statement in statements(document)
        if statement.get("Effect") == "Allow" and names_anyone(statement)
    ]


def stranger_openings(document: Mapping[str, Any] | None) -> list[Opening]:
    """The Allow statements that let strangers in, unless a Deny shuts everyone out."""
    return [opening for opening in openings(document) if not opening.limited]
