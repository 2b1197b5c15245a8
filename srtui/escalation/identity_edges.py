"""Edges of techniques that change or use other users and roles, and of role assumption itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from srtui.access.reach import Reach
from srtui.account.model import Principal, Role, User
from srtui.escalation.catalogue import Permission, Technique
from srtui.escalation.edges import (
    ADMIN,
    NOBODY,
    Alternatives,
    Asker,
    Edge,
    edge,
    on_condition,
    without,
)
from srtui.escalation.variants import Variants
from srtui.escalation.world import World
from srtui.policy.grants import NamedDocument
from srtui.policy.match import glob_match

_ASSUME = "sts:AssumeRole"
_MFA = "the MFA device of {} is at hand"
#: A name that no principal has, for asking about principals that do not exist yet.
NO_ONE = "srtui-nobody"
_MOST_BOUNDARIES = 20


class IdentityEdges:
    """Edges whose target is a user or role, or the administrator that one becomes on the way."""

    def __init__(self, world: World, asker: Asker, variants: Variants) -> None:
        self.world = world
        self.asker = asker
        self.variants = variants
        self._assume: dict[str, Reach] = {}
        self._named: dict[str, Reach] = {}
        #: who gets into some other user
        self.controlling = NOBODY

    # --- role assumption ----------------------------------------------------------------------------------

    def assume(self, role: Role) -> Reach:
        """Who may assume a role, its trust and their own policies taken together."""
        found = self._assume.get(role.arn)
        if found is None:
            found = self._assume[role.arn] = self.asker.one(self._assume_ask(role)[0])
        return found

    def assumed_by(self, role: Role) -> Reach:
        """The same, administrators among them."""
        return self.asker.batch.reach(_ASSUME, role.arn)

    def _assume_ask(self, role: Role) -> Alternatives:
        return self.asker.ask(_ASSUME, (role.arn,), {})

    def assume_when_named(self, role: Role) -> Reach:
        """Who could assume a role whose trust names them: nothing may deny it, but no identity policy need allow it."""
        found = self._named.get(role.arn)
        if found is None:
            found = self._named[role.arn] = self.asker.batch.reach(_ASSUME, role.arn, policy=self._naming)
        return found

    @cached_property
    def _naming(self) -> NamedDocument:
        bounded = [user.arn for user in self.world.users if user.boundary is not None]
        everyone: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
        statements = [everyone]
        if bounded:
            # A boundary does not limit a user who is named himself ("Policy evaluation logic").
            statements.append({**everyone, "Principal": {"AWS": bounded}})
        document = {"Version": "2012-10-17", "Statement": statements}
        return NamedDocument("the rewritten trust policy", "resource", None, document)

    # --- edges --------------------------------------------------------------------------------------------

    def of(self, technique: Technique) -> Iterator[Edge | None]:
        """The edges of one technique."""
        match technique.gain:
            case "user" | "user-admin":
                yield from self._users(technique)
            case "role":
                yield from self._assumption(technique)
            case "role-by-trust":
                yield from self._rewritten_trust(technique)
            case "role-admin" | "role-unbounded":
                yield from self._roles(technique)
            case "new-admin":
                yield from self._new_admin(technique)

    def _assumption(self, technique: Technique) -> Iterator[Edge | None]:
        for role in self.world.roles:
            sources = self.assume(role)
            if sources.possible:
                uses = (self._assume_ask(role),)
                yield edge(technique, self.world.numbers[role.arn], sources, uses=uses, via=role.arn)

    def _rewritten_trust(self, technique: Technique) -> Iterator[Edge | None]:
        for role in self.world.own_roles:
            uses = self._uses(technique.allow, role, role.arn)
            sources = self.asker.all(uses).and_(self.assume_when_named(role))
            yield edge(technique, self.world.numbers[role.arn], sources, uses=uses, via=role.arn)
        if not self.world.own_roles:
            yield self._missing(technique, "role")

    def _roles(self, technique: Technique) -> Iterator[Edge | None]:
        """A role that gets all permissions, or loses its boundary, and is then entered."""
        for role in self.world.own_roles:
            if technique.gain == "role-unbounded" and role.boundary is None:
                continue
            entered = self.assume(role) if technique.enter == "assume" else self.assume_when_named(role)
            if not entered.possible:
                continue
            for policy in self._policies_of(technique, role):
                uses = self._uses(technique.allow, role, role.arn, policy)
                sources = self.asker.all(uses).and_(entered)
                if not sources.possible:
                    continue
                if technique.enter == "assume":
                    uses = (*uses, self._assume_ask(role))
                end = self.end_of(technique, role)
                if end is not None:
                    yield edge(technique, end, sources, uses=uses, via=role.arn)
        if not self.world.own_roles:
            yield self._missing(technique, "role")

    def end_of(self, technique: Technique, principal: User | Role) -> int | None:
        """Where a technique ends that gives a principal all permissions, or takes its boundary away."""
        if technique.gain == "role-unbounded":
            return self.variants.unbounded(principal)
        return ADMIN if principal.boundary is None else self.variants.all_powerful(principal)

    def _policies_of(self, technique: Technique, role: Role) -> list[str]:
        if any(one.on == "role-policy" for one in technique.allow):
            return self.world.own_policies(role.attached)
        return [""]

    def _users(self, technique: Technique) -> Iterator[Edge | None]:
        for user in self.world.users:
            state = self.world.state(technique.when, user.arn)
            if state.so is False:
                continue
            uses = self._uses(technique.allow, user, user.arn)
            sources = without(self.asker.all(uses), self.asker.bit(user.arn))
            if not sources.possible:
                continue
            needs = (state.text,) if state.so is None else ()
            if technique.gain == "user" and not needs:
                self.controlling = self.controlling.or_(
                    on_condition(sources) if technique.condition else sources
                )
            end: int | None = self.world.numbers[user.arn]
            if technique.gain == "user-admin":
                end = self.end_of(technique, user)
            if end is not None:
                yield from self._with_mfa(technique, user, sources, end, uses, needs)
        if len(self.world.users) < 2:
            yield self._missing(technique, "user")

    def _with_mfa(
        self,
        technique: Technique,
        user: User,
        sources: Reach,
        end: int,
        uses: tuple[Alternatives, ...],
        needs: tuple[str, ...],
    ) -> Iterator[Edge | None]:
        """A password of a user with an MFA device lets in who can switch the device off, or has it."""
        if technique.id not in ("iam-004", "iam-006") or not self.world.has_mfa(user):
            yield edge(technique, end, sources, uses=uses, via=user.arn, needs=needs)
            return
        switch_off = self.asker.ask("iam:DeactivateMFADevice", (user.arn,), {})
        able = self.asker.any(switch_off).and_(sources)
        yield edge(technique, end, able, uses=(*uses, switch_off), via=user.arn, needs=needs)
        rest = without(sources, able.possible)
        yield edge(
            technique, end, rest, uses=uses, via=user.arn, needs=needs, conditions=(_MFA.format(user.name),)
        )

    def _new_admin(self, technique: Technique) -> Iterator[Edge | None]:
        """A new user or role with all permissions, or one whose prescribed boundary is taken off again."""
        account = self.world.account
        kind = "role" if any(one.on == "new-role" for one in technique.allow) else "user"
        arn = f"arn:{account.partition}:iam::{account.id}:{kind}/*"
        assumed = self.assume_new(arn) if kind == "role" else self.asker.everyone
        for boundary in ("", *self._prescribed(technique)):
            uses = self._uses_on_new(technique, arn, boundary)
            sources = self.asker.same(uses, arn).and_(assumed)
            way = technique
            if boundary:
                way = msgspec.structs.replace(technique, run=technique.run_dropping)
            yield edge(way, ADMIN, sources, uses=uses, via=boundary)

    def _uses_on_new(self, technique: Technique, arn: str, boundary: str) -> tuple[Alternatives, ...]:
        allow = (*technique.allow, *technique.dropping) if boundary else technique.allow
        uses = self._uses(allow, None, arn, boundary=boundary)
        for alternatives in (technique.any, technique.also):
            if alternatives:
                asked = (
                    ask for one in alternatives for ask in self._uses((one,), None, arn, boundary=boundary)[0]
                )
                uses = (*uses, tuple(asked))
        return uses

    def _prescribed(self, technique: Technique) -> list[str]:
        """The boundaries that policies name for new principals, where they could be taken off again."""
        if not technique.dropping:
            return []
        named = self.asker.batch.values(technique.allow[0].action, "iam:permissionsboundary")
        own = [arn for arn in self.world.account.policies if any(glob_match(text, arn) for text in named)]
        return sorted({*own, *(text for text in named if not set(text) & set("*?$"))})[:_MOST_BOUNDARIES]

    def assume_new(self, arn: str) -> Reach:
        """Who could assume a new role that trusts them."""
        return self.asker.batch.reach(_ASSUME, arn.replace("*", NO_ONE), policy=self._naming)

    # --- asking -------------------------------------------------------------------------------------------

    def _uses(
        self,
        permissions: tuple[Permission, ...],
        target: Principal | None,
        arn: str,
        policy: str = "",
        boundary: str = "",
    ) -> tuple[Alternatives, ...]:
        known = self.known(target)
        if boundary:
            known = {**known, "iam:permissionsboundary": boundary}
        return tuple(
            self.asker.ask(one.action, (policy if one.on == "role-policy" else arn,), known)
            for one in permissions
        )

    def known(self, target: Principal | None) -> Mapping[str, str | None]:
        """What is known of a request about a principal, or (None) about a new one without a boundary."""
        return {
            "iam:policyarn": self.world.admin_policy,
            "iam:permissionsboundary": target.boundary if target is not None else None,
        }

    def _missing(self, technique: Technique, kind: str) -> Edge | None:
        """The edge for when there is no such principal."""
        account = self.world.account
        arn = f"arn:{account.partition}:iam::{account.id}:{kind}/{NO_ONE}"
        uses = self._uses(technique.allow, None, arn, arn.replace(f":{kind}/", ":policy/"))
        return edge(technique, ADMIN, self.asker.all(uses), uses=uses, missing=True)
