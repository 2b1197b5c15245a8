"""AWS Trusted Advisor: recommendations in the red, where the support plan includes them."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import Advice
from srtui.services.declare import Answer, Service
from srtui.services.support import severity_levels

TRUSTED_ADVISOR = Service(
    "trustedadvisor", title="Trusted Advisor", scope="global", concurrency=1, partitions=frozenset({"aws"})
)


@TRUSTED_ADVISOR.call(
    "ListRecommendations", for_each=severity_levels, variants=[{"status": "error"}], page_size=200
)
def recommendations(account: Account, answer: Answer) -> None:
    """Recommendations that ask for action."""
    for entry in answer.response.get("recommendationSummaries") or ():
        account.table(Advice)[entry["arn"]] = Advice(
            arn=entry["arn"],
            name=entry.get("id") or "",
            title=entry.get("name") or "",
            pillars=tuple(entry.get("pillars") or ()),
            errors=(entry.get("resourcesAggregates") or {}).get("errorCount") or 0,
            dismissed=entry.get("lifecycleStage") in ("dismissed", "resolved"),
        )
