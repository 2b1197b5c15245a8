"""What stands beside the data exchange: a drawing of it, or what is known of one party, resource or principal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from srtui.risk.exposure.exchange import Flow
from srtui.risk.exposure.exfiltration import Movement
from srtui.risk.exposure.exposures import Exposure, UnreadSurface
from srtui.risk.exposure.leading import Leading
from srtui.risk.exposure.parties import Party
from srtui.tui.views.exchange import STANDING_SPANS, Exchange, how_words, parties_of
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import TIER_SPANS, name_of
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import fit

Known = Mapping[str, Exposure | Movement | Flow | UnreadSurface]
_STANDING_MEANS: Final[dict[str, str]] = {
    "public": "Anyone: nobody has to be known to this account.",
    "unknown": "Not in the organisation, not one of AWS's, and not in known-accounts.toml.",
    "unread": "The accounts of the organisation were not listed, so whether it is one of them is not known.",
    "known": "Named in known-accounts.toml.",
    "aws": "An account of AWS's own.",
    "organisation": "In the same organisation.",
    "own": "Named as one of your own in known-accounts.toml.",
}
_KIND_TITLES: Final[dict[str, str]] = {
    "outside": "Into resources of other accounts",
    "share": "By sharing",
    "open": "By opening a policy",
    "public place": "Into places that strangers read",
}
_FEW: Final = 6
_MANY: Final = 200
_NAME: Final = 25


def exchange_blocks(found: Exchange, known: Known, key: str) -> list[Block]:
    """The text for the node under the cursor."""
    one = known.get(key)
    if one is None and key.startswith((f"mover{SEP}", f"flow{SEP}")):
        # A way or an end under it: the text is about the whole.
        depth = 2 if key.startswith("mover") else 6
        one = known.get(SEP.join(key.split(SEP)[:depth]))
    match one:
        case Exposure():
            return [*_exposure(one, found.leading.get(one.arn))]
        case Movement():
            return [*_movement(one)]
        case Flow():
            return [*_flow(one)]
        case UnreadSurface():
            return [*_unread(one)]
    if key.startswith(f"party{SEP}"):
        kind, id, *service = key.split(SEP)[1:]
        for party, exposures in parties_of(found.exposures).items():
            if (party.kind, party.id) == (kind, id):
                some = [one for one in exposures if not service or one.surface.service == service[0]]
                return [*_party(party), *_leads_on(some, found.leading), Gap(), *_uses(some, found.leading)]
    return [*_drawing(found)]


# --- the drawing --------------------------------------------------------------------------------------------


def _drawing(found: Exchange) -> Iterator[Block]:
    """The account as a box, with who comes in on top and what goes out below."""
    yield Line((("OUTSIDE", "heading"),))
    parties = parties_of(found.exposures)
    for number, (party, exposures) in enumerate([*parties.items()][:_FEW]):
        joint = " ─┤ " if number else " ─┐ "
        services = Counter(one.surface.service for one in exposures)
        text = " ".join(f"{service} {count}" for service, count in services.most_common(5))
        style = STANDING_SPANS[party.standing][1]
        mark = STANDING_SPANS[party.standing][0][:2]
        yield Line(((f" {mark}", style), (fit(party.name, _NAME), ""), (joint, "rule"), (text, "muted")))
    if len(parties) > _FEW:
        yield Line(((f"   {f'and {len(parties) - _FEW} more':<{_NAME}}", "muted"), (" ─┤", "rule")))
    if not parties:
        yield Line((("   nobody that was found", "good"),))
    resources = counted(len({one.arn for one in found.exposures}), "resource")
    yield Line(((" " * (_NAME + 5), ""), ("▼" if parties else " ", "rule")))
    yield _box("┌", "─", "┐")
    yield _inside(f"account {found.account or 'unknown'}", "strong")
    yield _inside(f"{resources} open to the outside", "critical" if parties else "muted")
    sure = sum(one.sure and not one.administrator for one in found.movements)
    maybe = sum(not one.sure and not one.administrator for one in found.movements)
    admins = sum(one.administrator for one in found.movements)
    yield _inside(f"{counted(sure, 'principal')} can move data out", "high" if sure else "muted")
    if maybe:
        yield _inside(f"{maybe:,} more on conditions", "medium")
    if admins:
        yield _inside(f"and {counted(admins, 'administrator')}", "muted")
    yield _box("└", "─", "┘")
    ways = Counter(way.title for one in found.movements if not one.administrator for way in one.ways)
    if ways:
        yield Line(((" " * (_NAME + 5), ""), ("▼", "rule")))
    for title, count in ways.most_common(_FEW):
        yield Line(((f" {count:>5,} ", ""), (title, "muted")))
    if len(ways) > _FEW:
        yield Line(((f"       and {len(ways) - _FEW} more ways", "muted"),))
    if found.unread or found.uncertain:
        yield Gap()
        count = len(found.unread) + len(found.uncertain)
        yield Para(
            f"? Of {counted(count, 'resource')} it could not be told: see Could not be told.", "unknown"
        )
    for gap in found.gaps:
        yield Para(f"Upper bound: {gap}", "unknown")


_INNER: Final = 36


def _box(left: str, middle: str, right: str) -> Line:
    return Line(((f"   {left}{middle * _INNER}{right}", "rule"),))


def _inside(text: str, style: str) -> Line:
    return Line((("   │ ", "rule"), (fit(text, _INNER - 1), style), ("│", "rule")))


# --- one thing ----------------------------------------------------------------------------------------------


def _party(party: Party) -> Iterator[Block]:
    yield Heading(party.name)
    yield Line((STANDING_SPANS[party.standing],))
    means = (
        "An AWS service that does it for whichever of its customers asks: no source is asked for."
        if party.kind == "service"
        else _STANDING_MEANS[party.standing]
    )
    yield Para(means, "muted")


def _leads_on(exposures: list[Exposure], leading: Mapping[str, Leading]) -> Iterator[Block]:
    """That what is counted is what the party uses itself, and not what the roles reach that it may become."""
    roles = {one.arn: leading[one.arn] for one in exposures if one.arn in leading and leading[one.arn].on}
    if not roles:
        return
    admins = sum(one.admin for one in roles.values())
    who = counted(len(roles), "role that it may become leads", "roles that it may become lead")
    yield Gap()
    yield Para(
        f"Counted is what it uses directly; {who} on{f', {admins} to administrator' if admins else ''}."
    )


def _led_to(one: Leading) -> Iterator[Para]:
    """What a role reaches that someone outside may become."""
    if one.already:
        yield Para("this role is administrator: everything is within its reach", "critical", 2)
        return
    if one.tier is not None:
        word, style = TIER_SPANS[one.tier]
        yield Para(f"this role becomes administrator: {word}", style, 2)
    if one.stores:
        yield Para(f"this role can read {counted(one.stores, 'store')} by itself", "high", 2)
    elif one.tier is None:
        yield Para("no way from this role to data or administrator is known", "muted", 2)


def _uses(exposures: list[Exposure], leading: Mapping[str, Leading]) -> Iterator[Block]:
    for one in exposures[:_MANY]:
        led = _led_to(leading[one.arn]) if one.arn in leading else ()
        lines = (
            Line(((f"{one.surface.kind} ", "muted"), (one.surface.name or one.arn, "accent"))),
            Para(
                how_words(one.how) + (", on conditions" if one.outcome == "conditional" else ""), "muted", 2
            ),
            *led,
        )
        yield Item(f"open{SEP}{one.arn}", lines)


def _exposure(one: Exposure, led: Leading | None) -> Iterator[Block]:
    yield from _party(one.party)
    yield Gap()
    yield Item(f"open{SEP}{one.arn}", (Para(one.arn, "accent"),))
    if one.blocked:
        yield Fact("today", f"kept out: {one.blocked}", "good")
    elif one.outcome == "allowed":
        yield Fact("today", f"{how_words(one.how)}, without a condition", "critical")
    elif one.outcome == "conditional":
        yield Fact("today", f"{how_words(one.how)}, on conditions", "high")
    else:
        yield Fact("today", f"{how_words(one.how)}, perhaps: not everything was read", "unknown")
    if led is not None:
        yield from _led_to(led)
    if one.actions:
        yield Fact("shown by", ", ".join(one.actions), "string")
    yield from (Fact("if", text, "warning") for text in one.conditions)
    yield from (Fact("given by", text, "string") for text in one.by)
    if one.surface.region:
        yield Fact("region", one.surface.region)
    if one.surface.blocked == "" and one.party.standing == "public" and not one.blocked:
        yield Fact("blocked", "nothing keeps the public out", "muted")


def _movement(one: Movement) -> Iterator[Block]:
    yield Item(f"open{SEP}{one.arn}", (Para(one.arn, "accent"),))
    if one.administrator:
        yield Para("An administrator, who can move out whatever there is.", "muted")
    elif one.sure:
        yield Para("Can read data, and has a way out without conditions.", "high")
    else:
        yield Para("Can read data; the ways out are on conditions.", "medium")
    for kind, title in _KIND_TITLES.items():
        ways = [way for way in one.ways if way.kind == kind]
        if ways:
            yield Gap()
            yield Heading(title)
        for way in ways:
            yield Line(((way.title, ""), (f"  {way.action}", "string")))
            if kind != "outside":
                yield Para(way.target, "muted", 2)
    yield Gap()
    yield Heading(f"Can read {counted(len(one.stores), 'store')}")
    for arn in one.stores[:_MANY]:
        yield Item(f"open{SEP}{arn}", (Line(((arn, ""),)),))
    if len(one.stores) > _MANY:
        yield Para(f"and {len(one.stores) - _MANY:,} more", "muted")


def _flow(flow: Flow) -> Iterator[Block]:
    yield from _party(flow.party)
    yield Gap()
    yield Fact("direction", "data goes out" if flow.direction == "out" else "data comes in")
    yield Fact("service", flow.service)
    yield Fact("how", how_words(flow.how))
    yield Fact(
        "certain", "without conditions" if flow.sure else "on conditions", "" if flow.sure else "medium"
    )
    for title, arns in (("Who", flow.principals), ("From here", flow.here), ("There", flow.there)):
        if arns:
            yield Gap()
            yield Heading(f"{title} ({len(arns):,})")
        for arn in arns[:_MANY]:
            line = Line(((arn if title == "There" else name_of(arn), ""),))
            yield line if title == "There" else Item(f"open{SEP}{arn}", (line,))


def _unread(one: UnreadSurface) -> Iterator[Block]:
    yield Item(f"open{SEP}{one.surface.arn}", (Para(one.surface.arn, "accent"),))
    yield Gap()
    yield Para("Who outside can use it could not be told: that is no all-clear.", "unknown")
    yield Fact("would tell", one.need)
    yield Para("C shows why that call was not answered.", "muted")
