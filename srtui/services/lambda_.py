"""AWS Lambda: functions, who may invoke them, and their URLs."""

from __future__ import annotations

from srtui.account import UNREAD, Account
from srtui.account.delivery import CodeSigningConfig
from srtui.account.model import Function
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

LAMBDA = Service("lambda", title="Lambda")


@LAMBDA.call("ListFunctions", items="Functions", page_size=50)
def functions(account: Account, answer: Answer) -> None:
    """Functions."""
    for entry in answer.response.get("Functions") or ():
        arn = entry["FunctionArn"]
        account.functions[arn] = Function(
            arn=arn,
            name=entry["FunctionName"],
            region=answer.region,
            runtime=entry.get("Runtime") or "",
            role=entry.get("Role") or "",
            environment=dict((entry.get("Environment") or {}).get("Variables") or {}),
            modified=moment(entry.get("LastModified")),
            package=entry.get("PackageType") or "Zip",
        )


def _function(account: Account, answer: Answer) -> Function | None:
    name = answer.params["FunctionName"]
    return account.functions.get(
        f"arn:{account.partition}:lambda:{answer.region}:{account.id}:function:{name}"
    )


@LAMBDA.call(
    "GetPolicy",
    for_each=functions,
    params=lambda function, _: {"FunctionName": function["FunctionName"]},
    absent=["ResourceNotFoundException"],
)
def function_policy(account: Account, answer: Answer) -> None:
    """Resource policy of a function."""
    if function := _function(account, answer):
        function.policy = None if answer.absent else json_document(answer.response.get("Policy"))


@LAMBDA.call(
    "ListFunctionUrlConfigs",
    for_each=functions,
    params=lambda function, _: {"FunctionName": function["FunctionName"]},
    absent=["ResourceNotFoundException"],
)
def function_url(account: Account, answer: Answer) -> None:
    """URLs of a function and its aliases, and how they authenticate."""
    if function := _function(account, answer):
        found = {entry.get("AuthType") for entry in answer.response.get("FunctionUrlConfigs") or ()}
        if answer.evidence.page and function.url_auth is not UNREAD:
            found.add(function.url_auth)
        # The most open one counts.
        function.url_auth = next((one for one in ("NONE", "AWS_IAM") if one in found), None)


@LAMBDA.call("ListCodeSigningConfigs", items="CodeSigningConfigs")
def code_signing(account: Account, answer: Answer) -> None:
    """Code signing configurations."""
    for entry in answer.response.get("CodeSigningConfigs") or ():
        arn = entry["CodeSigningConfigArn"]
        found = account.table(CodeSigningConfig).setdefault(
            arn, CodeSigningConfig(arn=arn, name=entry.get("CodeSigningConfigId") or "", region=answer.region)
        )
        policies = entry.get("CodeSigningPolicies") or {}
        found.enforced = policies.get("UntrustedArtifactOnDeployment") == "Enforce"


@LAMBDA.call(
    "ListFunctionsByCodeSigningConfig",
    for_each=code_signing,
    params=lambda config, _: {"CodeSigningConfigArn": config["CodeSigningConfigArn"]},
)
def signed_functions(account: Account, answer: Answer) -> None:
    """Functions that accept signed code only."""
    found = account.table(CodeSigningConfig).get(answer.params["CodeSigningConfigArn"])
    if found is not None:
        known = found.functions if isinstance(found.functions, tuple) and answer.evidence.page else ()
        found.functions = (*known, *(answer.response.get("FunctionArns") or ()))
