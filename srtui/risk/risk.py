"""Identities at risk, all of it, worked out when it is asked for and kept.

    risk = analysis.risk                                # or Risk(account, now, permissions, escalation, settings)
    risk.natures[arn]                                   # person or machine, with reasons
    risk.separation.matrix()                            # see `separation`; risk.separating("key-data", arn)
    risk.federation.trusts                              # sign-ins from elsewhere, the worst graded first
    risk.exposures.all, .by_arn, .unread                # who outside can use what, and what could not be told
    risk.exfiltration.movements                         # who inside can move data out, by which ways
    risk.exchange                                       # the data exchange: flows out and in, by party and service

Making a `Risk` costs nothing; its parts may be asked from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

from srtui.access import AccessIndex
from srtui.account import Account
from srtui.escalation.escalation import Escalation
from srtui.natures import Classified, classify
from srtui.policy.effective import EffectivePermissions
from srtui.risk.exposure.exchange import Flow, data_exchange
from srtui.risk.exposure.exfiltration import Exfiltration
from srtui.risk.exposure.exposures import Exposures
from srtui.risk.exposure.parties import Parties
from srtui.risk.federation.trusts import Federation
from srtui.risk.separating import Separating, separating
from srtui.risk.separation import Separation
from srtui.risk.settings import RiskSettings


class Risk:
    """Identities at risk of one account at one time."""

    def __init__(
        self,
        account: Account,
        now: datetime,
        permissions: Mapping[str, EffectivePermissions],
        escalation: Callable[[], Escalation],
        settings: RiskSettings | None = None,
    ) -> None:
        self.account = account
        self.now = now
        self.permissions = permissions
        self.settings = settings or RiskSettings()
        self._escalate = escalation

    @cached_property
    def escalation(self) -> Escalation:
        """The graph of who becomes whom."""
        return self._escalate()

    @property
    def index(self) -> AccessIndex:
        """The account's policies, ready for questions."""
        return self.escalation.built.index

    @cached_property
    def natures(self) -> Mapping[str, Classified]:
        """People and machines, by ARN."""
        return classify(self.account, self.settings.natures, self.now)

    # --- exposure -----------------------------------------------------------------------------------------

    @cached_property
    def parties(self) -> Parties:
        """Who is who outside."""
        return Parties(self.account, self.settings.known)

    @cached_property
    def exposures(self) -> Exposures:
        """Who outside can use which resource how."""
        return Exposures(self.account, self.parties)

    @cached_property
    def exfiltration(self) -> Exfiltration:
        """Which principals can move data out, and how."""
        return Exfiltration(self.index, self.escalation.data, self.exposures, self.separation.administrators)

    @cached_property
    def exchange(self) -> tuple[Flow, ...]:
        """What flows out and comes in, by other party and service."""
        return data_exchange(self.account, self.exposures, self.permissions, self.parties)

    # --- federation ---------------------------------------------------------------------------------------

    @cached_property
    def federation(self) -> Federation:
        """Who signs in from elsewhere, and how tightly each trust names its tenant."""
        return Federation(
            self.account, self.permissions, lambda: self.escalation, self.settings.known.tenants
        )

    # --- separation of duty -------------------------------------------------------------------------------

    @cached_property
    def separation(self) -> Separation:
        """Who holds duties that do not go together."""
        return Separation(self.index, self.permissions, self.settings.duties, lambda: self.escalation)

    def separating(self, conflict: str, arn: str) -> tuple[Separating, ...]:
        """What alone takes a conflict of duties away from an identity. Raises KeyError if it has no such conflict."""
        return separating(self.separation, conflict, arn)
