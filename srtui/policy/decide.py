"""The decision: does AWS let this request through, by which statements, and what does it still hang on.

One evaluator serves complete requests, whose answer is yes or no, and questions in which part of the context or of
the policies is not known. The rules are those of the IAM User Guide ("Policy evaluation logic", "Cross-account
policy evaluation logic"), the Organizations User Guide (SCPs, RCPs) and the KMS Developer Guide (key policies).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from srtui.policy.covering import means, requirement_of
from srtui.policy.document import KINDS, Statement
from srtui.policy.errors import RequestError
from srtui.policy.overlap import overlaps, places_of
from srtui.policy.principal import Caller, Naming
from srtui.policy.request import Decision, Hit, Outcome, Request, Source
from srtui.policy.requirement import Requirement, Unread, all_of, any_of, both, either, negation
from srtui.policy.target import Kind, Target

#: Actions on a role that its trust policy rules; all others on a role are actions of IAM.
TRUST_ACTIONS: Final = frozenset(
    f"sts:{name}"
    for name in (
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "tagsession",
        "setsourceidentity",
    )
)
#: STS API Reference: no permissions are needed, and no policy can take these away.
_CALLER_IDENTITY: Final = "sts:getcalleridentity"
#: STS API Reference, "GetSessionToken": users need no permission to call it.
_SESSION_TOKEN: Final = "sts:getsessiontoken"
#: KMS Developer Guide, "Resource control policies in AWS KMS": RCPs have no effect on it.
_BEYOND_RCPS: Final = "kms:retiregrant"
_PRINCIPAL_ARN: Final = "aws:principalarn"
_EQUALITY: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


_ACTION = re.compile(r"[a-z0-9-]+:[a-z0-9_.-]+\Z")


def read_action(text: str) -> str:
    """The action of a request in lower case; raises RequestError."""
    action = text.lower()
    if not _ACTION.match(action):
        raise RequestError("action must have the form service:Action")
    return action


def needs_nothing(caller: Caller, action: str) -> bool:
    """Whether no policy counts for this call."""
    return action == _CALLER_IDENTITY and caller.kind != "anonymous"


def needs_no_allow(caller: Caller, action: str) -> bool:
    """Whether the call is allowed as long as nothing denies it."""
    return action == _SESSION_TOKEN and caller.kind == "user"


def cannot_call(caller: Caller, action: str) -> bool:
    """Whether AWS takes the call from such a caller at all, whatever its policies say.

    STS API Reference: root credentials cannot call AssumeRole, and a GetFederationToken session calls no STS
    operation but GetCallerIdentity. Whoever signs in at an identity provider has nothing to call anything else with.
    """
    if caller.kind == "root":
        return action == "sts:assumerole"
    if caller.kind == "federated":
        return action.startswith("sts:") and action != _CALLER_IDENTITY
    return caller.kind == "provider" and (action not in TRUST_ACTIONS or action == "sts:assumerole")


def beyond_rcps(action: str) -> bool:
    """Whether RCPs have no effect on the action."""
    return action == _BEYOND_RCPS


def decide(request: Request) -> Decision:
    """Decide a request."""
    if needs_nothing(request.caller, request.action):
        return Decision("allow", True, [], [], [])
    return _Evaluation(request).decision()


class _Evaluation:
    """The layers of one request, evaluated once."""

    __slots__ = ("allows", "denies", "failed", "level", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.allows: list[Hit] = []
        self.denies: list[Hit] = []
        self.failed: set[Kind] = set()
        self.level: int | None = None

    def decision(self) -> Decision:
        request, caller = self.request, self.request.caller
        guarded = both(self._scps(), self._endpoint())
        if request.rcps and not caller.service_linked and not beyond_rcps(request.action):
            # RCPFullAWSAccess is always attached, so only what they deny counts.
            for level in request.rcps:
                self._scan("rcp", level)
        granted = self._granted_by_resource()
        if not caller.is_iam:
            allowed = any_of(hit.requirement for hit in granted)
            self._fail("resource", allowed)
        elif caller.account == request.resource_account:
            allowed = self._same_account(granted)
        else:
            allowed = self._cross_account(granted)
        if cannot_call(caller, request.action):
            allowed = False
            self.failed.add("identity" if caller.is_iam else "resource")
        requirement = both(guarded, allowed)
        denied = False
        for hit in self.denies:
            if hit.requirement is True:
                denied = True
        if denied:
            kinds = {hit.kind for hit in self.denies if hit.requirement is True}
            return Decision("explicit_deny", False, self.allows, self.denies, _ordered(kinds))
        if self.denies:
            requirement = all_of((requirement, *(negation(hit.requirement) for hit in self.denies)))
        outcome: Outcome = "open"
        if isinstance(requirement, bool):
            outcome = "allow" if requirement else "implicit_deny"
        failed = [] if outcome == "allow" else _ordered(self.failed)
        return Decision(outcome, requirement, self.allows, self.denies, failed, self.level)

    # --- the two sides ------------------------------------------------------------------------------------

    def _same_account(self, granted: list[Hit]) -> Requirement:
        """An identity policy or the resource's policy must allow, inside what limits the caller."""
        request = self.request
        direct: Requirement = needs_no_allow(request.caller, request.action)
        by_resource: Requirement = False
        delegated: Requirement = False
        for hit in granted:
            if is_direct(hit):
                direct = either(direct, hit.requirement)
            elif hit.naming == "account":
                delegated = either(delegated, hit.requirement)
            else:
                by_resource = either(by_resource, hit.requirement)
        identity = self._identity()
        boundary, session = self._limit("boundary", request.boundary), self._session()
        if must_be_granted(request):
            basis = either(by_resource, both(identity, delegated))
            if direct is False and basis is False:
                self.failed.add("resource" if delegated is False else "identity")
        else:
            basis = either(by_resource, identity)
            if direct is False and basis is False:
                self.failed.update(("identity", "resource") if request.resource_policy else ("identity",))
        limits = both(boundary, session)
        if direct is False:
            self._fail("boundary", boundary)
            self._fail("session", session)
        # What names the user or the session itself is not limited by what boundary and session policies leave out.
        return either(direct, both(basis, limits))

    def _cross_account(self, granted: list[Hit]) -> Requirement:
        """Both sides must allow, each inside its own account's limits."""
        resource = any_of(hit.requirement for hit in granted)
        identity = self._identity()
        boundary = self._limit("boundary", self.request.boundary)
        session = self._session()
        self._fail("resource", resource)
        self._fail("identity", identity)
        self._fail("boundary", boundary)
        self._fail("session", session)
        return both(both(resource, identity), both(boundary, session))

    # --- the layers ---------------------------------------------------------------------------------------

    def _identity(self) -> Requirement:
        request = self.request
        found = self._allowed("identity", request.identity)
        return True if request.caller.kind == "root" else found

    def _session(self) -> Requirement:
        request = self.request
        if request.session is None and request.caller.kind == "federated":
            # "Permissions for GetFederationToken": without a session policy the session has no permissions.
            return False
        return self._limit("session", request.session)

    def _limit(self, kind: Kind, policies: Sequence[Source] | None) -> Requirement:
        return True if policies is None else self._allowed(kind, policies)

    def _scps(self) -> Requirement:
        """Every level must allow. They bind principals of an account: no service, nobody anonymous, no linked role."""
        request = self.request
        if not request.scps or not request.caller.bound_by_scps:
            return True
        found: Requirement = True
        for level, policies in enumerate(request.scps):
            allowed = self._allowed("scp", policies)
            if allowed is False:
                self.failed.add("scp")
                if self.level is None:
                    self.level = level
            found = both(found, allowed)
        return found

    def _endpoint(self) -> Requirement:
        allowed = self._limit("endpoint", self.request.endpoint)
        self._fail("endpoint", allowed)
        return allowed

    def _granted_by_resource(self) -> list[Hit]:
        """What the resource's own policy allows this caller."""
        request = self.request
        if request.resource_policy is None:
            return []
        before = len(self.allows)
        self._scan("resource", (request.resource_policy,))
        if request.caller.kind == "anonymous" and (_is_trust(request) or _is_key(request.target)):
            # STS and KMS take signed requests only.
            del self.allows[before:]
        return self.allows[before:]

    def _fail(self, kind: Kind, requirement: Requirement) -> None:
        if requirement is False:
            self.failed.add(kind)

    def _allowed(self, kind: Kind, policies: Sequence[Source]) -> Requirement:
        before = len(self.allows)
        self._scan(kind, policies)
        found: Requirement = False
        for hit in self.allows[before:]:
            found = either(found, hit.requirement)
        return found

    def _scan(self, kind: Kind, policies: Iterable[Source]) -> None:
        """Collect the statements that cover the request, or may."""
        request = self.request
        action = request.action
        named = kind in ("resource", "rcp", "endpoint")
        for source, document in policies:
            if isinstance(document, Unread):
                hit = Hit(kind, source, None, document)
                self.allows.append(hit)
                self.denies.append(hit)
                continue
            for statement in document.statements:
                if statement.matches_action(action) is statement.not_action:
                    continue
                naming: Naming | None = None
                who: Requirement = True
                if named:
                    who, naming = means(statement, request)
                    if who is False:
                        continue
                requirement = both(who, requirement_of(statement, request))
                if requirement is not False:
                    hits = self.allows if statement.allow else self.denies
                    hits.append(Hit(kind, source, statement, requirement, naming))


def is_direct(hit: Hit) -> bool:
    """Whether an Allow names the user or session itself, so that implicit denies elsewhere do not count.

    "Policy evaluation logic", resource-based policies; for `*` with aws:PrincipalArn see "IAM role principals".
    """
    if hit.naming == "exact":
        return True
    return hit.naming == "everyone" and hit.statement is not None and _is_narrowed(hit.statement)


def _is_narrowed(statement: Statement) -> bool:
    return any(
        condition.key == _PRINCIPAL_ARN
        and condition.base in _EQUALITY
        and not condition.negated
        and not condition.if_exists
        and condition.set_operator != "ForAllValues"
        and not any(text.strip("*") == "" or text.endswith(":*") for text in condition.texts)
        for condition in statement.conditions
    )


def _is_trust(request: Request) -> bool:
    if request.action not in TRUST_ACTIONS:
        return False
    segments = request.target.segments
    return segments[2] == "iam" and segments[5].startswith(("role/", "*"))


def _is_key(target: Target) -> bool:
    if target.wildcard_only or target.segments[2] != "kms":
        return False
    tail = target.segments[5]
    return overlaps(places_of("key/*"), tail) if target.pattern else tail.startswith("key/")


def must_be_granted(request: Request) -> bool:
    """Whether the resource's own policy must allow, also within one account: trust policies and key policies."""
    if _is_key(request.target):
        return True
    return request.resource_policy is not None and _is_trust(request)


def _ordered(kinds: Iterable[Kind]) -> list[Kind]:
    found = set(kinds)
    return [kind for kind in KINDS if kind in found]
