"""Edges of techniques by which a principal changes what it is allowed itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from srtui.access.reach import Reach, members
from srtui.account.model import Document, Group, InlinePolicy, ManagedPolicy, PolicyVersion, Role, User
from srtui.escalation.catalogue import Technique
from srtui.escalation.edges import ADMIN, Alternatives, Asker, Edge, edge, limited
from srtui.escalation.identity_edges import NO_ONE, IdentityEdges
from srtui.escalation.variants import Variants
from srtui.escalation.world import World
from srtui.policy.effective import effective_permissions
from srtui.policy.grants import NamedDocument, read_policy


class SelfEdges:
    """Edges from callers to the administrators, or the changed principals, that they make of themselves.

    `settled`: callers who surely become administrator anyway, for whom no further step is worth a node.
    """

    def __init__(self, world: World, asker: Asker, variants: Variants, identity: IdentityEdges) -> None:
        self.world = world
        self.asker = asker
        self.variants = variants
        self._known = identity.known
        self._identity = identity
        self.settled = 0

    def of(self, technique: Technique) -> Iterator[Edge | None]:
        """The edges of one technique."""
        gain = technique.gain
        if gain == "self-admin":
            yield from self._all_permissions(technique)
        elif gain in ("self-unbounded", "self-rebounded"):
            yield from self._boundary(technique)
        elif gain == "self-older-version":
            yield from self._older_versions(technique)
        elif gain == "join-group":
            yield from self._join(technique)
        else:
            yield from self._without_deny(technique)

    # --- all permissions ----------------------------------------------------------------------------------

    def _all_permissions(self, technique: Technique) -> Iterator[Edge | None]:
        on = technique.allow[0].on
        if on == "self":
            for number, caller in self._callers(technique):
                yield from self._to_admin(technique, caller, caller.arn, 1 << number)
        elif on == "group":
            for group, members_of in self._members().items():
                for number in members(members_of):
                    yield from self._to_admin(technique, self.asker.callers[number], group, 1 << number)
        elif on == "own-policy":
            for policy, carriers in self._carriers().items():
                yield from self._own_policy(technique, policy, carriers)

    def _own_policy(self, technique: Technique, policy: str, carriers: int) -> Iterator[Edge | None]:
        uses = self._uses(technique, policy, None)
        sources = limited(self.asker.all(uses), carriers)
        for number in members(sources.possible):
            yield from self._end(technique, self.asker.callers[number], sources, 1 << number, uses, policy)

    def _to_admin(
        self, technique: Technique, caller: User | Role, arn: str, among: int
    ) -> Iterator[Edge | None]:
        uses = self._uses(technique, arn, caller if arn == caller.arn else None)
        sources = limited(self.asker.all(uses), among)
        if sources.possible:
            yield from self._end(technique, caller, sources, among, uses, arn)

    def _end(
        self,
        technique: Technique,
        caller: User | Role,
        sources: Reach,
        among: int,
        uses: tuple[Alternatives, ...],
        via: str,
    ) -> Iterator[Edge | None]:
        """To administrator; inside a boundary to what the boundary leaves of all permissions."""
        end = ADMIN if caller.boundary is None else self.variants.all_powerful(caller)
        if end is not None:
            yield edge(technique, end, limited(sources, among), uses=uses, via=via)

    # --- boundaries ---------------------------------------------------------------------------------------

    def _boundary(self, technique: Technique) -> Iterator[Edge | None]:
        for number, caller in self._callers(technique):
            if caller.boundary is None or not self._binds(caller):
                continue
            chosen = caller.boundary
            if technique.gain == "self-rebounded":
                # The key is the boundary that is asked for (Service Authorization Reference, iam:PermissionsBoundary).
                chosen = self.world.admin_policy
            uses = self._uses(technique, caller.arn, caller, boundary=chosen)
            sources = limited(self.asker.all(uses), 1 << number)
            if sources.possible:
                yield self._changed(
                    technique, caller, _unbounded(caller), "no boundary", sources, uses, caller.arn
                )

    def _changed(
        self,
        technique: Technique,
        caller: User | Role,
        changed: User | Role,
        step: str,
        sources: Reach,
        uses: tuple[Alternatives, ...],
        via: str,
    ) -> Edge | None:
        """To administrator if the changed principal is one, else to a node of its own that shows what it may do more."""
        end: int | None = ADMIN
        if caller.boundary is None and not sources.allowed | sources.conditional:
            # Of whoever's own policies were not read everything is unknown already; a changed one tells nothing more.
            return None
        if self.variants.permissions(changed).admin != "everything":
            end = self.variants.add(caller, changed, step)
        return None if end is None else edge(technique, end, sources, uses=uses, via=via)

    def _binds(self, caller: User | Role) -> bool:
        """Whether a boundary takes anything away."""
        policy = self.world.account.policies.get(caller.boundary or "")
        if policy is None or policy.document is None:
            return True
        named = NamedDocument(policy.name, "boundary", policy.arn, policy.document)
        return effective_permissions([named]).admin != "everything"

    # --- older versions -----------------------------------------------------------------------------------

    def _older_versions(self, technique: Technique) -> Iterator[Edge | None]:
        for arn, carriers in self._carriers().items():
            policy = self.world.account.policies.get(arn)
            if policy is None or len(policy.versions) < 2:
                continue
            uses = self._uses(technique, arn, None)
            sources = limited(self.asker.all(uses), carriers & ~self.settled)
            if not sources.possible:
                continue
            for version in policy.versions:
                if not version.default and _allows_more(policy, version):
                    for number in members(sources.possible):
                        caller = self.asker.callers[number]
                        changed = _with_version(self.world, caller, policy, version)
                        step = f"version {version.version} of {policy.name}"
                        one = limited(sources, 1 << number)
                        yield self._changed(technique, caller, changed, step, one, uses, arn)

    # --- groups -------------------------------------------------------------------------------------------

    def _join(self, technique: Technique) -> Iterator[Edge | None]:
        account = self.world.account
        for group in account.groups.values():
            uses = self._uses(technique, group.arn, None)
            able = self.asker.all(uses)
            if self.world.is_admin(group.arn):
                # Whoever gets into another user can put that one into the group.
                yield edge(technique, ADMIN, able.and_(self._identity.controlling), uses=uses, via=group.arn)
            sources = limited(able, self.asker.users & ~self.settled)
            if not sources.possible or not (group.inline or group.attached):
                continue
            for number in members(sources.possible):
                user = self.asker.callers[number]
                if isinstance(user, User) and group.name not in user.groups:
                    changed = copy.copy(user)
                    changed.groups = (*user.groups, group.name)
                    one = limited(sources, 1 << number)
                    step = f"member of {group.name}"
                    yield self._changed(technique, user, changed, step, one, uses, group.arn)
        if not account.groups:
            arn = f"arn:{account.partition}:iam::{account.id}:group/{NO_ONE}"
            uses = self._uses(technique, arn, None)
            yield edge(
                technique, ADMIN, limited(self.asker.all(uses), self.asker.users), uses=uses, missing=True
            )

    # --- policies that deny -------------------------------------------------------------------------------

    def _without_deny(self, technique: Technique) -> Iterator[Edge | None]:
        for number, caller in self._callers(technique):
            if self.settled >> number & 1:
                continue
            for changed, step, via, on in self._lighter(technique, caller):
                uses = self._uses(technique, on, caller if on == caller.arn else None, policy=via)
                sources = limited(self.asker.all(uses), 1 << number)
                if sources.possible:
                    yield self._changed(technique, caller, changed, step, sources, uses, via)

    def _lighter(
        self, technique: Technique, caller: User | Role
    ) -> Iterator[tuple[User | Role, str, str, str]]:
        """(the caller without a policy that denies, the step, what is taken off, what the call is about)."""
        match technique.gain:
            case "self-without-attached":
                for arn in caller.attached:
                    if self._denies_by(arn):
                        changed = copy.copy(caller)
                        changed.attached = tuple(one for one in caller.attached if one != arn)
                        yield changed, f"without {arn.rsplit('/', 1)[-1]}", arn, caller.arn
            case "self-without-inline":
                for inline in caller.inline:
                    if _denies(inline.document):
                        changed = copy.copy(caller)
                        changed.inline = tuple(one for one in caller.inline if one is not inline)
                        yield changed, f"without {inline.name}", inline.name, caller.arn
            case "self-without-group":
                for group in self._groups_that_deny(caller):
                    yield _out_of(caller, group), f"not in {group.name}", group.arn, group.arn
            case "self-without-group-attached":
                for group in self._groups_that_deny(caller):
                    for arn in group.attached:
                        if self._denies_by(arn):
                            changed = _with_group_policies(self.world, caller, group, arn)
                            yield changed, f"{group.name} without {arn.rsplit('/', 1)[-1]}", arn, group.arn

    def _groups_that_deny(self, caller: User | Role) -> list[Group]:
        groups = self.world.groups_of(caller) if isinstance(caller, User) else []
        return [
            group
            for group in groups
            if any(_denies(one.document) for one in group.inline) or any(map(self._denies_by, group.attached))
        ]

    def _denies_by(self, arn: str) -> bool:
        policy = self.world.account.policies.get(arn)
        return policy is not None and policy.document is not None and _denies(policy.document)

    # --- callers ------------------------------------------------------------------------------------------

    def _callers(self, technique: Technique) -> Iterator[tuple[int, User | Role]]:
        """The callers of the technique's kind that name one of its actions at all."""
        action = technique.allow[0].action
        named = self.asker.batch.carriers(action)
        among = {"user": self.asker.users, "role": self.asker.roles & ~self.asker.reserved}
        for number in members(named & among.get(technique.caller, self.asker.everyone.allowed)):
            caller = self.asker.callers[number]
            if not (isinstance(caller, Role) and caller.service_linked):
                yield number, caller

    def _members(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, caller in enumerate(self.asker.callers):
            if isinstance(caller, User):
                for group in self.world.groups_of(caller):
                    found[group.arn] = found.get(group.arn, 0) | 1 << number
        return found

    def _carriers(self) -> dict[str, int]:
        """Who carries each customer-managed policy, by itself or through a group."""
        found: dict[str, int] = {}
        for number, caller in enumerate(self.asker.callers):
            groups = self.world.groups_of(caller) if isinstance(caller, User) else []
            for carrier in (caller, *groups):
                for arn in self.world.own_policies(carrier.attached):
                    found[arn] = found.get(arn, 0) | 1 << number
        return found

    def _uses(
        self,
        technique: Technique,
        arn: str,
        target: User | Role | None,
        *,
        boundary: str | None = None,
        policy: str = "",
    ) -> tuple[Alternatives, ...]:
        known = dict(self._known(target))
        if boundary is not None:
            known["iam:permissionsboundary"] = boundary
        if policy.startswith("arn:"):
            known["iam:policyarn"] = policy
        return tuple(self.asker.ask(one.action, (arn,), known) for one in technique.allow)


def _unbounded(caller: User | Role) -> User | Role:
    changed = copy.copy(caller)
    changed.boundary = None
    return changed


def _out_of(caller: User | Role, group: Group) -> User | Role:
    changed = copy.copy(caller)
    if isinstance(changed, User):
        changed.groups = tuple(name for name in changed.groups if name != group.name)
    return changed


def _with_group_policies(world: World, caller: User | Role, group: Group, without: str) -> User | Role:
    """Out of the group, with what is left of its policies."""
    changed = _out_of(caller, group)
    changed.inline = (*changed.inline, *group.inline)
    changed.attached = (*changed.attached, *(arn for arn in group.attached if arn != without))
    return changed


def _with_version(
    world: World, caller: User | Role, policy: ManagedPolicy, version: PolicyVersion
) -> User | Role:
    """With another version of a policy that it carries, by itself or through a group."""
    changed = copy.copy(caller)
    for group in world.groups_of(caller) if isinstance(caller, User) else []:
        if policy.arn in group.attached:
            changed = _with_group_policies(world, changed, group, policy.arn)
    changed.attached = tuple(arn for arn in changed.attached if arn != policy.arn)
    changed.inline = (*changed.inline, InlinePolicy(name=policy.name, document=version.document))
    return changed


def _denies(document: Document) -> bool:
    named = NamedDocument("", "inline", None, document)
    return any(not grant.allow for grant in read_policy(named).grants)


def _allows_more(policy: ManagedPolicy, version: PolicyVersion) -> bool:
    """Whether an older version may allow something that the default one does not, or deny less."""
    return version.document != policy.document
