"""What a change in memory would do, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from srtui.escalation.changed import MOST_WAYS, Ways, ways_changed
from srtui.escalation.escalation import escalate
from srtui.policy.catalogue import load_catalogue
from srtui.tui.views.paths import route_spans
from srtui.tui.views.permissions import LEVEL_STYLE
from srtui.tui.views.words import ago, counted, dated
from srtui.tui.widgets.detail import Block, Gap, Heading, Line, Para
from srtui.tui.widgets.text import Span
from srtui.whatif import Change, Comparison, account_with, compare, known_use, last_used

if TYPE_CHECKING:
    from srtui.analysis import Analysis

_MANY_WAYS: Final = 8  # ways that are listed of one kind
_MANY: Final = 300  # actions that are listed of one kind


def ways_of(analysis: Analysis, arn: str, changes: Sequence[Change]) -> Ways:
    """What the changes do to the ways to administrator. Takes a while for large accounts: not for the loop."""
    return ways_changed(analysis.escalation, escalate(account_with(analysis.account, arn, changes)), arn)


def whatif_blocks(
    analysis: Analysis, arn: str, changes: Sequence[Change], ways: Ways | None = None
) -> list[Block]:
    """The changes, and what the principal loses and gains by all of them together.

    `ways`: what the changes do to the ways to administrator; None while that is being worked out.
    """
    principal = analysis.account.principal(arn)
    if principal is None:
        return [Para("The evidence no longer shows this principal.", "unknown")]
    if not changes:
        return [
            Para("Nothing is changed yet. This is all in memory: srtui changes nothing in the account."),
            Gap(),
            Para("d  on a statement of the Policies tab: what if it were gone?", "muted"),
            Para("b  what if it had a permissions boundary?", "muted"),
            Para("D  what if something were denied?", "muted"),
        ]
    compared = compare(analysis.account, arn, changes)
    blocks: list[Block] = [Heading("What if, in memory only")]
    blocks += [Para(f"{number}. {change.text}") for number, change in enumerate(changes, 1)]
    if compared.others:
        who = counted(compared.others, "other principal carries", "other principals carry")
        blocks.append(Para(f"{who} a policy that would change, too.", "warning"))
    blocks += [Gap(), *_admin(compared), *_ways_blocks(ways)]
    used = known_use(analysis.account, principal)
    when = last_used(analysis.account, principal)
    blocks += _actions("Lost", compared.lost, "removed", used, analysis.now)
    blocks += _actions(
        "Still allowed, but no longer everywhere", compared.narrowed, "removed", used, analysis.now
    )
    blocks += _actions("Gained", compared.gained, "added", {}, analysis.now)
    blocks += _actions("Allowed everywhere now", compared.widened, "added", {}, analysis.now)
    if not (compared.lost | compared.gained | compared.narrowed | compared.widened):
        blocks += [Gap(), Para("Nothing changes: other statements decide the same.", "muted")]
    elif compared.lost:
        known = f"The role was last used {dated(when, analysis.now)}." if when else ""
        blocks += [
            Gap(),
            Para(
                f"{known} Use is known only from the credential report: a service without a mark may be in use.",
                "muted",
            ),
        ]
    return blocks


def _admin(compared: Comparison) -> Iterator[Block]:
    before, after = compared.before.admin, compared.after.admin
    if before and not after:
        yield Para("No longer an administrator.", "good")
    elif before and after:
        yield Para("Still an administrator.", "critical")
    elif after:
        yield Para("Would become an administrator.", "critical")


def _ways_blocks(ways: Ways | None) -> Iterator[Block]:
    if ways is None:
        yield Para("Ways to become administrator: being worked out on the changed account …", "muted")
        return
    was, now = (_count(ways, number) for number in (0, 1))
    better = ways.already[1] < ways.already[0] or (
        ways.already[1] is ways.already[0] and ways.after < ways.before
    )
    worse = not better and (ways.already[1] > ways.already[0] or ways.after > ways.before)
    yield Line(
        (
            ("Ways to become administrator: ", "heading"),
            (f"{was} → {now}", "good" if better else "critical" if worse else "strong"),
            ("   no change" if not better and not worse and not ways.gone and not ways.come else "", "muted"),
        )
    )
    for sign, style, routes in (("− ", "removed", ways.gone), ("+ ", "added", ways.come)):
        for route in routes[:_MANY_WAYS]:
            by = ", then ".join(step.name for step in route.steps)
            yield Line((("  ", ""), (sign, style), *route_spans(route, start=False)))
            yield Para(f"by {by}", "muted", 6)
        if len(routes) > _MANY_WAYS:
            yield Para(f"{sign}and {len(routes) - _MANY_WAYS:,} more", "muted", 2)
    if ways.others_fewer:
        who = counted(ways.others_fewer, "other principal", "other principals")
        yield Para(f"{who} could no longer become administrator.", "good")
    if ways.others_more:
        who = counted(ways.others_more, "other principal", "other principals")
        yield Para(f"{who} could then become administrator.", "critical")


def _count(ways: Ways, number: int) -> str:
    if ways.already[number]:
        return "is one already"
    count = (ways.before, ways.after)[number]
    return f"{count} or more" if ways.capped and count >= MOST_WAYS else f"{count}"


def _actions(
    title: str, bits: int, style: str, used: Mapping[str, datetime], now: datetime
) -> Iterator[Block]:
    if not bits:
        return
    catalogue = load_catalogue()
    yield Gap()
    levels = catalogue.by_access_level(bits)
    head: list[Span] = [(f"{title}: {counted(bits.bit_count(), 'action')}", "heading")]
    for level, count in levels.items():
        head += [("   ", ""), (f"{count:,} {level.lower()}", LEVEL_STYLE.get(level, "muted"))]
    yield Line(tuple(head))
    shown = 0
    for level, mask in catalogue.level_bits.items():
        for name in catalogue.actions(bits & mask):
            shown += 1
            if shown > _MANY:
                yield Para(f"and {bits.bit_count() - _MANY:,} more", "muted", 2)
                return
            spans: list[Span] = [
                ("− " if style == "removed" else "+ ", style),
                (name, ""),
                (f"  {level.lower()}", LEVEL_STYLE.get(level, "muted")),
            ]
            service = name.partition(":")[0]
            if service in used:
                spans.append((f"  the service was used {ago(used[service], now)}", "warning"))
            yield Line(tuple(spans))
