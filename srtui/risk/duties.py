"""Duties and their conflicts: duties.toml of the package, and the user's own file on top of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from srtui.config import ConfigError, did_you_mean
from srtui.policy.catalogue import load_catalogue
from srtui.policy.match import split_arn
from srtui.responsibility.verdict import Severity

State = Literal["console", "keys", "bound", "bounded", "production", "other"]
ResourceKind = Literal["", "key", "secret"]
#: What `within` may hold that stands for something else.
PLACEHOLDERS: Final = ("{partition}", "{account}", "{boundary}", "{self}")
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that whoever holds it does: one of these actions, or a state of the identity."""

    title: str
    actions: tuple[str, ...] = ()
    on: ResourceKind = ""
    within: tuple[str, ...] = ()
    state: State | None = None
    id: str = ""


class Conflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two duties that one identity should not hold together; `same`: on the same resource."""

    id: str
    one: str = ""
    two: str = ""
    severity: Severity = "medium"
    same: bool = False
    why: str = ""
    fix: str = ""
    off: bool = False


class Environments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tags that tell production from the rest, keys and values in lower case."""

    tags: tuple[str, ...] = ()
    production: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def of(self, tags: Mapping[str, str]) -> Literal["production", "other"] | None:
        """Where something with these tags belongs; None if they do not say."""
        for key, value in tags.items():
            if key.lower() in self.tags:
                lower = value.strip().lower()
                if lower in self.production:
                    return "production"
                if lower in self.other:
                    return "other"
        return None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str = ""
    environments: Environments | None = None
    duty: dict[str, Duty] = {}
    conflict: tuple[Conflict, ...] = ()


class DutyBook(msgspec.Struct, frozen=True):
    """Duties by id, and the conflicts between them in order. `own`: ids of conflicts that the user's file names."""

    duties: Mapping[str, Duty]
    conflicts: Mapping[str, Conflict]
    environments: Environments
    own: frozenset[str] = frozenset()

    def conflicts_of(self, one: str, two: str) -> tuple[Conflict, ...]:
        """The conflicts between two duties, in either order."""
        return tuple(found for found in self.conflicts.values() if {found.one, found.two} == {one, two})


@lru_cache(maxsize=1)
def built_in_duties() -> DutyBook:
    """What srtui brings along."""
    source = files("srtui.risk").joinpath("duties.toml")
    return _with(DutyBook({}, {}, Environments()), tomllib.loads(source.read_text("utf-8")), "duties.toml")


def load_duties(path: Path) -> DutyBook:
    """The built-in duties with those of a file on top; no file means the built-in ones. Raises ConfigError."""
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return built_in_duties()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return _with(built_in_duties(), values, str(path), own=True)


def _with(book: DutyBook, values: Mapping[str, Any], where: str, *, own: bool = False) -> DutyBook:
    try:
        found = msgspec.convert(values, _File)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {_in_words(error)}") from error
    duties = dict(book.duties)
    for id, duty in found.duty.items():
        duties[id] = msgspec.structs.replace(duty, id=id)
        _check_duty(duties[id], where)
    conflicts = dict(book.conflicts)
    for conflict in found.conflict:
        if conflict.off:
            if conflicts.pop(conflict.id, None) is None:
                known = did_you_mean(conflict.id, conflicts)
                raise ConfigError(f"{where}: there is no conflict {conflict.id!r} to switch off{known}")
            continue
        conflicts[conflict.id] = conflict
    for conflict in conflicts.values():
        _check_conflict(conflict, duties, where)
    return DutyBook(
        duties,
        conflicts,
        found.environments or book.environments,
        book.own | {one.id for one in found.conflict if not one.off} if own else book.own,
    )


_AT: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")


def _in_words(error: msgspec.ValidationError) -> str:
    text = str(error)
    found = _AT.search(text)
    return f"{found[1]}: {text[: found.start()]}" if found and found[1] else _AT.sub("", text)


def _check_duty(duty: Duty, where: str) -> None:
    place = f"{where}: duty.{duty.id}"
    if bool(duty.actions) == (duty.state is not None):
        raise ConfigError(f"{place} must have either actions or a state")
    catalogue = load_catalogue()
    for action in duty.actions:
        if not catalogue.expand(action):
            near = did_you_mean(action, catalogue.names) if ":" in action else ""
            raise ConfigError(f"{place}.actions: AWS has no action {action!r}{near}")
    for pattern in duty.within:
        unknown = [one for one in _PLACEHOLDER.findall(pattern) if one not in PLACEHOLDERS]
        if unknown:
            raise ConfigError(
                f"{place}.within: {unknown[0]} stands for nothing{did_you_mean(unknown[0], PLACEHOLDERS)}"
            )
        if pattern not in ("{boundary}", "{self}") and (
            len(split_arn(pattern)) < 6 or not pattern.startswith("arn:")
        ):
            raise ConfigError(
                f"{place}.within: {pattern!r} is no ARN pattern (arn:partition:service:region:account:…)"
            )
    if duty.on and duty.within:
        raise ConfigError(f"{place} can have on or within, not both")


def _check_conflict(conflict: Conflict, duties: Mapping[str, Duty], where: str) -> None:
    place = f"{where}: conflict {conflict.id!r}"
    for name in (conflict.one, conflict.two):
        if name not in duties:
            raise ConfigError(f"{place}: there is no duty {name!r}{did_you_mean(name, duties)}")
    if conflict.one == conflict.two:
        raise ConfigError(f"{place} names the same duty twice")
    one, two = duties[conflict.one], duties[conflict.two]
    if conflict.same and not (one.on and one.on == two.on):
        raise ConfigError(f"{place}: same needs two duties on the same kind of resource")
