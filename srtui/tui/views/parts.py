"""Which calls to ask again for what is in front of the user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from srtui.feed import Part

if TYPE_CHECKING:
    from srtui.analysis import Analysis


def iam_part() -> Part:
    """Everything about identities."""
    from srtui.services.iam import IAM  # the declarations of all services are not loaded for the first frame

    return Part(calls=tuple(call.id for call in IAM.calls))


def calls_of_controls(analysis: Analysis, ids: Iterable[str]) -> Part | None:
    """What these controls look at."""
    calls = dict.fromkeys(call.id for one in ids for call in analysis.controls[one].needs)
    return Part(calls=tuple(calls)) if calls else None
