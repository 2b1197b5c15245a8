"""Amazon SQS: queues, who may use them, and their encryption."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.messaging import Queue
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

SQS = Service("sqs", title="SQS")


def _arn(account: Account, answer: Answer, url: str) -> str:
    # The URL ends in /account/name wherever it points.
    owner, name = url.rstrip("/").split("/")[-2:]
    return f"arn:{account.partition}:sqs:{answer.region}:{owner}:{name}"


@SQS.call("ListQueues", items="QueueUrls", page_size=1000)
def queues(account: Account, answer: Answer) -> None:
    """Queues."""
    for url in answer.response.get("QueueUrls") or ():
        arn = _arn(account, answer, url)
        account.table(Queue)[arn] = Queue(arn=arn, name=arn.rsplit(":", 1)[-1], region=answer.region, url=url)


@SQS.call(
    "GetQueueAttributes",
    for_each=queues,
    params=lambda url, _: {
        "QueueUrl": url,
        "AttributeNames": ["Policy", "KmsMasterKeyId", "SqsManagedSseEnabled"],
    },
    absent=["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
)
def queue_attributes(account: Account, answer: Answer) -> None:
    """Policy and encryption of a queue."""
    queue = account.table(Queue).get(_arn(account, answer, answer.params["QueueUrl"]))
    if queue is not None and not answer.absent:
        found = answer.response.get("Attributes") or {}
        queue.policy = json_document(found["Policy"]) if found.get("Policy") else None
        managed = str(found.get("SqsManagedSseEnabled", "")).lower() == "true"
        queue.encryption = "kms" if found.get("KmsMasterKeyId") else "sqs" if managed else ""
