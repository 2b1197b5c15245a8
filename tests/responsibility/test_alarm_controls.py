"""Alarms: a watch is kept only if every link from the event to a person is there."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.responsibility.watches import WATCHES
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence

TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
ALARMS = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
ROOT = next(watch for watch in WATCHES if watch.control == "alarm-root-use")
KEYS = next(watch for watch in WATCHES if watch.control == "alarm-cmk-delete")


def trail(arn: str = TRAIL, logging: bool | None = True, **more: Any) -> list[Evidence]:
    entry = {
        "TrailARN": arn,
        "Name": "main",
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{REGION}:{arn.split(':')[4]}:log-group:trail:*",
        **more,
    }
    status = (
        []
        if logging is None
        else [evidence("cloudtrail", "GetTrailStatus", {"IsLogging": logging}, params={"Name": arn})]
    )
    return [evidence("cloudtrail", "DescribeTrails", {"trailList": [entry]}), *status]


def filters(*patterns: str, group: str = "trail") -> Evidence:
    found = [
        {
            "filterName": f"f{number}",
            "filterPattern": pattern,
            "logGroupName": group,
            "metricTransformations": [
                {"metricName": f"M{number}", "metricNamespace": "CIS", "metricValue": "1"}
            ],
        }
        for number, pattern in enumerate(patterns)
    ]
    return evidence("logs", "DescribeMetricFilters", {"metricFilters": found})


def alarm(number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": f"a{number}",
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:a{number}",
        "Namespace": "CIS",
        "MetricName": f"M{number}",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        **more,
    }


def alarms(*found: dict[str, Any], composite: tuple[dict[str, Any], ...] = ()) -> Evidence:
    return evidence(
        "cloudwatch",
        "DescribeAlarms",
        {"MetricAlarms": list(found), "CompositeAlarms": list(composite)},
        params=ALARMS,
    )


def subscribers(arn: str = f"{TOPIC}:6a1b") -> Evidence:
    found = {"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "ops@acme.example", "TopicArn": TOPIC}
    return evidence("sns", "ListSubscriptionsByTopic", {"Subscriptions": [found]}, params={"TopicArn": TOPIC})


def status(of: Account, control: str = "alarm-root-use") -> str:
    (result,) = check(control, of)
    return result.status


WHOLE = [*trail(), filters(ROOT.pattern), alarms(alarm()), subscribers()]


def test_the_whole_chain_passes() -> None:
    (result,) = check("alarm-root-use", account(*WHOLE))
    assert result.status == "pass"
    assert ("heard by", "alarm a0 (GreaterThanOrEqualToThreshold 1.0) tells 1 of alerts") in [
        (fact.label, fact.value) for fact in result.facts
    ]


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.control)
def test_each_watch_passes_with_its_own_pattern_and_fails_with_anothers(watch: Any) -> None:
    made = account(*trail(), filters(watch.pattern), alarms(alarm()), subscribers())
    assert status(made, watch.control) == "pass"
    other = KEYS if watch is not KEYS else ROOT
    made = account(*trail(), filters(other.pattern), alarms(alarm()), subscribers())
    assert status(made, watch.control) == "fail"


@pytest.mark.parametrize(
    "missing",
    [
        [*trail(), filters(), alarms(alarm()), subscribers()],
        [*trail(), filters(ROOT.pattern, group="other"), alarms(alarm()), subscribers()],
        [*trail(), filters(ROOT.pattern), alarms(), subscribers()],
        [*trail(), filters(ROOT.pattern), alarms(alarm(MetricName="other")), subscribers()],
        [*trail(), filters(ROOT.pattern), alarms(alarm(ActionsEnabled=False)), subscribers()],
        [*trail(), filters(ROOT.pattern), alarms(alarm(AlarmActions=[])), subscribers()],
        [*trail(), filters(ROOT.pattern), alarms(alarm()), subscribers("PendingConfirmation")],
        [*trail(logging=False), filters(ROOT.pattern), alarms(alarm()), subscribers()],
        [*trail(IsMultiRegionTrail=False), filters(ROOT.pattern), alarms(alarm()), subscribers()],
        [*trail(CloudWatchLogsLogGroupArn=""), filters(ROOT.pattern), alarms(alarm()), subscribers()],
        # an alarm that rings for everything tells nothing
        [*trail(), filters('{ $.eventName = "*" }'), alarms(alarm()), subscribers()],
    ],
)
def test_a_chain_with_a_missing_link_fails(missing: list[Evidence]) -> None:
    assert status(account(*missing)) == "fail"


@pytest.mark.parametrize(
    "unread",
    [
        [*trail(logging=None), filters(ROOT.pattern), alarms(alarm()), subscribers()],
        [*trail(), filters(ROOT.pattern), subscribers()],
        [
            *trail(),
            filters(ROOT.pattern),
            evidence("cloudwatch", "DescribeAlarms", error="AccessDenied", params=ALARMS),
            subscribers(),
        ],
        [*trail(), filters(ROOT.pattern), alarms(alarm())],
        [
            *trail(),
            filters(ROOT.pattern),
            alarms(alarm()),
            evidence(
                "sns", "ListSubscriptionsByTopic", error="AuthorizationError", params={"TopicArn": TOPIC}
            ),
        ],
        [*trail(), filters("{ $.userIdentity.type = %Ro.t% }"), alarms(alarm()), subscribers()],
        # the organisation's trail logs to an account that cannot be looked into
        [
            *trail(TRAIL.replace(ACCOUNT, "111122223333"), IsOrganizationTrail=True),
            filters(),
            alarms(),
        ],
    ],
)
def test_a_link_that_was_not_read_is_unknown(unread: list[Evidence]) -> None:
    assert status(account(*unread)) == "unknown"


def test_several_filters_keep_a_watch_together() -> None:
    one, two = ("{ $.eventName = DisableKey }", "{ $.eventName = ScheduleKeyDeletion }")
    both = account(*trail(), filters(one, two), alarms(alarm(0), alarm(1)), subscribers())
    assert status(both, "alarm-cmk-delete") == "pass"
    half = account(*trail(), filters(one, two), alarms(alarm(0)), subscribers())
    (result,) = check("alarm-cmk-delete", half)
    assert result.status == "fail"
    assert ("not heard", "ScheduleKeyDeletion") in [(fact.label, fact.value) for fact in result.facts]


def test_a_composite_alarm_and_a_metric_expression_count() -> None:
    silent = alarm(AlarmActions=[])
    composite = {
        "AlarmName": "all",
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:all",
        "AlarmRule": 'ALARM("a0") OR ALARM("a1")',
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
    }
    made = account(*trail(), filters(ROOT.pattern), alarms(silent, composite=(composite,)), subscribers())
    assert status(made) == "pass"
    query = {
        "Id": "m",
        "MetricStat": {"Metric": {"Namespace": "CIS", "MetricName": "M0"}, "Period": 60, "Stat": "Sum"},
    }
    made = account(
        *trail(), filters(ROOT.pattern), alarms(alarm(MetricName="", Metrics=[query])), subscribers()
    )
    assert status(made) == "pass"
