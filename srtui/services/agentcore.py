"""Amazon Bedrock AgentCore: runtimes, code interpreters and browsers, and what code in them runs as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.agents import AgentBrowser, AgentRuntime, CodeInterpreter
from srtui.services.declare import Answer, Service

AGENTCORE = Service("bedrock-agentcore-control", title="Bedrock AgentCore", prefix="bedrock-agentcore")


@AGENTCORE.call("ListAgentRuntimes", items="agentRuntimes", page_size=100)
def runtimes(account: Account, answer: Answer) -> None:
    """Agent runtimes."""
    for entry in answer.response.get("agentRuntimes") or ():
        arn = entry["agentRuntimeArn"]
        found = account.table(AgentRuntime).setdefault(
            arn, AgentRuntime(arn=arn, name=entry.get("agentRuntimeName") or "", region=answer.region)
        )
        found.status = entry.get("status") or ""


@AGENTCORE.call(
    "GetAgentRuntime",
    for_each=runtimes,
    params=lambda runtime, _: {"agentRuntimeId": runtime["agentRuntimeId"]},
)
def runtime_details(account: Account, answer: Answer) -> None:
    """Role, network and sign-in of an agent runtime."""
    entry = answer.response
    runtime = account.table(AgentRuntime).get(entry.get("agentRuntimeArn") or "")
    if runtime is not None:
        runtime.role = entry.get("roleArn") or ""
        runtime.network = (entry.get("networkConfiguration") or {}).get("networkMode") or ""
        authorizer = (entry.get("authorizerConfiguration") or {}).get("customJWTAuthorizer")
        runtime.inbound = "JWT" if authorizer else "IAM"


@AGENTCORE.call(
    "ListCodeInterpreters", variants=[{"type": "CUSTOM"}], items="codeInterpreterSummaries", page_size=100
)
def code_interpreters(account: Account, answer: Answer) -> None:
    """Custom code interpreters."""
    for entry in answer.response.get("codeInterpreterSummaries") or ():
        arn = entry["codeInterpreterArn"]
        found = account.table(CodeInterpreter).setdefault(
            arn, CodeInterpreter(arn=arn, name=entry.get("name") or "", region=answer.region)
        )
        found.status = entry.get("status") or ""


@AGENTCORE.call(
    "GetCodeInterpreter",
    for_each=code_interpreters,
    params=lambda one, _: {"codeInterpreterId": one["codeInterpreterId"]},
)
def code_interpreter_details(account: Account, answer: Answer) -> None:
    """Role and network of a code interpreter."""
    found = account.table(CodeInterpreter).get(answer.response.get("codeInterpreterArn") or "")
    if found is not None:
        found.role = answer.response.get("executionRoleArn") or ""
        found.network = (answer.response.get("networkConfiguration") or {}).get("networkMode") or ""


@AGENTCORE.call("ListBrowsers", variants=[{"type": "CUSTOM"}], items="browserSummaries", page_size=100)
def browsers(account: Account, answer: Answer) -> None:
    """Custom browsers."""
    for entry in answer.response.get("browserSummaries") or ():
        arn = entry["browserArn"]
        found = account.table(AgentBrowser).setdefault(
            arn, AgentBrowser(arn=arn, name=entry.get("name") or "", region=answer.region)
        )
        found.status = entry.get("status") or ""


@AGENTCORE.call(
    "GetBrowser", for_each=browsers, params=lambda browser, _: {"browserId": browser["browserId"]}
)
def browser_details(account: Account, answer: Answer) -> None:
    """Role and network of a browser."""
    found = account.table(AgentBrowser).get(answer.response.get("browserArn") or "")
    if found is not None:
        found.role = answer.response.get("executionRoleArn") or ""
        found.network = (answer.response.get("networkConfiguration") or {}).get("networkMode") or ""
