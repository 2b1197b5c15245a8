"""Whom the trust policy of a role lets in, one line a principal that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from srtui.account.model import Document
from srtui.policy.effective import as_list
from srtui.responsibility.openness import statements

TrusteeKind = Literal["aws-account", "principal", "service", "saml", "oidc", "anyone", "canonical"]


class Trustee(msgspec.Struct, frozen=True):
    """Someone a role's trust policy lets in, as one line of the trust table."""

    kind: TrusteeKind
    value: str  # the Principal element as written
    external: bool  # outside this account
    actions: tuple[str, ...]
    conditions: tuple[str, ...]  # readable, one a condition key
    statement: int  # index in the trust policy


def trustees(trust: Document, account_id: str) -> tuple[Trustee, ...]:
    """Everyone a trust policy names in its Allow statements, in document order."""
    found: list[Trustee] = []
    for index, statement in statements(trust):
        if statement.get("Effect") != "Allow":
            continue
        actions = tuple(str(action) for action in as_list(statement.get("Action")))
        conditions = readable_conditions(statement.get("Condition"))
        if "NotPrincipal" in statement:
            # Everyone but some: whoever is not named may come in.
            text = ", ".join(f"{value}" for _, value in _named(statement["NotPrincipal"]))
            found.append(Trustee("anyone", f"everyone but {text}", True, actions, conditions, index))
            continue
        for element, value in _named(statement.get("Principal")):
            kind, external = _trustee_kind(element, value, account_id)
            found.append(Trustee(kind, value, external, actions, conditions, index))
    return tuple(found)


def _named(principal: Any) -> Iterator[tuple[str, str]]:
    """(element, value) pairs of a Principal element, which may be a string, or an object of values or lists."""
    if isinstance(principal, Mapping):
        for element, values in principal.items():
            for value in as_list(values):
                yield str(element), str(value)
    elif principal is not None:
        yield "AWS", str(principal)


def _trustee_kind(element: str, value: str, account_id: str) -> tuple[TrusteeKind, bool]:
    if element == "Service":
        return "service", False
    if element == "CanonicalUser":
        return "canonical", True
    if element == "Federated":
        return ("saml", account_of(value) != account_id) if ":saml-provider/" in value else ("oidc", False)
    if value == "*":
        return "anyone", True
    external = account_of(value) != account_id
    if value.isdigit() or value.endswith(":root"):
        return "aws-account", external
    if not value.startswith("arn:"):
        # The unique id of a principal that is gone; it can never be assumed by anyone else.
        return "principal", False
    return "principal", external


def account_of(value: str) -> str:
    """The account in an ARN; the value itself where it is no ARN, as of a bare account id."""
    parts = value.split(":")
    return parts[4] if len(parts) > 5 else value


def readable_conditions(conditions: Any) -> tuple[str, ...]:
    """One line a condition key: `StringEquals sts:ExternalId = a, b`."""
    if not isinstance(conditions, Mapping):
        return ()
    return tuple(
        f"{operator} {key} = {', '.join(str(value) for value in as_list(values))}"
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else ())
    )
