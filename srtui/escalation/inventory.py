"""Existing resources that techniques need: by kind, with their ARNs, tags and the role that code in them has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Record, Unread
from srtui.escalation.reading import unread

#: (service, operation) of a call.
CallName = tuple[str, str]


class Holder(msgspec.Struct, frozen=True):
    """One resource. `words`: ARNs by the words of the catalogue; several ARNs are alternatives.

    `role`: ARN of the role that code in it has; "" for none that is known to exist, UNREAD if it was not read.
    """

    arn: str
    name: str
    words: Mapping[str, tuple[str, ...]]
    role: str | Unread = ""
    tags: Mapping[str, str] = {}
    context: Mapping[str, str] = {}  # condition keys of a request about it
    values: Mapping[str, str] = {}  # for the commands


class Found(msgspec.Struct, frozen=True):
    """The resources of a kind, and what of them was not read."""

    holders: tuple[Holder, ...]
    unread: tuple[str, ...]


Finder = Callable[["Inventory"], Iterator[Holder]]
_KINDS: dict[str, tuple[Finder, tuple[CallName, ...]]] = {}


def kind(name: str, *calls: CallName) -> Callable[[Finder], Finder]:
    """Register how resources of a kind are found, and the listings they come from."""

    def register(finder: Finder) -> Finder:
        _KINDS[name] = finder, calls
        return finder

    return register


def kinds() -> Mapping[str, tuple[Finder, tuple[CallName, ...]]]:
    """Every kind of resource by name."""
    return _KINDS


class Inventory:
    """The resources of an account, each kind looked up once."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._found: dict[str, Found] = {}
        self._profiles: dict[str, str] | None = None
        self._roles: dict[str, str] | None = None

    def of(self, name: str) -> Found:
        """The resources of a kind. Raises KeyError for a kind that is not registered."""
        known = self._found.get(name)
        if known is None:
            finder, calls = _KINDS[name]
            known = self._found[name] = Found(tuple(finder(self)), unread(self.account, calls))
        return known

    def role_in(self, profile: str) -> str:
        """The role in an instance profile, given by ARN or name; "" if no role of the account is in it."""
        if self._profiles is None:
            self._profiles = {}
            for role in self.account.roles.values():
                for arn in role.instance_profiles:
                    self._profiles[arn] = self._profiles[arn.rsplit("/", 1)[-1]] = role.arn
        return self._profiles.get(profile, "")

    def role_named(self, text: str) -> str:
        """The ARN of a role that is given by its ARN or, as a few services do, by its name."""
        if not text or text.startswith("arn:"):
            return text
        if self._roles is None:
            self._roles = {role.name: role.arn for role in self.account.roles.values()}
        return self._roles.get(text.rsplit("/", 1)[-1], "")

    def arn(self, service: str, region: str, resource: str) -> str:
        """An ARN in the account."""
        return f"arn:{self.account.partition}:{service}:{region}:{self.account.id}:{resource}"


def holder(
    record: Record,
    word: str,
    role: str | Unread = "",
    *,
    words: Mapping[str, Iterable[str]] | None = None,
    context: Mapping[str, str] | None = None,
    **values: str,
) -> Holder:
    """A holder made from a record, which the catalogue calls `word`."""
    more = {name: tuple(arns) for name, arns in (words or {}).items()}
    return Holder(
        arn=record.arn,
        name=record.name,
        words={word: (record.arn,), **more},
        role=role,
        tags=record.tags,
        context=context or {},
        values=values,
    )


def known_role(inventory: Inventory, profile: str | Unread) -> str | Unread:
    """The role in a profile, UNREAD staying UNREAD."""
    return UNREAD if profile is UNREAD else inventory.role_in(profile)


#: Roles are part of GetAccountAuthorizationDetails, which everything rests on.
ROLES: Final[CallName] = ("iam", "GetAccountAuthorizationDetails")
