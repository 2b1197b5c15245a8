"""Who is administrator on one side of a comparison, and was not on the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.analysis import Analysis
from srtui.policy.effective import NamedDocument, effective_permissions

_WIDTH: Final = {None: 0, "self-grant": 1, "everything": 2}


def newly_administrator(subject: str, here: Analysis, there: Analysis) -> str:
    """Whoever is administrator `here` and was less `there`: "it" for the subject itself, "" for nobody.

    The subject is a user, role, group or managed policy. Of a policy, somebody who holds what its findings are about
    counts as well, because ways to administrator are not told of administrators.
    """
    if _width(here, subject) > _width(there, subject):
        return "it"
    for holder in _holders(there, subject):
        if holder in here.permissions and _width(here, holder) > _width(there, holder):
            return holder.split(":", 5)[-1]
    return ""


def _width(analysis: Analysis, arn: str) -> int:
    """0: no administrator; 1: it can make itself one; 2: everything."""
    permissions = analysis.permissions.get(arn)
    if permissions is None:
        policy = analysis.account.policies.get(arn)
        if policy is None or policy.document is None:
            return 0
        permissions = effective_permissions([NamedDocument(policy.name, "managed", arn, policy.document)])
    return _WIDTH[permissions.admin]


def _holders(analysis: Analysis, subject: str) -> Iterator[str]:
    for spot in analysis.escalation.spots:
        if spot.subject == subject:
            yield from spot.holders
