"""One table of figures: what was measured, the goal, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `met` is None where there is no goal."""

    name: str
    measured: str
    goal: str = ""
    met: bool | None = None


def print_table(title: str, figures: list[Figure]) -> None:
    """Print figures aligned, so that two runs can be compared line by line."""
    rows = [("figure", "measured", "goal", "met")]
    rows += [(f.name, f.measured, f.goal, {True: "yes", False: "NO", None: ""}[f.met]) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print(title)
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
