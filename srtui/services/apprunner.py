"""AWS App Runner: services and what they run as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.containers import AppRunnerService
from srtui.services.declare import Answer, Service

APP_RUNNER = Service("apprunner", title="App Runner")


@APP_RUNNER.call("ListServices", items="ServiceSummaryList")
def services(account: Account, answer: Answer) -> None:
    """Services."""
    for entry in answer.response.get("ServiceSummaryList") or ():
        arn = entry["ServiceArn"]
        found = account.table(AppRunnerService).setdefault(
            arn, AppRunnerService(arn=arn, name=entry.get("ServiceName") or "", region=answer.region)
        )
        found.status, found.url = entry.get("Status") or "", entry.get("ServiceUrl") or ""


@APP_RUNNER.call(
    "DescribeService",
    for_each=services,
    params=lambda service, _: {"ServiceArn": service["ServiceArn"]},
)
def service_details(account: Account, answer: Answer) -> None:
    """Role and reachability of a service."""
    entry = answer.response.get("Service") or {}
    service = account.table(AppRunnerService).get(answer.params["ServiceArn"])
    if service is not None and entry:
        service.role = (entry.get("InstanceConfiguration") or {}).get("InstanceRoleArn") or ""
        ingress = (entry.get("NetworkConfiguration") or {}).get("IngressConfiguration") or {}
        service.public = bool(ingress.get("IsPubliclyAccessible", True))
