"""The decision: does AWS let this request through, by which statements, and what does it still hang on.

One evaluator serves complete requests, whose answer is yes or no, and questions in which part of the context or of
the policies is not known. The rules are those of the IAM User Guide ("Policy evaluation logic", "Cross-account
policy evaluation logic"), the Organizations User Guide (SCPs, RCPs) and the KMS Developer Guide (key policies).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from srtui.policy.condition import Unknown
from srtui.policy.document import KINDS, Document, Statement
from srtui.policy.match import Context
from srtui.policy.overlap import overlaps, places_of
from srtui.policy.principal import Caller, Naming
from srtui.policy.requirement import Fact, Requirement, Test, Unread, all_of, any_of, both, either, negation
from srtui.policy.target import Kind, Target, covers_resource

Outcome = Literal["allow", "explicit_deny", "implicit_deny", "open"]
#: A policy and what to call it in an explanation.
Source = tuple[str, Document | Unread]

_TRUST_ACTIONS: Final = frozenset(
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


class Request:
    """Everything a decision depends on.

    `context` has lower-case keys; `unknown` tells which missing keys may be there all the same, None if none.
    `scps` and `rcps`: one sequence of policies a level, root first. `boundary` and `session`: None if not set.
    """

    __slots__ = (
        "action",
        "boundary",
        "caller",
        "context",
        "endpoint",
        "identity",
        "rcps",
        "resource_account",
        "resource_policy",
        "scps",
        "session",
        "target",
        "unknown",
    )

    def __init__(
        self,
        caller: Caller,
        action: str,
        target: Target,
        resource_account: str,
        context: Context,
        *,
        identity: Sequence[Source] = (),
        boundary: Sequence[Source] | None = None,
        session: Sequence[Source] | None = None,
        scps: Sequence[Sequence[Source]] = (),
        rcps: Sequence[Sequence[Source]] = (),
        resource_policy: Source | None = None,
        endpoint: Sequence[Source] | None = None,
        unknown: Unknown = None,
    ) -> None:
        self.caller = caller
        self.action = action  # lower case
        self.target = target
        self.resource_account = resource_account
        self.context = context
        self.identity = identity
        self.boundary = boundary or None
        self.session = session or None
        self.scps = scps
        self.rcps = rcps
        self.resource_policy = resource_policy
        self.endpoint = endpoint or None
        self.unknown = unknown


class Hit:
    """A statement that covers the request, or would if `requirement` held. `statement` None: the policy is unread."""

    __slots__ = ("kind", "naming", "requirement", "source", "statement")

    def __init__(
        self,
        kind: Kind,
        source: str,
        statement: Statement | None,
        requirement: Requirement,
        naming: Naming | None = None,
    ) -> None:
        self.kind: Kind = kind
        self.source = source
        self.statement = statement
        self.requirement = requirement
        self.naming = naming

    @property
    def label(self) -> str:
        """The policy and the statement in it, for a person."""
        return f"{self.source}, {self.statement.label}" if self.statement else self.source


class Decision:
    """The outcome. `open` means that it hangs on `requirement`. `allows` and `denies` are the deciding statements.

    `failed` names the layers that stand in the way, in the order of `document.KINDS`; `level` is the number of the
    first SCP level that does not allow, counted from 0.
    """

    __slots__ = ("allows", "denies", "failed", "level", "outcome", "requirement")

    def __init__(
        self,
        outcome: Outcome,
        requirement: Requirement,
        allows: list[Hit],
        denies: list[Hit],
        failed: list[Kind],
        level: int | None = None,
    ) -> None:
        self.outcome: Outcome = outcome
        self.requirement = requirement
        self.allows = allows
        self.denies = denies
        self.failed = failed
        self.level = level


def decide(request: Request) -> Decision:
    """Decide a request."""
    if request.action == _CALLER_IDENTITY and request.caller.kind != "anonymous":
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
        if request.rcps and not caller.service_linked and request.action != _BEYOND_RCPS:
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
        direct: Requirement = request.action == _SESSION_TOKEN and request.caller.kind == "user"
        by_resource: Requirement = False
        delegated: Requirement = False
        for hit in granted:
            if _is_direct(hit):
                direct = either(direct, hit.requirement)
            elif hit.naming == "account":
                delegated = either(delegated, hit.requirement)
            else:
                by_resource = either(by_resource, hit.requirement)
        identity = self._identity()
        boundary, session = self._limit("boundary", request.boundary), self._session()
        if _must_be_granted(request):
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
                    who, naming = _means(statement, request)
                    if who is False:
                        continue
                requirement = both(who, requirement_of(statement, request))
                if requirement is not False:
                    hits = self.allows if statement.allow else self.denies
                    hits.append(Hit(kind, source, statement, requirement, naming))


def requirement_of(statement: Statement, request: Request) -> Requirement:
    """Whether Resource and Condition of a statement cover the request; action and principal are settled."""
    context, unknown = request.context, request.unknown
    covered = covers_resource(statement, request.target, context, unknown)
    if covered is False:
        return False
    if statement.with_variables and statement.allow and _is_invalid(statement, request):
        return False
    open_parts: list[Requirement] = []
    if covered is None:
        text = next(text for text in statement.resources or () if "${" in text)
        open_parts.append(Fact(f"the resource fits {text}", f"the resource does not fit {text}"))
    for condition in statement.conditions:
        holds = condition.holds(context, unknown)
        if holds is False:
            return False
        if holds is None:
            open_parts.append(Test(condition))
    return all_of(open_parts) if open_parts else True


def _is_invalid(statement: Statement, request: Request) -> bool:
    """Whether a variable has no value, which makes the whole statement invalid ("Policy variables", Note)."""
    context, unknown = request.context, request.unknown

    def unresolved(key: str, default: str | None) -> bool:
        value = context.get(key, default)
        return not isinstance(value, str) and (value is not None or unknown is None or not unknown(key))

    if any(unresolved(*variable) for variable in statement.variables):
        return True
    return any(
        unresolved(*variable)
        for condition in statement.conditions
        if condition.variables and not (condition.if_exists and condition.key not in context)
        for variable in condition.variables
    )


def _means(statement: Statement, request: Request) -> tuple[Requirement, Naming | None]:
    """Whether Principal or NotPrincipal of a statement means the caller, and for an Allow how it names him."""
    caller, element = request.caller, statement.principal
    if element is None:
        # Convention for resource policies: nobody. Elsewhere AWS takes no such statement; a Deny then means everybody.
        return (not statement.allow and statement.kind != "resource"), None
    if statement.not_principal:
        if statement.allow:
            return False, None  # "NotPrincipal": not supported with Allow
        if request.boundary and caller.is_iam and caller.kind != "root":
            return True, None  # "NotPrincipal": always denies a principal that has a permissions boundary
        return not caller.exempted_by(element), None
    if statement.allow:
        naming = caller.named_by(element)
        if naming is not None:
            return True, naming
    elif caller.denied_by(element):
        return True, None
    if request.unknown is not None and caller.kind == "role":
        sessions = _sessions_named(caller, element.aws)
        if sessions is not False:
            return sessions, "exact"
    return False, None


def _sessions_named(caller: Caller, names: Sequence[str]) -> Requirement:
    """The requirement that the session, whose name is not known, is one of those that a statement names."""
    partition = caller.name.split(":", 2)[1]
    prefix = f"arn:{partition}:sts::{caller.account}:assumed-role/{caller.role.rsplit('/', 1)[-1]}/"
    return any_of(
        Fact(
            f"the session is named {name.removeprefix(prefix)}",
            f"the session is not named {name.removeprefix(prefix)}",
        )
        for name in names
        if name.startswith(prefix)
    )


def _is_direct(hit: Hit) -> bool:
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
    if request.action not in _TRUST_ACTIONS:
        return False
    segments = request.target.segments
    return segments[2] == "iam" and segments[5].startswith(("role/", "*"))


def _is_key(target: Target) -> bool:
    if target.wildcard_only or target.segments[2] != "kms":
        return False
    tail = target.segments[5]
    return overlaps(places_of("key/*"), tail) if target.pattern else tail.startswith("key/")


def _must_be_granted(request: Request) -> bool:
    """Whether the resource's own policy must allow, also within one account: trust policies and key policies."""
    if _is_key(request.target):
        return True
    return request.resource_policy is not None and _is_trust(request)


def _ordered(kinds: Iterable[Kind]) -> list[Kind]:
    found = set(kinds)
    return [kind for kind in KINDS if kind in found]
