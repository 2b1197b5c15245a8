"""What the account's evidence says about a request's context, and what nothing can say beforehand.

IAM User Guide, "AWS global condition context keys". A key is known (with its value), known to be absent, or unknown;
nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from srtui.account import UNREAD, Account
from srtui.account.model import Principal, Role, User
from srtui.policy.condition import value_fits
from srtui.policy.grants import NamedDocument, read_policy
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
_OF_USERS: Final = frozenset({"aws:username"})
_OF_ORGANIZATIONS: Final = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"}
)
_PRINCIPAL_TAG: Final = "aws:principaltag/"
#: Prefixes of keys whose value depends on who calls; everything else is the same for all principals of an account.
_OF_PRINCIPALS: Final = frozenset(
    {"aws:principalarn", "aws:principaltype", "aws:userid", "aws:username", *_OF_SESSIONS}
)


def depends_on_principal(key: str) -> bool:
    """Whether a lower-case key has a value of its own for each principal."""
    return key in _OF_PRINCIPALS or key.startswith(_PRINCIPAL_TAG)


class Personal:
    """What is known of a principal, whatever is asked."""

    __slots__ = ("absent", "prefixes", "values")

    def __init__(
        self, values: dict[str, ContextValue], absent: frozenset[str], prefixes: tuple[str, ...] = ()
    ) -> None:
        self.values = values
        self.absent = absent
        self.prefixes = prefixes

    def known_absent(self, key: str) -> bool:
        """Whether a key without a value is known not to be in requests of this principal."""
        return key in self.absent or key.startswith(self.prefixes)


class Context:
    """The context of one question: what is known, and whether another key may be in the request."""

    __slots__ = ("_absent", "_given", "_personal", "_prefixes", "values")

    def __init__(
        self,
        values: dict[str, ContextValue],
        absent: frozenset[str],
        prefixes: tuple[str, ...],
        given: Mapping[str, ContextValue | None],
        personal: Personal,
    ) -> None:
        """`absent`, and keys that begin like one of `prefixes`, are not in the request unless they have a value."""
        self.values = values | personal.values
        self._absent = absent
        self._prefixes = prefixes
        self._given = given
        self._personal = personal
        for key, value in given.items():
            if value is None:
                self.values.pop(key, None)
            else:
                self.values[key] = value

    def unknown(self, key: str) -> bool:
        """Whether a key that has no value here may have one in the request."""
        personal = self._personal
        if key in self._given or key in self._absent or key.startswith(self._prefixes):
            return False
        return not personal.known_absent(key)

    def of(self, personal: Personal) -> Context:
        """The same question about a principal."""
        return Context(self.values, self._absent, self._prefixes, self._given, personal)


_NOBODY: Final = Personal({}, frozenset())


class Facts:
    """Facts for questions about one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._personal: dict[str, Personal] = {}
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
        """The context of a lower-case action. `principal` None: only what is the same for all of the account.

        `given`: keys that the person who asks knows, None for "absent".
        """
        account = self._account
        values: dict[str, ContextValue] = {
            "aws:principalaccount": account.id,
            "aws:principalisawsservice": "false",
        }
        absent = _OF_SERVICES
        prefixes: list[str] = []
        self._of_resource(action, target, values, prefixes)
        if self._organization:
            values["aws:principalorgid"] = self._organization
        elif self._alone:
            absent |= _OF_ORGANIZATIONS
        if action.startswith("kms:"):
            values["kms:calleraccount"] = account.id
        personal = _NOBODY if principal is None else self.personal(principal)
        lower = {key.lower(): value for key, value in given.items()}
        return Context(values, absent, tuple(prefixes), lower, personal)

    def personal(self, principal: Principal) -> Personal:
        """What is known of a user or role."""
        found = self._personal.get(principal.arn)
        if found is None:
            found = self._personal[principal.arn] = _personal(principal)
        return found

    def _of_resource(
        self,
        action: str,
        target: Target,
        values: dict[str, ContextValue],
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


def _personal(principal: Principal) -> Personal:
    values: dict[str, ContextValue] = {"aws:principalarn": principal.arn}
    if isinstance(principal, User):
        values["aws:username"] = principal.name
        values["aws:principaltype"] = "User"
        if principal.unique_id:
            values["aws:userid"] = principal.unique_id
        absent = _OF_SESSIONS
    else:
        values["aws:principaltype"] = "AssumedRole"
        absent = _OF_USERS
        if isinstance(principal, Role) and _takes_session_tags(principal):
            # Session tags come on top of the role's own and override them.
            return Personal(values, absent)
    values.update({_PRINCIPAL_TAG + key.lower(): value for key, value in principal.tags.items()})
    return Personal(values, absent, (_PRINCIPAL_TAG,))


def _takes_session_tags(role: Role) -> bool:
    """Whether the trust policy lets anyone set session tags, or cannot be read."""
    document = read_policy(NamedDocument(role.name, "resource", role.arn, role.trust)).document
    if document is None:
        return True
    return any(one.allow and one.covers_action("sts:tagsession") for one in document.statements)


def bucket_arn(target: Target) -> str:
    """The ARN of the bucket that an S3 target is or is in."""
    return ":".join((*target.segments[:5], target.segments[5].partition("/")[0]))


_DATE: Final = ("date", "a time such as 2027-01-31T12:00:00Z, or seconds since 1970")
_NUMBER: Final = ("number", "a number")
_BOOLEAN: Final = ("bool", "true or false")
_ADDRESS: Final = ("address", "an address such as 203.0.113.7")
#: Global keys whose values have a type; a value that cannot be read as one would silently fit nothing.
_TYPED: Final = {
    "aws:currenttime": _DATE,
    "aws:tokenissuetime": _DATE,
    "aws:epochtime": _DATE,
    "aws:multifactorauthage": _NUMBER,
    "aws:multifactorauthpresent": _BOOLEAN,
    "aws:securetransport": _BOOLEAN,
    "aws:viaawsservice": _BOOLEAN,
    "aws:principalisawsservice": _BOOLEAN,
    "aws:sourceip": _ADDRESS,
    "aws:vpcsourceip": _ADDRESS,
}


def _reads_as(kind: str, value: str) -> bool:
    """Whether a value of a request can be read as its type: it then compares with a value of that type."""
    if kind == "bool":
        return value.lower() in ("true", "false")
    operator, sample = {
        "date": ("DateEquals", "2000-01-01"),
        "number": ("NumericEquals", "0"),
        "address": ("IpAddress", "0.0.0.0/0"),
    }[kind]
    return value_fits(operator, sample, value) is not None


def given_context(pairs: Sequence[str]) -> dict[str, ContextValue | None]:
    """Read `KEY=VALUE` pairs; a key that comes more than once has several values. Raises ValueError."""
    found: dict[str, ContextValue | None] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise ValueError(f"{pair!r} is not of the form KEY=VALUE")
        kind = _TYPED.get(key.lower())
        if ":" not in key or (kind and not _reads_as(kind[0], value)):
            wanted = kind[1] if kind else "KEY to be a condition key such as aws:SourceIp"
            raise ValueError(f"{pair!r} cannot be understood: srtui expects {wanted}")
        before = found.get(key)
        if before is None:
            found[key] = value
        else:
            found[key] = (before, value) if isinstance(before, str) else (*before, value)
    return found
