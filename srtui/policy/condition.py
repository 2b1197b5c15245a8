"""Conditions: every operator of the policy language (IAM JSON policy reference, "Condition operators")."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, Literal

from srtui.policy.errors import PolicyError
from srtui.policy.match import (
    ARN_SEGMENTS,
    Context,
    Token,
    arn_condition_matches,
    glob_match_tokens,
    plain_text,
    split_arn,
    tokenize,
)

SetOperator = Literal["", "ForAllValues", "ForAnyValue"]
#: Whether a request's value fits a policy's value; None if one of them is not of the operator's type.
Fits = Callable[[tuple[Token, ...], Context, str], bool | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. Values are ORed, conditions of a statement ANDed."""

    operator: str  # as written
    base: str  # lower case, without prefix, suffix and Not
    negated: bool
    if_exists: bool
    set_operator: SetOperator
    key: str  # lower case
    values: tuple[tuple[Token, ...], ...]
    texts: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Whether the condition is true in this request.

        Raises UnresolvedVariableError if a variable has no value: then the whole statement matches nothing.
        """
        fits = _FITS.get(self.base)
        value = context.get(self.key)
        if self.base == "null":
            return any(
                text.lower() == ("true" if not value and value != "" else "false") for text in self.texts
            )
        if fits is None:
            return False
        if value is None:
            return self._without_key()
        if self.set_operator:
            given = (value,) if isinstance(value, str) else value
            each = (self._one(fits, context, item) for item in given)
            return all(each) if self.set_operator == "ForAllValues" else any(each)
        # A multivalued key needs a set operator; without one nothing is decided by it.
        return isinstance(value, str) and self._one(fits, context, value)

    def _without_key(self) -> bool:
        if self.if_exists or self.set_operator == "ForAllValues":
            return True
        return self.negated and not self.set_operator

    def _one(self, fits: Fits, context: Context, value: str) -> bool:
        found = [fits(tokens, context, value) for tokens in self.values]
        if self.negated:
            return all(result is False for result in found)
        return any(result is True for result in found)

    @property
    def readable(self) -> str:
        """`aws:MultiFactorAuthPresent Bool true`, for a person."""
        return f"{self.key} {self.operator} {' or '.join(self.texts)}"


def parse_conditions(raw: object, where: str, variables: bool) -> tuple[Condition, ...]:
    """Read a Condition element; raises PolicyError. An unknown operator is kept and never holds."""
    if not isinstance(raw, Mapping):
        raise PolicyError(f"Condition of {where} must be an object")
    found = []
    for operator, keys in raw.items():
        if not isinstance(keys, Mapping):
            raise PolicyError(f"Condition.{operator} of {where} must be an object")
        for key, values in keys.items():
            found.append(_condition(str(operator), str(key), values, where, variables))
    return tuple(found)


def _condition(operator: str, key: str, values: Any, where: str, variables: bool) -> Condition:
    listed = list(values) if isinstance(values, list | tuple) else [values]
    texts = []
    for value in listed:
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        elif isinstance(value, str | int | float):
            texts.append(str(value))
        else:
            raise PolicyError(f"Condition.{operator}.{key} of {where} must hold strings, numbers or booleans")
    base, negated, if_exists, set_operator = _read_operator(operator)
    has_variables = variables and base in _WITH_VARIABLES
    tokens = tuple(tokenize(text) if has_variables and "${" in text else (text,) for text in texts)
    return Condition(operator, base, negated, if_exists, set_operator, key.lower(), tokens, tuple(texts))


@lru_cache(maxsize=256)
def _read_operator(operator: str) -> tuple[str, bool, bool, SetOperator]:
    set_operator: SetOperator = ""
    name = operator.lower()
    if name.startswith("forallvalues:"):
        set_operator, name = "ForAllValues", name.removeprefix("forallvalues:")
    elif name.startswith("foranyvalue:"):
        set_operator, name = "ForAnyValue", name.removeprefix("foranyvalue:")
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    if name == "null":
        # IfExists and set operators say nothing about whether a key exists.
        return ("null" if not if_exists and not set_operator else "unknown"), False, False, ""
    base = _NEGATED.get(name)
    return (base, True, if_exists, set_operator) if base else (name, False, if_exists, set_operator)


_NEGATED: Final = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnlike",
    "arnnotlike": "arnlike",
}
_WITH_VARIABLES: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnlike", "arnequals"}
)


def _string_equals(tokens: tuple[Token, ...], context: Context, value: str) -> bool:
    return plain_text(tokens, context) == value


def _string_equals_ignore_case(tokens: tuple[Token, ...], context: Context, value: str) -> bool:
    return plain_text(tokens, context).lower() == value.lower()


def _arn_like(tokens: tuple[Token, ...], context: Context, value: str) -> bool | None:
    segments = split_arn(value)
    if len(segments) != ARN_SEGMENTS or segments[0] != "arn":
        return None
    return arn_condition_matches(tokens, context, segments)


def _bool(tokens: tuple[Token, ...], context: Context, value: str) -> bool | None:
    wanted, given = plain_text(tokens, context).lower(), value.lower()
    if wanted not in ("true", "false") or given not in ("true", "false"):
        return None
    return wanted == given


def _binary(tokens: tuple[Token, ...], context: Context, value: str) -> bool | None:
    try:
        return base64.b64decode(plain_text(tokens, context), validate=True) == base64.b64decode(
            value, validate=True
        )
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=8192)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _ip_address(tokens: tuple[Token, ...], context: Context, value: str) -> bool | None:
    network = _network(plain_text(tokens, context))
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    return None if network is None else address in network


def _ordered(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Fits:
    def fits(tokens: tuple[Token, ...], context: Context, value: str) -> bool | None:
        wanted, given = read(plain_text(tokens, context)), read(value)
        return None if wanted is None or given is None else compare(given, wanted)

    return fits


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@lru_cache(maxsize=8192)
def _date(text: str) -> Decimal | None:
    number = _number(text)
    if number is not None and "-" not in text[1:]:
        # Four digits alone are a year (W3C date formats); anything longer is epoch seconds.
        if len(text) != 4:
            return number
        text = f"{text}-01-01"
    try:
        moment = datetime.fromisoformat(text.strip() if len(text.strip()) != 7 else f"{text.strip()}-01")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Decimal(repr(moment.timestamp()))


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "equals": lambda given, wanted: bool(given == wanted),
    "lessthan": lambda given, wanted: bool(given < wanted),
    "lessthanequals": lambda given, wanted: bool(given <= wanted),
    "greaterthan": lambda given, wanted: bool(given > wanted),
    "greaterthanequals": lambda given, wanted: bool(given >= wanted),
}

_FITS: Final[Mapping[str, Fits]] = {
    "stringequals": _string_equals,
    "stringequalsignorecase": _string_equals_ignore_case,
    "stringlike": glob_match_tokens,
    "arnlike": _arn_like,
    "arnequals": _arn_like,
    "bool": _bool,
    "binaryequals": _binary,
    "ipaddress": _ip_address,
    **{f"numeric{name}": _ordered(_number, compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": _ordered(_date, compare) for name, compare in _COMPARISONS.items()},
}
