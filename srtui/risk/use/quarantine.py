"""Quarantine: text that switches off identities nobody uses, without deleting them, and the proof that it does just that."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from srtui.access import AccessIndex
from srtui.account import UNREAD, Account
from srtui.account.model import OrganizationPolicy
from srtui.permissions import control_policies
from srtui.whatif import Forbid, compare

#: Characters of a service control policy (Organizations quotas).
SCP_LIMIT: Final = 5120
_EVERYTHING: Final[Mapping[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
#: What a proof asks: an action of each kind that must be gone.
_TELLING: Final = ("iam:CreateUser", "s3:GetObject", "ec2:RunInstances", "sts:AssumeRole")


class Quarantine(msgspec.Struct, frozen=True):
    """Policies that take everything from some identities and nothing from others.

    `proved`: the evaluator says so. `notes`: what it does not stop.
    """

    kind: Literal["deny", "scp"]
    arns: tuple[str, ...]
    documents: tuple[Mapping[str, Any], ...]
    proved: bool
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(json.dumps(document, indent=2) for document in self.documents)


def quarantine(account: Account, arn: str) -> Quarantine:
    """An inline policy for one identity that denies it everything. Raises KeyError if there is none with this ARN."""
    statement = {"Sid": "Quarantine", "Effect": "Deny", "Action": "*", "Resource": "*"}
    after = compare(account, arn, [Forbid(("*",))]).after
    notes = []
    if ":role/" in arn:
        notes.append(
            "sessions that are under way are stopped, too; whoever edits the role can take the policy off"
        )
    return Quarantine(
        "deny",
        (arn,),
        ({"Version": "2012-10-17", "Statement": [statement]},),
        not after.actions,
        tuple(notes),
    )


def quarantine_scp(account: Account, arns: Sequence[str]) -> Quarantine:
    """Service control policies that deny everything to these identities of the account."""
    documents = tuple(_documents(account, arns))
    return Quarantine(
        "scp", tuple(arns), documents, _proved(account, arns, documents), tuple(_notes(account))
    )


def _documents(account: Account, arns: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    page: list[str] = []
    for arn in arns:
        if page and len(json.dumps(_document(account, [*page, arn]), separators=(",", ":"))) > SCP_LIMIT:
            yield _document(account, page)
            page = []
        page.append(arn)
    if page:
        yield _document(account, page)


def _document(account: Account, arns: Sequence[str]) -> Mapping[str, Any]:
    condition = {
        "StringEquals": {"aws:PrincipalAccount": account.id},
        "ArnEquals": {"aws:PrincipalArn": list(arns)},
    }
    statement = {
        "Sid": "Quarantine",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _proved(account: Account, arns: Sequence[str], documents: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these identities can do nothing telling any more, and all others just what they could."""
    if not control_policies(account, "SERVICE_CONTROL_POLICY").levels:
        # Nothing binds the account, or what does was not read: there is nothing to compare with.
        return False
    before, after = AccessIndex(account), AccessIndex(_guarded(account, documents))
    gone = 0
    for arn in arns:
        gone |= 1 << before.numbers[arn]
    for action in _TELLING:
        was, is_now = before.reach(action), after.reach(action)
        if is_now.possible & gone or (is_now.possible ^ was.possible) & ~gone:
            return False
    return True


def _guarded(account: Account, documents: Sequence[Mapping[str, Any]]) -> Account:
    """The account with these policies attached to it."""
    guarded = copy.copy(account)
    guarded.organization_policies = {**account.organization_policies}
    attached = any(
        policy.targets is not UNREAD and account.id in policy.targets
        for policy in account.organization_policies.values()
        if policy.kind == "SERVICE_CONTROL_POLICY"
    )
    # A level needs an Allow; where none was seen at the account, FullAWSAccess is.
    for number, document in enumerate(documents if attached else (_EVERYTHING, *documents)):
        name = f"quarantine {number}"
        guarded.organization_policies[name] = OrganizationPolicy(
            id=name,
            name=name,
            kind="SERVICE_CONTROL_POLICY",
            aws_managed=False,
            document=dict(document),
            targets=(account.id,),
        )
    return guarded


def _notes(account: Account) -> Iterator[str]:
    organization = account.organization
    if organization is None:
        yield "the account is in no organisation, so that no service control policy can bind it"
    elif organization is UNREAD:
        yield "whether the account is in an organisation was not read"
    elif organization.management_account == account.id:
        yield "service control policies do not bind the management account: use a Deny on each identity"
