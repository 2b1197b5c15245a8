"""Identities at risk, all of it, worked out when it is asked for and kept.

    risk = analysis.risk                                # or Risk(account, now, permissions, escalation, settings)
    risk.natures[arn]                                   # person or machine, with reasons
    risk.separation.matrix()                            # see `separation`; risk.separating("key-data", arn)
    risk.federation.trusts                              # sign-ins from elsewhere, the worst graded first
    risk.exposures.all, .by_arn, .unread                # who outside can use what, and what could not be told
    risk.exfiltration.movements                         # who inside can move data out, by which ways
    risk.exchange                                       # the data exchange: flows out and in, by party and service
    risk.usage(arn)                                     # granted against used; `read` False: ask for the report with
    engine.ask(Part([LAST_ACCESSED], params=(("Arn", (arn,)),)))   # … LAST_ACCESSED of `risk`, or risk.wanted()
    risk.right_sized(arn), risk.quarantine(arn), risk.idle.zombies
    risk.toxic("oidc-open-admin").found                 # see `toxic.COMBINATIONS`
    risk.combinations_of(arn), risk.untold_of(arn)      # those that an identity takes part in, or may
    risk.score(finding).words, risk.ordered(findings)   # see `score`

Making a `Risk` costs nothing; its parts may be asked from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from srtui.access import AccessIndex
from srtui.account import Account
from srtui.account.model import Principal
from srtui.escalation.escalation import Escalation
from srtui.natures import Classified, classify
from srtui.policy.effective import EffectivePermissions
from srtui.risk.exposure.exchange import Flow, data_exchange
from srtui.risk.exposure.exfiltration import Exfiltration
from srtui.risk.exposure.exposures import Exposures
from srtui.risk.exposure.parties import Parties
from srtui.risk.federation.trusts import Federation
from srtui.risk.score import Rateable, RatedT, Score, Scorer
from srtui.risk.separating import Separating, separating
from srtui.risk.separation import Separation
from srtui.risk.settings import RiskSettings
from srtui.risk.toxic import COMBINATIONS, Looked, Toxic
from srtui.risk.use.idle import MOST_ASKED, Idle, idle, wanted
from srtui.risk.use.quarantine import Quarantine, quarantine, quarantine_scp
from srtui.risk.use.rightsize import Proposal, right_sized
from srtui.risk.use.unread import REPORT, UnreadUse, unread_use
from srtui.risk.use.usage import Usage, usage_of

#: The call on demand by which last-accessed data is asked for.
LAST_ACCESSED: Final = REPORT


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
        self._usage: dict[str, Usage] = {}
        self._toxic: dict[str, Looked] = {}

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

    # --- combinations and order ---------------------------------------------------------------------------

    def toxic(self, combination: str) -> Looked:
        """Where a combination of `toxic.COMBINATIONS` is found. Raises KeyError."""
        found = self._toxic.get(combination)
        if found is None:
            found = self._toxic[combination] = COMBINATIONS[combination].look(self)
        return found

    def combinations_of(self, arn: str) -> tuple[tuple[str, Toxic], ...]:
        """The toxic combinations that a user or role takes part in, each with its id."""
        return tuple(self._combined.get(arn, ()))

    @cached_property
    def _combined(self) -> Mapping[str, list[tuple[str, Toxic]]]:
        found: dict[str, list[tuple[str, Toxic]]] = {}
        for id in COMBINATIONS:
            for one in self.toxic(id).found:
                for arn in dict.fromkeys((one.subject, *one.by)):
                    found.setdefault(arn, []).append((id, one))
        return found

    def untold_of(self, arn: str) -> tuple[tuple[str, str], ...]:
        """The combinations of which it is unknown whether they are so of a user or role, with what was not read."""
        return tuple(self._untold.get(arn, ()))

    @cached_property
    def _untold(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for id in COMBINATIONS:
            for arn, need in self.toxic(id).unread:
                found.setdefault(arn, []).append((id, need))
        return found

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self)

    def score(self, finding: Rateable) -> Score:
        """Impact, reach and confidence of a finding, each in words."""
        return self._scorer.score(finding)

    def ordered(self, findings: Iterable[RatedT]) -> list[RatedT]:
        """Findings by risk, the highest first."""
        return self._scorer.ordered(findings)

    # --- use ----------------------------------------------------------------------------------------------

    def usage(self, arn: str) -> Usage:
        """What a user or role may do against what it has done. Raises KeyError for who is not in the account."""
        found = self._usage.get(arn)
        if found is None:
            principal = self._principal(arn)
            found = usage_of(self.account, principal, self.permissions.get(arn), self.now)
            self._usage[arn] = found
        return found

    @cached_property
    def idle(self) -> Idle:
        """Identities without use for a long time, and those of whom that is not known."""
        return idle(self.account, self.permissions, self.now)

    @cached_property
    def unread_use(self) -> UnreadUse:
        """Why there is no last-accessed data of whom there is none."""
        return unread_use(self.account)

    def wanted(self, most: int = MOST_ASKED) -> tuple[str, ...]:
        """Whose last-accessed data to ask for next, the worst first."""

        def weight(arn: str) -> int:
            start = self.escalation.starts.get(arn)
            return 0 if start is None or start.tier is None else 2 if start.already else 1

        return wanted(self.account, self.permissions, weight, most)

    def right_sized(self, arn: str) -> Proposal | None:
        """The policies of a user or role cut down to what it used, with proof; None without last-accessed data.

        Raises KeyError for who is not in the account.
        """
        principal, permissions = self._principal(arn), self.permissions.get(arn)
        if permissions is None:
            return None
        return right_sized(self.account, principal, permissions, self.usage(arn))

    def quarantine(self, *arns: str) -> Quarantine:
        """A Deny for one identity, or service control policies for several. Raises KeyError."""
        if len(arns) == 1:
            return quarantine(self.account, arns[0])
        return quarantine_scp(self.account, arns)

    def _principal(self, arn: str) -> Principal:
        principal = self.account.principal(arn)
        if principal is None:
            raise KeyError(arn)
        return principal

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
