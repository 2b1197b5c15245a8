"""What principals would be after a first step: with all permissions, without their boundary, without a policy that denies.

Such a changed principal is a node of its own beside the real ones, because what it can do next differs from what the
real one can. Only principals for which the step changes something get one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from srtui.account import Account
from srtui.account.model import InlinePolicy, Role, User
from srtui.permissions import carried_by, control_policies
from srtui.policy.effective import EffectivePermissions, effective_permissions
from srtui.policy.grants import NamedDocument

#: What whoever may write policies writes.
EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
#: Steps upon steps end here: a boundary, then a policy, then a group.
_MOST_STEPS: Final = 3
#: More nodes than this would be guesswork, not analysis; the direct ways to administrator are found without them.
_MOST: Final = 2_000


class Variant(msgspec.Struct, frozen=True):
    """A principal as it would be; `steps` say what was changed, `number` is its node."""

    number: int
    principal: User | Role
    steps: tuple[str, ...]
    permissions: EffectivePermissions

    @property
    def arn(self) -> str:
        return self.principal.arn

    @property
    def admin(self) -> bool:
        return self.permissions.admin == "everything"


class Variants:
    """The changed principals of one account, numbered after the real ones."""

    def __init__(self, account: Account, first: int) -> None:
        self._account = account
        self._first = first
        self._scps = control_policies(account, "SERVICE_CONTROL_POLICY").levels
        self.found: list[Variant] = []
        self._numbers: dict[tuple[str, tuple[str, ...]], int] = {}
        self._steps: dict[int, tuple[str, ...]] = {}  # by id of a changed record

    # --- making them --------------------------------------------------------------------------------------

    def all_powerful(self, principal: User | Role) -> int | None:
        """The node of a principal that gave itself, or was given, a policy that allows everything."""
        changed = copy.copy(principal)
        changed.inline = (*principal.inline, InlinePolicy(name="all", document=EVERYTHING))
        return self.add(principal, changed, "all permissions")

    def unbounded(self, principal: User | Role) -> int | None:
        """The node of a principal without its boundary."""
        changed = copy.copy(principal)
        changed.boundary = None
        return self.add(principal, changed, "no boundary")

    def add(self, before: User | Role, changed: User | Role, step: str) -> int | None:
        """The node of a changed principal; None if that would be one step or one node too many."""
        steps = (*self._steps.get(id(before), ()), step)
        key = (before.arn, steps)
        number = self._numbers.get(key)
        if number is not None:
            return number
        if len(steps) > _MOST_STEPS or len(self.found) >= _MOST or step in steps[:-1]:
            return None
        number = self._numbers[key] = self._first + len(self.found)
        self._steps[id(changed)] = steps
        self.found.append(Variant(number, changed, steps, self.permissions(changed)))
        return number

    def permissions(self, principal: User | Role) -> EffectivePermissions:
        """What a changed principal may do."""
        carried = carried_by(self._account, principal)
        boundary = None if carried.boundary is None else [carried.boundary]
        levels: Sequence[Sequence[NamedDocument]] = self._scps
        if isinstance(principal, Role) and principal.service_linked:
            levels = ()
        found = effective_permissions(carried.identity, boundary, levels)
        if carried.missing or carried.boundary_missing:
            missing = (*carried.missing, *([principal.boundary or ""] if carried.boundary_missing else []))
            found = msgspec.structs.replace(found, unreadable=(*found.unreadable, *missing))
        return found

    # --- asking for them ----------------------------------------------------------------------------------

    def accounts(self, done: int) -> Iterator[tuple[Account, list[Variant]]]:
        """Accounts in which the variants from `done` on stand in for the real principals, each in one of them."""
        left = self.found[done:]
        while left:
            taken: dict[str, Variant] = {}
            rest = []
            for variant in left:
                if variant.arn in taken:
                    rest.append(variant)
                else:
                    taken[variant.arn] = variant
            yield _shadow(self._account, list(taken.values())), list(taken.values())
            left = rest


class _Shadow(Account):
    """An account in which only changed principals ask."""

    asking: list[User | Role] = []

    def principals(self) -> Iterator[User | Role]:
        return iter(self.asking)


def _shadow(account: Account, variants: Sequence[Variant]) -> Account:
    users, roles = dict(account.users), dict(account.roles)
    asking = []
    for variant in variants:
        principal = variant.principal
        asking.append(principal)
        if isinstance(principal, User):
            users[principal.arn] = principal
        else:
            roles[principal.arn] = principal
    fields = {name: getattr(account, name) for name in Account.__struct_fields__}
    return _Shadow(**{**fields, "users": users, "roles": roles}, asking=asking)
