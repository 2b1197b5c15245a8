"""Amazon SNS: whom the topics of alarms reach."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.monitoring import TopicSubscribers
from srtui.services.cloudwatch import alarms
from srtui.services.declare import Answer, Service

SNS = Service("sns", title="SNS")


@SNS.call(
    "ListSubscriptionsByTopic",
    for_each=alarms,
    params=lambda topic, _: {"TopicArn": topic},
    region_of=lambda topic, home: topic.split(":")[3] or home,
)
def subscriptions(account: Account, answer: Answer) -> None:
    """Subscriptions of the topics that alarms notify."""
    arn = answer.params["TopicArn"]
    found = account.table(TopicSubscribers)
    if arn not in found or not answer.evidence.page:
        found[arn] = TopicSubscribers(arn=arn, name=arn.rsplit(":", 1)[-1], region=answer.region)
    for entry in answer.response.get("Subscriptions") or ():
        if str(entry.get("SubscriptionArn") or "").startswith("arn:"):
            found[arn].confirmed += 1
        else:
            found[arn].pending += 1
