"""Separation of duty: duty × duty with counts, who is in a cell, and one case with its statements and cures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from srtui.responsibility.verdict import SEVERITIES, Severity
from srtui.risk.separating import Separating
from srtui.risk.separation import Case, Cell, Held, Matrix, Separation, Side
from srtui.tui.theme import SEVERITY_MARK
from srtui.tui.views.findings import short_subject
from srtui.tui.views.keys import SEP
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Item, Line, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_table import Column, TableRow

_NARROWEST: Final = 3
#: So many identities of a cell are listed.
_MOST: Final = 200
_HELD: Final[dict[str, Span]] = {
    "sure": ("● ", "critical"),
    "conditional": ("◐ ", "high"),
    "unknown": ("? ", "unknown"),
}
_REACHED: Final[Span] = ("→ ", "medium")


def duty_columns(matrix: Matrix, rows: Sequence[TableRow]) -> list[Column]:
    """The duty, how many conflicts of it are held, then a column a duty by its number, as wide as they need."""
    width = max([_NARROWEST, *(cell_len(str(cell[0])) for row in rows for cell in row.cells[2:])])
    return [
        Column("duty", "duty", 38, sortable=False),
        Column("all", "conflicts", 9, align="right", sortable=False),
        *(
            Column(duty.id, str(number), width, align="right", sortable=False)
            for number, duty in enumerate(matrix.duties, 1)
        ),
    ]


def duty_rows(separation: Separation, matrix: Matrix) -> list[TableRow]:
    """A row a duty. What conflicts has the letter and colour of its severity; the rest merely is held together."""
    rows = []
    for number, duty in enumerate(matrix.duties, 1):
        cells = [cell_of(matrix, duty.id, other.id) for other in matrix.duties]
        held = sum(bool(cell and cell.conflicts and _people(cell)) for cell in cells)
        rows.append(
            TableRow(
                duty.id,
                (
                    (f"{number:>2} {duty.title}", "" if held else "muted"),
                    (str(held) if held else "", "strong"),
                    *(_cell(separation, cell) for cell in cells),
                ),
            )
        )
    return rows


def cell_of(matrix: Matrix, one: str, two: str | None) -> Cell | None:
    """The cell of two duties, in either order."""
    return matrix.cells.get((one, two or "")) or matrix.cells.get((two or "", one))


def _people(cell: Cell) -> int:
    """Who holds both, without those of whom that is unknown."""
    return cell.sure + cell.conditional + cell.reachable


def _held_text(held: int, perhaps: int) -> str:
    """`3 identities, 8 perhaps`: what is unknown is never counted as held."""
    if not held and not perhaps:
        return "nobody"
    told = counted(held, "identity", "identities") if held else "nobody for sure"
    return f"{told}, {perhaps:,} perhaps" if perhaps else told


def severity_of(separation: Separation, cell: Cell) -> Severity:
    """The worst of the conflicts of a cell."""
    return min((separation.book.conflicts[one].severity for one in cell.conflicts), key=SEVERITIES.index)


def _cell(separation: Separation, cell: Cell | None) -> Span:
    if cell is None:
        return "", ""
    direct = cell.sure + cell.conditional
    if not cell.conflicts:
        return (str(direct), "faint") if direct else ("·", "faint")
    text = str(direct) if direct else ""
    text += f"→{cell.reachable}" if cell.reachable else ""
    text += "?" if cell.unknown else ""
    severity = severity_of(separation, cell)
    return (f"{SEVERITY_MARK[severity][0]}{text}", severity) if text else ("✓", "good")


def duties_told(matrix: Matrix) -> str:
    """What stands at the right of the title."""
    held = sum(bool(cell.conflicts and _people(cell)) for cell in matrix.cells.values())
    perhaps = sum(
        bool(cell.conflicts and cell.unknown and not _people(cell)) for cell in matrix.cells.values()
    )
    return f"{counted(held, 'conflict')} held" + (f", {perhaps:,} perhaps" if perhaps else "")


def cell_blocks(separation: Separation, matrix: Matrix, one: str, two: str | None) -> list[Block]:
    """What stands beside the matrix: the chosen pair with everyone in it, or a duty and its conflicts."""
    duty = separation.book.duties.get(one)
    if duty is None:
        return []
    if two is None:
        return _duty_blocks(separation, matrix, one)
    other = separation.book.duties[two]
    cell = cell_of(matrix, one, two)
    if cell is None:
        return [Heading(f"Who {duty.title}"), Para("The same duty: choose another column.", "muted")]
    blocks: list[Block] = [Heading(f"Who {duty.title}"), Heading(f"and {other.title}"), Gap()]
    if not cell.conflicts:
        count = cell.sure + cell.conditional
        told = f"{counted(count, 'identity', 'identities')} hold{'s' if count == 1 else ''} both."
        return [*blocks, Para("No conflict is declared between the two.", "muted"), Para(told, "muted")]
    for conflict in cell.conflicts:
        blocks += _conflict_blocks(separation, conflict)
    blocks.append(
        Line((_HELD["sure"], ("by itself  ", "muted"), _HELD["conditional"], ("on conditions  ", "muted")))
    )
    blocks.append(
        Line((_REACHED, ("by becoming others  ", "muted"), _HELD["unknown"], ("not all was read", "muted")))
    )
    return [*blocks, Gap(), *_apart(matrix)]


def _conflict_blocks(separation: Separation, id: str) -> list[Block]:
    conflict = separation.book.conflicts[id]
    held = separation.held(id)
    severity = conflict.severity
    blocks: list[Block] = [
        Line(((SEVERITY_MARK[severity], severity), (f"  {severity}", severity), (f"  {id}", "muted"))),
        Para(conflict.why),
        Gap(),
    ]
    if conflict.same:
        blocks.append(Para("Both on the same resource.", "muted"))
    if not held:
        return [*blocks, Para("Nobody holds both, administrators aside.", "good"), Gap()]
    blocks += [_held_item(one) for one in held[:_MOST]]
    if len(held) > _MOST:
        blocks.append(Para(f"and {len(held) - _MOST:,} more", "muted"))
    return [*blocks, Gap(), Fact("instead", conflict.fix), Gap()]


def _held_item(held: Held) -> Item:
    mark = _HELD[held.certainty] if held.direct else _REACHED
    how = {"sure": "", "conditional": "  on conditions", "unknown": "  perhaps: not all was read"}
    note = how[held.certainty] if held.direct else "  by becoming others"
    return Item(
        f"duty{SEP}{held.conflict}{SEP}{held.arn}",
        (Line((mark, (short_subject(held.arn), ""), (note, "muted"))),),
    )


def _apart(matrix: Matrix) -> list[Block]:
    if not matrix.administrators:
        return []
    who = "administrator holds" if matrix.administrators == 1 else "administrators hold"
    return [
        Para(
            f"{matrix.administrators} {who} every duty, those that make themselves one among them, and stand in no cell.",
            "muted",
        )
    ]


def _duty_blocks(separation: Separation, matrix: Matrix, id: str) -> list[Block]:
    duty = separation.book.duties[id]
    blocks: list[Block] = [Heading(f"Who {duty.title}"), Gap()]
    if duty.actions:
        blocks.append(Fact("by any of", ", ".join(duty.actions)))
    if duty.within:
        blocks.append(Fact("on", ", ".join(duty.within)))
    holders = separation.holders.of(id).reach
    others = ~separation.administrators
    count = ((holders.allowed | holders.conditional) & others).bit_count()
    told = _held_text(count, (holders.unknown & others).bit_count())
    blocks += [Fact("held by", told), Gap(), Heading("Conflicts with")]
    for other in matrix.duties:
        cell = cell_of(matrix, id, other.id)
        if cell is None or not cell.conflicts:
            continue
        severity = severity_of(separation, cell)
        number = list(separation.book.duties).index(other.id) + 1
        people = _people(cell) + cell.unknown
        told = _held_text(_people(cell), cell.unknown)
        blocks.append(Line(((SEVERITY_MARK[severity], severity), (f"  {number} {other.title}", ""))))
        blocks.append(Para(told, "muted" if people else "good", 5))
    return [*blocks, Gap(), Para("right and left choose a pair, enter lists who holds it", "muted")]


def case_blocks(separation: Separation, case: Case, cures: Sequence[Separating]) -> list[Block]:
    """One identity with a conflict: by which statements, over which roles, and what alone separates the two."""
    conflict = separation.book.conflicts[case.held.conflict]
    severity = case.held.severity
    blocks: list[Block] = [
        Line(
            ((SEVERITY_MARK[severity], severity), (f"  {severity}", severity), (f"  {conflict.id}", "muted"))
        ),
        Item(f"principal{SEP}{case.held.arn}", (Para(case.held.arn, "accent"),)),
        Gap(),
        Para(conflict.why),
    ]
    if case.resource:
        blocks += [Gap(), Fact("both on", case.resource)]
    for number, side in enumerate((case.one, case.two)):
        title = separation.book.duties[side.duty].title
        blocks += [Gap(), Heading(f"{'It ' if not number else 'and '}{title}"), *_side(side)]
    blocks += [Gap(), Heading("Any of these separates the two"), *_cures(separation, cures)]
    return [*blocks, Gap(), Fact("instead", conflict.fix)]


def _side(side: Side) -> Iterator[Block]:
    if side.route is not None:
        for step in side.route.steps:
            yield Line((_REACHED, (f"{step.name}: ", "muted"), (short_subject(step.target), "")))
    if side.actions:
        yield Fact("may", ", ".join(side.actions))
    for fact in side.facts:
        yield Fact("because", fact)
    for number, reason in enumerate(side.reasons):
        lines = [Fact("given by", reason.label)]
        key = f"policy {number}{SEP}{reason.arn or ''}"
        yield Item(key, (*lines, *(Para(f"if {text}", "warning", 2) for text in reason.conditions)))


def _cures(separation: Separation, cures: Sequence[Separating]) -> Iterator[Block]:
    if not cures:
        yield Para("No single statement, policy or trust does: take one of the two away by hand.", "warning")
    for number, cure in enumerate(cures):
        loses = " nor ".join(separation.book.duties[duty].title for duty in cure.duties)
        yield Item(
            f"cure {number}{SEP}{cure.arn}",
            (Line((("✂ ", "good"), (cure.text, ""))), Para(f"it then no longer {loses}", "muted", 2)),
        )
