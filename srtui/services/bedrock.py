"""Amazon Bedrock: whether calls of models are logged."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.clusters import ModelLogging
from srtui.services.declare import Answer, Service

BEDROCK = Service("bedrock", title="Bedrock", partitions=frozenset({"aws", "aws-us-gov"}))


@BEDROCK.call("GetModelInvocationLoggingConfiguration")
def model_logging(account: Account, answer: Answer) -> None:
    """Where calls of models are logged."""
    found = answer.response.get("loggingConfig") or {}
    bucket = (found.get("s3Config") or {}).get("bucketName")
    group = (found.get("cloudWatchConfig") or {}).get("logGroupName")
    account.table(ModelLogging)[answer.region] = ModelLogging(
        arn=account.root_arn, name="model invocation logging", region=answer.region, target=bucket or group
    )
