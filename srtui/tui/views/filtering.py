"""Filters of lists that are no findings: every word must stand in the row, none that begins with a minus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from srtui.tui.widgets.virtual_table import TableRow

RowT = TypeVar("RowT")


def having_words(items: Iterable[RowT], text: str, said: Callable[[RowT], str]) -> list[RowT]:
    """The items whose text holds the words; case does not count."""
    wanted, unwanted = [], []
    for word in text.casefold().split():
        if word.startswith("-") and len(word) > 1:
            unwanted.append(word[1:])
        elif word != "-":
            wanted.append(word)
    if not wanted and not unwanted:
        return list(items)

    def fits(item: RowT) -> bool:
        found = said(item).casefold()
        return all(word in found for word in wanted) and not any(word in found for word in unwanted)

    return [item for item in items if fits(item)]


def row_text(row: TableRow) -> str:
    """What stands in a row."""
    return " ".join(_cell_text(cell) for cell in row.cells)


def _cell_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, tuple) and len(cell) == 2 and isinstance(cell[1], str):
        return str(cell[0])
    return "".join(_cell_text(part) for part in cell) if isinstance(cell, tuple) else ""


def highlighted(text: str) -> tuple[str, ...]:
    """The words of a filter that rows may show."""
    return tuple(word for word in text.split() if not word.startswith("-") and ":" not in word)
