"""AWS Batch: job definitions and what their jobs run as, queues, compute environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.containers import ComputeEnvironment, JobDefinition, JobQueue
from srtui.services.batches import tags_of, variables
from srtui.services.declare import Answer, Service

BATCH = Service("batch", title="Batch")


def _containers(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The properties of a definition's containers, wherever its kind keeps them; those with a role first."""
    if entry.get("containerProperties"):
        yield entry["containerProperties"]
    for one in (entry.get("nodeProperties") or {}).get("nodeRangeProperties") or ():
        if one.get("container"):
            yield one["container"]
    for task in (entry.get("ecsProperties") or {}).get("taskProperties") or ():
        yield {"jobRoleArn": task.get("taskRoleArn"), "executionRoleArn": task.get("executionRoleArn")}
        yield from task.get("containers") or ()


@BATCH.call("DescribeJobDefinitions", variants=[{"status": "ACTIVE"}], page_size=100)
def job_definitions(account: Account, answer: Answer) -> None:
    """Active job definitions."""
    for entry in answer.response.get("jobDefinitions") or ():
        arn = entry["jobDefinitionArn"]
        containers = list(_containers(entry))
        environment: dict[str, str] = {}
        for one in containers:
            environment |= variables(one.get("environment"))
        account.table(JobDefinition)[arn] = JobDefinition(
            arn=arn,
            name=entry.get("jobDefinitionName") or "",
            region=answer.region,
            tags=tags_of(entry, "tags"),
            revision=entry.get("revision") or 0,
            kind=entry.get("type") or "",
            role=next((one["jobRoleArn"] for one in containers if one.get("jobRoleArn")), ""),
            execution_role=next(
                (one["executionRoleArn"] for one in containers if one.get("executionRoleArn")), ""
            ),
            privileged=any(one.get("privileged") for one in containers),
            environment=environment,
        )


@BATCH.call("DescribeComputeEnvironments", page_size=100)
def compute_environments(account: Account, answer: Answer) -> None:
    """Compute environments and their roles."""
    for entry in answer.response.get("computeEnvironments") or ():
        arn = entry["computeEnvironmentArn"]
        account.table(ComputeEnvironment)[arn] = ComputeEnvironment(
            arn=arn,
            name=entry.get("computeEnvironmentName") or "",
            region=answer.region,
            tags=tags_of(entry, "tags"),
            state=entry.get("state") or "",
            kind=entry.get("type") or "",
            service_role=entry.get("serviceRole") or "",
            instance_role=(entry.get("computeResources") or {}).get("instanceRole") or "",
        )


@BATCH.call("DescribeJobQueues", page_size=100)
def job_queues(account: Account, answer: Answer) -> None:
    """Job queues."""
    for entry in answer.response.get("jobQueues") or ():
        arn = entry["jobQueueArn"]
        order = entry.get("computeEnvironmentOrder") or ()
        account.table(JobQueue)[arn] = JobQueue(
            arn=arn,
            name=entry.get("jobQueueName") or "",
            region=answer.region,
            tags=tags_of(entry, "tags"),
            state=entry.get("state") or "",
            environments=tuple(one.get("computeEnvironment") or "" for one in order),
        )
