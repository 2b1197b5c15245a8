"""What a decision still hangs on: a small logic of tests whose outcome is not known yet.

A requirement is `True`, `False`, one test, or a conjunction or disjunction of requirements. With a complete context
there are no tests, and everything here comes down to and, or and not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Union

from srtui.policy.condition import Condition


class Proviso:
    """A condition of a policy that must hold, or with `wanted` False must not."""

    __slots__ = ("condition", "wanted")

    def __init__(self, condition: Condition, wanted: bool = True) -> None:
        self.condition = condition
        self.wanted = wanted

    @property
    def key(self) -> tuple[object, ...]:
        condition = self.condition
        return (condition.operator, condition.key, condition.texts, condition.tokens is None)


class Fact:
    """Something about the request in words: what must be so (`text`), or with `wanted` False must not."""

    __slots__ = ("opposite", "text", "wanted")

    def __init__(self, text: str, opposite: str, wanted: bool = True) -> None:
        self.text = text
        self.opposite = opposite
        self.wanted = wanted

    @property
    def key(self) -> tuple[object, ...]:
        return (self.text, self.opposite)


class Unread:
    """A policy that could not be read: it may say anything. `what` names it, `need` says what would tell."""

    __slots__ = ("need", "what")

    def __init__(self, what: str, need: str) -> None:
        self.what = what
        self.need = need

    @property
    def key(self) -> tuple[object, ...]:
        return ("unread", self.what, self.need)


class All:
    """Every part must be so."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Requirement, ...]) -> None:
        self.parts = parts

    @property
    def key(self) -> tuple[object, ...]:
        return ("all", *sorted(map(repr, (key_of(part) for part in self.parts))))


class Any:
    """At least one part must be so."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Requirement, ...]) -> None:
        self.parts = parts

    @property
    def key(self) -> tuple[object, ...]:
        return ("any", *sorted(map(repr, (key_of(part) for part in self.parts))))


Leaf = Proviso | Fact | Unread
Requirement = Union[bool, Proviso, Fact, Unread, All, Any]  # noqa: UP007  (names a class defined later)


def key_of(requirement: Requirement) -> tuple[object, ...]:
    """Equal for requirements that are written the same; a test and its opposite have the same key but for `wanted`."""
    if isinstance(requirement, bool):
        return (requirement,)
    if isinstance(requirement, Proviso | Fact):
        return (*requirement.key, requirement.wanted)
    return requirement.key


def both(one: Requirement, two: Requirement) -> Requirement:
    """The conjunction of two, quickly where one of them is decided."""
    if one is True:
        return two
    if two is True:
        return one
    return False if one is False or two is False else all_of((one, two))


def either(one: Requirement, two: Requirement) -> Requirement:
    """The disjunction of two, quickly where one of them is decided."""
    if one is False:
        return two
    if two is False:
        return one
    return True if one is True or two is True else any_of((one, two))


def all_of(parts: Iterable[Requirement]) -> Requirement:
    """The conjunction: without what is true anyway, and False if a part is false or contradicts another."""
    return _joined(parts, conjunction=True)


def any_of(parts: Iterable[Requirement]) -> Requirement:
    """The disjunction: without what is false anyway, and True if a part is true or completes another."""
    return _joined(parts, conjunction=False)


def _joined(parts: Iterable[Requirement], *, conjunction: bool) -> Requirement:
    kept: dict[tuple[object, ...], Requirement] = {}
    for part in parts:
        if part is conjunction:
            continue
        if part is (not conjunction):
            return not conjunction
        nested = part.parts if isinstance(part, All if conjunction else Any) else (part,)
        for one in nested:
            if isinstance(one, Proviso | Fact) and (*one.key, not one.wanted) in kept:
                return not conjunction
            kept.setdefault(key_of(one), one)
    if not kept:
        return conjunction
    found = tuple(kept.values())
    if len(found) == 1:
        return found[0]
    found = _absorbed(found, conjunction=conjunction)
    if len(found) == 1:
        return found[0]
    return All(found) if conjunction else Any(found)


def _absorbed(parts: tuple[Requirement, ...], *, conjunction: bool) -> tuple[Requirement, ...]:
    """Without parts that another makes superfluous: in `a or (a and b)` the second says nothing new."""
    inner = Any if conjunction else All
    plain = {key_of(part) for part in parts if not isinstance(part, inner)}
    return tuple(
        part
        for part in parts
        if not (isinstance(part, inner) and any(key_of(one) in plain for one in part.parts))
    )


def negation(requirement: Requirement) -> Requirement:
    """The opposite. What an unread policy says is not known either way, so it stays as it is."""
    if isinstance(requirement, bool):
        return not requirement
    if isinstance(requirement, Proviso):
        return Proviso(requirement.condition, not requirement.wanted)
    if isinstance(requirement, Fact):
        return Fact(requirement.text, requirement.opposite, not requirement.wanted)
    if isinstance(requirement, Unread):
        return requirement
    parts = (negation(part) for part in requirement.parts)
    return any_of(parts) if isinstance(requirement, All) else all_of(parts)


def leaves(requirement: Requirement) -> Iterator[Leaf]:
    """Every test in a requirement, in order."""
    if isinstance(requirement, All | Any):
        for part in requirement.parts:
            yield from leaves(part)
    elif not isinstance(requirement, bool):
        yield requirement
