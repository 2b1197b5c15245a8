"""Known resources whose own policies may let in whom no identity policy does: for questions about some resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from srtui.access.questions import Question
from srtui.access.resources import WITH_POLICIES, resource_policy
from srtui.account import UNREAD, Account
from srtui.policy.document import Document, Statement
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.overlap import pattern_overlaps
from srtui.policy.principal import PrincipalElement
from srtui.policy.target import Target

_ACCOUNT_DIGITS: Final = 12


class Own(msgspec.Struct, frozen=True):
    """A resource with a policy or ACL of its own. `allows` None: what it says is not known, or not for sure."""

    target: Target
    allows: tuple[Statement, ...] | None


class Asking(msgspec.Struct, frozen=True):
    """A question about one such resource. `named`: ARNs of the principals of the account that may gain; None: anyone.

    `says`: who is allowed and on which conditions, equal for policies that say the same of other resources.
    """

    question: Question
    named: frozenset[str] | None
    says: tuple[object, ...]


class OwnPolicies:
    """The resources of an account that have policies of their own, by service; each is read once."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._kept: dict[str, list[Own]] = {}

    def seen(self, service: str) -> bool:
        """Whether any resource of the service is known whose policy would be looked at."""
        return any(True for _ in self._targets(service))

    def about(self, question: Question) -> Iterator[Asking]:
        """The resources that a question about a kind of resources is about, whose policies may allow the action."""
        wide = question.target
        if wide.wildcard_only or not wide.pattern or wide.service not in WITH_POLICIES:
            return
        for own in self._of(wide.service):
            if not _is_about(own.target, wide):
                continue
            if own.allows is None:
                yield Asking(Question(question.action, own.target), None, ())
                continue
            allows = [one for one in own.allows if one.covers_action(question.action)]
            if allows:
                says = tuple(map(_says, allows))
                yield Asking(Question(question.action, own.target), self._named(allows), says)

    def _of(self, service: str) -> list[Own]:
        if service not in self._kept:
            self._kept[service] = [
                own for target in self._targets(service) if (own := self._own(target)) is not None
            ]
        return self._kept[service]

    def _targets(self, service: str) -> Iterator[Target]:
        if service == "s3":
            for arn in self._account.buckets:
                yield Target(arn)
                yield Target(f"{arn}/*")
        elif service == "lambda":
            yield from map(Target, self._account.functions)
        elif service not in ("iam", "kms"):  # whose roles and keys are asked about one by one as it is
            for kind, records in self._account.tables.items():
                if "policy" in kind.__struct_fields__:
                    yield from (Target(arn) for arn in records if arn.split(":", 3)[2] == service)

    def _own(self, target: Target) -> Own | None:
        found = resource_policy(self._account, target, "")
        if found is None or (found.document is None and found.perhaps is None):
            return None
        if found.document is UNREAD or found.document is None or found.perhaps is not None:
            return Own(target, None)
        document = read_policy(NamedDocument(found.name, "resource", found.arn, found.document)).document
        if not isinstance(document, Document):
            return Own(target, None)
        return Own(target, tuple(one for one in document.statements if one.allow))

    def _named(self, allows: Sequence[Statement]) -> frozenset[str] | None:
        """Who of the account may gain by these statements; None if that is not said by name."""
        found: set[str] = set()
        for statement in allows:
            element = statement.principal
            if element is None or statement.not_principal or element.everyone:
                return None
            names = self._names(element)
            if names is None:
                return None
            found |= names
        return frozenset(found)

    def _names(self, element: PrincipalElement) -> set[str] | None:
        found = set()
        for name in element.aws:
            parts = name.split(":", 5)
            owner = parts[4] if len(parts) > 5 else name
            if len(owner) != _ACCOUNT_DIGITS or not owner.isdigit():
                return None
            # The account as a whole gives nobody what his own policies do not.
            if owner == self._account.id and name != owner and not name.endswith(":root"):
                if ":assumed-role/" in name:
                    return None
                found.add(name)
        return found


def _says(statement: Statement) -> object:
    element = statement.principal
    who = element and (element.everyone, element.aws, element.canonical, element.service, element.federated)
    conditions = tuple((one.operator, one.key, one.texts) for one in statement.conditions)
    return statement.not_principal, who, conditions


def _is_about(target: Target, wide: Target) -> bool:
    if target.service == "s3" and wide.segments[5] != "*" and ("/" in wide.segments[5]) != target.pattern:
        return False  # the one is about buckets, the other about objects
    if wide.slashless and target.pattern:
        return False
    return pattern_overlaps(target.text, wide.text)
