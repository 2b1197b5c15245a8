"""Topics, queues, event buses and resource shares: who outside may use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.messaging import EventBus, Queue, Topic
from srtui.account.sharing import ResourceShare
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, each, not_open, settled, untold
from srtui.services.events import event_buses
from srtui.services.ram import resource_shares, share_principals
from srtui.services.sns_topics import topic_attributes, topics
from srtui.services.sqs import queue_attributes, queues

_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg/"
_SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"


@control(
    "sns-public",
    title="No topic is open to strangers",
    problem="Topic is open to strangers",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[topics, topic_attributes],
    why="Strangers can read what you publish, or publish what your systems then act on.",
    fix="Name the principals, or add a condition on aws:SourceAccount or aws:PrincipalOrgID.",
    command="aws sns set-topic-attributes --region {region} --topic-arn {subject} --attribute-name Policy --attribute-value file://policy.json",
    references=[_SNS + "sns-access-policy-use-cases.html"],
)
def sns_public(check: Check) -> Iterator[Result]:
    found = check.account.table(Topic).values()
    yield from each(check, found, lambda one: not_open(one.policy, topic_attributes))


@control(
    "sns-encryption",
    title="Topics are encrypted",
    problem="Topic is not encrypted",
    rows=[12],
    severity="low",
    topic="resources",
    needs=[topics, topic_attributes],
    why="Messages lie on AWS's disks until they are delivered, without a key that you control.",
    fix="Set a KMS key; let the services that publish use it.",
    command="aws sns set-topic-attributes --region {region} --topic-arn {subject} --attribute-name KmsMasterKeyId --attribute-value KEY",
    references=[_SNS + "sns-server-side-encryption.html"],
    insecure_default=True,
)
def sns_encryption(check: Check) -> Iterator[Result]:
    def judge(one: Topic) -> Verdict:
        if one.key is UNREAD:
            return untold(topic_attributes)
        return settled(bool(one.key), Fact("key", one.key or "none"))

    yield from each(check, check.account.table(Topic).values(), judge)


@control(
    "sqs-public",
    title="No queue is open to strangers",
    problem="Queue is open to strangers",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[queues, queue_attributes],
    why="Strangers can read and delete messages, or send what your systems then act on.",
    fix="Name the principals, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
    command="aws sqs get-queue-attributes --region {region} --queue-url {url} --attribute-names Policy",
    references=[_SQS + "sqs-basic-examples-of-sqs-policies.html"],
)
def sqs_public(check: Check) -> Iterator[Result]:
    found = check.account.table(Queue).values()
    yield from each(check, found, lambda one: not_open(one.policy, queue_attributes, url=one.url))


@control(
    "sqs-encryption",
    title="Queues are encrypted",
    problem="Queue is not encrypted",
    rows=[12],
    severity="low",
    topic="resources",
    needs=[queues, queue_attributes],
    why="Queues made before 2022, or by old templates, keep messages in the clear.",
    fix="Switch server-side encryption on.",
    command="aws sqs set-queue-attributes --region {region} --queue-url {url} --attributes SqsManagedSseEnabled=true",
    references=[_SQS + "sqs-server-side-encryption.html"],
)
def sqs_encryption(check: Check) -> Iterator[Result]:
    words = {"kms": "with a KMS key", "sqs": "with SQS's own key", "": "none"}

    def judge(one: Queue) -> Verdict:
        if one.encryption is UNREAD:
            return untold(queue_attributes)
        return settled(bool(one.encryption), Fact("encryption", words[one.encryption]), url=one.url)

    yield from each(check, check.account.table(Queue).values(), judge)


@control(
    "eventbus-public",
    title="No event bus is open to strangers",
    problem="Event bus is open to strangers",
    rows=[11],
    severity="medium",
    topic="resources",
    needs=[event_buses],
    why="Strangers can put events on it that your rules and functions take for your own.",
    fix="Name the accounts, or add a condition on aws:PrincipalOrgID.",
    command="aws events describe-event-bus --region {region} --name {name}",
    references=["https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html"],
)
def eventbus_public(check: Check) -> Iterator[Result]:
    found = check.account.table(EventBus).values()
    yield from each(check, found, lambda one: not_open(one.policy, event_buses))


@control(
    "ram-external",
    title="Resource shares stay inside the organisation",
    problem="Resource share may leave organisation",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[resource_shares, share_principals],
    why="Networks, images and databases are used by accounts that none of your guardrails reach.",
    fix="Allow principals of your organisation only, and remove the others.",
    command="aws ram update-resource-share --region {region} --resource-share-arn {subject} --no-allow-external-principals",
    references=["https://docs.aws.amazon.com/ram/latest/userguide/working-with-sharing-update.html"],
    insecure_default=True,
)
def ram_external(check: Check) -> Iterator[Result]:
    def judge(one: ResourceShare) -> Verdict:
        allowed = Fact(
            "principals outside the organisation", "allowed" if one.external_allowed else "refused"
        )
        if one.principals is UNREAD:
            # A share that refuses outsiders has none, whoever its principals are.
            return untold(share_principals) if one.external_allowed else settled(True, allowed)
        outside = [name for name, external in one.principals if external]
        shared = Fact("shared outside with", ", ".join(outside) or "nobody")
        return settled(not one.external_allowed and not outside, allowed, shared)

    yield from each(check, check.account.table(ResourceShare).values(), judge)
