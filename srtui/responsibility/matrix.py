"""The rows of the shared responsibility matrix, read from matrix.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

Owner = Literal["C", "A", "CA"]
Group = Literal["Yours", "Shared", "AWS's"]
GROUPS: Final[tuple[Group, ...]] = ("Yours", "Shared", "AWS's")
_GROUP_OF: Final[dict[str, Group]] = {"C": "Yours", "CA": "Shared", "A": "AWS's"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One responsibility. The last four fields are filled for rows that AWS answers for."""

    number: int
    owner: Owner
    label: str
    title: str
    about: str
    inherited: str = ""
    attestation: tuple[str, ...] = ()
    services: tuple[str, ...] = ()  # kinds of managed resources that count as inherited evidence
    remains: str = ""

    @property
    def group(self) -> Group:
        """Under which heading the row stands."""
        return _GROUP_OF[self.owner]


class _Matrix(msgspec.Struct):
    row: tuple[Row, ...]


@cache
def rows() -> tuple[Row, ...]:
    """The 13 rows in order."""
    text = files("srtui.responsibility").joinpath("matrix.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Matrix).row


def row(number: int) -> Row:
    """The row with this number. Raises IndexError for any but 1 to 13."""
    return rows()[range(1, len(rows()) + 1).index(number)]


def grouped() -> tuple[tuple[Group, tuple[Row, ...]], ...]:
    """The rows under their headings: Yours, Shared, AWS's."""
    return tuple((group, tuple(row for row in rows() if row.group == group)) for group in GROUPS)
