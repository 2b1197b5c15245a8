"""Federation: every trust in an identity from elsewhere, how tightly it names its tenant, and what it leads to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from srtui.risk.federation.cure import blanks_of, fixed_condition, missing, traps
from srtui.risk.federation.trusts import FederatedTrust
from srtui.tui.views.keys import SEP
from srtui.tui.views.paths import name_of
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Code, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_table import Column, TableRow

#: A shape and a word for each grade; never only a colour.
GRADE_SPANS: Final[dict[str, Span]] = {
    "open": ("● open", "critical"),
    "unread": ("? unread", "unknown"),
    "tenant-wide": ("◆ tenant-wide", "high"),
    "any-ref": ("▲ any ref", "medium"),
    "by-name": ("▪ by name", "low"),
    "directory": ("i directory", "muted"),
    "tight": ("✓ tight", "good"),
    "unusable": ("– unusable", "muted"),
}
GRADE_MEANS: Final[dict[str, str]] = {
    "open": "Strangers get in: any customer of the issuer, or anyone.",
    "unread": "The trust policy could not be evaluated, so this is not known.",
    "tenant-wide": "Anything of the tenant or issuer gets in, not only what is meant.",
    "any-ref": "Any branch, run or session of the right thing gets in.",
    "by-name": "Tight, but by names that someone else can take over.",
    "directory": "The directory decides who gets in, as it is meant to.",
    "tight": "Only what is named gets in.",
    "unusable": "Nobody gets in.",
}
LEADS_SPANS: Final[dict[str, Span]] = {
    "is-admin": ("★ admin", "critical"),
    "becomes-admin": ("→ admin", "critical"),
    "conditional": ("◐ admin if", "high"),
    "unknown": ("? unknown", "unknown"),
    "no": ("no", "muted"),
}
_LEADS_MEANS: Final[dict[str, str]] = {
    "is-admin": "The role is administrator.",
    "becomes-admin": "The role becomes administrator.",
    "conditional": "The role becomes administrator on conditions.",
    "unknown": "Whether the role becomes administrator is not known: not everything was read.",
    "no": "No way from the role to administrator is known.",
}

COLUMNS: Final = (
    Column("grade", "grade", 13, sortable=False),
    Column("role", "role", 16, flex=2, shorten="middle", sortable=False),
    Column("product", "from", 14, flex=1, sortable=False),
    Column("leads", "leads to", 10, sortable=False),
    Column("actions", "can do", 7, align="right", drop=1, sortable=False),
    Column("says", "the policy says", 22, flex=3, drop=2, sortable=False),
    Column("required", "it lacks", 22, flex=2, drop=3, sortable=False),
)


def trust_key(trust: FederatedTrust) -> str:
    """The key of a row."""
    return f"{trust.role}{SEP}{trust.provider}"


def federation_rows(trusts: Iterable[FederatedTrust]) -> list[TableRow]:
    """A row a role and provider, in their order: the worst first."""
    return [
        TableRow(
            trust_key(trust),
            (
                GRADE_SPANS[trust.grade],
                name_of(trust.role).removeprefix("role/"),
                (trust.product, ""),
                LEADS_SPANS[trust.leads],
                (f"{trust.actions:,}", "muted"),
                _says(trust),
                (missing(trust) or "nothing", "muted"),
            ),
        )
        for trust in trusts
    ]


def _says(trust: FederatedTrust) -> Span:
    # Operators and the issuer's host, which the row names already, leave no room for what matters.
    if not trust.says:
        return "nothing", "warning"
    short = (text.partition(" ")[2].replace(f"{trust.issuer}:", "") for text in trust.says)
    return "; ".join(short), "string"


def federation_title(trusts: Collection[FederatedTrust]) -> str:
    """How many there are of the grades that need someone."""
    bad = [
        f"{count} {GRADE_SPANS[grade][0][2:]}"
        for grade in ("open", "unread", "tenant-wide", "any-ref")
        if (count := sum(trust.grade == grade for trust in trusts))
    ]
    return ", ".join(bad) or "none open"


def federation_blocks(trust: FederatedTrust) -> list[Block]:
    """One trust: why the grade, what the policy says, the traps in it, and a condition to put in its place."""
    word, style = GRADE_SPANS[trust.grade]
    blocks: list[Block] = [
        Line(((word, style), (f"  {trust.product}", "muted"))),
        Para(GRADE_MEANS[trust.grade]),
    ]
    blocks += [Para(f"{why[:1].upper()}{why[1:]}.", style) for why in trust.graded.why]
    if trust.graded.by_name and trust.grade != "by-name":
        blocks.append(Para("And names can be taken over: ids are not asked for.", "warning"))
    blocks += [Fact("only if", text, "warning") for text in trust.graded.conditions]
    blocks += [Para(text, "warning") for text in traps(trust)]
    blocks += [Para(f"{note[:1].upper()}{note[1:]}.", "muted") for note in trust.notes]
    if trust.unknown_tenants:
        blocks.append(Para(f"Not in known-accounts.toml: {', '.join(trust.unknown_tenants)}.", "warning"))
    leads = LEADS_SPANS[trust.leads]
    blocks += [
        Gap(),
        Item(f"trust{SEP}{trust.role}", (Line((("role            ", "muted"), (trust.role, "accent"))),)),
        Fact("issuer", trust.issuer, "string"),
        Fact("can do", counted(trust.actions, "action")),
        Fact("leads to", _LEADS_MEANS[trust.leads], leads[1]),
        Gap(),
        Heading("What the policy says"),
        *(Para(text, "string") for text in trust.says),
    ]
    if not trust.says:
        blocks.append(Para("Nothing: there is no condition.", "warning"))
    return [*blocks, *_cure(trust)]


def _cure(trust: FederatedTrust) -> list[Block]:
    blocks: list[Block] = [Gap(), Fact("lacks", missing(trust) or "nothing")]
    if trust.grade in ("directory", "tight", "unusable") and not traps(trust):
        return blocks
    condition = fixed_condition(trust)
    blocks += [Gap(), Heading("Condition to put in its place"), Code(json.dumps(condition, indent=2))]
    blank = blanks_of(condition)
    if blank:
        blocks.append(Para(f"Fill in {', '.join(blank)}. srtui changes nothing; y copies it.", "muted"))
    else:
        blocks.append(Para("srtui changes nothing; y copies it.", "muted"))
    return blocks


def condition_text(trust: FederatedTrust) -> str:
    """The condition to copy."""
    return json.dumps({"Condition": fixed_condition(trust)}, indent=2)
