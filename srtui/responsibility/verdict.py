"""What a control says, as plain data: verdicts, facts and where they are from. Imports nothing that knows AWS."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

Status = Literal["pass", "fail", "unknown", "not_applicable"]
Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "low", "info")
#: Which verdict of several wins.
PRECEDENCE: Final[tuple[Status, ...]] = ("fail", "unknown", "pass", "not_applicable")


class Source(msgspec.Struct, frozen=True):
    """The API answer a fact was read from. `at` is None only if the call was never made."""

    service: str
    operation: str
    region: str
    at: datetime | None


class Fact(msgspec.Struct, frozen=True):
    """One observed thing that a verdict rests on."""

    label: str
    value: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A control's verdict on one subject. `subject` is an ARN; `values` fill the fix command's placeholders.

    `severity`: of this failure, where it differs from the control's.
    """

    control: str
    status: Status
    subject: str
    region: str = ""
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    reason: str = ""
    values: dict[str, str] = {}
    severity: Severity | None = None
