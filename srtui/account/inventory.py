"""What counts as a resource of a managed service: for what an account inherits, and for whether a region is in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account.account import Account
from srtui.account.analytics import AirflowEnvironment, EmrCluster, GlueJob, Notebook
from srtui.account.clusters import Cache, DatabaseCluster, MemoryDatabase, SearchDomain, Warehouse
from srtui.account.containers import AppRunnerService, EcsCluster, EksCluster
from srtui.account.delivery import BuildProject, StateMachine
from srtui.account.edge import LoadBalancer
from srtui.account.messaging import Queue, Topic
from srtui.account.model import Record
from srtui.account.platforms import Api, BeanstalkEnvironment, UserPool, Workspace
from srtui.account.stores import FileSystem, Repository, Secret, Table

#: service → (record type, what its records are), for services whose records live in tables
MANAGED: Final[dict[str, tuple[type[Record], str]]] = {
    "dynamodb": (Table, "tables"),
    "aurora": (DatabaseCluster, "clusters"),
    "redshift": (Warehouse, "clusters"),
    "elasticache": (Cache, "caches"),
    "memorydb": (MemoryDatabase, "clusters"),
    "opensearch": (SearchDomain, "domains"),
    "emr": (EmrCluster, "clusters"),
    "workspaces": (Workspace, "desktops"),
    "glue": (GlueJob, "jobs"),
    "sagemaker": (Notebook, "notebooks"),
    "mwaa": (AirflowEnvironment, "environments"),
    "efs": (FileSystem, "file systems"),
    "ecs": (EcsCluster, "clusters"),
    "eks": (EksCluster, "clusters"),
    "apprunner": (AppRunnerService, "services"),
    "elasticbeanstalk": (BeanstalkEnvironment, "environments"),
    "apigateway": (Api, "APIs"),
    "elb": (LoadBalancer, "load balancers"),
    "sns": (Topic, "topics"),
    "sqs": (Queue, "queues"),
    "secretsmanager": (Secret, "secrets"),
    "ecr": (Repository, "repositories"),
    "cognito": (UserPool, "user pools"),
    "stepfunctions": (StateMachine, "state machines"),
    "codebuild": (BuildProject, "projects"),
}


def used_regions(account: Account) -> Iterator[str]:
    """Regions in which something was seen that somebody made."""
    kinds = (account.instances, account.functions, account.databases, account.keys, account.trails)
    for kind in kinds:
        yield from (item.region for item in kind.values())
    yield from (bucket.region for bucket in account.buckets.values())
    for record, _ in MANAGED.values():
        yield from (item.region for item in account.table(record).values())
