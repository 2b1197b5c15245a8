"""Who is told what in the practice account: log groups, metric filters, alarms and topics, made through the API."""

from __future__ import annotations

import json
from typing import Any, Final

from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME
from srtui.responsibility.watches import WATCHES

_TRAIL_GROUP: Final = "acme-cloudtrail"
#: What is watched; the second has no alarm, and nobody reads what the third tells.
_WATCHED: Final = ("alarm-root-use", "alarm-iam-change", "alarm-trail-change", "alarm-sg-change")


def seed(clients: Any) -> None:
    """Create everything, in an order that gives the same ids every time."""
    logs = clients("logs", HOME)
    groups = {
        _TRAIL_GROUP: 0,
        "/aws/lambda/orders-api": 30,
        "/aws/lambda/invoice-mailer": 7,
        "acme-flow-logs": 400,
    }
    for name, days in groups.items():
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    _resource_policies(logs)
    clients("cloudtrail", HOME).update_trail(
        Name="acme-main",
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:{_TRAIL_GROUP}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/service/trail-delivery",
    )
    sns = clients("sns", HOME)
    read = sns.create_topic(Name="security-alerts")["TopicArn"]
    sns.subscribe(TopicArn=read, Protocol="email", Endpoint="security@acme.example")
    unread = sns.create_topic(Name="old-alerts")["TopicArn"]
    cloudwatch = clients("cloudwatch", HOME)
    for control in _WATCHED:
        _watch(logs, control)
        if control != "alarm-iam-change":
            _alarm(cloudwatch, control, unread if control == "alarm-trail-change" else read)


def _resource_policies(logs: Any) -> None:
    def policy(principal: Any, **condition: Any) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:*",
            **condition,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    source = {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
    dns = policy({"Service": "route53.amazonaws.com"}, **source)
    logs.put_resource_policy(policyName="dns-query-logs", policyDocument=dns)
    logs.put_resource_policy(policyName="appliance-import", policyDocument=policy({"AWS": "*"}))


def _watch(logs: Any, control: str) -> None:
    watch = next(one for one in WATCHES if one.control == control)
    logs.put_metric_filter(
        logGroupName=_TRAIL_GROUP,
        filterName=control,
        filterPattern=watch.pattern,
        metricTransformations=[
            {"metricName": control, "metricNamespace": "Acme/Security", "metricValue": "1"}
        ],
    )


def _alarm(cloudwatch: Any, control: str, topic: str) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=control,
        Namespace="Acme/Security",
        MetricName=control,
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
