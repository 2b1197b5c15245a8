"""Ways into the account from outside: accounts, anyone, identity providers and guests that roles let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from srtui.access.answer import verdict_of
from srtui.access.outsiders import outsiders
from srtui.account import UNREAD
from srtui.account.federation import IdentityPool
from srtui.account.model import Role
from srtui.escalation.edges import Tier
from srtui.escalation.engine import Built
from srtui.policy.decide import decide
from srtui.policy.document import Document
from srtui.policy.effective import as_list
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.principal import Caller
from srtui.policy.request import Request
from srtui.policy.target import Target
from srtui.responsibility.issuers import SHARED_ISSUERS, names_tenant
from srtui.responsibility.openness import keeps_strangers_out, requirements, statements

EntryKind = Literal["anyone", "account", "principal", "provider", "guest"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Someone outside who may become a role. `technique` is "" where that is meant to be, as for a company's own sign-in.

    `conditions`: what must be so; none for an entry that is open.
    """

    kind: EntryKind
    name: str  # as the trust policy writes it; of a guest the identity pool
    role: str  # ARN
    technique: str
    tier: Tier
    conditions: tuple[str, ...]
    label: str  # the policy and its statement

    @property
    def open(self) -> bool:
        """Whether strangers come in this way."""
        return self.kind == "guest" or (self.kind in ("anyone", "provider") and self.technique != "")


def entries(built: Built) -> Iterator[Entry]:
    """Every way into a role from outside, roles in the order of the account."""
    for role in built.world.roles:
        named = NamedDocument(f"trust policy of {role.name}", "resource", role.arn, role.trust)
        document = read_policy(named).document
        if document is None or role.service_linked:
            continue
        for action in ("sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"):
            request = Request(
                Caller("anonymous", ""),
                action,
                Target(role.arn),
                built.account.id,
                {},
                resource_policy=(named, document),
            )
            for one in outsiders(request, built.account.id):
                found = _entry(role, action, one.kind, one.name, one.conditions, one.unless, one.label)
                if found is not None and found.kind == "anyone":
                    found = _limited(found, named, role, document, built.account.id)
                if found is not None:
                    yield found
    yield from _guests(built)


def _entry(
    role: Role,
    action: str,
    kind: str,
    name: str,
    conditions: tuple[str, ...],
    unless: tuple[str, ...],
    label: str,
) -> Entry | None:
    signs_in = action != "sts:assumerole"
    if signs_in != (kind == "provider"):
        return None
    all_conditions = (*conditions, *(f"not {text}" for text in unless))
    tier: Tier = "conditional" if all_conditions else "confirmed"
    if kind == "provider":
        if name.startswith("cognito-identity."):
            return None  # what lets guests in is the pool, see `_guests`
        issuer = name.rsplit("oidc-provider/", 1)[-1].lower().rstrip("/")
        is_open = action == "sts:assumerolewithwebidentity" and _open_to_customers(role, name, issuer)
        return Entry(
            kind="provider",
            name=name,
            role=role.arn,
            technique="sts-webidentity-open" if is_open else "",
            tier="confirmed" if is_open and not unless else "conditional",
            conditions=all_conditions,
            label=label,
        )
    if kind == "anyone":
        return Entry(
            kind="anyone",
            name=name,
            role=role.arn,
            technique="sts-003",
            tier=tier,
            conditions=all_conditions,
            label=label,
        )
    if kind in ("account", "principal"):
        return Entry(
            kind="account" if kind == "account" else "principal",
            name=name,
            role=role.arn,
            technique="sts-002",
            tier=tier,
            conditions=all_conditions,
            label=label,
        )
    return None


def _limited(
    entry: Entry, named: NamedDocument, role: Role, document: Document, account: str
) -> Entry | None:
    """Anyone, as far as the statement's conditions do not keep strangers out; None if only the own account is left."""
    raw = [one.get("Condition") for _, one in statements(role.trust)]
    for statement in document.statements:
        if f"{named}, {statement.label}" == entry.label and statement.index < len(raw):
            conditions = raw[statement.index]
            own = {(key, tuple(values)) for key, values in requirements(conditions)}
            if ("aws:principalaccount", (account,)) in own:
                return None
            if keeps_strangers_out(conditions):
                return msgspec.structs.replace(entry, technique="")
    return entry


def _open_to_customers(role: Role, provider: str, issuer: str) -> bool:
    """Whether some statement for a shared issuer names no tenant of it."""
    if issuer not in SHARED_ISSUERS:
        return False
    for _, statement in statements(role.trust):
        principal: Any = statement.get("Principal")
        federated = as_list(principal.get("Federated")) if isinstance(principal, dict) else []
        allows = statement.get("Effect") == "Allow" and provider in federated
        if allows and not names_tenant(issuer, statement.get("Condition")):
            return True
    return False


def _guests(built: Built) -> Iterator[Entry]:
    """Identity pools that give credentials to whoever asks."""
    for pool in built.account.table(IdentityPool).values():
        if pool.guests is UNREAD or not pool.guests or pool.roles is UNREAD:
            continue
        role = built.account.roles.get(pool.roles.get("unauthenticated", ""))
        if role is None:
            continue
        for tier in _guest_tier(built, role, pool):
            yield Entry(
                kind="guest",
                name=pool.title or pool.name,
                role=role.arn,
                technique="sts-webidentity-open",
                tier=tier,
                conditions=(),
                label=f"identity pool {pool.title or pool.name}",
            )


def _guest_tier(built: Built, role: Role, pool: IdentityPool) -> Iterator[Tier]:
    provider = "cognito-identity.amazonaws.com"
    named = NamedDocument(f"trust policy of {role.name}", "resource", role.arn, role.trust)
    document = read_policy(named).document
    if document is None:
        yield "unknown"
        return
    request = Request(
        Caller("provider", provider),
        "sts:assumerolewithwebidentity",
        Target(role.arn),
        built.account.id,
        {f"{provider}:aud": pool.name, f"{provider}:amr": ("unauthenticated",)},
        resource_policy=(named, document),
        unknown=lambda key: True,
    )
    verdict = verdict_of(decide(request))
    if verdict != "denied":
        yield "confirmed" if verdict == "allowed" else "conditional"
