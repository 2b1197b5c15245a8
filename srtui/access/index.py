"""The policies of an account made ready for questions, and the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from srtui.access.acl import object_acl_note, public_access_restricted
from srtui.access.answer import VERDICTS, Answer, Verdict, WhoCan, answer_from, joined, verdict_of
from srtui.access.facts import Context, Facts, bucket_arn
from srtui.access.layers import Carrier, Layers, members
from srtui.access.outsiders import Outsider, outsiders
from srtui.access.own_policies import Asking, OwnPolicies
from srtui.access.questions import Asked, Question, ask
from srtui.access.reach import Evaluation, Reach
from srtui.access.resources import WITH_POLICIES, resource_policy
from srtui.account import UNREAD, Account
from srtui.account.model import Bucket, Role, User
from srtui.permissions import ControlPolicies, carried_by, control_policies
from srtui.policy.catalogue import rcp_services
from srtui.policy.condition import Unknown
from srtui.policy.decide import decide
from srtui.policy.document import Document
from srtui.policy.grants import Grant, NamedDocument, read_policy
from srtui.policy.match import ContextValue
from srtui.policy.principal import Caller, parse_caller
from srtui.policy.request import Request, Source
from srtui.policy.requirement import Unread

#: Condition keys of a request that are known; None as a value says that the key is absent.
Given = Mapping[str, ContextValue | None]

_DETAILS = "iam:GetAccountAuthorizationDetails"
_UNSEEN = "no resource of {} with a policy of its own was read: one that exists may let in others"
_NOBODY = Caller("anonymous", "")


class AccessIndex:
    """Users and roles of an account, numbered, with their policies parsed. Build it once for many questions.

    It holds what the account was when it was built, and never changes it.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.principals: tuple[User | Role, ...] = tuple(account.principals())
        self.numbers: dict[str, int] = {one.arn: number for number, one in enumerate(self.principals)}
        self._facts = Facts(account)
        self._scps, self._scp_names, scp_gaps = _levels(control_policies(account, "SERVICE_CONTROL_POLICY"))
        self._rcps, _, rcp_gaps = _levels(control_policies(account, "RESOURCE_CONTROL_POLICY"))
        self._gaps: tuple[str, ...] = (*scp_gaps, *rcp_gaps)
        carriers = [_carrier(account, one) for one in self.principals]
        self._layers = Layers(account.id, carriers, self._facts)
        self._own = OwnPolicies(account)
        self._last: tuple[Question, Given, Context, Request] | None = None

    @property
    def carriers(self) -> Sequence[Carrier]:
        """The policies of each principal, in the order of `principals`."""
        return self._layers.carriers

    @property
    def gaps(self) -> tuple[str, ...]:
        """What of control policies was not read; with any of these every answer is an upper bound."""
        return self._gaps

    # --- questions ----------------------------------------------------------------------------------------

    def can(
        self,
        principal: str,
        action: str,
        resource: str | None = None,
        context: Given | None = None,
        *,
        lenient: bool = False,
    ) -> Answer:
        """Whether a user or role may do the action on a resource: an ARN, a pattern of ARNs, or None.

        None asks for some resource in the account of the kinds that the action works on, those known to have policies
        of their own among them; the answer is the widest, and its notes name the resource. `lenient`: a policy of a
        resource that was not read is taken to say nothing, trust and key policies excepted. Raises KeyError for a
        principal that is not in the account, RequestError for an action or resource that cannot be understood.
        """
        number = self.numbers[principal]
        asked = ask(self.account, action, resource)
        given = context or {}
        groups = [
            [self._answer(number, asked, one, given, lenient) for one in group] for group in asked.groups
        ]
        if not lenient:
            for group, answers in zip(asked.groups, groups, strict=True):
                answers += list(self._by_own_policies(number, asked, group, answers, given))
        return joined(asked, groups)

    def _by_own_policies(
        self, number: int, asked: Asked, group: Sequence[Question], answers: Sequence[Answer], given: Given
    ) -> Iterator[Answer]:
        """Wider answers than these, by policies of single resources."""
        best = min(VERDICTS.index(one.verdict) for one in answers)
        told: set[object] = set()
        for asking in self._asked_besides(asked, group) if best else ():
            if asking.says in told:
                continue  # it says the same as another that was no wider
            if asking.named is None or self.principals[number].arn in asking.named:
                found = self._answer(number, asked, asking.question, given)
                if VERDICTS.index(found.verdict) < best:
                    best = VERDICTS.index(found.verdict)
                    yield msgspec.structs.replace(found, notes=(f"on {found.resource}", *found.notes))
                if found.verdict != "denied":
                    told.add(asking.says)
            if best == 0:
                return

    def _asked_besides(self, asked: Asked, group: Sequence[Question]) -> Iterator[Asking]:
        """Known resources with policies of their own, where the question is about some resource."""
        if asked.resource in (None, "*"):
            for question in group:
                yield from self._own.about(question)

    def who_can(self, action: str, resource: str | None = None, context: Given | None = None) -> WhoCan:
        """Every user and role that may do the action on a resource, surely, on conditions, or perhaps.

        `can` gives the reasons for each. Raises RequestError.
        """
        asked = ask(self.account, action, resource)
        found = self._reach(asked, context or {})
        likely = 0
        if found.unknown:
            likely = found.unknown & self._reach(asked, context or {}, read_only=True).possible
        question = asked.groups[0][0]
        outside, kept_out = self._all_outsiders(asked)
        return WhoCan(
            action=asked.action,
            resource=asked.resource,
            allowed=self._arns(found.allowed),
            conditional=self._arns(found.conditional),
            unknown=self._arns(found.unknown),
            likely=self._arns(likely),
            outsiders=outside,
            gaps=self._gaps_of(question),
            notes=(*asked.notes, *self._notes(question, asked), *kept_out),
        )

    def _all_outsiders(self, asked: Asked) -> tuple[tuple[Outsider, ...], tuple[str, ...]]:
        """The same for every resource that the first part of a question is about."""
        group = asked.groups[0]
        questions = [group[0], *(one.question for one in self._asked_besides(asked, group))]
        found = [self._outsiders(one) for one in questions]
        everyone = dict.fromkeys(one for outside, _ in found for one in outside)
        return tuple(everyone), tuple(dict.fromkeys(note for _, notes in found for note in notes))

    def _outsiders(self, question: Question) -> tuple[tuple[Outsider, ...], tuple[str, ...]]:
        """Whom the resource's own policy lets in from outside, and what to know about them."""
        found = tuple(outsiders(self._common(question, {}, None), self.account.id))
        notes: list[str] = []
        perhaps = self._perhaps(question)
        if perhaps is not None:
            notes.append(f"whether the ACL lets others in was not read: {', '.join(perhaps[1])}")
        bucket = self._bucket(question)
        public = [one for one in found if one.kind == "anyone" and not one.by_acl]
        if bucket is not None and (bucket.policy_public is True or any(not one.conditions for one in public)):
            restricted = public_access_restricted(self.account, bucket)
            if restricted:
                found = tuple(one for one in found if one.by_acl or one.kind == "service")
                notes.append(
                    "Block Public Access keeps out whom the public bucket policy lets in from outside"
                )
            elif restricted is None:
                notes.append("Block Public Access was not read: it may keep outsiders out")
        return found, tuple(notes)

    def _bucket(self, question: Question) -> Bucket | None:
        target = question.target
        return self.account.buckets.get(bucket_arn(target)) if target.service == "s3" else None

    def outsiders(self, action: str, resource: str | None = None) -> tuple[Outsider, ...]:
        """Whom the resource's own policy lets in from outside. Raises RequestError."""
        return self._all_outsiders(ask(self.account, action, resource))[0]

    def reach(self, action: str, resource: str | None = None, context: Given | None = None) -> Reach:
        """The same as sets of principal numbers (see `principals`), for whoever asks thousands of times."""
        return self._reach(ask(self.account, action, resource), context or {})

    def grants(self, principal: str, action: str) -> list[Grant]:
        """The statements, Allow and Deny, of a principal's identity policies that bear on an action.

        Raises KeyError for a principal that is not in the account.
        """
        carried = carried_by(self.account, self.principals[self.numbers[principal]])
        lower = action.lower()
        return [
            grant
            for named in carried.identity
            for grant in read_policy(named).grants
            if grant.parsed.covers_action(lower)
        ]

    # --- one principal ------------------------------------------------------------------------------------

    def _answer(
        self, number: int, asked: Asked, question: Question, given: Given, lenient: bool = False
    ) -> Answer:
        request = self._request(number, question, given)
        policy = request.resource_policy
        decisive = question.target.service in ("iam", "kms")
        if lenient and not decisive and policy is not None and isinstance(policy[1], Unread):
            request.resource_policy = None
        decision = decide(request)
        otherwise: Verdict | None = None
        if verdict_of(decision) == "unknown":
            otherwise = verdict_of(decide(_without_unread(request)))
        answer = answer_from(
            request,
            decision,
            principal=self.principals[number].arn,
            action=asked.action,
            scp_names=self._scp_names,
            otherwise=otherwise,
            gaps=() if request.caller.service_linked else self._gaps_of(question),
            notes=self._notes(question, asked),
        )
        perhaps = self._perhaps(question) if answer.denial == "implicit" else None
        if perhaps is None:
            return answer
        # What may count can only allow: who is denied without it may be allowed with it.
        request.resource_policy, needs = perhaps
        if verdict_of(decide(request)) == "denied":
            return answer
        return msgspec.structs.replace(
            answer, verdict="unknown", denial="", gate="", needs=needs, otherwise="denied"
        )

    def _request(self, number: int, question: Question, given: Given) -> Request:
        carrier = self._layers.carriers[number]
        facts, common = self._prepared(question, given)
        facts = facts.of(self._facts.personal(carrier.principal))
        request = common.of(carrier.caller, facts.values, facts.unknown)
        request.identity = carrier.identity
        request.boundary = carrier.boundary
        return request

    def _prepared(self, question: Question, given: Given) -> tuple[Context, Request]:
        """What requests of all principals have in common; kept for the question asked last."""
        last = self._last
        if last is None or last[0] is not question or last[1] is not given:
            facts = self._facts.context(None, question.action, question.target, given)
            common = self._common(question, facts.values, facts.unknown)
            last = self._last = (question, given, facts, common)
        return last[2], last[3]

    def _common(self, question: Question, values: Mapping[str, ContextValue], unknown: Unknown) -> Request:
        target = question.target
        return Request(
            _NOBODY,
            question.action,
            target,
            self._facts.owner(target),
            values,
            scps=self._scps,
            rcps=self._rcps if question.action.partition(":")[0] in rcp_services()[0] else (),
            resource_policy=self._resource_policy(question),
            unknown=unknown,
        )

    def _resource_policy(self, question: Question) -> Source | None:
        target = question.target
        found = resource_policy(self.account, target, question.action)
        owner = self._facts.owner(target)
        if owner != self.account.id and not target.wildcard_only:
            where = f"account {owner}" if owner else "whatever account has it"
            need = f"the policy of {target.text} in {where}"
            return (need, Unread(need, need))
        if found is None or found.document is None:
            return None
        if found.document is UNREAD:
            return (found.name, Unread(found.name, found.need))
        return _source(NamedDocument(found.name, "resource", found.arn, found.document))

    def _perhaps(self, question: Question) -> tuple[Source, tuple[str, ...]] | None:
        """The resource's policy with what may count in it or not, and what would tell; None if all is clear."""
        found = resource_policy(self.account, question.target, question.action)
        if found is None or found.perhaps is None:
            return None
        return _source(NamedDocument(found.name, "resource", found.arn, found.perhaps)), found.perhaps_needs

    # --- everyone -----------------------------------------------------------------------------------------

    def _reach(self, asked: Asked, given: Given, *, read_only: bool = False) -> Reach:
        everyone: Reach | None = None
        for group in asked.groups:
            anyone: Reach | None = None
            for question in group:
                found = self._reach_one(question, given, read_only)
                anyone = found if anyone is None else anyone.or_(found)
            if anyone is not None:
                for asking in self._asked_besides(asked, group):
                    anyone = anyone.or_(self._gained(asking, anyone, given, read_only))
                everyone = anyone if everyone is None else everyone.and_(anyone)
        return everyone or Reach(0, 0, 0)

    def _gained(self, asking: Asking, known: Reach, given: Given, read_only: bool) -> Reach:
        """Who may do it by the own policy of one resource, of those who do not surely have it already."""
        everyone = (1 << len(self.principals)) - 1
        if known.allowed == everyone:
            return Reach(0, 0, 0)
        if asking.named is None:
            return self._reach_one(asking.question, given, read_only)
        found = dict.fromkeys(VERDICTS, 0)
        for number in sorted(self.numbers[arn] for arn in asking.named if arn in self.numbers):
            if not known.allowed >> number & 1:
                request = self._request(number, asking.question, given)
                decision = decide(_without_unread(request) if read_only else request)
                found[verdict_of(decision)] |= 1 << number
        return Reach(found["allowed"], found["conditional"], found["unknown"])

    def _reach_one(self, question: Question, given: Given, read_only: bool) -> Reach:
        common = self._prepared(question, given)[1]
        if read_only:
            common = _without_unread(common)
            common.resource_account = common.resource_account or self.account.id

        def of(number: int) -> Request:
            request = self._request(number, question, given)
            return _without_unread(request) if read_only else request

        found = Evaluation(self._layers, common, of, read_only=read_only).reach()
        perhaps = None if read_only else self._perhaps(question)
        if perhaps is None:
            return found
        common = common.of(common.caller, common.context, common.unknown)
        common.resource_policy = perhaps[0]

        def with_perhaps(number: int) -> Request:
            request = of(number)
            request.resource_policy = perhaps[0]
            return request

        more = Evaluation(self._layers, common, with_perhaps).reach().possible & ~found.possible
        return Reach(found.allowed, found.conditional, found.unknown | more)

    def _arns(self, bits: int) -> tuple[str, ...]:
        return tuple(self.principals[number].arn for number in members(bits))

    # --- what else to know --------------------------------------------------------------------------------

    def _gaps_of(self, question: Question) -> tuple[str, ...]:
        service = question.action.partition(":")[0]
        services, as_of = rcp_services()
        if not self._rcps or service in services:
            return self._gaps
        return (*self._gaps, f"RCPs do not apply to {service} as far as is known (list of {as_of})")

    def _notes(self, question: Question, asked: Asked) -> tuple[str, ...]:
        target = question.target
        wide = target.pattern and not target.wildcard_only and target.service in WITH_POLICIES
        if wide and resource_policy(self.account, target, question.action) is None:
            if asked.resource in (None, "*"):
                seen = self._own.seen(target.service)
                return () if seen else (_UNSEEN.format(target.service),)
            return ("policies and ACLs of single resources are not looked at for a pattern of resources",)
        bucket = self._bucket(question)
        note = object_acl_note(self.account, bucket, question.action) if bucket is not None else ""
        return (note,) if note else ()


def _levels(found: ControlPolicies) -> tuple[list[list[Source]], tuple[str, ...], tuple[str, ...]]:
    """The levels of control policies that could be read, their names, and sentences on the rest."""
    levels: list[list[Source]] = []
    names: list[str] = []
    gaps = list(found.gaps)
    for name, documents in zip(found.names, found.levels, strict=True):
        sources = [_source(named) for named in documents]
        unread = [str(label) for label, document in sources if isinstance(document, Unread)]
        if unread:
            gaps.append(f"{', '.join(unread)} at {name} cannot be evaluated")
        else:
            levels.append(sources)
            names.append(name)
    return levels, tuple(names), tuple(gaps)


def _source(named: NamedDocument) -> Source:
    read = read_policy(named)
    if read.document is None:
        return (named, Unread(str(named), f"{named} cannot be evaluated: {read.problem}"))
    return (named, read.document)


def _carrier(account: Account, principal: User | Role) -> Carrier:
    carried = carried_by(account, principal)
    identity = [_source(named) for named in carried.identity]
    identity += [(name, Unread(name, f"{_DETAILS} with {name}")) for name in carried.missing]
    boundary: list[Source] | None = None
    if carried.boundary is not None:
        boundary = [_source(carried.boundary)]
    elif carried.boundary_missing:
        name = f"permissions boundary {principal.boundary}"
        boundary = [(name, Unread(name, f"{_DETAILS} with {name}"))]
    return Carrier(principal, parse_caller(principal.arn, "", None), identity, boundary)


def _without_unread(request: Request) -> Request:
    """The request as it would be if the policies that were not read said nothing."""
    return Request(
        request.caller,
        request.action,
        request.target,
        request.resource_account or request.caller.account,
        request.context,
        identity=_read_only(request.identity),
        boundary=None if request.boundary is None else _read_only(request.boundary) or None,
        scps=request.scps,
        rcps=request.rcps,
        resource_policy=request.resource_policy
        if request.resource_policy and isinstance(request.resource_policy[1], Document)
        else None,
        unknown=request.unknown,
    )


def _read_only(sources: Sequence[Source]) -> list[Source]:
    return [source for source in sources if isinstance(source[1], Document)]
