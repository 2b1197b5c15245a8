"""Edges of techniques by which a role is passed to a service that then runs the caller's code as it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from srtui.access.reach import Reach
from srtui.account.model import Role
from srtui.escalation.catalogue import Catalogue, Permission, Technique
from srtui.escalation.edges import (
    ADMIN,
    NOBODY,
    Alternatives,
    Asker,
    Edge,
    Option,
    edge,
    limited,
    on_condition,
    unread,
    without,
)
from srtui.escalation.identity_edges import NO_ONE, IdentityEdges
from srtui.escalation.inventory import Found, Holder
from srtui.escalation.world import World
from srtui.policy.grants import NamedDocument

PASS_ROLE = "iam:PassRole"
_SHELL = "the caller has a shell on the instance"
_HELPER = "a role for {} can be passed as well"
#: Condition keys that depend on the role that is passed.
_PROFILE, _STACK_ROLE = "ec2:instanceprofile", "cloudformation:rolearn"
_WELCOME: Final = NamedDocument(
    "the policy of the caller's own resource elsewhere",
    "resource",
    None,
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    },
)


class PassEdges:
    """Edges to roles that can be passed. `assuming`: of the account as it is, for roles that lead on to others."""

    def __init__(
        self,
        world: World,
        asker: Asker,
        catalogue: Catalogue,
        identity: IdentityEdges,
        assuming: IdentityEdges,
    ) -> None:
        self.world = world
        self.asker = asker
        self.catalogue = catalogue
        self.identity = identity
        self.assuming = assuming
        #: who can make a role work for them by passing it, by the role's ARN
        self.launched: dict[str, Reach] = {}
        self._new: dict[tuple[str, tuple[str, ...]], tuple[Reach, tuple[Alternatives, ...]]] = {}

    def of(self, technique: Technique) -> Iterator[Edge | None]:
        """The edges of one technique. Those that enter a role by passing it come after those that pass roles."""
        if technique.any_service:
            yield from self._any_service(technique)
        elif technique.enter == "pass":
            yield from self._improved(technique)
        elif technique.enter == "pass-after-trust":
            yield from self._after_trust(technique)
        else:
            yield from self._passed(technique)

    # --- passing a role -----------------------------------------------------------------------------------

    def passing(self, role_arn: str, service: str) -> Alternatives:
        """The permission to pass a role to a service."""
        return self.asker.ask(PASS_ROLE, (role_arn,), {"iam:passedtoservice": service})

    def _passed(self, technique: Technique) -> Iterator[Edge | None]:
        found = self._found(technique)
        trusting = [
            (service, trust)
            for service in (technique.service, *technique.services)
            for trust in self.world.trusting(service)
            if trust.role.instance_profiles or not technique.role_has_profile
        ]
        general = self.options(technique, found)
        missing = not general
        if missing:
            general = (self._pattern_option(technique),)
        able, helper = either(general), self._helper(technique)
        by_role = self._by_role(technique)
        for service, trust in trusting:
            role = trust.role
            options = general
            if by_role:
                options = self.options(technique, found, role) or (self._pattern_option(technique, role),)
            passing = self.passing(role.arn, service)
            sources = self.asker.any(passing)
            if not sources.possible:
                continue
            sources = sources.and_(either(options) if by_role else able)
            made = edge(
                technique,
                self.world.numbers[role.arn],
                sources,
                uses=(passing,),
                via=role.arn,
                conditions=(*trust.conditions, *helper),
                options=options,
                service=service,
                missing=missing,
                met=self._met(technique, role),
            )
            if made is None:
                continue
            if technique.through_execution_role:
                yield from self._executed(made, role)
                continue
            if not missing:
                self.launched[role.arn] = self.launched.get(role.arn, NOBODY).or_(made.sources)
            yield made
        if not trusting:
            yield self._no_role(technique, general)

    def _no_role(self, technique: Technique, options: tuple[Option, ...]) -> Edge | None:
        """Allowed, but no role that could be passed is there."""
        account = self.world.account
        passing = self.passing(f"arn:{account.partition}:iam::{account.id}:role/{NO_ONE}", technique.service)
        sources = self.asker.any(passing).and_(either(options))
        return edge(
            technique,
            ADMIN,
            sources,
            uses=(passing,),
            options=options,
            service=technique.service,
            missing=True,
        )

    def _executed(self, made: Edge, admin_role: Role) -> Iterator[Edge | None]:
        """CloudFormation uses an administration role only to assume execution roles."""
        bit = self.world.numbers[admin_role.arn]
        for role in self.world.own_roles:
            entered = self.assuming.assumed_by(role)
            if not entered.possible >> bit & 1:
                continue
            sure = entered.allowed >> bit & 1
            yield edge(
                made.technique,
                self.world.numbers[role.arn],
                made.sources,
                uses=made.uses,
                via=admin_role.arn,
                conditions=made.conditions
                if sure
                else (*made.conditions, f"the trust of {role.name} is met"),
                options=made.options,
                service=made.service,
                missing=made.missing,
            )

    def _met(self, technique: Technique, role: Role) -> bool:
        """Whether the role's own permissions make the condition of a technique true."""
        number = self.world.numbers[role.arn]
        return bool(technique.met_by) and all(
            any(self._reading(one.action, arn).allowed >> number & 1 for arn in self._arns(one.on))
            for one in technique.met_by
        )

    def _reading(self, action: str, arn: str) -> Reach:
        """Who may use a new resource; one of the caller's own account elsewhere lets everybody in."""
        batch = self.assuming.asker.batch
        owner = arn.split(":")[4]
        if owner == self.world.account.id:
            return batch.reach(action, arn)
        return batch.reach(action, arn, {"aws:ResourceAccount": owner}, policy=_WELCOME)

    def _helper(self, technique: Technique) -> tuple[str, ...]:
        """What must be so where a second role has to be passed and none can surely be."""
        service = technique.helper_service
        if not service:
            return ()
        sure = any(
            not trust.conditions and self.asker.any(self.passing(trust.role.arn, service)).allowed
            for trust in self.world.trusting(service)
        )
        return () if sure else (_HELPER.format(service),)

    # --- what else is needed ------------------------------------------------------------------------------

    def _found(self, technique: Technique) -> Found | None:
        return self.world.inventory.of(technique.needs) if technique.needs else None

    def options(
        self, technique: Technique, found: Found | None, role: Role | None = None
    ) -> tuple[Option, ...]:
        """The ways to everything but the role itself; none if there is no resource that it takes."""
        if found is None:
            return (self._pattern_option(technique, role),)
        options = [
            option
            for one in found.holders
            if (option := self._option(technique, one, role)) is not None and option.sources.possible
        ]
        if found.unread:
            option = self._pattern_option(technique, role)
            left = without(unread(option.sources), either(options).possible)
            options.append(Option(left, option.uses, needs=found.unread))
        elif found.holders and not options:
            # There are some, but nobody may use them so.
            options.append(Option(NOBODY))
        return tuple(options)

    def _option(self, technique: Technique, holder: Holder, role: Role | None) -> Option | None:
        if technique.when and self.world.state(technique.when, holder.arn).so is False:
            return None
        known = {**self._of_role(role), **holder.context}
        sources, uses = self.uses(technique, known, holder)
        if technique.shell and sources.possible:
            inside = self.entered(holder)
            sure = limited(sources, inside.allowed)
            sources = sure.or_(on_condition(without(sources, inside.allowed)))
            return Option(sources, uses, holder, conditions=(_SHELL,))
        return Option(sources, uses, holder)

    def _pattern_option(self, technique: Technique, role: Role | None = None) -> Option:
        sources, uses = self.uses(technique, self._of_role(role), None)
        return Option(sources, uses)

    def entered(self, holder: Holder) -> Reach:
        """Who may get into an instance through Systems Manager, if that reaches it."""
        managed = {one.arn for one in self.world.inventory.of("ssm-instance").holders}
        if holder.arn not in managed:
            return NOBODY
        found = NOBODY
        for id in ("ssm-001", "ssm-002"):
            found = found.or_(self.uses(self.catalogue.technique(id), {}, holder)[0])
        return found

    def uses(
        self, technique: Technique, known: Mapping[str, str | None], holder: Holder | None
    ) -> tuple[Reach, tuple[Alternatives, ...]]:
        """Who is allowed everything but passing the role, each action on the resource that its word stands for."""
        words: dict[str, list[Permission]] = {}
        for one in technique.allow:
            if one.on != "role":
                words.setdefault(one.on, []).append(one)
        sources = self.asker.everyone
        uses: tuple[Alternatives, ...] = ()
        for word, permissions in words.items():
            if holder is not None and word in holder.words:
                asked = self._on(permissions, holder.words[word], known, holder.tags)
                found = self.asker.all(asked)
            else:
                found, asked = self._on_new(word, permissions, known)
            sources, uses = sources.and_(found), (*uses, *asked)
        if technique.any:
            word = technique.any[0].on
            arns = self._arns(word)
            alternatives = tuple(
                ask for one in technique.any for ask in self.asker.ask(one.action, arns, known)
            )
            sources, uses = sources.and_(self.asker.any(alternatives)), (*uses, alternatives)
        return sources, uses

    def _on(
        self,
        permissions: list[Permission],
        arns: tuple[str, ...],
        known: Mapping[str, str | None],
        tags: Mapping[str, str],
    ) -> tuple[Alternatives, ...]:
        return tuple(
            self.asker.ask(one.action, arns, {**known, **self.asker.tags(one.action, tags)})
            for one in permissions
        )

    def _on_new(
        self, word: str, permissions: list[Permission], known: Mapping[str, str | None]
    ) -> tuple[Reach, tuple[Alternatives, ...]]:
        """Who is allowed these on one resource that does not exist yet, or on some resource of a kind."""
        arns = self._arns(word)
        asked = tuple(self.asker.ask(one.action, arns, known) for one in permissions)
        if len(arns) == 1 and word != "*":
            return self.asker.same(asked, arns[0]), asked
        return self.asker.all(asked), asked

    def _arns(self, word: str) -> tuple[str, ...]:
        account = self.world.account
        return ("*",) if word == "*" else self.catalogue.patterns(word, account.partition, account.id)

    def _by_role(self, technique: Technique) -> bool:
        """Whether policies about one of the other actions look at the role that is passed."""
        keys = {
            key for one in technique.allow if one.on != "role" for key in self.asker.batch.keys(one.action)
        }
        return _STACK_ROLE in keys or (technique.role_has_profile and _PROFILE in keys)

    def _of_role(self, role: Role | None) -> dict[str, str | None]:
        if role is None:
            return {}
        found: dict[str, str | None] = {_STACK_ROLE: role.arn}
        if role.instance_profiles:
            found[_PROFILE] = role.instance_profiles[0]
        return found

    # --- roles made ready first ---------------------------------------------------------------------------

    def _improved(self, technique: Technique) -> Iterator[Edge | None]:
        """A role that gets all permissions and is then passed."""
        for role in self.world.own_roles:
            launched = self.launched.get(role.arn)
            if launched is None:
                continue
            known = self.identity.known(role)
            alternatives = tuple(
                ask for one in technique.any for ask in self.asker.ask(one.action, (role.arn,), known)
            )
            sources = self.asker.any(alternatives).and_(launched)
            end = self.identity.end_of(technique, role)
            if end is not None:
                yield edge(technique, end, sources, uses=(alternatives,), via=role.arn)

    def _after_trust(self, technique: Technique) -> Iterator[Edge | None]:
        """A role that is made to trust a service and then passed, for those who could not assume it directly."""
        launchers = self._launchers()
        for role in self.world.own_roles:
            rewrite = self.asker.ask("iam:UpdateAssumeRolePolicy", (role.arn,), self.identity.known(role))
            able = self.asker.any(rewrite)
            direct = able.and_(self.identity.assume_when_named(role))
            able = without(able, direct.allowed)
            if not able.possible:
                continue
            for service, base in launchers.items():
                passing = self.passing(role.arn, service)
                sources = able.and_(base).and_(self.asker.any(passing))
                yield edge(
                    technique,
                    self.world.numbers[role.arn],
                    sources,
                    uses=(rewrite, passing),
                    via=role.arn,
                    service=service,
                )

    def _launchers(self) -> dict[str, Reach]:
        """Who could make each service run code as a role, were the role theirs to pass."""
        found: dict[str, Reach] = {}
        for technique in self.catalogue.techniques:
            plain = technique.gain == "passed" and not technique.needs and not technique.enter
            if plain and technique.service and not technique.role_has_profile and not technique.condition:
                sources = self._pattern_option(technique).sources
                found[technique.service] = found.get(technique.service, NOBODY).or_(sources)
        return {service: sources for service, sources in found.items() if sources.possible}

    def _any_service(self, technique: Technique) -> Iterator[Edge | None]:
        """Roles that trust a service of which no technique is known."""
        known = {
            name
            for one in self.catalogue.techniques
            for name in (one.service, *one.services, one.runs_as, one.helper_service)
        }
        for service, trusts in self.world.trusts.items():
            if service in known:
                continue
            for trust in trusts:
                passing = self.passing(trust.role.arn, service)
                yield edge(
                    technique,
                    self.world.numbers[trust.role.arn],
                    self.asker.any(passing),
                    uses=(passing,),
                    via=trust.role.arn,
                    conditions=trust.conditions,
                    service=service,
                )


def either(options: tuple[Option, ...] | list[Option]) -> Reach:
    """Who has one of these options."""
    found = NOBODY
    for option in options:
        found = found.or_(option.sources)
    return found
