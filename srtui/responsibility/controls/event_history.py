"""The last day in CloudTrail's event history, which is kept without any trail: acts that are worth a look each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Final

from srtui.account import UNREAD
from srtui.account.events import EventSearch, RecordedEvent
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.places import answered
from srtui.services.cloudtrail_events import (
    IAM_CHANGES,
    SIGN_IN,
    TAMPERING,
    event_history,
    event_name,
)
from srtui.services.declare import home_region
from srtui.services.iam import IAM

_HISTORY = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html"
_WINDOW: Final = timedelta(hours=24)
_SHOWN: Final = 10


def _recent(check: Check, names: Collection[str], region: str) -> list[RecordedEvent]:
    start = check.now - _WINDOW
    return [
        event
        for event in check.account.table(RecordedEvent).values()
        if event.name in names and event.region == region and (event.at is None or event.at >= start)
    ]


def _searched(check: Check, names: Collection[str], region: str) -> str:
    """Why the events of these names in the last day are not all known in a region; "" if they are."""
    account = check.account
    for name in names:
        asked = [
            one
            for one in account.outcomes_of(*event_history.id)
            if one.region == region and event_name(one.params) == name
        ]
        if not asked or any(one.error is not None or not one.complete for one in asked):
            return f"{event_history} has no answer for {name}"
        search = f"arn:{account.partition}:cloudtrail:{region}:{account.id}:event-history/{name}"
        since = account.table(EventSearch)[search].since if search in account.table(EventSearch) else None
        if since is not None and since > check.now - _WINDOW:
            return f"there are more {name} events in the last day than were read"
    return ""


def _what(event: RecordedEvent) -> Fact:
    when = f"{event.at:%Y-%m-%d %H:%M}Z" if event.at else "at an unknown time"
    parts = [when]
    if event.source_ip:
        parts.append(f"from {event.source_ip}")
    if event.resources:
        parts.append(f"on {', '.join(event.resources[:3])}")
    if event.error is not UNREAD and event.error:
        parts.append(f"refused: {event.error}")
    return Fact(event.name, ", ".join(parts))


def _by_who(check: Check, events: list[RecordedEvent]) -> dict[str, list[RecordedEvent]]:
    found: dict[str, list[RecordedEvent]] = {}
    for event in sorted(events, key=lambda one: (one.at is None, one.at, one.arn), reverse=True):
        who = event.who if event.who.startswith("arn:") else check.account.root_arn
        found.setdefault(who, []).append(event)
    return found


def _verdicts(
    check: Check, names: Collection[str], region: str, bad: list[RecordedEvent], good: str
) -> Iterator[Result]:
    """One failure for each identity; a pass only where the whole day is known."""
    for who, events in _by_who(check, bad).items():
        yield check.failed(who, *map(_what, events[:_SHOWN]), region=region)
    reason = _searched(check, names, region)
    if reason:
        yield check.unknown(check.account.root_arn, region=region, reason=reason)
    elif not bad:
        yield check.passed(check.account.root_arn, Fact("last 24 hours", good), region=region)


@control(
    "lookup-console-no-mfa",
    title="Nobody signed in to the console without MFA",
    problem="Console sign-in without MFA",
    rows=[1, 2],
    severity="high",
    topic="event-history",
    needs=[event_history],
    why="A sign-in with a password alone may be its owner, or whoever has the password.",
    fix="Ask the user whether it was them; change the password if not, and require MFA in either case.",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html"
    ],
)
def lookup_console_no_mfa(check: Check) -> Iterator[Result]:
    for region in check.account.regions:
        found = [event for event in _recent(check, [SIGN_IN], region) if event.signed_in is not False]
        # The second factor of federated people is asked for by their identity provider, and not told here.
        own = [event for event in found if event.identity in ("IAMUser", "Root")]
        unclear = [event for event in found if event.identity is UNREAD or event.signed_in is UNREAD]
        bad = [event for event in own if event.mfa is False and event.signed_in is True]
        unclear += [event for event in own if event.mfa is UNREAD and event not in unclear]
        if unclear and not bad:
            reason = f"the details of {len(unclear)} sign-ins cannot be read"
            yield check.unknown(check.account.root_arn, region=region, reason=reason)
        else:
            yield from _verdicts(check, [SIGN_IN], region, bad, f"{len(own)} sign-ins, all with MFA")


@control(
    "lookup-tamper",
    title="Nobody switched off what would show an intruder",
    problem="Audit or keys were tampered with",
    rows=[1, 2],
    severity="critical",
    topic="event-history",
    needs=[event_history],
    why="Stopped trails, deleted detectors and disabled keys are how an attack is hidden or made to hurt; even a refused try is a sign.",
    fix="Find out who did it and why; start what was stopped, and rotate the credentials of that identity if nobody knows.",
    references=[_HISTORY],
)
def lookup_tamper(check: Check) -> Iterator[Result]:
    for region in check.account.regions:
        found = _recent(check, TAMPERING, region)
        yield from _verdicts(check, TAMPERING, region, found, "no event of this kind")


@control(
    "lookup-iam-changes",
    title="No new users, keys or user policies in the last day",
    problem="New user, key or user policy",
    rows=[2, 11],
    severity="medium",
    topic="event-history",
    needs=[event_history],
    why="A new user or key, or a policy put on a user, is how access is kept after the first way in is closed.",
    fix="Check that each change was asked for; undo what was not.",
    references=[_HISTORY],
)
def lookup_iam_changes(check: Check) -> Iterator[Result]:
    home = home_region(IAM, check.account.partition)
    if home not in check.account.regions:
        if answered(check, event_history):
            reason = f"IAM records its events in {home}, which was not asked"
            yield check.unknown(check.account.root_arn, event_history, reason=reason)
        return
    found = [event for event in _recent(check, IAM_CHANGES, home) if event.error is UNREAD or not event.error]
    yield from _verdicts(check, IAM_CHANGES, home, found, "no event of this kind")
