"""A resource: what is known of it, its policy, who can do what with it, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from srtui.account.model import UNREAD, Record
from srtui.tui.views.keys import SEP
from srtui.tui.views.policies import document_blocks
from srtui.tui.views.principal import findings
from srtui.tui.views.words import dated, known
from srtui.tui.widgets.detail import Block, Fact, Gap, Heading, Item, Line, Para

if TYPE_CHECKING:
    from srtui.analysis import Analysis

#: What one asks first about a kind of resource, by the service of its ARN: action, and what follows the ARN.
_QUESTIONS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "s3": (
        ("s3:GetObject", "/*"),
        ("s3:PutObject", "/*"),
        ("s3:PutBucketPolicy", ""),
        ("s3:DeleteBucket", ""),
    ),
    "lambda": (
        ("lambda:InvokeFunction", ""),
        ("lambda:UpdateFunctionCode", ""),
        ("lambda:AddPermission", ""),
    ),
    "kms": (("kms:Decrypt", ""), ("kms:PutKeyPolicy", ""), ("kms:ScheduleKeyDeletion", "")),
    "ec2": (("ssm:StartSession", ""), ("ec2:TerminateInstances", "")),
    "rds": (("rds:ModifyDBInstance", ""), ("rds:DeleteDBInstance", "")),
    "secretsmanager": (("secretsmanager:GetSecretValue", ""), ("secretsmanager:PutResourcePolicy", "")),
    "sqs": (("sqs:ReceiveMessage", ""), ("sqs:SendMessage", ""), ("sqs:SetQueueAttributes", "")),
    "sns": (("sns:Publish", ""), ("sns:Subscribe", ""), ("sns:SetTopicAttributes", "")),
    "dynamodb": (("dynamodb:GetItem", ""), ("dynamodb:PutItem", ""), ("dynamodb:DeleteTable", "")),
    "ecr": (("ecr:BatchGetImage", ""), ("ecr:PutImage", ""), ("ecr:SetRepositoryPolicy", "")),
    "cloudtrail": (("cloudtrail:StopLogging", ""), ("cloudtrail:DeleteTrail", "")),
    "logs": (("logs:GetLogEvents", ""), ("logs:DeleteLogGroup", "")),
}
_SHOWN_APART: Final = frozenset({"arn", "name", "region", "tags"})
_LONGEST: Final = 400  # characters of one fact


def resource_blocks(analysis: Analysis, arn: str) -> list[Block]:
    """The page of a resource."""
    record = analysis.account.resource(arn)
    blocks: list[Block] = [Para(arn, "accent")]
    if arn == analysis.account.root_arn:
        return [*_account(analysis), Gap(), *_found(analysis, arn)]
    if record is None:
        return [*blocks, Gap(), *_questions(arn), Gap(), *_found(analysis, arn)]
    kind = _spoken(type(record).__name__)
    blocks.insert(0, Line(((f"{kind} ", "muted"), (record.name, "strong"), (f"  {record.region}", "muted"))))
    blocks += [Gap(), *_facts(record, analysis.now)]
    blocks += [Fact(f"tag {name}", value) for name, value in sorted(record.tags.items())]
    blocks += [Gap(), *_questions(arn), Gap(), *_found(analysis, arn)]
    for name, value in _documents(record):
        blocks += [Gap(), *document_blocks(f"{arn}{SEP}{name}", _spoken(name).capitalize(), "", value)]
    return blocks


def _account(analysis: Analysis) -> Iterator[Block]:
    """The account as a whole, which findings about no single resource are about, by the ARN of its root user."""
    account = analysis.account
    alias = account.alias if isinstance(account.alias, str) else ""
    yield Line((("account ", "muted"), (alias or account.id, "strong"), (f"  {account.id}", "muted")))
    yield Para(
        "The account as a whole, and its root user: findings about no single resource stand here.", "muted"
    )
    yield Gap()
    summary = account.summary
    known = {} if summary is UNREAD else summary
    for name, label in (
        ("AccountMFAEnabled", "root has MFA"),
        ("AccountAccessKeysPresent", "root has access keys"),
    ):
        if name in known:
            yield Fact(label, "yes" if known[name] else "no")
        else:
            yield Fact(label, "unknown: not read", "unknown")
    security = account.contacts.get("SECURITY", UNREAD)
    if security is UNREAD:
        yield Fact("security contact", "unknown: not read", "unknown")
    else:
        yield Fact("security contact", security.email if security is not None else "none")
    yield Fact("regions", ", ".join(sorted(account.regions)) or "not known")


def _found(analysis: Analysis, arn: str) -> list[Block]:
    return [Heading("Findings"), *findings(analysis, arn)]


def _questions(arn: str) -> Iterator[Block]:
    parts = arn.split(":", 5)
    asked = _QUESTIONS.get(parts[2] if len(parts) == 6 else "", ())
    if asked:
        yield Heading("Who can")
    for action, suffix in asked:
        question = f"{action} on {arn}{suffix}"
        yield Item(f"ask{SEP}{question}", (Line(((action, ""), (f"  {suffix}" if suffix else "", "muted"))),))


def _spoken(name: str) -> str:
    """`SecurityGroup` or `policy_public` as words."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip()


def _is_document(value: Any) -> bool:
    return isinstance(value, dict) and "Statement" in value


def _documents(record: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if _is_document(value):
            yield name, value


def _facts(record: Record, now: datetime) -> Iterator[Fact]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name in _SHOWN_APART or _is_document(value) or value in ("", ()):
            continue
        text = _text(value, now)
        if value is UNREAD:
            yield Fact(_spoken(name), "unknown: not read", "unknown")
        else:
            yield Fact(_spoken(name), text[:_LONGEST] + (" …" if len(text) > _LONGEST else ""))


def _text(value: Any, now: datetime) -> str:
    if isinstance(value, datetime):
        return dated(value, now)
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return ", ".join(
            f"{_spoken(name)} {_text(item, now)}" for name, item in fields if item not in ("", (), None)
        )
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item, now)}" for name, item in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "; ".join(_text(item, now) for item in value) or "none"
    return known(value)
