"""Callers from outside, put to the truth engine: may this party do this with that resource, as far as our side goes?

What such a party's own account lets it do is its own affair, so it is taken to allow everything. What a caller chooses
himself (tags of his own principals, MFA, parameters of the request) keeps nobody out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, Literal

import msgspec

from srtui.account import Account
from srtui.permissions import control_policies
from srtui.policy.catalogue import rcp_services
from srtui.policy.decide import decide
from srtui.policy.document import Document
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.match import ContextValue
from srtui.policy.principal import parse_caller
from srtui.policy.readable import requirement_texts
from srtui.policy.request import Request, Source
from srtui.policy.requirement import Fact, Proviso, Requirement, Unread, leaves
from srtui.policy.target import Target
from srtui.risk.exposure.spoken import STRANGER, Spoken, account_of

#: Nobody's organisation, which stands for any stranger's.
_STRANGE_ORGANIZATION: Final = "o-0000000000"
#: In different halves of the address space.
_STRANGE_ADDRESSES: Final = ("198.51.100.77", "8.8.8.8")
#: Keys whose value a caller sets, or can have, as he likes; by how they begin.
_CHOSEN: Final = (
    "aws:calledvia", "aws:multifactorauth", "aws:principaltag/", "aws:referer", "aws:requestedregion",
    "aws:requesttag/", "aws:sourceidentity", "aws:tagkeys", "aws:tokenissuetime", "aws:useragent", "aws:userid",
    "aws:username", "aws:viaawsservice", "aws:principaltype", "dynamodb:", "ecr:", "glacier:", "kms:encryption",
    "kms:grant", "kms:requestalias", "kms:via", "lambda:functionurlauthtype", "lambda:invokedviafunctionurl", "s3:",
    "secretsmanager:version", "sns:endpoint", "sns:protocol", "sts:rolesessionname", "sts:transitivetagkeys",
    "elasticfilesystem:accessedviamounttarget", "aws:currenttime", "aws:epochtime", "aws:vpcsourceip",
)  # fmt: skip
#: Of these a caller has no choice although they begin so.
_NOT_CHOSEN: Final = ("s3:resourceaccount", "s3:dataaccesspoint", "s3:accessgrants", "s3:existingobjecttag/")
_OF_SERVICES: Final = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
)
_OF_CALLERS: Final = (
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid",
    "aws:username", "aws:principaltype", "kms:calleraccount", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip",
    "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
)  # fmt: skip
#: What tells the network that a call comes through.
_OF_NETWORKS: Final = (
    "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
)  # fmt: skip
#: What only callers with a signature have, by how the keys begin.
_OF_SIGNED: Final = (
    "aws:calledvia",
    "aws:principaltag/",
    "aws:multifactorauth",
    "aws:sourceidentity",
    "aws:tokenissuetime",
)
_EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

Outcome = Literal["allowed", "conditional", "unknown", "denied"]


class Allowed(msgspec.Struct, frozen=True):
    """What our side says to a party: on which conditions, and by which statements."""

    outcome: Outcome
    conditions: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


class Probe(msgspec.Struct, frozen=True):
    """A caller from outside, with what is known of his request.

    Keys with None are surely absent, and so are those that begin like one of `without`.
    """

    caller: str  # an ARN, a service principal, or `anonymous`
    values: Mapping[str, ContextValue | None]
    without: tuple[str, ...] = ()


class Outside:
    """Asks about callers from outside of one account."""

    def __init__(self, account: Account, organization: str) -> None:
        self._account = account
        self._organization = organization
        self._everything: Source = _source(NamedDocument("their own policies", "inline", None, _EVERYTHING))
        self._documents: dict[int, tuple[Any, Document | None]] = {}

    @cached_property
    def _rcps(self) -> list[list[Source]]:
        found = control_policies(self._account, "RESOURCE_CONTROL_POLICY")
        return [[_source(named) for named in level] for level in found.levels]

    def document(self, label: str, arn: str, policy: Mapping[str, Any]) -> Document | None:
        """A resource policy, read; None if it cannot be."""
        return read_policy(NamedDocument(label, "resource", arn, policy)).document

    def ask(
        self, probe: Probe, action: str, target: str, label: str, arn: str, policy: Mapping[str, Any]
    ) -> Allowed:
        """May a caller do an action on a target, as far as the resource's policy and RCPs go?"""
        named = NamedDocument(label, "resource", arn, policy)
        lower = action.lower()
        caller = parse_caller(probe.caller, lower, None)
        values, absent = self._context(probe)
        request = Request(
            caller,
            lower,
            Target(target),
            self._account.id,
            values,
            identity=(self._everything,) if caller.is_iam else (),
            rcps=self._rcps if lower.partition(":")[0] in rcp_services()[0] else (),
            resource_policy=_source(named),
            unknown=lambda key: key not in absent and not key.startswith(probe.without),
        )
        decision = decide(request)
        by = tuple(
            hit.label for hit in decision.allows if hit.kind == "resource" and hit.statement is not None
        )
        if decision.outcome == "allow":
            return Allowed("allowed", by=by)
        if decision.outcome != "open":
            return Allowed("denied")
        return Allowed(_outcome_of(decision.requirement), requirement_texts(decision.requirement), by)

    def _context(self, probe: Probe) -> tuple[dict[str, ContextValue], frozenset[str]]:
        values: dict[str, ContextValue] = {
            "aws:resourceaccount": self._account.id,
            "s3:resourceaccount": self._account.id,
            "aws:securetransport": "true",
        }
        if self._organization:
            values["aws:resourceorgid"] = self._organization
        absent = set()
        for key, value in probe.values.items():
            if value is None:
                absent.add(key)
            else:
                values[key] = value
        return values, frozenset(absent)

    # --- probes -------------------------------------------------------------------------------------------

    @staticmethod
    def anonymous(spoken: Spoken) -> Iterator[Probe]:
        """Someone on the internet without a signature."""
        nothing: dict[str, ContextValue | None] = dict.fromkeys((*_OF_CALLERS, *_OF_SERVICES))
        for address in _STRANGE_ADDRESSES if spoken.by_address else _STRANGE_ADDRESSES[:1]:
            values = {**nothing, "aws:sourceip": address, "aws:principalisawsservice": "false"}
            yield Probe("anonymous", values, _OF_SIGNED)

    def strangers(self, spoken: Spoken) -> Iterator[Probe]:
        """Someone with an AWS account that nobody here has heard of, called and placed as suits him best."""
        arns = [f"arn:{self._account.partition}:iam::{STRANGER}:role/anyone", *spoken.wide_arns]
        for arn in dict.fromkeys(arns):
            for address in _STRANGE_ADDRESSES if spoken.by_address else _STRANGE_ADDRESSES[:1]:
                probe = self._signed(arn, _STRANGE_ORGANIZATION)
                yield Probe(arn, {**probe.values, **_placed(address)})

    def through(self, key: str, network: str, spoken: Spoken, *, anonymous: bool) -> Iterator[Probe]:
        """Whoever calls through a VPC endpoint, or from a VPC, that is not the account's, signed or not."""
        probes = [*self.strangers(spoken), *(self.anonymous(spoken) if anonymous else ())]
        for probe in probes:
            values = {name: value for name, value in probe.values.items() if name not in _OF_NETWORKS}
            # Such a call has no public address; of the network no more is known than this.
            yield Probe(probe.caller, {**values, "aws:sourceip": None, key: network}, probe.without)

    def member(self, organization: str, spoken: Spoken) -> Probe:
        """Someone in another account of an organisation."""
        probe = self._signed(f"arn:{self._account.partition}:iam::{STRANGER}:role/anyone", organization)
        # Of him no more is known than that, and which part of the organisation he is in.
        unknown = ("aws:principalarn", "aws:principalaccount", "kms:calleraccount")
        if not any(path.startswith(f"{organization}/") for path in spoken.paths):
            elsewhere = {"aws:principalorgpaths": (f"{organization}/r-0000/ou-0000-00000000/",)}
            probe = Probe(probe.caller, {**probe.values, **elsewhere})
        return Probe(probe.caller, {key: value for key, value in probe.values.items() if key not in unknown})

    def principal(self, name: str, organization: str | None) -> Probe:
        """An account by its id, or a principal of it by its ARN.

        `organization`: that of the account, "" if it is in none of ours, None if that is not known.
        """
        whole = name.isdigit() or name.endswith(":root")
        account = account_of(name)
        arn = f"arn:{self._account.partition}:iam::{account}:role/anyone" if whole else name
        probe = self._signed(arn, _STRANGE_ORGANIZATION if organization == "" else organization)
        if whole:
            return Probe(
                arn, {key: value for key, value in probe.values.items() if key != "aws:principalarn"}
            )
        return probe

    def root(self, name: str, organization: str | None) -> Probe:
        """The root user of an account, whom NotPrincipal spares where it names the account alone."""
        return self._signed(name, _STRANGE_ORGANIZATION if organization == "" else organization)

    def service_for(self, name: str, account: str, sources: Iterable[str]) -> Iterator[Probe]:
        """An AWS service on behalf of one other account."""
        for probe in self.service(name, [one.replace(STRANGER, account) for one in sources]):
            values = {
                key: value
                for key, value in probe.values.items()
                if key not in ("aws:sourceorgid", "aws:sourceorgpaths")
            }
            yield Probe(name, {**values, "aws:sourceaccount": account, "aws:sourceowner": account})

    @staticmethod
    def _signed(arn: str, organization: str | None) -> Probe:
        account = arn.split(":")[4]
        values: dict[str, ContextValue | None] = dict.fromkeys(_OF_SERVICES)
        values |= {
            "aws:principalaccount": account,
            "aws:principalarn": arn,
            "kms:calleraccount": account,
            "aws:principalisawsservice": "false",
            "s3:dataaccesspointaccount": None,
            "s3:dataaccesspointarn": None,
        }
        if organization is not None:
            values["aws:principalorgid"] = organization
        if organization == _STRANGE_ORGANIZATION:
            values["aws:principalorgpaths"] = (f"{organization}/r-0000/ou-0000-00000000/",)
        return Probe(arn, values)

    def service(self, name: str, sources: Iterable[str]) -> Iterator[Probe]:
        """An AWS service on behalf of a stranger, once for each form that the ARN of his resource may have."""
        for source in dict.fromkeys(sources):
            yield Probe(
                name,
                {
                    "aws:sourceaccount": STRANGER,
                    "aws:sourceowner": STRANGER,
                    "aws:sourceorgid": _STRANGE_ORGANIZATION,
                    "aws:sourceorgpaths": (f"{_STRANGE_ORGANIZATION}/r-0000/ou-0000-00000000/",),
                    "aws:sourcearn": source,
                    "aws:principalisawsservice": "true",
                    "aws:principalorgid": None,
                    "aws:principalaccount": None,
                    "aws:principalarn": None,
                },
            )


def _placed(address: str) -> dict[str, ContextValue | None]:
    return {
        "aws:sourceip": address,
        "aws:sourcevpc": "vpc-00000000",
        "aws:sourcevpce": "vpce-00000000",
        "aws:vpceaccount": STRANGER,
        "aws:vpceorgid": _STRANGE_ORGANIZATION,
    }


def _source(named: NamedDocument) -> Source:
    read = read_policy(named)
    if read.document is None:
        return (named, Unread(str(named), f"{named} cannot be evaluated: {read.problem}"))
    return (named, read.document)


def _outcome_of(requirement: Requirement) -> Outcome:
    """Open tests of what a caller chooses keep nobody out."""
    found: Outcome = "allowed"
    for leaf in leaves(requirement):
        if isinstance(leaf, Unread):
            return "unknown"
        if isinstance(leaf, Fact) or (isinstance(leaf, Proviso) and not chosen(leaf.condition.key)):
            found = "conditional"
    return found


def chosen(key: str) -> bool:
    """Whether a caller sets the value of a lower-case condition key as he likes."""
    return key.startswith(_CHOSEN) and not key.startswith(_NOT_CHOSEN)
