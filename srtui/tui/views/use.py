"""Granted against used: one principal in full, and everyone in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.account.model import Group
from srtui.policy.catalogue import load_catalogue
from srtui.risk.use.usage import WINDOW_DAYS, privileged_actions
from srtui.tui.actions import REGISTRY
from srtui.tui.views.findings import short_subject
from srtui.tui.views.paths import route_spans
from srtui.tui.views.words import counted, dated
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_table import Column, TableRow

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.risk.risk import Risk
    from srtui.risk.use.idle import Zombie
    from srtui.risk.use.quarantine import Quarantine
    from srtui.risk.use.remaining import Remaining
    from srtui.risk.use.rightsize import Proposal
    from srtui.risk.use.unread import Why
    from srtui.risk.use.usage import ServiceUsage, Usage

_BAR: Final = 12
_NARROW_BAR: Final = 8
#: So many actions are named, and so many services that are not used.
_MOST: Final = 24
#: Whose privileged actions are named first.
_FIRST: Final = ("iam", "sts", "organizations", "sso", "kms", "secretsmanager", "s3")
_STATE: Final[Mapping[str, Span]] = {
    "used": ("used", "good"),
    "unused": ("unused", "high"),
    "never": ("never used", "high"),
    "uncounted": ("not counted by AWS", "muted"),
}


class Use(msgspec.Struct, frozen=True):
    """What the tab shows of a user or role, worked out off the interface's loop."""

    usage: Usage
    proposal: Proposal | None
    quarantine: Quarantine | None
    why: Why  # there is no report, if there is none


def use_of(risk: Risk, arn: str) -> Use | None:
    """The use of a user or role; None for groups, which do nothing by themselves, and for who is gone."""
    principal = risk.account.principal(arn)
    if principal is None or isinstance(principal, Group):
        return None
    idle = any(one.arn == arn for one in risk.idle.zombies)
    return Use(
        usage=risk.usage(arn),
        proposal=risk.right_sized(arn),
        quarantine=risk.quarantine(arn) if idle else None,
        why=risk.unread_use.of(arn),
    )


def bar(share: float, cells: int = _BAR) -> list[Span]:
    """The unused part of what is granted, as `██████░░░░`."""
    full = cells if share >= 1 else min(cells - 1, round(share * cells)) if share else 0
    return [("█" * full, "high"), ("░" * (cells - full), "muted")]


def percent(share: float) -> str:
    """`98%`, and 100% only for all of it."""
    return "100%" if share >= 1 else f"{min(99, round(share * 100))}%"


def use_blocks(
    analysis: Analysis,
    arn: str,
    use: Use | None,
    asking: bool = False,
    refused: str = "",
    remaining: Remaining | None = None,
) -> list[Block]:
    """The tab. `asking`: AWS is asked for the report at the moment; `refused`: why nobody can be asked.

    `remaining`: whether the proposal leaves a way to administrator; None while that is being worked out.
    """
    if use is None:
        return [Para("Groups do nothing by themselves: look at their members.", "muted")]
    usage = use.usage
    if not usage.read:
        unread = _unread(use, asking, refused)
        return [*unread, _last_used(analysis, arn), *_levels(usage), *_quarantine(use)]
    granted, unused = usage.granted.bit_count(), usage.unused.bit_count()
    blocks: list[Block] = [
        Heading("Granted against used"),
        Line(
            (
                *bar(usage.share, 30),
                (f"  {percent(usage.share)} unused", "strong"),
                (f"  {unused:,} of {granted:,} permissions", "muted"),
            )
        ),
        Fact("permissions", _parts(usage)),
        Fact("window", f"{WINDOW_DAYS} days; what AWS does not count is never called unused"),
        Fact("report of", dated(usage.at, analysis.now, "unknown")),
        _last_used(analysis, arn),
    ]
    if usage.young:
        blocks.append(Para("It is younger than the window: little use says little.", "warning"))
    blocks += _levels(usage)
    blocks += _surface(usage)
    blocks += _proposal(use.proposal, remaining)
    return [*blocks, *_quarantine(use), *_services(usage, analysis)]


def _last_used(analysis: Analysis, arn: str) -> Fact:
    """By sign-in, keys or a role's last use; the services say when they were used."""
    summary = analysis.principals.get(arn)
    if summary is None or not summary.last_used_known:
        return Fact("last used", "unknown: the evidence is missing", "unknown")
    return Fact("last used", dated(summary.last_used, analysis.now))


def _parts(usage: Usage) -> str:
    used, unused = usage.used.bit_count(), usage.unused.bit_count()
    uncounted = usage.granted.bit_count() - used - unused
    told = f"{used:,} used, {unused:,} unused, {uncounted:,} of which AWS keeps no count"
    by_key = [one.service for one in usage.services if one.by_key]
    return (
        f"{told}; {', '.join(by_key)} used by its access key, which the report does not know of"
        if by_key
        else told
    )


def _unread(use: Use, asking: bool, refused: str) -> Iterator[Block]:
    if asking:
        yield Para("Asking AWS what it has used; the report takes some seconds …", "muted")
    else:
        yield Para(f"Unknown: {refused or use.why.text}.", "unknown")
        if use.why.kind in ("denied", "failed"):
            yield Para(f"{REGISTRY.shown_key('app.refresh')} asks again.", "muted")
    granted = use.usage.granted.bit_count()
    yield Fact("granted", counted(granted, "permission"))
    if use.usage.young:
        yield Para(f"It is younger than {WINDOW_DAYS} days: little use says little.", "muted")


def _levels(usage: Usage) -> Iterator[Block]:
    yield Gap()
    yield Heading("By access level")
    for level, (granted, unused) in usage.levels().items():
        yield _measured(level, granted, unused, usage.read)


def _measured(name: str, granted: int, unused: int, read: bool, more: Sequence[Span] = ()) -> Line:
    if not read:
        return Line(((f"{name:<24}", ""), (f"{granted:>6,} granted", "muted")))
    return Line(
        (
            (f"{name:<24}", ""),
            *bar(unused / granted if granted else 0),
            (f"  {unused:>6,} of {granted:,} unused  ", "muted"),
            *more,
        )
    )


def _surface(usage: Usage) -> Iterator[Block]:
    names = sorted(load_catalogue().actions(usage.exposed), key=_place)
    yield Gap()
    yield Heading("Attack surface")
    if not names:
        yield Para("No privileged permission that it holds is surely unused.", "muted")
        return
    yield Para(
        f"{counted(len(names), 'privileged permission')} held and not used: "
        "an intruder would gain them, and nobody would miss them.",
        "high",
    )
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    yield Para(", ".join(names[:_MOST]) + more, "muted")


def _place(action: str) -> tuple[int, str]:
    service = action.partition(":")[0]
    return (_FIRST.index(service) if service in _FIRST else len(_FIRST), action)


def _services(usage: Usage, analysis: Analysis) -> Iterator[Block]:
    yield Gap()
    yield Heading(f"By service: {len(usage.services)}, what is used first")
    used = [one for one in usage.services if one.state == "used"]
    others = [one for one in usage.services if one.state != "used"]
    for one in [*used, *others[:_MOST]]:
        yield _measured(one.service, one.granted, one.unused, True, _when(one, analysis))
    if len(others) > _MOST:
        yield Para(f"and {len(others) - _MOST:,} more, of which none is used", "muted")


def _when(one: ServiceUsage, analysis: Analysis) -> list[Span]:
    last = f" {dated(one.last, analysis.now)}" if one.last is not None else ""
    text, style = _STATE[one.state] if one.unused or one.state == "used" else _STATE["uncounted"]
    by = ", by its access key" if one.by_key else ""
    return [(text, style), (f"{last}{by}", "muted")]


# --- what to do ---------------------------------------------------------------------------------------------


def worth_trying(proposal: Proposal | None) -> bool:
    """Whether a proposal takes something away and may be used, so that its ways to administrator matter."""
    return proposal is not None and bool(proposal.removed) and proposal.proof.holds


def _remaining(remaining: Remaining | None) -> Iterator[Block]:
    """What the proof does not say: whether what is left still leads to administrator."""
    if remaining is None:
        yield Para("Whether it still becomes administrator with it is being worked out …", "muted")
    elif not remaining.tried:
        yield Para(
            "Whether it still becomes administrator with it was not tried: the account is too large.",
            "unknown",
        )
    elif remaining.already:
        yield Para("It still is administrator with this policy: what it used makes it one.", "critical")
    elif remaining.route is None:
        yield Para("No way to administrator is left with it, as far as the account was read.", "good")
    else:
        by = ", then ".join(step.name for step in remaining.route.steps)
        sure = remaining.route.tier == "confirmed"
        told = "It still becomes administrator" if sure else "It may still become administrator"
        yield Para(f"{told} with this policy, by {by}:", "critical" if sure else "high")
        yield Line((("  ", ""), *route_spans(remaining.route, start=False)))


def _proposal(proposal: Proposal | None, remaining: Remaining | None) -> Iterator[Block]:
    if proposal is None:
        return
    yield Gap()
    yield Heading("Right-sized policy")
    if not proposal.removed:
        yield Para("It holds nothing that is surely unused: there is nothing to take away.", "muted")
        return
    yield from _proof(proposal)
    if worth_trying(proposal):
        yield from _remaining(remaining)
    for note in proposal.notes:
        yield Para(note, "warning")
    yield Gap()
    for line in proposal.diff:
        yield Line(((line, diff_style(line)),))
    yield Gap()
    more = len(proposal.removed) - _MOST
    yield Fact(
        "takes away", ", ".join(proposal.removed[:_MOST]) + (f" and {more:,} more" if more > 0 else "")
    )
    yield Para(
        "srtui writes text and changes nothing: y copies the policy or all that it takes away, W writes it to a file.",
        "muted",
    )


def _proof(proposal: Proposal) -> Iterator[Block]:
    proof = proposal.proof
    if proof.holds:
        told = f"Proved by the evaluator: it takes {counted(len(proposal.removed), 'unused permission')} away, loses nothing that is used and gains nothing."
        yield Para(told, "good")
        return
    yield Para("Do not use it as it is. The evaluator says:", "error")
    catalogue = load_catalogue()
    for word, bits in (("loses", proof.lost), ("narrows", proof.narrowed), ("gains", proof.gained)):
        if bits:
            yield Fact(word, ", ".join(catalogue.actions(bits)[:_MOST]), "error")
    for text in proof.worse:
        yield Fact("less sure", text, "error")


def diff_style(line: str) -> str:
    """The style of a line of a unified diff."""
    if line.startswith(("---", "+++", "@@")):
        return "muted"
    return {"+": "good", "-": "critical"}.get(line[:1], "")


def _quarantine(use: Use) -> Iterator[Block]:
    if use.quarantine is None:
        return
    yield Gap()
    yield Heading("Quarantine")
    yield Para(
        f"Nothing was done with it for more than {WINDOW_DAYS} days. This inline policy switches it off:"
    )
    yield from quarantine_blocks(use.quarantine)


def quarantine_blocks(quarantine: Quarantine) -> Iterator[Block]:
    """A quarantine's text, and whether the evaluator proved it."""
    yield Code(quarantine.text)
    if quarantine.proved:
        yield Para("Proved by the evaluator: nothing is allowed any more, and nothing else changes.", "good")
    else:
        yield Para("Not proved: read the notes.", "warning")
    for note in quarantine.notes:
        yield Para(note, "warning")


# --- everyone -----------------------------------------------------------------------------------------------

COLUMNS: Final = (
    Column("name", "identity", 20, flex=1, sortable=False),
    Column("idle", "idle", 9, align="right", sortable=False),
    Column("bar", "unused", _BAR + 5, sortable=False),
    Column("privileged", "privileged", 10, align="right", sortable=False),
    Column("admin", "admin", 5, sortable=False),
)


def unused_rows(analysis: Analysis) -> list[TableRow]:
    """Who is idle first, then who holds most that is unused, then of whom nothing is known."""
    risk = analysis.risk
    zombies = {one.arn: one for one in risk.idle.zombies}
    unread, privileged = frozenset(risk.idle.unread), privileged_actions()
    told = []
    for principal in analysis.account.principals():
        usage = risk.usage(principal.arn)
        zombie = zombies.get(principal.arn)
        if zombie or usage.read or usage.granted & privileged or principal.arn in unread:
            told.append((zombie, usage))
    order = {arn: number for number, arn in enumerate(zombies)}
    told.sort(
        key=lambda one: (
            order.get(one[1].arn, len(order)),
            not one[1].read,
            -one[1].exposed.bit_count(),
            -one[1].unused.bit_count(),
            -(one[1].granted & privileged).bit_count(),
            -one[1].granted.bit_count(),
            one[1].arn,
        )
    )
    return [_unused_row(analysis, zombie, usage, unread) for zombie, usage in told]


def _idle(arn: str, zombie: Zombie | None, unread: Set[str]) -> Span:
    if zombie is not None:
        return (f"{zombie.days:,} d" if zombie.last is not None else "never"), "high"
    return ("?", "unknown") if arn in unread else ("", "")


def _unused_row(analysis: Analysis, zombie: Zombie | None, usage: Usage, unread: Set[str]) -> TableRow:
    permissions = analysis.permissions.get(usage.arn)
    admin = permissions is not None and permissions.admin is not None
    return TableRow(
        usage.arn,
        (
            (short_subject(usage.arn), ""),
            _idle(usage.arn, zombie, unread),
            (
                (*bar(usage.share), (f" {percent(usage.share):>4}", "strong"))
                if usage.read
                else ((f"? {analysis.risk.unread_use.of(usage.arn).kind}", "unknown"),)
            ),
            (f"{usage.exposed.bit_count():,}", "high" if usage.exposed else "muted")
            if usage.read
            else ("", ""),
            ("admin", "critical") if admin else ("", ""),
        ),
    )


def unused_told(analysis: Analysis) -> str:
    """What stands at the right of the title."""
    risk = analysis.risk
    read = [risk.usage(one.arn).read for one in analysis.account.principals()]
    unknown = f", {len(risk.idle.unread):,} perhaps" if risk.idle.unread else ""
    return f"{len(risk.idle.zombies):,} idle{unknown} · {sum(read):,}/{len(read):,} read"


def _narrow_levels(usage: Usage) -> Iterator[Line]:
    """Numbers before bars: where there is no room, a bar is cut off and never a number."""
    for level, (granted, unused) in usage.levels().items():
        if usage.read:
            told = f"{unused:>6,} of {granted:<6,} "
            yield Line(((f"{level:<23}", ""), (told, "muted"), *bar(unused / granted, _NARROW_BAR)))
        else:
            yield Line(((f"{level:<23}", ""), (f"{granted:>6,} granted", "muted")))


def unused_blocks(analysis: Analysis, arn: str) -> list[Block]:
    """What stands beside the table: one identity at a glance."""
    risk = analysis.risk
    if analysis.account.principal(arn) is None:
        return []
    usage = risk.usage(arn)
    zombie = next((one for one in risk.idle.zombies if one.arn == arn), None)
    blocks: list[Block] = [Para(arn, "accent"), Gap()]
    if zombie is not None:
        never = f"never, made {zombie.days:,} d ago"
        blocks.append(Fact("last used", dated(zombie.last, analysis.now, never), "high"))
    if arn in risk.idle.unread:
        blocks.append(Fact("last used", "unknown: not read", "unknown"))
    if usage.read:
        line = (*bar(usage.share), (f"  {percent(usage.share)} unused", "strong"))
        blocks += [Line(line), Fact("report of", dated(usage.at, analysis.now, "unknown"))]
    else:
        blocks.append(Fact("use", f"unknown: {risk.unread_use.of(arn).text}", "unknown"))
    blocks += [Gap(), Heading("By access level"), *_narrow_levels(usage)]
    blocks += _surface(usage) if usage.read else ()
    used = [one.service for one in usage.services if one.state == "used"]
    if usage.read:
        blocks += [Gap(), Fact("uses", ", ".join(used) or "nothing", "good" if used else "high")]
    return [
        *blocks,
        Gap(),
        Para(
            "enter opens its use, with a policy cut down to it; space marks, W writes a quarantine", "muted"
        ),
    ]
