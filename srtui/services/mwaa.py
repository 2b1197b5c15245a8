"""Amazon Managed Workflows for Apache Airflow: environments, what they run as and from which bucket."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.analytics import AirflowEnvironment
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

MWAA = Service("mwaa", title="Managed Airflow", prefix="airflow")


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:airflow:{region}:{account.id}:environment/{name}"


@MWAA.call("ListEnvironments", items="Environments", page_size=25)
def environments(account: Account, answer: Answer) -> None:
    """Airflow environments."""
    for name in answer.response.get("Environments") or ():
        arn = _arn(account, answer.region, name)
        account.table(AirflowEnvironment).setdefault(
            arn, AirflowEnvironment(arn=arn, name=name, region=answer.region)
        )


@MWAA.call("GetEnvironment", for_each=environments, params=lambda name, _: {"Name": name})
def environment(account: Account, answer: Answer) -> None:
    """Role, bucket and web server of an Airflow environment."""
    entry = answer.response.get("Environment") or {}
    found = account.table(AirflowEnvironment).get(_arn(account, answer.region, answer.params["Name"]))
    if found is not None and entry:
        found.tags = tags_of(entry)
        found.status = entry.get("Status") or ""
        found.role = entry.get("ExecutionRoleArn") or ""
        found.bucket = entry.get("SourceBucketArn") or ""
        found.access = entry.get("WebserverAccessMode") or ""
