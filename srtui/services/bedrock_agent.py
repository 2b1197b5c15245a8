"""Amazon Bedrock agents and what they run as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.agents import Agent
from srtui.services.declare import Answer, Service

BEDROCK_AGENT = Service("bedrock-agent", title="Bedrock agents", prefix="bedrock")


def _arn(account: Account, region: str, id: str) -> str:
    return f"arn:{account.partition}:bedrock:{region}:{account.id}:agent/{id}"


@BEDROCK_AGENT.call("ListAgents", items="agentSummaries", page_size=100)
def agents(account: Account, answer: Answer) -> None:
    """Agents."""
    for entry in answer.response.get("agentSummaries") or ():
        arn = _arn(account, answer.region, entry["agentId"])
        found = account.table(Agent).setdefault(
            arn, Agent(arn=arn, name=entry.get("agentName") or entry["agentId"], region=answer.region)
        )
        found.status = entry.get("agentStatus") or ""


@BEDROCK_AGENT.call("GetAgent", for_each=agents, params=lambda agent, _: {"agentId": agent["agentId"]})
def agent_details(account: Account, answer: Answer) -> None:
    """Role and guardrail of an agent."""
    entry = answer.response.get("agent") or {}
    agent = account.table(Agent).get(_arn(account, answer.region, answer.params["agentId"]))
    if agent is not None and entry:
        agent.role = entry.get("agentResourceRoleArn") or ""
        agent.guardrail = (entry.get("guardrailConfiguration") or {}).get("guardrailIdentifier") or ""
