"""What controls on identities at risk share: one `Risk` a context, made when the first of them asks."""

from __future__ import annotations

from srtui.responsibility.control import Context
from srtui.responsibility.controls.escalation import escalation_of
from srtui.risk.risk import Risk


def risk_of(context: Context) -> Risk:
    """The identities at risk of the account, made once a context."""
    known: Risk | None = context.cache.get("risk")
    if known is None:
        known = context.cache["risk"] = Risk(
            context.account,
            context.now,
            context.permissions,
            lambda: escalation_of(context),
            context.cache.get("risk settings"),
        )
    return known
