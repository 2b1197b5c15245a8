"""Agents and the tools that run code for them: Amazon Bedrock and its AgentCore."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class Agent(Record):
    """A Bedrock agent."""

    status: str = ""
    role: str | Unread = UNREAD
    guardrail: str | Unread = UNREAD  # identifier, "" for none


class AgentRuntime(Record):
    """An AgentCore runtime. `inbound`: IAM, or JWT where a token authoriser stands before it."""

    status: str = ""
    role: str | Unread = UNREAD
    network: str | Unread = UNREAD  # PUBLIC or VPC
    inbound: str | Unread = UNREAD


class CodeInterpreter(Record):
    """A custom AgentCore code interpreter; AWS's own has no role."""

    status: str = ""
    role: str | Unread = UNREAD  # "" for none
    network: str | Unread = UNREAD


class AgentBrowser(Record):
    """A custom AgentCore browser; AWS's own has no role."""

    status: str = ""
    role: str | Unread = UNREAD  # "" for none
    network: str | Unread = UNREAD
