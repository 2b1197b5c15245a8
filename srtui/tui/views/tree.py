"""The identity tree: the account, its principals, and under each what it carries. Children are made on unfolding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from srtui.account import UNREAD, Account
from srtui.account.model import Group, IdentityProvider, ManagedPolicy, Principal, Record, Role, User
from srtui.analysis import Analysis
from srtui.principals import can_become, trustees
from srtui.tui.views.keys import ROOT, SEP
from srtui.tui.views.policies import statement_nodes
from srtui.tui.views.words import ago, counted, known
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

RecordT = TypeVar("RecordT", bound=Record)


def identity_roots(analysis: Analysis) -> tuple[TreeNode, ...]:
    """The whole tree. Nodes of principals are made here, off the interface's loop; what is under them later."""
    account = analysis.account
    name = account.alias if isinstance(account.alias, str) and account.alias else account.id or "account"
    own = [policy for policy in account.policies.values() if not policy.aws_managed]
    theirs = [policy for policy in account.policies.values() if policy.aws_managed]
    sections = (
        _section("users", "Users", _principals(analysis, account.users.values())),
        _section("groups", "Groups", _principals(analysis, account.groups.values())),
        _section("roles", "Roles", _roles(analysis), len(account.roles)),
        _section(
            "providers", "Identity providers", [_provider(one) for one in _sorted(account.providers.values())]
        ),
        _section(
            "policies",
            "Policies",
            [
                *[_policy(analysis, one) for one in _sorted(own)],
                _section("aws-policies", "AWS's own", [_policy(analysis, one) for one in _sorted(theirs)]),
            ],
            len(own) + len(theirs),
        ),
    )
    return (TreeNode(ROOT, (("Account ", "muted"), (name, "strong")), children=sections, selectable=False),)


def _section(key: str, title: str, children: Sequence[TreeNode], count: int | None = None) -> TreeNode:
    shown = len(children) if count is None else count
    return TreeNode(
        key, ((title, "heading"), (f" {shown:,}", "muted")), children=tuple(children), selectable=False
    )


def _sorted(items: Iterable[RecordT]) -> list[RecordT]:
    return sorted(items, key=lambda item: (item.name.casefold(), item.arn))


def _principals(analysis: Analysis, items: Iterable[Principal]) -> list[TreeNode]:
    return [
        _principal(analysis, item) for item in sorted(items, key=lambda one: (one.name.casefold(), one.arn))
    ]


def _roles(analysis: Analysis) -> list[TreeNode]:
    """Roles of the root path, then a folder a path; what AWS made comes last and stays folded."""
    by_path: dict[str, list[Role]] = {}
    linked: list[Role] = []
    reserved: list[Role] = []
    for role in analysis.account.roles.values():
        if role.service_linked:
            linked.append(role)
        elif role.aws_reserved:
            reserved.append(role)
        else:
            by_path.setdefault(role.path, []).append(role)
    nodes = _principals(analysis, by_path.pop("/", []))
    nodes += [
        _section(f"path{SEP}{path}", path, _principals(analysis, by_path[path])) for path in sorted(by_path)
    ]
    if reserved:
        nodes.append(
            _section("roles-reserved", "Made by IAM Identity Center", _principals(analysis, reserved))
        )
    if linked:
        nodes.append(_section("roles-linked", "Service-linked", _principals(analysis, linked)))
    return nodes


def badge_spans(analysis: Analysis, arn: str) -> tuple[Span, ...]:
    """The badges of a principal."""
    summary = analysis.principals.get(arn)
    return tuple((badge.text, badge.style) for badge in summary.badges) if summary else ()


def _principal(analysis: Analysis, principal: Principal) -> TreeNode:
    return TreeNode(
        principal.arn,
        ((principal.name, ""),),
        badges=badge_spans(analysis, principal.arn),
        load=lambda: list(_under(analysis, principal)),
    )


def _under(analysis: Analysis, principal: Principal) -> Iterator[TreeNode]:
    account = analysis.account
    allowed = analysis.permissions.get(principal.arn)
    effective = allowed.actions if allowed is not None else None
    if isinstance(principal, User):
        yield from _credentials(account, principal, analysis.now)
        yield from _groups(account, principal, effective)
    for inline in principal.inline:
        key = f"{principal.arn}{SEP}inline{SEP}{inline.name}"
        yield TreeNode(
            key,
            (("inline ", "muted"), (inline.name, "")),
            load=partial(statement_nodes, key, inline.document, effective),
        )
    for arn in principal.attached:
        yield _attached(account, principal, arn, "policy", effective=effective)
    if principal.boundary:
        yield _attached(account, principal, principal.boundary, "boundary")
    if isinstance(principal, Role):
        yield from _role(account, principal)
    if isinstance(principal, Group):
        members = [user for user in account.users.values() if principal.name in user.groups]
        yield TreeNode(
            f"{principal.arn}{SEP}members",
            (("members", "muted"), (f" {len(members)}", "")),
            load=lambda: [
                TreeNode(f"{principal.arn}{SEP}member{SEP}{user.arn}", ((user.name, ""),)) for user in members
            ],
        )
    yield from _becomes(analysis, principal)


def _credentials(account: Account, user: User, now: datetime) -> Iterator[TreeNode]:
    credentials = account.credentials_of(user)
    key = f"{user.arn}{SEP}credentials"
    if credentials is UNREAD:
        yield TreeNode(
            key, (("credentials ", "muted"), ("unknown: the credential report was not read", "unknown"))
        )
        return
    parts: list[Span] = []
    if credentials.password_enabled:
        used = ago(credentials.password_last_used, now, "never used")
        parts.append((f"password, {used}", ""))
    parts.append(("MFA", "good") if credentials.mfa_active else ("no MFA", "warning" if parts else "muted"))
    spans: list[Span] = [("credentials ", "muted")]
    for part in parts:
        spans += [part, ("  ", "")]
    keys = tuple(
        TreeNode(
            f"{key}{SEP}{one.slot}",
            (
                (f"access key {one.slot} ", "muted"),
                ("active" if one.active else "inactive", "" if one.active else "muted"),
                (
                    f", made {ago(one.rotated, now, 'at an unknown time')}, used {ago(one.last_used, now)}",
                    "muted",
                ),
            ),
        )
        for one in credentials.keys
    )
    yield TreeNode(key, tuple(spans), children=keys)


def _groups(account: Account, user: User, effective: int | None) -> Iterator[TreeNode]:
    for name in user.groups:
        group = account.group_named(name)
        count = len(group.inline) + len(group.attached) if group else 0
        badges: tuple[Span, ...] = (
            ((counted(count, "policy", "policies"), "muted"),) if group else (("unknown", "unknown"),)
        )
        arn = group.arn if group else name
        yield TreeNode(
            f"{user.arn}{SEP}group{SEP}{arn}",
            (("group ", "muted"), (name, "")),
            badges=badges,
            load=partial(_group_policies, account, group, user.arn, effective) if group and count else None,
        )


def _group_policies(account: Account, group: Group, owner: str, effective: int | None) -> list[TreeNode]:
    nodes = [_attached(account, group, arn, "policy", owner, effective) for arn in group.attached]
    for inline in group.inline:
        key = f"{owner}{SEP}group-inline{SEP}{group.name}{SEP}{inline.name}"
        nodes.append(
            TreeNode(
                key,
                (("inline ", "muted"), (inline.name, "")),
                load=partial(statement_nodes, key, inline.document, effective),
            )
        )
    return nodes


def _attached(
    account: Account, carrier: Principal, arn: str, kind: str, owner: str = "", effective: int | None = None
) -> TreeNode:
    policy = account.policies.get(arn)
    document = policy.document if policy else None
    key = f"{owner or carrier.arn}{SEP}{kind}{f'-{carrier.name}' if owner else ''}{SEP}{arn}"
    name = policy.name if policy else arn.rsplit("/", 1)[-1]
    badges: tuple[Span, ...] = (("AWS", "muted"),) if ":iam::aws:" in arn else ()
    if document is None:
        badges = (*badges, ("document not read", "unknown"))
    return TreeNode(
        key,
        ((f"{kind} ", "muted"), (name, "")),
        badges=badges,
        load=partial(statement_nodes, key, document, effective) if document is not None else None,
    )


def _role(account: Account, role: Role) -> Iterator[TreeNode]:
    found = trustees(role.trust, account.id)
    yield TreeNode(
        f"{role.arn}{SEP}trust",
        (("trusts ", "muted"), (", ".join(one.value for one in found[:2]) or "nobody", "")),
        badges=((f"+{len(found) - 2}", "muted"),) if len(found) > 2 else (),
        children=tuple(
            TreeNode(
                f"{role.arn}{SEP}trust-{number}{SEP}{one.value}",
                ((f"{one.kind} ", "muted"), (one.value, "")),
                badges=(
                    *((("external", "high"),) if one.external else ()),
                    *(((" · ".join(one.conditions), "muted"),) if one.conditions else ()),
                ),
            )
            for number, one in enumerate(found)
        ),
    )
    for arn in role.instance_profiles:
        yield TreeNode(
            f"{role.arn}{SEP}profile{SEP}{arn.rsplit('/', 1)[-1]}",
            (("instance profile ", "muted"), (arn.rsplit("/", 1)[-1], "")),
        )


def _becomes(analysis: Analysis, principal: Principal) -> Iterator[TreeNode]:
    if isinstance(principal, Group):
        return
    roles = can_become(analysis.account, principal.arn, analysis.permissions)
    if roles:
        yield TreeNode(
            f"{principal.arn}{SEP}becomes",
            (("can become ", "muted"), (roles[0].rsplit("/", 1)[-1], "")),
            badges=((f"+{len(roles) - 1}", "muted"),) if len(roles) > 1 else (),
            children=tuple(
                TreeNode(
                    f"{principal.arn}{SEP}become{SEP}{arn}",
                    ((arn.rsplit("/", 1)[-1], ""),),
                    badges=badge_spans(analysis, arn),
                )
                for arn in roles
            ),
        )


def _provider(provider: IdentityProvider) -> TreeNode:
    details = (("url", known(provider.url)), ("audiences", known(provider.client_ids)))
    children = (
        tuple(
            TreeNode(f"{provider.arn}{SEP}{name}", ((f"{name} ", "muted"), (value, "")))
            for name, value in details
        )
        if provider.kind == "oidc"
        else ()
    )
    return TreeNode(
        provider.arn,
        ((provider.name or provider.arn, ""),),
        badges=((provider.kind, "muted"),),
        children=children,
    )


def _policy(analysis: Analysis, policy: ManagedPolicy) -> TreeNode:
    document = policy.document
    badges: tuple[Span, ...] = (
        (counted(policy.attachments, "attachment") if policy.attachments else "unattached", "muted"),
    )
    return TreeNode(
        policy.arn,
        ((policy.name, ""),),
        badges=badges if document is not None else (*badges, ("document not read", "unknown")),
        load=partial(statement_nodes, policy.arn, document) if document is not None else None,
    )
