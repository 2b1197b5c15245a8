"""The tabs of the principal screen as blocks of text. A managed policy has a page of its own, made alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Final

import msgspec

from srtui.account import UNREAD
from srtui.account.model import Group, Principal, Role, User
from srtui.analysis import Analysis
from srtui.findings.finding import fingerprint
from srtui.natures import NatureBy
from srtui.principals import PrincipalSummary, can_become, trustees
from srtui.tui.views.findings import short_subject
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import TIER_SPANS
from srtui.tui.views.policies import document_blocks, pretty
from srtui.tui.views.words import counted, dated, known, severity_span
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span

_NATURE: Final = {
    "human": "a person",
    "machine": "a machine",
    "aws": "AWS itself",
    "unclear": "unclear",
}
_DECIDED: Final[Mapping[NatureBy, str]] = {
    "rule": "identities.toml, which comes before everything else",
    "tag": "its tag",
    "credentials": "its credentials",
    "trust": "its trust policy",
    "name": "its name, as nothing better tells",
    "nothing": "nothing that tells",
}


def overview(analysis: Analysis, arn: str) -> list[Block]:
    """Who or what it is, and the worst about it."""
    principal, summary = analysis.account.principal(arn), analysis.principals.get(arn)
    if principal is None or summary is None:
        return [Para("The evidence no longer shows this principal.", "unknown")]
    allowed = analysis.permissions.get(arn)
    spans: list[Span] = [(f"{summary.kind} ", "muted"), (principal.name, "strong")]
    for badge in summary.badges:
        spans += [("   ", ""), (badge.text, badge.style)]
    blocks: list[Block] = [Line(tuple(spans)), Para(arn, "accent"), Gap()]
    combined = list(_combinations(analysis, arn))
    blocks += [*_way_to_admin(analysis, arn), *combined]
    blocks += list(_facts(analysis, principal, summary))
    if allowed is not None:
        blocks += [Gap(), Heading("Permissions"), *_permissions(summary)]
        blocks += [Fact("admin by", label, "critical") for label in allowed.admin_by]
        if allowed.admin_conditional:
            blocks.append(
                Fact("limited", "a Deny with a condition or a resource stands in the way of some of it")
            )
        blocks += [Fact("not read", name, "unknown") for name in allowed.unreadable]
    blocks += list(_duties(analysis, arn))
    above = {block.key for block in combined if isinstance(block, Item)}
    return blocks + list(_worst(analysis, arn, above))


def _worst(analysis: Analysis, arn: str, above: Set[str]) -> Iterator[Block]:
    """The worst findings, without those that stand further up."""
    keys = {
        f"finding{SEP}{finding.fingerprint}": finding
        for finding in analysis.findings
        if finding.subject == arn
    }
    left = {key: finding for key, finding in keys.items() if key not in above}
    if left or not keys:
        more = "more " if len(left) < len(keys) else ""
        yield Gap()
        yield Heading(counted(len(left), f"{more}finding") if left else "No findings")
    for key, one in list(left.items())[:6]:
        yield Item(key, (Line((severity_span(one.severity), ("  " + one.title, ""))),))


def _way_to_admin(analysis: Analysis, arn: str) -> list[Block]:
    """The worst there is to say about who is not administrator: that it becomes one."""
    start = analysis.escalation.starts.get(arn)
    if start is None or start.already or start.tier is None:
        return []
    word, style = TIER_SPANS[start.tier]
    spans = (("becomes administrator  ", "strong"), (f"{word}, {counted(start.hops, 'hop')}", style))
    return [
        Item(f"path{SEP}{arn}", (Line(spans), Para("enter shows how, and what stops it", "muted", 2))),
        Gap(),
    ]


def _facts(analysis: Analysis, principal: Principal, summary: PrincipalSummary) -> Iterator[Fact]:
    now = analysis.now
    yield Fact("is", f"{_NATURE[summary.nature]}: {'; '.join(summary.nature_reasons)}")
    if summary.kind != "group":
        yield Fact("told by", _told_by(summary, analysis.risk.settings.natures.tag))
    yield Fact("path", principal.path)
    yield Fact("made", dated(principal.created, now, "unknown"))
    if summary.kind != "group":
        used = (
            dated(summary.last_used, now) if summary.last_used_known else "unknown: the evidence is missing"
        )
        yield Fact("last used", used, "" if summary.last_used_known else "unknown")
    by_group = summary.policy_count - len(principal.attached) - len(principal.inline)
    through = f", {by_group} by its groups" if by_group > 0 else ""
    yield Fact("policies", f"{len(principal.attached)} managed, {len(principal.inline)} inline{through}")
    yield Fact("boundary", principal.boundary or "none")
    if isinstance(principal, User):
        yield Fact("groups", ", ".join(principal.groups) or "none")
    if isinstance(principal, Role):
        yield Fact("instance profiles", ", ".join(principal.instance_profiles) or "none")
        if principal.description:
            yield Fact("description", principal.description)
        limit = principal.max_session_seconds
        yield Fact("longest session", known(limit) if limit is UNREAD else f"{limit // 60} min")
    for name, value in sorted(principal.tags.items()):
        yield Fact(f"tag {name}", value)


def _told_by(summary: PrincipalSummary, tag: str) -> str:
    """What decided whether it is a person or a machine, and what the user could say instead."""
    decided = _DECIDED[summary.nature_by]
    if summary.nature == "aws" or summary.nature_by == "rule":
        return decided
    if summary.nature_by == "tag":
        return f"{decided}; identities.toml overrides it"
    return f"{decided}; a tag {tag or 'identity-type'}, or identities.toml, overrides it"


def _permissions(summary: PrincipalSummary) -> Iterator[Fact]:
    yield Fact("actions", f"{summary.actions:,}")
    for level, count in summary.access_levels.items():
        if count:
            yield Fact(level.lower(), f"{count:,}", "high" if level == "Permissions management" else "")


def _combinations(analysis: Analysis, arn: str) -> Iterator[Block]:
    """Toxic combinations that it takes part in, each of which opens. They were worked out with the controls."""
    found, untold = analysis.risk.combinations_of(arn), analysis.risk.untold_of(arn)
    if not found and not untold:
        return
    yield Heading(counted(len(found), "toxic combination") if found else "Toxic combinations")
    for id, one in found:
        control = analysis.controls[f"tox-{id}"]
        lines: list[Line | Para] = [Line((severity_span(control.severity), ("  " + control.problem, "")))]
        if one.subject != arn:
            lines.append(Para(f"with {short_subject(one.subject)}", "accent", 5))
        lines.append(Para("; ".join(f"{fact.label}: {fact.value}" for fact in one.facts), "muted", 5))
        yield Item(f"finding{SEP}{fingerprint(control.id, one.subject, one.region)}", tuple(lines))
    for id, need in untold:
        title = analysis.controls[f"tox-{id}"].problem
        yield Para(f"? {title}: unknown, not read: {need}", "unknown")
    yield Gap()


def _duties(analysis: Analysis, arn: str) -> Iterator[Block]:
    """Conflicts of duties, each of which opens. They were worked out with the controls."""
    separation = analysis.risk.separation
    held = separation.conflicts_of(arn) if arn in separation.index.numbers else ()
    if not held:
        return
    yield Gap()
    yield Heading(counted(len(held), "conflict") + " of duties")
    for one in held:
        conflict = separation.book.conflicts[one.conflict]
        titles = (separation.book.duties[duty].title for duty in (conflict.one, conflict.two))
        how = "" if one.direct else "  by becoming others"
        yield Item(
            f"duty\x1f{one.conflict}\x1f{arn}",
            (Line((severity_span(one.severity), ("  " + ", and ".join(titles), ""), (how, "muted"))),),
        )


def policies(analysis: Analysis, arn: str) -> list[Block]:
    """Every document that the principal carries, and its boundary; each statement can be chosen."""
    principal = analysis.account.principal(arn)
    if principal is None:
        return overview(analysis, arn)
    blocks = _carried(analysis, principal, "")
    if isinstance(principal, User):
        for name in principal.groups:
            group = analysis.account.group_named(name)
            if group is None:
                blocks.append(Para(f"The policies of group {name} were not read.", "unknown"))
            else:
                blocks += _carried(analysis, group, f", through group {name}")
    if principal.boundary:
        blocks += _managed(analysis, principal.boundary, "permissions boundary")
    return blocks or [
        Para("It carries no policy: it may do nothing but what resource policies allow.", "muted")
    ]


def _carried(analysis: Analysis, principal: Principal, through: str) -> list[Block]:
    blocks: list[Block] = []
    for inline in principal.inline:
        key = f"{principal.arn}\x1f{inline.name}"
        blocks += [*document_blocks(key, inline.name, f"inline{through}", inline.document), Gap()]
    for arn in principal.attached:
        blocks += _managed(analysis, arn, f"managed{through}")
    return blocks


def _managed(analysis: Analysis, arn: str, kind: str) -> list[Block]:
    policy = analysis.account.policies.get(arn)
    name = policy.name if policy else arn.rsplit("/", 1)[-1]
    owner = "AWS, " if ":iam::aws:" in arn else ""
    return [*document_blocks(arn, name, f"{owner}{kind}", policy.document if policy else None), Gap()]


def trust(analysis: Analysis, arn: str) -> list[Block]:
    """Who may become it, and what it may become."""
    principal = analysis.account.principal(arn)
    blocks: list[Block] = []
    if isinstance(principal, Role):
        blocks.append(Heading("Who may become it"))
        for number, one in enumerate(trustees(principal.trust, analysis.account.id)):
            head: list[Span] = [(f"{one.kind}  ", "muted"), (one.value, "")]
            if one.external:
                head.append(("  outside this account", "high"))
            lines: list[Line | Para] = [Line(tuple(head)), Para(", ".join(one.actions), "muted", 2)]
            conditions = [Para(f"if {text}", "", 2) for text in one.conditions]
            blocks.append(Item(f"{number}\x1f{one.value}", (*lines, *conditions)))
        blocks += [Gap(), *document_blocks(f"{arn}\x1ftrust", "Trust policy", "", principal.trust)]
    elif principal is not None:
        blocks.append(Para("Only roles are trusted by a policy of their own.", "muted"))
    if not isinstance(principal, Group):
        roles = can_become(analysis.account, arn, analysis.permissions)
        blocks += [Gap(), Heading(f"Can become {counted(len(roles), 'role')}")]
        blocks += [Item(f"become\x1f{role}", (Line(((role, ""),)),)) for role in roles]
    return blocks


def credentials(analysis: Analysis, arn: str) -> list[Block]:
    """Password, MFA and access keys of a user."""
    account, now = analysis.account, analysis.now
    principal = account.principal(arn)
    if not isinstance(principal, User):
        return [Para("Only users have credentials of their own; roles give temporary ones.", "muted")]
    found = account.credentials_of(principal)
    if found is UNREAD:
        return [Para("Unknown: the credential report was not read, or is older than the user.", "unknown")]
    password = {True: "yes", False: "no", None: "unknown: the report does not say"}[found.password_enabled]
    blocks: list[Block] = [
        Heading("Console"),
        Fact("password", password),
        Fact(
            "last used",
            "unknown: not tracked" if found.password_use_untracked else dated(found.password_last_used, now),
        ),
        Fact("last changed", dated(found.password_last_changed, now)),
        Fact("MFA", "on" if found.mfa_active else "off", "good" if found.mfa_active else "warning"),
        *(Fact("device", serial) for serial in account.mfa_devices.get(principal.name, ())),
    ]
    for key in found.keys:
        where = " ".join(part for part in (key.last_used_service, key.last_used_region) if part)
        blocks += [
            Gap(),
            Heading(f"Access key {key.slot}"),
            Fact("state", "active" if key.active else "inactive", "" if key.active else "muted"),
            Fact("made or rotated", dated(key.rotated, now, "unknown")),
            Fact("last used", dated(key.last_used, now) + (f", {where}" if where else "")),
        ]
    blocks += [Gap(), Fact("certificates", str(found.certificates_active))]
    if account.credential_report_at:
        blocks.append(Fact("report of", dated(account.credential_report_at, now)))
    return blocks


def findings(analysis: Analysis, arn: str) -> list[Block]:
    """The findings about it; each opens."""
    mine = [finding for finding in analysis.findings if finding.subject == arn]
    if not mine:
        return [Para("No findings about this principal.", "muted")]
    return [
        Item(
            f"finding\x1f{one.fingerprint}",
            (
                Line((severity_span(one.severity), ("  " + one.title, "strong"))),
                *(Para(f"{fact.label}: {fact.value}", "muted", 5) for fact in one.facts[:3]),
            ),
        )
        for one in mine
    ]


def evidence(analysis: Analysis, arn: str) -> list[Block]:
    """What the answers say about it, as data."""
    principal = analysis.account.principal(arn)
    if principal is None:
        return overview(analysis, arn)
    blocks: list[Block] = [
        Heading("As srtui understands it"),
        Code(pretty(msgspec.to_builtins(principal, enc_hook=known))),
    ]
    if isinstance(principal, User):
        found = analysis.account.credentials_of(principal)
        if found is not UNREAD:
            blocks += [Gap(), Heading("Credential report"), Code(pretty(msgspec.to_builtins(found)))]
    name = short_subject(arn).rsplit("/", 1)[-1]
    blocks += [Gap(), Heading("Read from")]
    for outcome in analysis.account.outcomes.values():
        wide = outcome.operation in ("GetAccountAuthorizationDetails", "GetCredentialReport")
        if wide or name in outcome.params.values():
            state = outcome.error.code if outcome.error else counted(outcome.pages, "page")
            blocks.append(
                Fact(f"{outcome.at:%H:%M:%S} UTC", f"{outcome.service} {outcome.operation}, {state}")
            )
    return blocks


def policy_page(analysis: Analysis, arn: str) -> list[Block]:
    """A managed policy: its facts, who carries it, and its document."""
    policy = analysis.account.policies.get(arn)
    if policy is None:
        return [Para("No evidence shows this policy.", "unknown")]
    account = analysis.account
    carriers = [
        one
        for one in (*account.users.values(), *account.groups.values(), *account.roles.values())
        if arn in one.attached or arn == one.boundary
    ]
    blocks: list[Block] = [
        Line((("policy ", "muted"), (policy.name, "strong"))),
        Para(arn, "accent"),
        Gap(),
        Fact("made", dated(policy.created, analysis.now, "unknown")),
        Fact("changed", dated(policy.updated, analysis.now, "unknown")),
        Gap(),
        Heading(f"Carried by {len(carriers)}"),
    ]
    for one in carriers:
        role = "  as its boundary" if one.boundary == arn else ""
        blocks.append(Item(f"carrier\x1f{one.arn}", (Line(((short_subject(one.arn), ""), (role, "muted"))),)))
    return [*blocks, Gap(), *document_blocks(arn, policy.name, "default version", policy.document)]
