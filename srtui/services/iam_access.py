"""IAM's last-accessed data: a report a principal, asked for on demand only, because each takes seconds and few bear many.

A report belongs to the session that asked for it (IAM API Reference, GenerateServiceLastAccessedDetails), so it is read
right after, by the same credentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import UNREAD, Account
from srtui.account.last_access import AccessJob, ActionAccess, LastAccess, ServiceAccess
from srtui.evidence import moment
from srtui.services.declare import Answer
from srtui.services.iam import IAM


@IAM.call(
    "GenerateServiceLastAccessedDetails",
    variants=[{"Granularity": "ACTION_LEVEL"}],
    items="JobId",
    on_demand="Arn",
    concurrency=2,
)
def last_accessed_report(account: Account, answer: Answer) -> None:
    """Starts a report on what a principal has used."""
    arn, job = answer.params.get("Arn"), answer.response.get("JobId")
    if arn and job:
        name = arn.rsplit("/", 1)[-1]
        account.table(AccessJob)[job] = AccessJob(arn=arn, name=job)
        known = account.table(LastAccess).get(arn)
        account.table(LastAccess)[arn] = LastAccess(
            arn=arn, name=name, job=job, services=known.services if known else UNREAD
        )


@IAM.call(
    "GetServiceLastAccessedDetails",
    for_each=last_accessed_report,
    params=lambda job, _: {"JobId": job},
    until=lambda response: response.get("JobStatus") != "IN_PROGRESS",
    concurrency=2,
)
def last_accessed(account: Account, answer: Answer) -> None:
    """What a principal has used, by service and for some services by action."""
    job = account.table(AccessJob).get(answer.params["JobId"])
    found = account.table(LastAccess).get(job.arn) if job is not None else None
    if found is None or found.job != answer.params["JobId"]:
        return
    if answer.response.get("JobStatus") != "COMPLETED":
        error = answer.response.get("Error") or {}
        found.problem = error.get("Message") or "the report could not be made"
        return
    known = found.services if answer.evidence.page and isinstance(found.services, tuple) else ()
    services = answer.response.get("ServicesLastAccessed") or ()
    found.services = (*known, *map(_service, services))
    found.completed = moment(answer.response.get("JobCompletionDate"))
    found.problem = ""


def _service(entry: Mapping[str, Any]) -> ServiceAccess:
    tracked = entry.get("TrackedActionsLastAccessed")
    return ServiceAccess(
        service=entry.get("ServiceNamespace") or "",
        title=entry.get("ServiceName") or "",
        last=moment(entry.get("LastAuthenticated")),
        region=entry.get("LastAuthenticatedRegion") or "",
        actions=tuple(
            ActionAccess(one.get("ActionName") or "", moment(one.get("LastAccessedTime"))) for one in tracked
        )
        if tracked
        else None,
    )
