"""The order of findings: impact × reach × confidence, each in words. The number alone says nothing, so it is never shown.

    score = risk.score(finding)
    score.words                                         # "administrator × anyone with an AWS account × confirmed"
    risk.ordered(findings)                              # the riskiest first

impact: what is gained; reach: who can begin; confidence: how certain it is. Each is between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import msgspec

from srtui.account import UNREAD
from srtui.account.model import Role, User
from srtui.responsibility.verdict import Fact, Severity
from srtui.risk.exposure.exposures import Exposure

if TYPE_CHECKING:
    from srtui.risk.risk import Risk


class Rateable(Protocol):
    """What of a finding counts."""

    @property
    def control(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def subject(self) -> str: ...
    @property
    def facts(self) -> tuple[Fact, ...]: ...


class Factor(msgspec.Struct, frozen=True):
    """One factor, 0 to 1, and what it says."""

    value: float
    words: str


class Score(msgspec.Struct, frozen=True):
    """The three factors of one finding."""

    impact: Factor
    reach: Factor
    confidence: Factor

    @property
    def value(self) -> float:
        return self.impact.value * self.reach.value * self.confidence.value

    @property
    def words(self) -> str:
        return f"{self.impact.words} × {self.reach.words} × {self.confidence.words}"


_BY_SEVERITY: Final[dict[Severity, Factor]] = {
    "critical": Factor(0.9, "critical by itself"),
    "high": Factor(0.6, "high by itself"),
    "medium": Factor(0.35, "medium by itself"),
    "low": Factor(0.15, "low by itself"),
    "info": Factor(0.05, "for information"),
}
_ADMIN: Final = Factor(1.0, "administrator")
_BECOMES_ADMIN: Final = Factor(0.95, "becomes administrator")
_DATA: Final = 0.7

_PUBLIC: Final = 1.0
_STRANGER: Final = 0.8
_KNOWN: Final = 0.6
_EVERYONE: Final = 0.5
_SEVERAL: Final = 0.35
_ONE: Final = Factor(0.2, "one principal")
_INSIDE: Final = Factor(0.2, "principals of the account")
#: From so many principals on it is "many", and from this part of them on "every".
_MANY: Final = 5
_MOST: Final = 0.25

_CONFIRMED: Final = Factor(1.0, "confirmed")
_CONDITIONAL: Final = Factor(0.6, "on conditions")
_NEEDS_TARGET: Final = Factor(0.3, "needs a target")
_UNCERTAIN: Final = Factor(0.2, "not all was read")
#: Facts that say that something hangs on conditions: labels, and values of the fact `certainty`.
_CONDITIONS: Final = frozenset({"if", "conditions", "on condition"})
_CERTAINTIES: Final = {"conditional": _CONDITIONAL, "needs target": _NEEDS_TARGET, "unknown": _UNCERTAIN}
RatedT = TypeVar("RatedT", bound=Rateable)


class Scorer:
    """Scores findings of one account; what findings about the same subject share is worked out once."""

    def __init__(self, risk: Risk) -> None:
        self._risk = risk
        self._impacts: dict[str, Factor | None] = {}
        self._reaches: dict[str, Factor] = {}

    def score(self, finding: Rateable) -> Score:
        """The factors of a finding."""
        return Score(self._impact(finding), self._reach(finding.subject), _confidence(finding))

    def ordered(self, findings: Iterable[RatedT]) -> list[RatedT]:
        """The riskiest first; equal ones stay in their order."""
        return sorted(findings, key=lambda one: -self.score(one).value)

    # --- impact -------------------------------------------------------------------------------------------

    def _impact(self, finding: Rateable) -> Factor:
        """What is gained, by the control's own weight or by what the subject is, whichever is more."""
        own = _BY_SEVERITY[finding.severity]
        if finding.subject not in self._impacts:
            self._impacts[finding.subject] = self._gain(finding.subject)
        gain = self._impacts[finding.subject]
        if gain is None or gain.value <= own.value or finding.severity in ("low", "info"):
            return own
        # A small defect of an administrator is worth more than of others, but it is not the administrator himself.
        weight = {"critical": 1.0, "high": 0.85, "medium": 0.6}[finding.severity]
        return Factor(max(own.value, gain.value * weight), gain.words)

    def _gain(self, subject: str) -> Factor | None:
        start = self._risk.escalation.starts.get(subject)
        if start is not None and start.admin is True:
            return _ADMIN if start.already else _BECOMES_ADMIN
        if start is not None and start.admin == "conditional":
            return Factor(_BECOMES_ADMIN.value * 0.8, "becomes administrator on conditions")
        if subject in self._stores:
            return Factor(_DATA, f"the data in this {self._stores[subject]}")
        return None

    @cached_property
    def _stores(self) -> dict[str, str]:
        return {store.arn: store.kind for store in self._risk.escalation.data.stores}

    # --- reach --------------------------------------------------------------------------------------------

    def _reach(self, subject: str) -> Factor:
        known = self._reaches.get(subject)
        if known is None:
            known = self._reaches[subject] = self._reach_of(subject)
        return known

    def _reach_of(self, subject: str) -> Factor:
        risk = self._risk
        if subject == risk.account.root_arn:
            return Factor(_EVERYONE, "the whole account")
        outside = self._outside(risk.exposures.by_arn.get(subject, ()))
        number = risk.index.numbers.get(subject)
        if number is None:
            return outside or _INSIDE
        signed_in = self._signed_in.get(subject)
        inside = self._of_principal(subject, number)
        return max(
            (one for one in (outside, signed_in, inside) if one is not None), key=lambda one: one.value
        )

    @staticmethod
    def _outside(exposures: Sequence[Exposure]) -> Factor | None:
        best: Factor | None = None
        for one in exposures:
            if not one.open or one.deputy:
                continue
            standing = one.party.standing
            value = _PUBLIC if standing == "public" else _STRANGER if one.party.stranger else _KNOWN
            if standing in ("own", "aws"):
                continue
            if one.outcome != "allowed":
                value *= 0.8
            if best is None or value > best.value:
                best = Factor(value, one.party.name)
        return best

    @cached_property
    def _signed_in(self) -> dict[str, Factor]:
        """Roles that people or workloads from elsewhere become."""
        found: dict[str, Factor] = {}
        for row in self._risk.federation.trusts:
            value = {"open": _PUBLIC, "unread": _STRANGER, "tenant-wide": _EVERYONE, "any-ref": _SEVERAL}.get(
                row.grade
            )
            if value is not None and value > found.get(row.role, _ONE).value:
                who = (
                    f"anyone at {row.product}"
                    if row.grade == "open"
                    else f"whoever signs in by {row.product}"
                )
                found[row.role] = Factor(value, who)
        return found

    def _of_principal(self, subject: str, number: int) -> Factor:
        """Who in the account acts as a principal, or gets hold of it."""
        risk = self._risk
        graph = risk.escalation.graph
        sources = graph.sources(number, 1) & ((1 << len(risk.index.principals)) - 1)
        count = sources.bit_count()
        if count >= _MANY and count >= _MOST * len(risk.index.principals):
            return Factor(_EVERYONE, f"every principal that may assume it ({count:,})")
        if count >= _MANY:
            return Factor(_SEVERAL, f"{count:,} principals")
        principal = risk.index.principals[number]
        if isinstance(principal, User):
            credentials = risk.account.credentials_of(principal)
            if credentials is not UNREAD and credentials.password_enabled and not credentials.mfa_active:
                return Factor(_SEVERAL, "whoever has its password, for want of MFA")
            if credentials is not UNREAD and credentials.active_keys:
                return Factor(_SEVERAL, "whoever has its access key")
        if isinstance(principal, Role) and count:
            return Factor(_ONE.value, f"{count} principal{'s' if count != 1 else ''}")
        return _ONE


def _confidence(finding: Rateable) -> Factor:
    for fact in finding.facts:
        if fact.label == "certainty" and fact.value in _CERTAINTIES:
            return _CERTAINTIES[fact.value]
        if fact.label in _CONDITIONS:
            return _CONDITIONAL
    return _CONFIRMED
