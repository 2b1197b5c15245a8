"""Amazon SNS: topics, who may use them, and their encryption."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.messaging import Topic
from srtui.services.declare import Answer
from srtui.services.documents import json_document
from srtui.services.sns import SNS


@SNS.call("ListTopics", items="Topics")
def topics(account: Account, answer: Answer) -> None:
    """Topics."""
    for entry in answer.response.get("Topics") or ():
        arn = entry["TopicArn"]
        account.table(Topic)[arn] = Topic(arn=arn, name=arn.rsplit(":", 1)[-1], region=answer.region)


@SNS.call(
    "GetTopicAttributes",
    for_each=topics,
    params=lambda topic, _: {"TopicArn": topic["TopicArn"]},
    absent=["NotFound", "NotFoundException"],
)
def topic_attributes(account: Account, answer: Answer) -> None:
    """Policy and encryption of a topic."""
    topic = account.table(Topic).get(answer.params["TopicArn"])
    if topic is not None and not answer.absent:
        found = answer.response.get("Attributes") or {}
        topic.policy = json_document(found["Policy"]) if found.get("Policy") else None
        topic.key = found.get("KmsMasterKeyId") or ""
