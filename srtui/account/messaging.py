"""What carries messages: topics, queues, event buses. Who may use them is in their policies."""

from __future__ import annotations

from srtui.account.model import UNREAD, Document, Record, Unread


class Topic(Record):
    """An SNS topic; `key` is the KMS key that it is encrypted with."""

    policy: Document | Unread | None = UNREAD
    key: str | Unread = UNREAD


class Queue(Record):
    """An SQS queue; `encryption` is sqs, kms or "" for none."""

    url: str = ""
    policy: Document | Unread | None = UNREAD
    encryption: str | Unread = UNREAD


class EventBus(Record):
    policy: Document | Unread | None = UNREAD
