"""What is the customer's in keeping things running: support, health events, resilience, zones, quotas, budgets."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Record, Unread


class SupportPlan(Record):
    """Whether the plan includes the support API; `levels` are the severities a case may have."""

    included: bool = False
    levels: tuple[str, ...] = ()


class HealthAccess(Record):
    """Whether the support plan includes the AWS Health API."""

    included: bool = False


class HealthEvent(Record):
    """An open or upcoming event of AWS Health; `name` is its type."""

    service: str = ""
    category: str = ""  # issue, accountNotification, scheduledChange, investigation
    status: str = ""  # open or upcoming
    scope: str = ""  # PUBLIC or ACCOUNT_SPECIFIC
    start: datetime | None = None
    personas: tuple[str, ...] = ()
    entities: tuple[str, ...] | Unread = UNREAD


class ResilienceApp(Record):
    """An application of AWS Resilience Hub."""

    compliance: str = ""  # PolicyMet, PolicyBreached, NotAssessed, …
    drift: str = ""
    assessed: datetime | None = None


class ShiftableResource(Record):
    """A resource that traffic can be shifted away from a zone for; `autoshift` says that AWS may do so."""

    autoshift: bool = False
    zones: int = 0


class QuotaManagement(Record):
    """Automatic management of service quotas in a region."""

    enabled: bool = False
    kind: str = ""  # NotifyOnly or NotifyAndAdjust


class Budget(Record):
    notifications: int = 0


class AnomalySubscription(Record):
    """Who is told of anomalies in spending: how many monitors, and how many who want to know."""

    monitors: int = 0
    subscribers: int = 0


class IncidentMembership(Record):
    """A membership of AWS Security Incident Response."""

    status: str = ""
