"""Amazon API Gateway, REST APIs: who may call their methods, and what their stages log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.model import UNREAD, Document, Unread
from srtui.account.platforms import Api, ApiRoute, ApiStage
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

API_GATEWAY = Service("apigateway", title="API Gateway (REST)", concurrency=2)
_READ = ("apigateway:GET",)


def rest_arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:apigateway:{region}::/restapis/{name}"


def _policy(text: Any) -> Document | Unread | None:
    if not text:
        return None
    # API Gateway sends the document with its quotes escaped once more.
    found = json_document(text)
    return json_document(str(text).replace('\\"', '"').replace("\\/", "/")) if found is UNREAD else found


@API_GATEWAY.call("GetRestApis", items="items", actions=_READ, page_size=500)
def rest_apis(account: Account, answer: Answer) -> None:
    """REST APIs."""
    for entry in answer.response.get("items") or ():
        arn = rest_arn(account, answer.region, entry["id"])
        endpoint = entry.get("endpointConfiguration") or {}
        account.table(Api)[arn] = Api(
            arn=arn,
            name=entry["id"],
            region=answer.region,
            tags=dict(entry.get("tags") or {}),
            title=entry.get("name") or "",
            protocol="REST",
            private=(endpoint.get("types") or []) == ["PRIVATE"],
            default_endpoint=not entry.get("disableExecuteApiEndpoint"),
            policy=_policy(entry.get("policy")),
        )


def _asked_for(account: Account, answer: Answer) -> Api | None:
    return account.table(Api).get(rest_arn(account, answer.region, answer.params["restApiId"]))


def _methods(entries: Any) -> Iterator[ApiRoute]:
    for entry in entries or ():
        for verb, method in (entry.get("resourceMethods") or {}).items():
            yield ApiRoute(
                name=f"{verb} {entry.get('path') or ''}".strip(),
                authorization=(method or {}).get("authorizationType") or "",
                key_required=bool((method or {}).get("apiKeyRequired")),
            )


@API_GATEWAY.call(
    "GetResources",
    for_each=rest_apis,
    params=lambda api, _: {"restApiId": api["id"], "embed": ["methods"]},
    actions=_READ,
    absent=["NotFoundException"],
    page_size=500,
)
def rest_methods(account: Account, answer: Answer) -> None:
    """Methods of a REST API and how they authorize."""
    api = _asked_for(account, answer)
    if api is not None and not answer.absent:
        known = api.routes if isinstance(api.routes, tuple) and answer.evidence.page else ()
        api.routes = (*known, *_methods(answer.response.get("items")))


def _execution_log(stage: Mapping[str, Any]) -> str:
    everything = (stage.get("methodSettings") or {}).get("*/*") or {}
    return everything.get("loggingLevel") or ""


@API_GATEWAY.call(
    "GetStages",
    for_each=rest_apis,
    params=lambda api, _: {"restApiId": api["id"]},
    actions=_READ,
    absent=["NotFoundException"],
)
def rest_stages(account: Account, answer: Answer) -> None:
    """Stages of a REST API."""
    api = _asked_for(account, answer)
    if api is not None and not answer.absent:
        api.stages = tuple(
            ApiStage(
                name=stage.get("stageName") or "",
                access_log=(stage.get("accessLogSettings") or {}).get("destinationArn") or "",
                execution_log=_execution_log(stage),
                web_acl=stage.get("webAclArn") or "",
            )
            for stage in answer.response.get("item") or ()
        )
