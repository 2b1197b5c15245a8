"""What watches that the account is used in line with policies: rules, packs, assessments, reviews and advice."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class ConfigRule(Record):
    """An AWS Config rule that was evaluated; `violations` is capped by AWS, `more` says so."""

    status: str = ""  # COMPLIANT or NON_COMPLIANT
    violations: int = 0
    more: bool = False


class ConformancePack(Record):
    status: str | Unread = UNREAD  # COMPLIANT, NON_COMPLIANT or INSUFFICIENT_DATA


class ConfigAggregator(Record):
    organization: bool = False
    all_regions: bool = False


class MacieSession(Record):
    """Macie in one region; `arn` names the region's session."""

    status: str = ""  # ENABLED, PAUSED, "" for off


class BehaviourGraph(Record):
    """A graph of Amazon Detective that the account administers or sends its data to."""

    administered: bool = False


class AuditAssessment(Record):
    """An active assessment of AWS Audit Manager; `framework` is what it assesses against."""

    framework: str = ""


class FirewallPolicy(Record):
    """A policy of AWS Firewall Manager, seen by its administrator; `violators` is UNREAD until compliance was read."""

    kind: str = ""
    remediates: bool = False
    violators: tuple[str, ...] | Unread = UNREAD  # ids of accounts


class ReviewedWorkload(Record):
    """A workload of the Well-Architected Tool; risks by level (HIGH, MEDIUM, …)."""

    risks: dict[str, int] = {}
    improvement: str = ""


class Advice(Record):
    """A recommendation of Trusted Advisor that stands in the red."""

    title: str = ""
    pillars: tuple[str, ...] = ()
    errors: int = 0
    dismissed: bool = False
