"""Edges of techniques that use existing resources: code that runs in them has their role, or they let others in."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from srtui.account import UNREAD
from srtui.account.model import Role
from srtui.escalation.catalogue import Technique
from srtui.escalation.edges import ADMIN, Edge, Option, edge, limited, unread, without
from srtui.escalation.inventory import Holder
from srtui.escalation.pass_edges import PassEdges, either
from srtui.escalation.variants import Variants
from srtui.policy.grants import NamedDocument, read_policy

_IDENTITY = "the caller has an identity in IAM Identity Center"


class ResourceEdges:
    """Edges to the roles of existing resources."""

    def __init__(self, passing: PassEdges, variants: Variants) -> None:
        self.passing = passing
        self.world = passing.world
        self.asker = passing.asker
        self.variants = variants
        self._providers: dict[str, list[Role]] | None = None

    def of(self, technique: Technique) -> Iterator[Edge | None]:
        """The edges of one technique."""
        if technique.gain == "roles-of-provider":
            yield from self._federated(technique)
        elif technique.needs in ("own-permission-set", "identity-center", "assigned-group"):
            yield from self._identity_center(technique)
        else:
            yield from self._roles(technique)

    # --- roles of resources -------------------------------------------------------------------------------

    def _roles(self, technique: Technique) -> Iterator[Edge | None]:
        found = self.world.inventory.of(technique.needs)
        blind: list[Option] = []
        for holder in found.holders:
            if technique.when and self.world.state(technique.when, holder.arn).so is False:
                continue
            sources, uses = self.passing.uses(technique, holder.context, holder)
            if not sources.possible:
                continue
            if holder.role is UNREAD:
                blind.append(Option(unread(sources), uses, holder, needs=(f"the role of {holder.name}",)))
                continue
            target = self.world.numbers.get(holder.role)
            if target is not None:
                option = Option(sources, uses, holder)
                yield edge(
                    technique, target, sources, via=holder.arn, options=(option,), service=technique.runs_as
                )
        missing = not found.holders and not found.unread
        if found.unread or missing:
            sources, uses = self.passing.uses(technique, {}, None)
            blind.append(Option(sources if missing else unread(sources), uses, needs=found.unread))
        if blind:
            yield from self._any_role(technique, tuple(blind), missing)

    def _any_role(
        self, technique: Technique, options: tuple[Option, ...], missing: bool
    ) -> Iterator[Edge | None]:
        """To every role that such a resource could have, as which one it has was not read, or there is none."""
        sources = either(options)
        if not sources.possible:
            return
        trusting = self.world.trusting(technique.runs_as)
        for trust in trusting:
            yield edge(
                technique,
                self.world.numbers[trust.role.arn],
                sources,
                via=trust.role.arn,
                conditions=trust.conditions,
                options=options,
                service=technique.runs_as,
                missing=missing,
            )
        if missing and not trusting:
            yield edge(technique, ADMIN, sources, options=options, missing=True)

    # --- identity providers -------------------------------------------------------------------------------

    def _federated(self, technique: Technique) -> Iterator[Edge | None]:
        found = self.world.inventory.of(technique.needs)
        for holder in found.holders:
            if ":saml-provider/AWSSSO_" in holder.arn:
                continue  # only Identity Center itself may change its providers
            sources, uses = self.passing.uses(technique, {}, holder)
            if sources.possible:
                option = Option(sources, uses, holder)
                for role in self.trusting_provider(holder.arn):
                    yield edge(
                        technique, self.world.numbers[role.arn], sources, via=holder.arn, options=(option,)
                    )
        if found.unread:
            # The trust of roles names providers even where they could not be listed.
            sources, uses = self.passing.uses(technique, {}, None)
            kind = technique.needs
            for arn, roles in self.providers().items():
                if f":{kind}/" in arn and ":saml-provider/AWSSSO_" not in arn:
                    option = Option(unread(sources), uses, needs=found.unread)
                    for role in roles:
                        yield edge(
                            technique,
                            self.world.numbers[role.arn],
                            sources,
                            via=arn,
                            options=(option,),
                            needs=found.unread,
                        )

    def trusting_provider(self, arn: str) -> list[Role]:
        """The roles whose trust names an identity provider."""
        return self.providers().get(arn, [])

    def providers(self) -> dict[str, list[Role]]:
        """The roles that trust each identity provider, by its ARN or name."""
        if self._providers is None:
            self._providers = {}
            known: dict[bytes, set[str]] = {}
            for role in self.world.roles:
                text = msgspec.json.encode(role.trust)
                if text not in known:
                    known[text] = set(_federated(role))
                for name in known[text]:
                    self._providers.setdefault(name, []).append(role)
        return self._providers

    # --- IAM Identity Center ------------------------------------------------------------------------------

    def _identity_center(self, technique: Technique) -> Iterator[Edge | None]:
        found = self.world.inventory.of(technique.needs)
        if found.unread:
            sources, uses = self.passing.uses(technique, {}, None)
            if technique.caller == "sso":
                sources = limited(sources, self.asker.reserved)
            yield edge(technique, ADMIN, sources, uses=uses, needs=found.unread)
        for holder in found.holders:
            sources, uses = self.passing.uses(technique, {}, holder)
            option = Option(sources, uses, holder)
            if technique.needs == "own-permission-set":
                yield self._own_set(technique, holder, option)
                continue
            end: int | None = ADMIN
            if technique.needs == "assigned-group":
                end = self.world.numbers.get(str(holder.role))
            if end is None:
                continue
            # Whoever signed in through Identity Center has an identity there; others may have one.
            inside = self.asker.reserved
            for some, conditions in (
                (limited(sources, inside), ()),
                (without(sources, inside), (_IDENTITY,)),
            ):
                yield edge(technique, end, some, via=holder.arn, options=(option,), conditions=conditions)

    def _own_set(self, technique: Technique, holder: Holder, option: Option) -> Edge | None:
        """A permission set changed by those who have its role."""
        role = self.world.account.roles.get(str(holder.role))
        sources = limited(option.sources, self.asker.bit(str(holder.role)))
        if role is None or not sources.possible:
            return None
        end: int | None = ADMIN
        if technique.gain == "self-unbounded":
            if role.boundary is None:
                return None
            end = self.variants.unbounded(role)
        elif role.boundary is not None:
            end = self.variants.all_powerful(role)
        return None if end is None else edge(technique, end, sources, via=holder.arn, options=(option,))


def _federated(role: Role) -> Iterator[str]:
    named = NamedDocument(f"trust policy of {role.name}", "resource", role.arn, role.trust)
    document = read_policy(named).document
    for statement in document.statements if document else ():
        if statement.allow and statement.principal is not None and not statement.not_principal:
            yield from statement.principal.federated
