"""What is worth knowing about each principal at a glance: kind, badges, key facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Credentials, Group, Principal, Role, Unread, User
from srtui.natures import Classified, Nature, NatureBy, NatureRules, classify
from srtui.policy.effective import EffectivePermissions
from srtui.policy.match import action_matches
from srtui.responsibility.openness import keeps_strangers_out, statements
from srtui.trustees import Trustee, readable_conditions, trustees

__all__ = [
    "Badge",
    "Nature",
    "PrincipalKind",
    "PrincipalSummary",
    "Trustee",
    "can_become",
    "last_use",
    "readable_conditions",
    "summarise",
    "trustees",
]

PrincipalKind = Literal["user", "role", "group"]

#: After so many days a key counts as old, and a credential as unused (CIS asks for 90 and 45; AWS's own is 90).
OLD_DAYS = 90
UNUSED_DAYS = 90


#: Badges by their ids, the most important first: where there is no room for all, the last go.
BADGE_ORDER: Final = (
    "admin",
    "becomes-admin",
    "anyone-trust",
    "external-trust",
    "no-mfa",
    "unreadable",
    "old-key",
    "unused-key",
    "unused",
    "never-used",
    "bounded",
)

_A_GROUP = Classified("unclear", ("a group is no identity",), "nothing")


class Badge(msgspec.Struct, frozen=True):
    """A short mark beside a name. `style` is a semantic style (a severity, or "muted")."""

    id: str  # admin, no-mfa, old-key, unused-key, external-trust, unused, bounded, …
    text: str  # "admin", "no MFA", "key 412 d"
    style: str


class PrincipalSummary(msgspec.Struct, frozen=True):
    """One line of the identity tree and the head of the principal screen."""

    arn: str
    name: str
    kind: PrincipalKind
    nature: Nature
    nature_reasons: tuple[str, ...]
    nature_by: NatureBy  # the kind of evidence that decided
    badges: tuple[Badge, ...]
    admin: str | None  # None, "everything" or "self-grant"
    actions: int  # number of allowed actions
    access_levels: Mapping[str, int]  # access level → number of actions
    last_used: datetime | None
    last_used_known: bool  # False: the evidence for it is missing
    created: datetime | None
    policy_count: int
    findings: int = 0
    becomes_admin: str | None = (
        None  # how certainly it becomes administrator, who is not: a tier of `escalation`
    )


def _assumes(trustee: Trustee) -> bool:
    return any(action_matches(action.lower(), "sts:assumerole") for action in trustee.actions)


def can_become(
    account: Account, arn: str, permissions: Mapping[str, EffectivePermissions] | None = None
) -> list[str]:
    """ARNs of the roles whose trust policy names this principal or (with sts:AssumeRole allowed) its account.

    Without `permissions` a role that trusts the whole account is left out, because whether the principal may
    call sts:AssumeRole is then not known.
    """
    allowed = (permissions or {}).get(arn)
    found = []
    for role in account.roles.values():
        for trustee in trustees(role.trust, account.id):
            if not _assumes(trustee):
                continue
            named = trustee.kind == "principal" and trustee.value == arn
            account_wide = trustee.kind == "anyone" or (
                trustee.kind == "aws-account" and not trustee.external
            )
            if named or (
                account_wide
                and allowed
                and allowed.allowed_on("sts:AssumeRole", role.arn, unconditional=False)
            ):
                found.append(role.arn)
                break
    return found


# --- summaries ----------------------------------------------------------------------------------------------


def summarise(
    account: Account,
    permissions: Mapping[str, EffectivePermissions],
    now: datetime,
    rules: NatureRules | None = None,
) -> dict[str, PrincipalSummary]:
    """A summary of every user, role and group by ARN. `rules`: what the user says of people and machines."""
    natures = classify(account, rules, now)
    levels: dict[int, Mapping[str, int]] = {}
    found = {}
    for user in account.users.values():
        found[user.arn] = _summary(account, user, "user", permissions, now, levels, natures)
    for role in account.roles.values():
        found[role.arn] = _summary(account, role, "role", permissions, now, levels, natures)
    for group in account.groups.values():
        found[group.arn] = _summary(account, group, "group", permissions, now, levels, natures)
    return found


def _summary(
    account: Account,
    principal: Principal,
    kind: PrincipalKind,
    permissions: Mapping[str, EffectivePermissions],
    now: datetime,
    levels: dict[int, Mapping[str, int]],
    natures: Mapping[str, Classified],
) -> PrincipalSummary:
    allowed = permissions.get(principal.arn)
    bits = allowed.actions if allowed else 0
    if bits not in levels:
        levels[bits] = (
            {str(name): count for name, count in allowed.by_access_level().items()} if allowed else {}
        )
    last_used, known = last_use(account, principal)
    classified = natures.get(principal.arn, _A_GROUP)
    return PrincipalSummary(
        arn=principal.arn,
        name=principal.name,
        kind=kind,
        nature=classified.nature,
        nature_reasons=classified.reasons,
        nature_by=classified.by,
        badges=by_importance(_badges(account, principal, allowed, (last_used, known), now)),
        admin=allowed.admin if allowed else None,
        actions=bits.bit_count(),
        access_levels=levels[bits],
        last_used=last_used,
        last_used_known=known,
        created=principal.created,
        policy_count=_policy_count(account, principal),
    )


def _policy_count(account: Account, principal: Principal) -> int:
    """Its own policies and, of a user, those of its groups, inline ones too."""
    carriers: list[Principal] = [principal]
    if isinstance(principal, User):
        carriers += [group for name in principal.groups if (group := account.group_named(name)) is not None]
    return sum(len(one.inline) + len(one.attached) for one in carriers)


def last_use(account: Account, principal: Principal) -> tuple[datetime | None, bool]:
    """When the principal was last active, and whether the evidence for an answer is there."""
    if isinstance(principal, Role):
        return principal.last_used, True
    if isinstance(principal, User):
        credentials = account.credentials_of(principal)
        if credentials is UNREAD:
            return None, False
        times = [credentials.password_last_used, *(key.last_used for key in credentials.keys)]
        newest = max((time for time in times if time is not None), default=None)
        return newest, newest is not None or not credentials.password_use_untracked
    return None, False


_BECOMES: Final = {
    "confirmed": ("→ admin", "critical"),
    "conditional": ("→ admin, conditional", "high"),
    "needs-target": ("→ admin, needs target", "medium"),
    "unknown": ("→ admin, unknown", "unknown"),
}


def becomes_admin(tier: str, hops: int) -> Badge:
    """The badge of who is not administrator but gets there: how far that is, and how certain unless it is confirmed."""
    text, style = _BECOMES[tier]
    words, comma, certainty = text.partition(",")
    if tier in ("confirmed", "conditional"):
        words += f" in {hops}"
    return Badge("becomes-admin", f"{words}{comma}{certainty}", style)


def by_importance(badges: Iterable[Badge]) -> tuple[Badge, ...]:
    """The badges in the order of `BADGE_ORDER`; one that is not in it comes last."""
    known = {name: rank for rank, name in enumerate(BADGE_ORDER)}
    return tuple(sorted(badges, key=lambda badge: known.get(badge.id, len(known))))


def _badges(
    account: Account,
    principal: Principal,
    allowed: EffectivePermissions | None,
    used: tuple[datetime | None, bool],
    now: datetime,
) -> Iterator[Badge]:
    if allowed and allowed.admin == "everything":
        yield Badge("admin", "admin", "critical")
    elif allowed and allowed.admin:
        yield Badge("admin", "admin (self)", "critical")
    if isinstance(principal, User):
        credentials = account.credentials_of(principal)
        if credentials is not UNREAD:
            yield from _credential_badges(credentials, now)
    if isinstance(principal, Role):
        yield from _trust_badges(account, principal)
    yield from _use_badges(principal, used, now)
    if principal.boundary:
        yield Badge("bounded", "bounded", "muted")
    if allowed and allowed.unreadable:
        yield Badge("unreadable", "policies unread", "unknown")


def _credential_badges(credentials: Credentials | Unread, now: datetime) -> Iterator[Badge]:
    if credentials is UNREAD:
        return
    if credentials.password_enabled and not credentials.mfa_active:
        yield Badge("no-mfa", "no MFA", "high")
    ages = [(now - key.rotated).days for key in credentials.active_keys if key.rotated]
    if ages and max(ages) > OLD_DAYS:
        yield Badge("old-key", f"key {max(ages)} d", "medium")
    for key in credentials.active_keys:
        since = key.last_used or key.rotated
        if since and (now - since).days > UNUSED_DAYS:
            text = f"key unused {(now - since).days} d" if key.last_used else "key never used"
            yield Badge("unused-key", text, "medium")
            break


def _trust_badges(account: Account, role: Role) -> Iterator[Badge]:
    if role.service_linked or role.aws_reserved:
        return
    found = trustees(role.trust, account.id)
    limited = {index for index, one in statements(role.trust) if keeps_strangers_out(one.get("Condition"))}
    if any(one.kind == "anyone" and one.statement not in limited for one in found):
        yield Badge("anyone-trust", "anyone", "critical")
    elif any(one.external for one in found):
        yield Badge("external-trust", "external", "high")


def _use_badges(principal: Principal, used: tuple[datetime | None, bool], now: datetime) -> Iterator[Badge]:
    last_used, known = used
    if isinstance(principal, Group) or not known:
        return
    if isinstance(principal, Role) and principal.service_linked:
        return
    if last_used is not None:
        if now - last_used > timedelta(days=UNUSED_DAYS):
            yield Badge("unused", f"unused {(now - last_used).days} d", "low")
    elif principal.created is not None and now - principal.created > timedelta(days=UNUSED_DAYS):
        yield Badge("never-used", "never used", "low")
