"""Alarms on what CloudTrail records: one control a watch, from one table (see `watches`).

A watch is kept where every one of its events is matched by a metric filter on the log group of a logging
multi-region trail, an alarm is on the filter's metric, and the alarm reaches somebody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Trail
from srtui.account.monitoring import Alarm, MetricFilter, TopicSubscribers
from srtui.responsibility.control import Check, Fact, Result, Rule, control
from srtui.responsibility.filter_pattern import UnreadablePatternError, read_pattern
from srtui.responsibility.places import answered, whole
from srtui.responsibility.watches import WATCHES, Watch
from srtui.services.cloudtrail import trail_status, trails
from srtui.services.cloudwatch import alarms
from srtui.services.declare import Call
from srtui.services.logs import log_group_name, metric_filters
from srtui.services.sns import subscriptions

_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html"
_SYNTAX = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
#: What an alarm may start besides a notification, and is then seen by somebody.
_ACTED_ON: Final = (":ssm-incidents:", ":ssm:", ":lambda:", ":aiops:")


class _Heard(msgspec.Struct, frozen=True):
    """Whether somebody is told when a filter's metric counts: by what, or what is missing."""

    state: Literal["yes", "no", "unknown"]
    text: str
    call: Call | None = None


def _heard(account: Account, one: MetricFilter) -> _Heard:
    """The best of the alarms on a filter's metrics."""
    if not _complete_in(account, alarms, one.region):
        return _Heard("unknown", "alarms were not read", alarms)
    here = [alarm for alarm in account.table(Alarm).values() if alarm.region == one.region]
    mine = [alarm for alarm in here if set(alarm.metrics) & set(one.metrics)]
    if not mine:
        return _Heard("no", f"filter {one.name} has no alarm")
    verdicts = [_reaches(account, alarm, here) for alarm in mine]
    return next(
        (found for state in ("yes", "unknown", "no") for found in verdicts if found.state == state),
        verdicts[0],
    )


def _complete_in(account: Account, call: Call, region: str) -> bool:
    asked = [one for one in account.outcomes_of(*call.id) if one.region == region]
    return bool(asked) and all(one.error is None and one.complete for one in asked)


def _reaches(account: Account, alarm: Alarm, others: list[Alarm]) -> _Heard:
    actions = [*alarm.actions]
    for other in others:
        if (other.rule and any(f"{mark}{alarm.name}{mark}" in other.rule for mark in ('"', "'"))) or (
            other.rule and alarm.arn in other.rule
        ):
            actions += other.actions
    if not actions:
        return _Heard("no", f"alarm {alarm.name} does nothing")
    if any(mark in action for action in actions for mark in _ACTED_ON):
        return _Heard("yes", f"alarm {alarm.name} ({alarm.threshold or 'composite'}) acts by itself")
    unread = ""
    for action in actions:
        topic = account.table(TopicSubscribers).get(action)
        if topic is None or not whole(account, subscriptions, TopicArn=action):
            unread = unread or action
        elif topic.confirmed:
            return _Heard(
                "yes", f"alarm {alarm.name} ({alarm.threshold}) tells {topic.confirmed} of {topic.name}"
            )
    if unread:
        return _Heard("unknown", f"subscribers of {unread} were not read", subscriptions)
    return _Heard("no", f"nobody has subscribed to what alarm {alarm.name} notifies")


class _Coverage(msgspec.Struct):
    """Which events of a watch are heard on one log group, which may be, and what stands in the way."""

    heard: dict[str, str]
    uncertain: dict[str, str]
    problems: dict[str, None]
    calls: list[Call]


def _coverage(account: Account, watch: Watch, filters: list[MetricFilter]) -> _Coverage:
    found = _Coverage({}, {}, {}, [])
    for one in filters:
        try:
            matches = read_pattern(one.pattern)
        except UnreadablePatternError as error:
            if one.pattern.lstrip().startswith("{"):
                found.uncertain |= dict.fromkeys(
                    watch.events, f"the pattern of filter {one.name} cannot be read: {error}"
                )
            continue
        hits = [name for name, event in watch.events.items() if matches(event)]
        if not hits or any(matches(event) for event in watch.quiet):
            continue
        heard = _heard(account, one)
        if heard.state == "yes":
            found.heard |= dict.fromkeys(hits, heard.text)
        elif heard.state == "unknown":
            found.uncertain |= dict.fromkeys(hits, heard.text)
            found.calls += [heard.call] if heard.call else []
        else:
            found.problems[heard.text] = None
    return found


def _judge(check: Check, watch: Watch) -> Iterator[Result]:
    account = check.account
    root = account.root_arn
    candidates = [one for one in account.trails.values() if one.multi_region and one.logging is not False]
    own = [one for one in candidates if one.log_group and f":{account.id}:" in one.log_group]
    results = [_on_trail(check, watch, trail) for trail in own]
    for status in ("pass", "unknown"):
        if best := next((result for result in results if result.status == status), None):
            yield best
            return
    elsewhere = [one for one in candidates if one.organization and f":{account.id}:" not in one.arn]
    if elsewhere:
        owner = elsewhere[0].arn.split(":")[4]
        reason = f"the organisation's trail logs to account {owner}, whose alarms cannot be seen from here"
        yield check.unknown(root, reason=reason)
    elif results:
        yield results[0]
    elif check.answered(trails):
        yield check.failed(root, Fact("log group", "no multi-region trail delivers to one in this account"))


def _on_trail(check: Check, watch: Watch, trail: Trail) -> Result:
    account, root = check.account, check.account.root_arn
    name = log_group_name(trail.log_group)
    filters = [
        one
        for one in account.table(MetricFilter).values()
        if one.region == trail.region and one.log_group == name
    ]
    found = _coverage(account, watch, filters)
    missing = [event for event in watch.events if event not in found.heard]
    where = Fact("log group", name)
    if not missing and trail.logging is True:
        return check.passed(
            root,
            where,
            *(Fact("heard by", text) for text in dict.fromkeys(found.heard.values())),
            region=trail.region,
        )
    if not missing and trail.logging is UNREAD:
        return check.unknown(root, trail_status, region=trail.region)
    if trail.region not in answered(check, metric_filters):
        return check.unknown(root, metric_filters, region=trail.region)
    if all(event in found.uncertain for event in missing):
        return check.unknown(root, *found.calls, region=trail.region, reason=found.uncertain[missing[0]])
    facts = [Fact("problem", text) for text in found.problems] or [Fact("metric filter", "none matches")]
    return check.failed(root, where, Fact("not heard", ", ".join(missing)), *facts, region=trail.region)


def _rule(watch: Watch) -> Rule:
    def rule(check: Check) -> Iterator[Result]:
        yield from _judge(check, watch)

    return rule


for _watch in WATCHES:
    control(
        _watch.control,
        title=_watch.title,
        problem=_watch.problem,
        rows=_watch.rows,
        severity=_watch.severity,
        topic="alarms",
        needs=[trails, trail_status, metric_filters, alarms, subscriptions],
        why=_watch.why,
        fix=(
            f"Create a metric filter with the pattern {_watch.pattern} on the trail's log group, and an alarm on its "
            "metric that notifies a topic with a confirmed subscriber."
        ),
        references=[_GUIDE, _SYNTAX],
        insecure_default=True,
        frameworks={"cis-3.0": [_watch.cis], "cis-5.0": [_watch.cis]},
    )(_rule(_watch))
