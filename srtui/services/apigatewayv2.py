"""Amazon API Gateway, HTTP and WebSocket APIs: who may call their routes, and what their stages log."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.platforms import Api, ApiRoute, ApiStage
from srtui.services.declare import Answer, Service

API_GATEWAY_V2 = Service(
    "apigatewayv2", title="API Gateway (HTTP, WebSocket)", prefix="apigateway", concurrency=2
)
_READ = ("apigateway:GET",)


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:apigateway:{region}::/apis/{name}"


@API_GATEWAY_V2.call("GetApis", items="Items", actions=_READ)
def http_apis(account: Account, answer: Answer) -> None:
    """HTTP and WebSocket APIs."""
    for entry in answer.response.get("Items") or ():
        arn = _arn(account, answer.region, entry["ApiId"])
        account.table(Api)[arn] = Api(
            arn=arn,
            name=entry["ApiId"],
            region=answer.region,
            tags=dict(entry.get("Tags") or {}),
            title=entry.get("Name") or "",
            protocol=entry.get("ProtocolType") or "HTTP",
            default_endpoint=not entry.get("DisableExecuteApiEndpoint"),
        )


def _asked_for(account: Account, answer: Answer) -> Api | None:
    return account.table(Api).get(_arn(account, answer.region, answer.params["ApiId"]))


@API_GATEWAY_V2.call(
    "GetRoutes",
    for_each=http_apis,
    params=lambda api, _: {"ApiId": api["ApiId"]},
    actions=_READ,
    absent=["NotFoundException"],
)
def http_routes(account: Account, answer: Answer) -> None:
    """Routes of an API and how they authorize."""
    api = _asked_for(account, answer)
    if api is not None and not answer.absent:
        known = api.routes if isinstance(api.routes, tuple) and answer.evidence.page else ()
        found = (
            ApiRoute(
                name=entry.get("RouteKey") or "",
                authorization=entry.get("AuthorizationType") or "NONE",
                key_required=bool(entry.get("ApiKeyRequired")),
            )
            for entry in answer.response.get("Items") or ()
        )
        api.routes = (*known, *found)


@API_GATEWAY_V2.call(
    "GetStages",
    for_each=http_apis,
    params=lambda api, _: {"ApiId": api["ApiId"]},
    actions=_READ,
    absent=["NotFoundException"],
)
def http_stages(account: Account, answer: Answer) -> None:
    """Stages of an API."""
    api = _asked_for(account, answer)
    if api is not None and not answer.absent:
        known = api.stages if isinstance(api.stages, tuple) and answer.evidence.page else ()
        found = (
            ApiStage(
                name=entry.get("StageName") or "",
                access_log=(entry.get("AccessLogSettings") or {}).get("DestinationArn") or "",
                execution_log=(entry.get("DefaultRouteSettings") or {}).get("LoggingLevel") or "",
            )
            for entry in answer.response.get("Items") or ()
        )
        api.stages = (*known, *found)
