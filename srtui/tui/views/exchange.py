"""Data exchange: who outside can really use what, and who inside can move data out, by which ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from srtui.risk.exposure.exchange import Flow
from srtui.risk.exposure.exfiltration import Movement
from srtui.risk.exposure.exposures import HOWS, Exposure, UnreadSurface
from srtui.risk.exposure.leading import Leading, leading
from srtui.risk.exposure.parties import STANDINGS, Party
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import name_of
from srtui.tui.views.words import counted
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode

if TYPE_CHECKING:
    from srtui.risk.risk import Risk

#: A shape and a word for how a party stands to the account; never only a colour.
STANDING_SPANS: Final[dict[str, Span]] = {
    "public": ("● public", "critical"),
    "unknown": ("◆ unknown", "high"),
    "unread": ("? not told", "unknown"),
    "known": ("✓ known account", "good"),
    "aws": ("i AWS's own", "muted"),
    "organisation": ("✓ own organisation", "good"),
    "own": ("✓ yours", "good"),
}
HOW_WORDS: Final[dict[str, str]] = {
    "read": "reads", "write": "writes", "use": "uses", "manage": "manages", "become": "becomes", "copy": "copies",
    "list": "lists",
    "replicate": "replicates", "deliver": "delivers logs", "network": "peered network",
}  # fmt: skip
EXCHANGE_SECTIONS: Final = ("in", "out", "untold")
#: So many rows stand under one node; the title says how many there are.
RowT = TypeVar("RowT")
_MANY: Final = 500


class Exchange(msgspec.Struct, frozen=True):
    """Everything that the screen shows, worked out off the interface's loop."""

    account: str
    exposures: tuple[Exposure, ...]
    blocked: tuple[Exposure, ...]
    uncertain: tuple[Exposure, ...]
    unread: tuple[UnreadSurface, ...]
    movements: tuple[Movement, ...]
    flows: tuple[Flow, ...]  # what permissions name outside, and what settings send there
    gaps: tuple[str, ...]
    leading: Mapping[str, Leading] = msgspec.field(
        default_factory=dict
    )  # roles that someone outside may become


def look_at_exchange(risk: Risk) -> Exchange:
    """Everything about the data exchange of an account. Takes a second for tens of thousands of principals."""
    found = risk.exposures.all
    return Exchange(
        account=risk.account.id,
        exposures=tuple(one for one in found if one.open),
        blocked=tuple(one for one in found if one.blocked),
        uncertain=tuple(one for one in found if not one.blocked and one.outcome == "unknown"),
        unread=risk.exposures.unread,
        movements=risk.exfiltration.movements,
        flows=tuple(flow for flow in risk.exchange if flow.basis != "policy"),
        gaps=tuple(risk.escalation.gaps),
        leading=leading(found, risk.escalation, risk.exfiltration),
    )


def how_words(how: Iterable[str]) -> str:
    """`reads, writes`."""
    return ", ".join(HOW_WORDS.get(one, one) for one in how)


def parties_of(exposures: Iterable[Exposure]) -> dict[Party, list[Exposure]]:
    """Exposures by party: the public first, then strangers, and services that act for anyone after each."""
    found: dict[Party, list[Exposure]] = {}
    for one in exposures:
        found.setdefault(one.party, []).append(one)
    order = sorted(found, key=lambda party: (*party_order(party), -len(found[party]), party.name))
    return {party: found[party] for party in order}


def party_order(party: Party) -> tuple[int, bool, bool]:
    """The furthest away first; of the public those who need no account, and services last."""
    return STANDINGS.index(party.standing), party.kind == "service", party.kind != "anyone"


# --- the tree -----------------------------------------------------------------------------------------------


def exchange_roots(found: Exchange) -> tuple[TreeNode, ...]:
    """Outside → inside, inside → outside, and what could not be told."""
    roots = [_inwards(found), _outwards(found)]
    untold = len(found.unread) + len(found.uncertain)
    if untold:
        roots.append(_untold(found))
    if found.blocked:
        roots.append(
            TreeNode(
                "blocked",
                (
                    ("Kept out today", "heading"),
                    (f"  {len(found.blocked):,} that a policy would let in", "muted"),
                ),
                children=_shown(found.blocked, partial(_exposure_node, "blocked")),
                selectable=False,
            )
        )
    return tuple(roots)


def _inwards(found: Exchange) -> TreeNode:
    parties = parties_of(found.exposures)
    resources = len({one.arn for one in found.exposures})
    note = (
        f"  {counted(len(parties), 'party', 'parties')} can use {counted(resources, 'resource')} directly"
        if parties
        else "  nobody outside can use anything that was read"
    )
    return TreeNode(
        "in",
        (("Outside → inside", "heading"), (note, "muted" if parties else "good")),
        children=tuple(_party_node(party, some, found.leading) for party, some in parties.items()),
        selectable=False,
    )


def _party_node(party: Party, exposures: Sequence[Exposure], leading: Mapping[str, Leading]) -> TreeNode:
    key = SEP.join(("party", party.kind, party.id))
    by_service: dict[str, list[Exposure]] = {}
    for one in exposures:
        by_service.setdefault(one.surface.service, []).append(one)
    return TreeNode(
        key,
        ((party.name, "strong" if party.stranger else ""),),
        badges=(STANDING_SPANS[party.standing], *_admin_badge(exposures, leading)),
        right=((_worst(exposures), "muted"), (f"  {len(exposures):>3,}", "")),
        children=tuple(_service_node(key, service, some) for service, some in sorted(by_service.items())),
    )


def _admin_badge(exposures: Iterable[Exposure], leading: Mapping[str, Leading]) -> tuple[Span, ...]:
    admin = any(leading[one.arn].admin for one in exposures if one.arn in leading)
    return (("→ admin", "critical"),) if admin else ()


def _worst(exposures: Iterable[Exposure]) -> str:
    """The two worst of what is done, and how many more kinds there are."""
    seen = {how for one in exposures for how in one.how}
    how = [one for one in HOWS if one in seen]
    return how_words(how[:2]) + (f" +{len(how) - 2}" if len(how) > 2 else "")


def _service_node(parent: str, service: str, exposures: Sequence[Exposure]) -> TreeNode:
    return TreeNode(
        f"{parent}{SEP}{service}",
        ((service, ""),),
        right=((_worst(exposures), "muted"), (f"  {len(exposures):>3,}", "")),
        children=_shown(exposures, partial(_exposure_node, "exposure")),
        selectable=False,
    )


def exposure_key(kind: str, one: Exposure) -> str:
    """The key of an exposure's node; it ends with the resource's ARN."""
    return SEP.join((kind, one.party.kind, one.party.id, one.surface.kind, one.arn))


def _exposure_node(kind: str, one: Exposure) -> TreeNode:
    badges: tuple[Span, ...] = (("◐ on conditions", "medium"),) if one.outcome == "conditional" else ()
    name = one.surface.name or one.arn.rsplit(":", 1)[-1]
    label: tuple[Span, ...] = ((f"{one.surface.kind} ", "muted"), (name, ""))
    if kind != "exposure":
        label = (*label, ("  ", ""), (one.party.name, "muted"))
    return TreeNode(exposure_key(kind, one), label, badges=badges, right=((how_words(one.how), "muted"),))


def _outwards(found: Exchange) -> TreeNode:
    plain = [one for one in found.movements if not one.administrator]
    admins = [one for one in found.movements if one.administrator]
    children: list[TreeNode] = []
    if plain:
        children.append(_group("movers", "can read data and put it outside", plain, _mover_node))
    if admins:
        children.append(_group("admins", "administrators, who can do that anyhow", admins, _mover_node))
    for basis, words in (
        ("permission", "resources of other accounts that permissions name"),
        ("setting", "what settings send outside by themselves"),
    ):
        flows = [flow for flow in found.flows if flow.basis == basis]
        if flows:
            children.append(_group(basis, words, flows, _flow_node))
    note = (
        f"  {counted(len(found.movements), 'principal')} can move data out"
        if found.movements
        else "  no principal that was read can move data out"
    )
    return TreeNode(
        "out",
        (("Inside → outside", "heading"), (note, "muted" if found.movements else "good")),
        children=tuple(children),
        selectable=False,
    )


def _group(key: str, words: str, rows: Sequence[RowT], node: Callable[[RowT], TreeNode]) -> TreeNode:
    return TreeNode(
        key,
        ((words, ""),),
        right=((f"{len(rows):,}", ""),),
        children=_shown(rows, node),
        selectable=False,
    )


def _shown(rows: Sequence[RowT], node: Callable[[RowT], TreeNode]) -> tuple[TreeNode, ...]:
    made = [node(one) for one in rows[:_MANY]]
    if len(rows) > _MANY:
        rest = f"and {len(rows) - _MANY:,} more; the JSON report has up to 2,000"
        made.append(TreeNode(f"{made[0].key}{SEP}more", ((rest, "muted"),), selectable=False))
    return tuple(made)


def mover_key(one: Movement) -> str:
    """The key of a principal that can move data out."""
    return f"mover{SEP}{one.arn}"


def _mover_node(one: Movement) -> TreeNode:
    return TreeNode(
        mover_key(one),
        ((name_of(one.arn), ""),),
        badges=() if one.sure else (("◐ on conditions", "medium"),),
        right=(
            (f"{counted(len(one.stores), 'store')}", "muted"),
            (f"  {counted(len(one.ways), 'way'):>7}", ""),
        ),
        load=partial(_way_nodes, one),
    )


def _way_nodes(one: Movement) -> list[TreeNode]:
    key = mover_key(one)
    return [
        TreeNode(
            SEP.join((key, way.id, one.arn)),
            ((way.title, ""), (f"  {way.action}", "muted")),
        )
        for way in one.ways
    ]


def flow_key(flow: Flow) -> str:
    """The key of a flow's node."""
    return SEP.join(("flow", flow.basis, flow.direction, flow.party.kind, flow.party.id, flow.service))


def _flow_node(flow: Flow) -> TreeNode:
    arrow = "→ " if flow.direction == "out" else "← "
    badges = (
        STANDING_SPANS[flow.party.standing],
        *((("◐ on conditions", "medium"),) if not flow.sure else ()),
    )
    many = (
        counted(len(flow.principals), "principal") if flow.principals else counted(len(flow.here), "resource")
    )
    return TreeNode(
        flow_key(flow),
        ((arrow, "accent"), (flow.party.name, ""), (f"  {flow.service}", "muted")),
        badges=badges,
        right=((how_words(flow.how), "muted"), (f"  {many}", "")),
        load=partial(_ends, flow),
    )


def _ends(flow: Flow) -> list[TreeNode]:
    key = flow_key(flow)
    here = [(arn, name_of(arn), "") for arn in (*flow.principals, *flow.here)]
    there = [(arn, arn, "muted") for arn in flow.there]
    return [
        TreeNode(SEP.join((key, side, arn)), ((text, style),), selectable=side == "here")
        for side, ends in (("here", here), ("there", there))
        for arn, text, style in ends[:_MANY]
    ]


def _untold(found: Exchange) -> TreeNode:
    nodes = [_unread_node(one) for one in found.unread[:_MANY]]
    nodes += [_exposure_node("uncertain", one) for one in found.uncertain[:_MANY]]
    count = len(found.unread) + len(found.uncertain)
    return TreeNode(
        "untold",
        (("Could not be told", "unknown"), (f"  {counted(count, 'resource')}", "muted")),
        children=tuple(nodes),
        selectable=False,
    )


def unread_key(one: UnreadSurface) -> str:
    """The key of a resource that was not read."""
    return SEP.join(("unread", one.surface.kind, one.surface.arn))


def _unread_node(one: UnreadSurface) -> TreeNode:
    surface = one.surface
    return TreeNode(
        unread_key(one),
        ((f"{surface.kind} ", "muted"), (surface.name or surface.arn, "")),
        badges=(("? not read", "unknown"),),
        right=((one.need, "muted"),),
    )


def arn_of_key(key: str) -> str:
    """The ARN that a node stands for; "" if it stands for none."""
    kind, _, rest = key.partition(SEP)
    last = rest.rpartition(SEP)[2]
    opens = kind in ("exposure", "blocked", "uncertain", "unread", "mover", "flow")
    return last if opens and last.startswith("arn:") else ""


def by_key(found: Exchange) -> Mapping[str, Exposure | Movement | Flow | UnreadSurface]:
    """What stands behind the keys of nodes."""
    return {
        **{exposure_key("exposure", one): one for one in found.exposures},
        **{exposure_key("blocked", one): one for one in found.blocked},
        **{exposure_key("uncertain", one): one for one in found.uncertain},
        **{unread_key(one): one for one in found.unread},
        **{mover_key(one): one for one in found.movements},
        **{flow_key(one): one for one in found.flows},
    }
