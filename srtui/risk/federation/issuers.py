"""Issuers of OpenID Connect tokens, read from issuers.toml, and the parts that subjects are made of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from srtui.policy.match import glob_match

#: What it means if any value of a part of the subject gets in.
FieldGrade = Literal["open", "tenant-wide", "any-ref", "free"]
_FIELD: Final = re.compile(r"\{([a-z]+)\}")
_WILD: Final = re.compile(r"[*?]")


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One line of the table; see issuers.toml for what each member means."""

    name: str
    host: str
    requires: str
    example: str
    shared: bool = False
    fields: dict[str, FieldGrade] = {}
    claims: dict[str, str | list[str]] = {}
    ids: tuple[str, ...] = ()
    audience: str = ""
    other: tuple[str, ...] = ()
    names_tenant: bool = False

    @cached_property
    def templates(self) -> Mapping[str, tuple[Template, ...]]:
        """How each claim is made of the fields, by its name in lower case."""
        found = {}
        for claim, forms in self.claims.items():
            texts = [forms] if isinstance(forms, str) else forms
            found[claim.lower()] = tuple(Template(text) for text in texts)
        return found

    def tenant_in(self, host: str) -> str:
        """What `*` in the host stands for; "" if there is none."""
        start, star, end = self.host.partition("*")
        return host[len(start) : len(host) - len(end)].strip("/") if star else ""


class Template:
    """One form of a claim: literal text and fields in turn."""

    def __init__(self, text: str) -> None:
        self.text = text
        #: (text, whether it is the name of a field)
        self.parts: tuple[tuple[str, bool], ...] = tuple(_parts(text))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(text for text, field in self.parts if field)

    def fill(self, values: Mapping[str, str]) -> str:
        """The claim with these values."""
        return "".join(values.get(text, "") if field else text for text, field in self.parts)

    def align(self, pattern: str) -> dict[str, str] | None:
        """What a pattern of this claim says of each field, wildcards and all; None if it is of another form.

        Where a wildcard may stand for separators as well, nothing is known behind it but what its end says.
        """
        found, whole = _aligned(self.parts, pattern)
        if found is None or whole:
            return found
        backwards = [(text if field else text[::-1], field) for text, field in reversed(self.parts)]
        behind, _ = _aligned(backwards, pattern[::-1])
        for field, value in (behind or {}).items():
            if "*" in found.get(field, "*") and "*" not in value:
                found[field] = value[::-1]
        return found


def _aligned(parts: Sequence[tuple[str, bool]], pattern: str) -> tuple[dict[str, str] | None, bool]:
    """The values of the fields from the left on, and whether the whole pattern was taken apart so."""
    found: dict[str, str] = {}
    at = 0
    for place, (text, field) in enumerate(parts):
        if not field:
            if pattern.startswith(text, at):
                at += len(text)
                continue
            if not _fits_early(pattern[at:], text):
                return None, False
            return {**found, **_unknown(parts[place:])}, False
        end = _end_of(parts, pattern, at, place)
        if end < 0:
            value, star, _ = pattern[at:].partition("*")
            if not star or parts[place + 1][0][0] in value:
                return None, False
            return {**found, text: f"{value}*", **_unknown(parts[place + 1 :])}, False
        found[text] = pattern[at:end]
        at = end
    return (found, True) if at == len(pattern) else (None, False)


def _unknown(parts: Sequence[tuple[str, bool]]) -> dict[str, str]:
    return {text: "*" for text, field in parts if field}


def _end_of(parts: Sequence[tuple[str, bool]], pattern: str, at: int, place: int) -> int:
    """Where a field ends: before the literal that follows, whole or up to a wildcard; -1 if it is not there."""
    if place + 1 == len(parts):
        return len(pattern)
    literal = parts[place + 1][0]
    whole = pattern.find(literal, at)
    if whole >= 0:
        return whole
    begun = pattern.find(literal[0], at)
    return begun if begun >= 0 and _fits_early(pattern[begun:], literal) else -1


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    for found in _FIELD.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[1], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def _fits_early(rest: str, literal: str) -> bool:
    """Whether the rest of a pattern breaks into a wildcard before a literal is through."""
    wild = _WILD.search(rest)
    return wild is not None and rest[wild.start()] == "*" and literal.startswith(rest[: wild.start()])


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    issuer: tuple[Issuer, ...]


@lru_cache(maxsize=1)
def issuers() -> tuple[Issuer, ...]:
    """The table, the more special lines first."""
    text = files("srtui.risk.federation").joinpath("issuers.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).issuer


@lru_cache(maxsize=512)
def issuer_of(host: str) -> Issuer:
    """The line for a host and path, lower case and without https://."""
    return next(
        one for one in issuers() if one.host == host or ("*" in one.host and glob_match(one.host, host))
    )


def host_of(provider: str) -> str:
    """Host and path of the issuer that a Federated principal names."""
    return provider.rsplit("oidc-provider/", 1)[-1].lower().rstrip("/")
