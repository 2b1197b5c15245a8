"""Who can do something: the question as it is typed, its completion, and the answer as rows and text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.access import AccessIndex, Answer, Outsider, Reason, WhoCan
from srtui.access.misfit import takes
from srtui.access.patterns import Each, is_pattern
from srtui.policy.catalogue import load_catalogue
from srtui.tui.views.permissions import LEVEL_STYLE
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_table import Column, TableRow

if TYPE_CHECKING:
    from srtui.analysis import Analysis

COLUMNS: Final = (
    Column("verdict", "answer", 13, sortable=False),
    Column("who", "who", 20, flex=2, shorten="middle", sortable=False),
    Column("why", "why", 16, flex=3, drop=1, sortable=False),
)
#: A mark and a word for each verdict; never only a colour.
VERDICTS: Final[dict[str, Span]] = {
    "allowed": ("✓ allowed", "allow"),
    "conditional": ("~ conditional", "warning"),
    "unknown": ("? unknown", "unknown"),
    "denied": ("✗ denied", "muted"),
}
COMPLETION_COLUMNS: Final = (
    Column("completion", "completion", 40, flex=1, shorten="middle", sortable=False),
    Column("about", "", 12, sortable=False, drop=1),
)
_MOST_REASONS: Final = (
    400  # rows whose reason is worked out at once; others say theirs when the cursor is on them
)
_CANDIDATES: Final = 200
_MOST_LOOKED_AT: Final = 5000  # resources, while a question is typed


class AskedQuestion(msgspec.Struct, frozen=True):
    """What was typed: an action and a resource, either may be empty."""

    action: str
    resource: str

    @property
    def text(self) -> str:
        return f"{self.action} on {self.resource}" if self.resource else self.action


def read_question(text: str) -> AskedQuestion:
    """`s3:GetObject on arn:aws:s3:::payroll/*`, or the action alone."""
    action, _, resource = text.strip().partition(" on ")
    return AskedQuestion(action.strip().removesuffix(" on").strip(), resource.strip())


def unfinished(action: str, completion: str) -> bool:
    """Whether this is the beginning of the completion and no action by itself."""
    wanted = action.lower()
    if ":" not in wanted or not completion.lower().startswith(wanted):
        return False
    return all(name.lower() != wanted for name in load_catalogue().names)


def known_resources(analysis: Analysis) -> list[str]:
    """ARNs that the evidence shows, for completion: resources first, then identities."""
    account = analysis.account
    found: dict[str, None] = {}
    for arn in account.buckets:
        found[arn] = None
        found[f"{arn}/*"] = None
    for table in (account.keys, account.functions, account.instances, account.databases, account.trails):
        found.update(dict.fromkeys(table))
    for records in account.tables.values():
        found.update(dict.fromkeys(arn for arn in records if arn.startswith("arn:")))
    for identities in (account.roles, account.users, account.groups, account.policies):
        found.update(dict.fromkeys(identities))
    return list(found)


def candidates(text: str, resources: list[str]) -> list[tuple[str, Span]]:
    """Whole questions that what was typed may become, each with a word about it."""
    action, on, resource = text.lstrip().partition(" on ")
    if on:
        wanted = resource.strip().lower()
        starts = [arn for arn in resources if arn.lower().startswith(wanted)]
        holds = [arn for arn in resources if wanted in arn.lower() and not arn.lower().startswith(wanted)]
        fitting = (
            arn for arn in (starts + holds)[:_MOST_LOOKED_AT] if is_pattern(action) or takes(action, arn)
        )
        return [(f"{action} on {arn}", ("", "")) for arn in islice(fitting, _CANDIDATES)]
    catalogue = load_catalogue()
    wanted = action.strip().lower()
    starts = [name for name in catalogue.names if name.lower().startswith(wanted)]
    holds = (
        [name for name in catalogue.names if wanted in name.lower() and not name.lower().startswith(wanted)]
        if len(wanted) > 2 and len(starts) < _CANDIDATES
        else []
    )
    # `passrole` means iam:PassRole before any action that merely has it somewhere.
    holds.sort(key=lambda name: not name.lower().partition(":")[2].startswith(wanted))
    return [(name, _level(name)) for name in (starts + holds)[:_CANDIDATES]]


def _level(action: str) -> Span:
    level = str(load_catalogue().access_level(action) or "")
    return level.lower(), LEVEL_STYLE.get(level, "muted")


def candidate_rows(found: list[tuple[str, Span]]) -> list[TableRow]:
    """Completions as rows."""
    return [TableRow(text, ((text, ""), word)) for text, word in found]


class Found(msgspec.Struct):
    """The answer to a question, with whatever reasons were worked out so far by ARN."""

    question: AskedQuestion
    who: WhoCan
    index: AccessIndex
    reasons: dict[str, Answer] = {}

    def answer(self, arn: str) -> Answer:
        """Why this principal has the answer it has."""
        found = self.reasons.get(arn)
        if found is None:
            found = self.index.can(arn, self.question.action, self.question.resource or None)
            self.reasons[arn] = found
        return found


def work_out(index: AccessIndex, question: AskedQuestion) -> Found:
    """Ask. Takes a while for large accounts: call it off the interface's loop. Raises RequestError."""
    found = Found(question, index.who_can(question.action, question.resource or None), index)
    for arn in (*found.who.allowed, *found.who.conditional, *found.who.unknown)[:_MOST_REASONS]:
        found.answer(arn)
    return found


def answer_rows(found: Found) -> list[TableRow]:
    """Outsiders that the resource's own policy lets in, then who can in the account, surely first."""
    rows = [
        TableRow(f"outsider {number}", (("→ outside", "high"), (one.name, "high"), (_outsider(one), "muted")))
        for number, one in enumerate(found.who.outsiders)
    ]
    for verdict in ("allowed", "conditional", "unknown"):
        for arn in getattr(found.who, verdict):
            answer = found.reasons.get(arn)
            rows.append(TableRow(arn, (VERDICTS[verdict], (_name(arn), ""), (_why(answer), "muted"))))
    return rows


def _name(arn: str) -> str:
    return arn.split(":", 5)[-1]


def _why(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return answer.sentence.removeprefix("allowed by ").removeprefix("allowed ")


def _outsider(one: Outsider) -> str:
    conditions = f", if {' and '.join(one.conditions)}" if one.conditions else ""
    return f"{one.kind}: {one.label}{conditions}"


def each_rows(found: Each) -> list[TableRow]:
    """Who may do how many of the actions of a pattern, outsiders first."""
    total = len(found.actions)
    rows = [
        TableRow(
            f"outsider {number}",
            (("→ outside", "high"), (name, "high"), (f"{count} of {total} actions", "muted")),
        )
        for number, (name, count) in enumerate(found.outsiders.items())
    ]
    for arn in found.principals:
        verdict = (
            "allowed" if arn in found.allowed else "conditional" if arn in found.conditional else "unknown"
        )
        rows.append(TableRow(arn, (VERDICTS[verdict], (_name(arn), ""), (found.sentence(arn), "muted"))))
    return rows


def each_title(found: Each) -> list[Span]:
    """How many actions the pattern stands for, and how many can do any of them."""
    count = len(found.principals)
    spans: list[Span] = [
        (f"{count:,} can do some of {len(found.actions):,} actions", "allow" if count else "muted")
    ]
    return (
        [(f"{len(found.outsiders):,} outside", "high"), (" · ", "muted"), *spans]
        if found.outsiders
        else spans
    )


def each_blocks(found: Each, key: str) -> list[Block]:
    """The actions of a pattern that one principal may do and may not, by access level."""
    if key.startswith("outsider "):
        name, count = list(found.outsiders.items())[int(key.removeprefix("outsider "))]
        return [
            Heading(name),
            Para(f"{count} of {len(found.actions)} actions, by the resource's own policy."),
        ]
    blocks: list[Block] = [
        Heading(_name(key)),
        Para(f"{found.sentence(key)} of {found.pattern}".capitalize()),
    ]
    catalogue = load_catalogue()
    for verdict, names in found.names(key).items():
        if names:
            blocks += [Gap(), Line((VERDICTS[verdict], (f"  {counted(len(names), 'action')}", "muted")))]
        for level in catalogue.level_bits:
            of_level = [name.partition(":")[2] for name in names if catalogue.access_level(name) == level]
            if of_level:
                blocks.append(Line(((level.lower(), LEVEL_STYLE.get(level, "muted")),)))
                blocks.append(Para(", ".join(of_level), "", 2))
    return [*blocks, Gap(), Para("Ask about one action for the statements that decide.", "muted")]


def answer_title(found: Found) -> list[Span]:
    """How many, in the title line."""
    who = found.who
    spans: list[Span] = [(f"{len(who.allowed):,} can", "allow" if who.allowed else "muted")]
    if who.conditional:
        spans += [(" · ", "muted"), (f"{len(who.conditional):,} on conditions", "warning")]
    if who.unknown:
        spans += [(" · ", "muted"), (f"{len(who.unknown):,} unknown", "unknown")]
    if who.outsiders:
        spans = [(f"{len(who.outsiders):,} outside", "high"), (" · ", "muted"), *spans]
    return spans


def nobody(found: Found) -> tuple[str, tuple[str, ...]]:
    """What to say if nobody can."""
    return f"Nobody can {found.question.text}.", (*found.who.notes, *found.who.gaps)


def answer_blocks(found: Found, key: str) -> list[Block]:
    """One row in full: the verdict, what it hangs on, and the statements that decide."""
    if key.startswith("outsider "):
        one = found.who.outsiders[int(key.removeprefix("outsider "))]
        blocks: list[Block] = [
            Line((("→ outside", "high"), (f"  {one.kind}", "muted"))),
            Para(one.name, "accent"),
            Gap(),
            Fact("named by", one.label),
        ]
        blocks += [Fact("if", text) for text in one.conditions] + [
            Fact("unless", text) for text in one.unless
        ]
        if one.kind in ("account", "principal", "canonical"):
            blocks += [Gap(), Para("Its own account must allow it as well.", "muted")]
        notes = (*found.who.notes, *found.who.gaps)
        blocks += [Gap()] if notes else []
        blocks += [Para(note, "muted") for note in notes]
        return blocks
    answer = found.answer(key)
    blocks = [Line((VERDICTS[answer.verdict], ("  " + found.question.action, ""))), Para(key, "accent")]
    if found.question.resource:
        blocks.append(Para(f"on {found.question.resource}", "string"))
    blocks += [Gap(), *_hangs_on(answer)]
    blocks += list(_reasons("Allowed by", answer.allowed_by))
    blocks += list(_reasons("Against it", answer.denied_by))
    if answer.notes or answer.gaps:
        blocks.append(Gap())
    blocks += [Para(note, "muted") for note in answer.notes]
    blocks += [Para(f"Upper bound: {gap}", "unknown") for gap in answer.gaps]
    return blocks


def _hangs_on(answer: Answer) -> Iterator[Block]:
    if answer.verdict == "denied":
        yield Fact("denied", answer.gate, "muted")
    for text in answer.conditions:
        yield Fact("if", text, "warning")
    for text in answer.needs:
        yield Fact("not read", text, "unknown")
    if answer.otherwise:
        yield Fact("as far as known", answer.otherwise)


def _reasons(title: str, reasons: tuple[Reason, ...]) -> Iterator[Block]:
    if not reasons:
        return
    yield Gap()
    yield Heading(f"{title} {counted(len(reasons), 'statement')}")
    for reason in reasons:
        yield Line(
            ((reason.effect, "allow" if reason.effect == "Allow" else "deny"), (f"  {reason.label}", ""))
        )
        if reason.action:
            yield Para(f"action {reason.action}", "muted", 7)
        if reason.resource:
            yield Para(f"resource {reason.resource}", "muted", 7)
        if reason.principal:
            yield Para(f"names {reason.principal}", "muted", 7)
        for text in reason.conditions:
            yield Para(f"if {text}", "warning", 7)
