"""Amazon Macie: whether it looks for sensitive data in a region."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import MacieSession
from srtui.services.declare import Answer, Service

MACIE = Service("macie2", title="Macie", partitions=frozenset({"aws"}))


# Macie refuses access where it is off, in these words (Macie API Reference, AccessDeniedException).
@MACIE.call(
    "GetMacieSession", absent=["AccessDeniedException: Macie is not enabled", "ResourceNotFoundException"]
)
def macie_session(account: Account, answer: Answer) -> None:
    """Whether Macie is on."""
    arn = f"arn:{account.partition}:macie2:{answer.region}:{account.id}:session"
    account.table(MacieSession)[arn] = MacieSession(
        arn=arn, name="session", region=answer.region, status=answer.response.get("status") or ""
    )
