"""Identities at risk of a small account."""

from __future__ import annotations

from datetime import datetime

from srtui.access import AccessIndex
from srtui.account import Account
from srtui.escalation.escalation import escalate
from srtui.permissions import account_permissions
from srtui.risk.risk import Risk
from srtui.risk.settings import RiskSettings
from tests.access.made import NOW


def risk(made: Account, settings: RiskSettings | None = None, now: datetime = NOW) -> Risk:
    """What `analyse` would hand out for the account."""
    permissions = account_permissions(made)
    index = AccessIndex(made)
    return Risk(
        made, now, permissions, lambda: escalate(made, index=index, permissions=permissions), settings
    )
