"""What a change in memory would do, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from srtui.policy.catalogue import load_catalogue
from srtui.tui.views.permissions import LEVEL_STYLE
from srtui.tui.views.words import ago, counted, dated
from srtui.tui.widgets.detail import Block, Gap, Heading, Line, Para
from srtui.tui.widgets.text import Span
from srtui.whatif import Change, Comparison, compare, known_use, last_used

if TYPE_CHECKING:
    from srtui.analysis import Analysis

_MANY: Final = 300  # actions that are listed of one kind


def whatif_blocks(analysis: Analysis, arn: str, changes: Sequence[Change]) -> list[Block]:
    """The changes, and what the principal loses and gains by all of them together."""
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
    blocks += [Gap(), *_admin(compared)]
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
