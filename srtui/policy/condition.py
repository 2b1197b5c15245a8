"""Conditions: every operator of the policy language (IAM JSON policy reference, "Condition operators")."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal

from srtui.policy.match import (
    ARN_SEGMENTS,
    Context,
    Tokens,
    UnresolvedVariableError,
    Variable,
    glob_match,
    join_parts,
    match_parts,
    plain_text,
    resolve,
    segments_match,
    split_arn,
    split_pieces,
    tokenize,
    variables_of,
)

SetOperator = Literal["", "ForAllValues", "ForAnyValue"]
#: Whether a key that is not in the context may still be in the request. None instead: the context is complete.
Unknown = Callable[[str], bool] | None
#: Whether a request's value fits a policy's value; None if one of them is not of the operator's type.
Fits = Callable[[str, str], bool | None]
#: A value as JSON gives it.
Scalar = str | bool | int | float


class Condition:
    """One key under one operator. Values are ORed, conditions of a statement ANDed."""

    __slots__ = (
        "base",
        "if_exists",
        "key",
        "name",
        "negated",
        "operator",
        "set_operator",
        "texts",
        "tokens",
        "variables",
    )

    def __init__(self, operator: str, name: str, values: Scalar | list[Scalar], variables: bool) -> None:
        """`variables`: whether the policy's version knows policy variables (2012-10-17)."""
        self.operator: str = operator  # as written
        self.base, self.negated, self.if_exists, self.set_operator = read_operator(operator)
        self.name: str = name  # as written
        self.key: str = name.lower()
        self.texts: tuple[str, ...]
        if isinstance(values, str):
            self.texts = (values,)
        else:
            listed = values if isinstance(values, list) else [values]
            self.texts = tuple([v if isinstance(v, str) else _as_text(v) for v in listed])
        self.tokens: tuple[Tokens, ...] | None = None
        self.variables: tuple[Variable, ...] = ()
        if variables and self.base in WITH_VARIABLES and "${" in "".join(self.texts):
            self.tokens = tuple(tokenize(text) for text in self.texts)
            self.variables = tuple(variable for tokens in self.tokens for variable in variables_of(tokens))

    def holds(self, context: Context, unknown: Unknown = None) -> bool | None:
        """Whether the condition is true in this request; None if that hangs on a key that is not known.

        An operator that does not exist never holds. A policy variable without a value fits nothing, so a negated
        operator holds ("Policy variables with no value").
        """
        value = context.get(self.key)
        if self.base == "null":
            return self._exists(value, unknown)
        fits = _FITS.get(self.base)
        if fits is None:
            return False
        if value is None:
            return None if unknown is not None and unknown(self.key) else self._without_key()
        if unknown is not None and any(v.key not in context and unknown(v.key) for v in self.variables):
            return None
        if self.set_operator:
            given = (value,) if isinstance(value, str) else value
            if self.set_operator == "ForAllValues":
                return all(self._one(fits, context, item) for item in given)
            return any(self._one(fits, context, item) for item in given)
        # A multivalued key needs a set operator; without one nothing is decided by it.
        return isinstance(value, str) and self._one(fits, context, value)

    def _exists(self, value: object, unknown: Unknown) -> bool | None:
        if value is None and unknown is not None and unknown(self.key):
            return None
        # A key with an empty list of values is null too ("Condition operator to check existence of condition keys").
        wanted = "true" if not value and value != "" else "false"
        return any(text.lower() == wanted for text in self.texts)

    def _without_key(self) -> bool:
        if self.if_exists or self.set_operator == "ForAllValues":
            return True
        return self.negated and not self.set_operator

    def _one(self, fits: Fits, context: Context, value: str) -> bool:
        if self.tokens is not None:
            found = [self._with_variables(tokens, context, value) for tokens in self.tokens]
        else:
            found = [fits(text, value) for text in self.texts]
        return all(result is False for result in found) if self.negated else True in found

    def _with_variables(self, tokens: Tokens, context: Context, value: str) -> bool | None:
        try:
            if self.base == "stringequals":
                return plain_text(tokens, context) == value
            if self.base == "stringequalsignorecase":
                return plain_text(tokens, context).lower() == value.lower()
            pieces = list(resolve(tokens, context))
        except UnresolvedVariableError:
            return False
        if self.base == "stringlike":
            return match_parts(join_parts(pieces), value)
        segments, patterns = split_arn(value), split_pieces(pieces)
        if len(segments) != ARN_SEGMENTS or segments[0] != "arn" or len(patterns) != ARN_SEGMENTS:
            return None
        return all(match_parts(join_parts(p), s) for p, s in zip(patterns, segments, strict=True))


def parse_conditions(raw: Mapping[str, Mapping[str, Any]], variables: bool) -> tuple[Condition, ...]:
    """Read a Condition element whose shape was checked. An unknown operator is kept and never holds."""
    return tuple(
        [
            Condition(operator, key, values, variables)
            for operator, keys in raw.items()
            for key, values in keys.items()
        ]
    )


def _as_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@lru_cache(maxsize=256)
def read_operator(operator: str) -> tuple[str, bool, bool, SetOperator]:
    """(operator without its prefix, suffix and Not, in lower case; negated; IfExists; set operator)."""
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
#: "Where you can use policy variables": string and ARN operators only.
WITH_VARIABLES: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnlike", "arnequals"}
)


# --- whether two values fit -------------------------------------------------------------------------------


def _string_equals(text: str, value: str) -> bool:
    return text == value


def _string_equals_ignore_case(text: str, value: str) -> bool:
    return text.lower() == value.lower()


def _arn_like(text: str, value: str) -> bool | None:
    segments, patterns = split_arn(value), split_arn(text)
    if len(segments) != ARN_SEGMENTS or segments[0] != "arn" or len(patterns) != ARN_SEGMENTS:
        return None
    return segments_match(patterns, segments)


def _bool(text: str, value: str) -> bool | None:
    wanted, given = text.lower(), value.lower()
    if wanted not in ("true", "false") or given not in ("true", "false"):
        return None
    return wanted == given


def _binary(text: str, value: str) -> bool | None:
    try:
        return base64.b64decode(text, validate=True) == base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


_IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST_ADDRESS: Final = 64


@lru_cache(maxsize=4096)
def _network(text: str) -> _IpNetwork | None:
    _, slash, prefix = text.partition("/")
    # Python also reads net masks and interface names; CIDR notation has neither.
    if "%" in text or (slash and not (prefix.isascii() and prefix.isdecimal())):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _address(text: str) -> _IpAddress | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


def _ip_address(text: str, value: str) -> bool | None:
    if len(text) > _LONGEST_ADDRESS or len(value) > _LONGEST_ADDRESS:
        return None
    network, address = _network(text), _address(value)
    return None if network is None or address is None else address in network


_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\Z", re.ASCII)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.match(text) else None


#: The W3C's date formats: a year, a month, a day, or a moment to the minute, second or fraction.
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?\Z",
    re.ASCII,
)
_LONGEST_DATE: Final = 48


@lru_cache(maxsize=4096)
def _date(text: str) -> Decimal | None:
    """Seconds since 1970. Four digits alone are a year, any other number is epoch seconds."""
    found = _DATE.match(text)
    if found is None:
        return _number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    shift = 0
    if zone and zone != "Z":
        shift = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        shift = -shift if zone[0] == "-" else shift
    return Decimal(int(moment.timestamp()) - shift) + Decimal(f"0.{fraction or 0}")


def _short_date(text: str) -> Decimal | None:
    return _date(text) if len(text) <= _LONGEST_DATE else None


def _ordered(read: Callable[[str], Decimal | None], compare: Callable[[Decimal, Decimal], bool]) -> Fits:
    def fits(text: str, value: str) -> bool | None:
        wanted, given = read(text), read(value)
        return None if wanted is None or given is None else compare(given, wanted)

    return fits


_COMPARISONS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "equals": lambda given, wanted: given == wanted,
    "lessthan": lambda given, wanted: given < wanted,
    "lessthanequals": lambda given, wanted: given <= wanted,
    "greaterthan": lambda given, wanted: given > wanted,
    "greaterthanequals": lambda given, wanted: given >= wanted,
}

_FITS: Final[Mapping[str, Fits]] = {
    "stringequals": _string_equals,
    "stringequalsignorecase": _string_equals_ignore_case,
    "stringlike": glob_match,
    "arnlike": _arn_like,
    "arnequals": _arn_like,
    "bool": _bool,
    "binaryequals": _binary,
    "ipaddress": _ip_address,
    **{f"numeric{name}": _ordered(_number, compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": _ordered(_short_date, compare) for name, compare in _COMPARISONS.items()},
}


def value_fits(operator: str, text: str, value: str) -> bool | None:
    """Whether a value fits a text under an operator without prefix or suffix; None if one of them cannot be read."""
    return _FITS[operator.lower()](text, value)
