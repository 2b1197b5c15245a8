"""What the account's evidence says about a request's context, and what nothing can say beforehand.

IAM User Guide, "AWS global condition context keys". A key is known (with its value), known to be absent, or unknown;
nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from srtui.account import UNREAD, Account
from srtui.account.model import Principal, Role, User
from srtui.policy.document import parse_document
from srtui.policy.errors import PolicyError
from srtui.policy.match import ContextValue
from srtui.policy.target import Target

#: Keys that are there only when an AWS service calls on its own.
_OF_SERVICES: Final = frozenset(
    {
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    }
)
#: Keys that only sessions of roles have.
_OF_SESSIONS: Final = frozenset(
    {
        "aws:ec2instancesourcevpc",
        "aws:ec2instancesourceprivateipv4",
        "aws:federatedprovider",
        "aws:sourceidentity",
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:roleassumedby",
        "lambda:sourcefunctionarn",
    }
)
_PRINCIPAL_TAG: Final = "aws:principaltag/"
#: Prefixes of keys whose value depends on who calls; everything else is the same for all principals of an account.
_OF_PRINCIPALS: Final = frozenset(
    {"aws:principalarn", "aws:principaltype", "aws:userid", "aws:username", *_OF_SESSIONS}
)


def depends_on_principal(key: str) -> bool:
    """Whether a lower-case key has a value of its own for each principal."""
    return key in _OF_PRINCIPALS or key.startswith(_PRINCIPAL_TAG)


class Context:
    """The context of one question: what is known, and whether another key may be in the request."""

    __slots__ = ("absent", "absent_prefixes", "values")

    def __init__(
        self, values: dict[str, ContextValue], absent: frozenset[str], absent_prefixes: tuple[str, ...]
    ) -> None:
        self.values = values
        self.absent = absent
        self.absent_prefixes = absent_prefixes

    def unknown(self, key: str) -> bool:
        """Whether a key that has no value here may have one in the request."""
        return key not in self.absent and not (self.absent_prefixes and key.startswith(self.absent_prefixes))


class Facts:
    """Facts for questions about one account; `given` are those of the person who asks, None for "absent"."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tagging: dict[int, bool] = {}
        organization = account.organization
        self._organization = "" if organization is UNREAD or organization is None else organization.id
        self._alone = organization is None

    def context(
        self,
        principal: Principal | None,
        action: str,
        target: Target,
        given: Mapping[str, ContextValue | None],
    ) -> Context:
        """The context of a lower-case action. `principal` None: only what is the same for all of the account."""
        account = self._account
        values: dict[str, ContextValue] = {
            "aws:principalaccount": account.id,
            "aws:principalisawsservice": "false",
        }
        absent = set(_OF_SERVICES)
        prefixes: list[str] = []
        self._of_resource(action, target, values, absent, prefixes)
        if self._organization:
            values["aws:principalorgid"] = self._organization
        elif self._alone:
            absent |= {
                "aws:principalorgid",
                "aws:principalorgpaths",
                "aws:resourceorgid",
                "aws:resourceorgpaths",
            }
        if action.startswith("kms:"):
            values["kms:calleraccount"] = account.id
        if principal is not None:
            self._of_principal(principal, values, absent, prefixes)
        for key, value in given.items():
            key = key.lower()
            values.pop(key, None)
            absent.discard(key)
            if value is None:
                absent.add(key)
            else:
                values[key] = value
        return Context(values, frozenset(absent), tuple(prefixes))

    def _of_principal(
        self, principal: Principal, values: dict[str, ContextValue], absent: set[str], prefixes: list[str]
    ) -> None:
        values["aws:principalarn"] = principal.arn
        if isinstance(principal, User):
            values["aws:username"] = principal.name
            values["aws:principaltype"] = "User"
            if principal.unique_id:
                values["aws:userid"] = principal.unique_id
            absent |= _OF_SESSIONS
        else:
            values["aws:principaltype"] = "AssumedRole"
            absent.add("aws:username")
            if isinstance(principal, Role) and self._takes_session_tags(principal):
                # Session tags come on top of the role's own and override them.
                return
        values.update({_PRINCIPAL_TAG + key.lower(): value for key, value in principal.tags.items()})
        prefixes.append(_PRINCIPAL_TAG)

    def _takes_session_tags(self, role: Role) -> bool:
        """Whether the trust policy lets anyone set session tags, or cannot be read."""
        found = self._tagging.get(id(role.trust))
        if found is None:
            try:
                document = parse_document(role.trust, "resource")
                found = any(one.allow and one.covers_action("sts:tagsession") for one in document.statements)
            except PolicyError:
                found = True
            self._tagging[id(role.trust)] = found
        return found

    def _of_resource(
        self,
        action: str,
        target: Target,
        values: dict[str, ContextValue],
        absent: set[str],
        prefixes: list[str],
    ) -> None:
        account = self._account
        owner = self.owner(target)
        if owner:
            values["aws:resourceaccount"] = owner
            if action.startswith("s3:"):
                values["s3:resourceaccount"] = owner
            if owner == account.id and self._organization:
                values["aws:resourceorgid"] = self._organization
        region = target.segments[3]
        if target.service == "s3" and not region:
            bucket = account.buckets.get(bucket_arn(target))
            region = bucket.region if bucket is not None else ""
        if region and "*" not in region and "?" not in region:
            values["aws:requestedregion"] = region
        # "Controlling access to … using tags": tags of a role do not work reliably with PassRole, so they stay unknown.
        if target.service == "iam" and not target.pattern and action != "iam:passrole":
            record = account.principal(target.text)
            if record is not None:
                for prefix in ("aws:resourcetag/", "iam:resourcetag/"):
                    values.update({prefix + key.lower(): value for key, value in record.tags.items()})
                    prefixes.append(prefix)

    def owner(self, target: Target) -> str:
        """The account that owns the resource; "" if it cannot be told."""
        account = self._account
        named = target.account
        if target.wildcard_only or "*" in named:
            return account.id
        if named:
            return account.id if named == "aws" else named
        if target.service == "s3":
            if bucket_arn(target) in account.buckets:
                return account.id
            return (
                ""
                if self._knows_all_buckets() and "*" not in target.segments[5].split("/")[0]
                else account.id
            )
        return account.id

    def _knows_all_buckets(self) -> bool:
        outcomes = self._account.outcomes_of("s3", "ListBuckets")
        return bool(outcomes) and all(one.error is None and one.complete for one in outcomes)


def bucket_arn(target: Target) -> str:
    """The ARN of the bucket that an S3 target is or is in."""
    return ":".join((*target.segments[:5], target.segments[5].partition("/")[0]))


def given_context(pairs: Sequence[str]) -> dict[str, ContextValue | None]:
    """Read `KEY=VALUE` pairs; a key that comes more than once has several values. Raises ValueError."""
    found: dict[str, ContextValue | None] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise ValueError(f"{pair!r} is not of the form KEY=VALUE")
        before = found.get(key)
        if before is None:
            found[key] = value
        else:
            found[key] = (before, value) if isinstance(before, str) else (*before, value)
    return found
