"""The catalogue of techniques, read from techniques.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

import msgspec

Category = Literal[
    "self-escalation", "principal-access", "credential-access", "new-passrole", "existing-passrole"
]
Kind = Literal["any", "user", "role", "sso", "account", "anyone", "federated"]
Gain = Literal[
    "self-admin",  # grants itself everything
    "self-older-version",  # gets an older version of one of its policies back
    "self-unbounded",  # is rid of its permissions boundary
    "self-rebounded",  # has a permissions boundary of its own choice
    "self-without-attached",  # is rid of a managed policy that denies
    "self-without-inline",  # is rid of an inline policy that denies
    "self-without-group-attached",  # is rid of a managed policy of a group that denies
    "self-without-group",  # is out of a group that denies
    "join-group",  # gets the policies of a group
    "user",  # acts as the user
    "user-admin",  # acts as the user, who is administrator by then
    "role",  # acts as the role
    "role-by-trust",  # acts as the role, which trusts it by then
    "role-admin",  # acts as the role, which is administrator by then
    "role-unbounded",  # acts as the role, which has no boundary any more
    "passed",  # acts as the role that it passed to a service
    "resource-role",  # acts as the role of an existing resource
    "roles-of-provider",  # acts as every role that trusts an identity provider
    "new-admin",  # acts as a new administrator
    "data",  # reads data
    "none",  # nothing by itself
]
#: How the caller comes to act as the role: it may assume it, it rewrites the trust, it passes it to a service.
Enter = Literal["", "assume", "trust", "pass", "pass-after-trust"]


class Permission(msgspec.Struct, frozen=True):
    """An action and the word for what it must be allowed on."""

    action: str
    on: str

    @property
    def label(self) -> str:
        return self.action if self.on == "*" else f"{self.action} on {self.on}"


class Technique(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way from one principal to another, or to data."""

    id: str
    name: str
    category: Category
    gain: Gain
    allow: tuple[Permission, ...] = ()
    any: tuple[Permission, ...] = ()  # one of them as well
    also: tuple[Permission, ...] = ()  # and one of these
    caller: Kind = "any"
    enter: Enter = ""
    service: str = ""  # the role must trust it, and iam:PassedToService names it
    services: tuple[str, ...] = ()  # or one of these
    helper_service: str = ""  # a second role that trusts it must be passed, too
    needs: str = ""  # kind of existing resource
    runs_as: str = ""  # service that the role of the existing resource trusts
    when: str = ""  # a fact about the target that must be so
    condition: str = msgspec.field(default="", name="if")  # what no API tells
    met_by: tuple[Permission, ...] = ()  # with these the role itself makes the condition true
    role_has_profile: bool = False
    through_execution_role: bool = False
    any_service: bool = False
    shell: bool = False  # the caller must be on the instance
    dropping: tuple[
        Permission, ...
    ] = ()  # where a boundary is prescribed for what is new: takes it off again
    run: tuple[str, ...] = ()
    run_dropping: tuple[str, ...] = ()
    fix: str = ""
    public: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def control(self) -> str:
        """The id under which findings name it."""
        return f"SR-ESC-{self.id}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Every permission that it may use."""
        return (*self.allow, *self.any, *self.also, *self.dropping)

    @property
    def passes(self) -> bool:
        """Whether iam:PassRole is among what it needs."""
        return any(one.action == "iam:PassRole" for one in self.allow)


class Catalogue(msgspec.Struct, frozen=True):
    """All techniques in order, and the ARN patterns that their words stand for."""

    version: str
    techniques: tuple[Technique, ...]
    resources: Mapping[str, tuple[str, ...]]

    def technique(self, id: str) -> Technique:
        """By its id or one of its aliases. Raises KeyError."""
        for one in self.techniques:
            if one.id == id or id in one.aliases or id == one.control:
                return one
        raise KeyError(id)

    def patterns(self, word: str, partition: str, account: str) -> tuple[str, ...]:
        """The ARN patterns of a word, `*` for what the caller may choose."""
        return tuple(
            text.format(partition=partition, account=account, region="*", name="*")
            for text in self.resources[word]
        )


_FILE: Final = "techniques.toml"


@lru_cache(maxsize=1)
def load_techniques() -> Catalogue:
    """The catalogue that ships with this version."""
    text = files("srtui.escalation").joinpath(_FILE).read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    resources = {
        word: (value,) if isinstance(value, str) else tuple(value) for word, value in raw["resource"].items()
    }
    return Catalogue(raw["version"], tuple(_technique(entry) for entry in raw["technique"]), resources)


def _technique(entry: dict[str, Any]) -> Technique:
    for name in ("allow", "any", "also", "met_by", "dropping"):
        if name in entry:
            entry[name] = [_permission(text) for text in entry[name]]
    return msgspec.convert(entry, Technique)


def _permission(text: str) -> dict[str, str]:
    action, _, word = text.partition(" ")
    return {"action": action, "on": word}


GAINS: Final[tuple[str, ...]] = get_args(Gain)
