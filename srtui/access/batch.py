"""The same few actions about thousands of resources, for all principals at once.

Resources that the same statements are about, and whose own policies read the same, share one evaluation: what differs
between them is their name alone. Statements with principal variables (`user/${aws:username}`) are resolved once for
each principal, so that a resource meets only those that are about it. Every answer is that of `AccessIndex.reach`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from srtui.access.entries import Entries, Grouped
from srtui.access.facts import depends_on_principal
from srtui.access.index import AccessIndex, Given
from srtui.access.layers import Layers, Named, members
from srtui.access.questions import Question
from srtui.access.reach import Evaluation, Reach
from srtui.access.resources import resource_policy
from srtui.account import UNREAD
from srtui.policy.catalogue import load_catalogue
from srtui.policy.covering import means, requirement_of
from srtui.policy.document import Document, Statement
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.match import UnresolvedVariableError, resolve
from srtui.policy.principal import Naming
from srtui.policy.request import Request, Source
from srtui.policy.requirement import Requirement, Unread
from srtui.policy.target import Target, covers_resource, resource_tokens

_NOTHING: Final[Given] = {}
_encode = msgspec.json.Encoder(order="sorted").encode


class Granting(msgspec.Struct, frozen=True):
    """One Allow statement of identity policies, and whom it gives the action on the resource, by number."""

    document: Document
    statement: Statement
    sure: int
    possible: int


class Batch:
    """Questions about a fixed set of actions, put to an index as often as one likes."""

    def __init__(self, index: AccessIndex, actions: Iterable[str]) -> None:
        self.index = index
        self._layers = index._layers
        self._actions = tuple(sorted({action.lower() for action in actions}))
        self._identity = self._grouped(self._layers._identity)
        self._boundary = self._grouped(self._layers._boundary)
        self._entries: dict[tuple[str, bool], Entries] = {}
        self._known: dict[tuple[Any, ...], Reach] = {}
        self._granting: dict[tuple[Any, ...], list[Granting]] = {}
        self._keys: dict[str, frozenset[str]] = {}
        self._variables: dict[int, Mapping[str, Any]] = {}
        self._policies: dict[int, tuple[Any, bytes]] = {}

    # --- statements by action -----------------------------------------------------------------------------

    def _grouped(self, documents: Mapping[int, tuple[Document, int]]) -> dict[str, list[Grouped]]:
        """The statements that name each action, those that say the same joined."""
        groups: dict[str, dict[Any, Grouped]] = {action: {} for action in self._actions}
        named: dict[Any, tuple[str, ...]] = {}
        for document, carriers in documents.values():
            for statement in document.statements:
                key = (statement.actions, statement.not_action, statement.allow)
                actions = named.get(key)
                if actions is None:
                    actions = named[key] = tuple(one for one in self._actions if statement.covers_action(one))
                if not actions:
                    continue
                says = _says(statement)
                for action in actions:
                    group = groups[action].get(says)
                    if group is None:
                        group = groups[action][says] = Grouped(statement)
                    group.carriers |= carriers
                    group.places.append((document, statement, carriers))
        return {action: list(found.values()) for action, found in groups.items()}

    def _entries_of(self, action: str, boundary: bool) -> Entries:
        found = self._entries.get((action, boundary))
        if found is None:
            groups = (self._boundary if boundary else self._identity)[action]
            found = self._entries[action, boundary] = Entries(groups, self._resolved)
        return found

    def _resolved(self, group: Grouped) -> Iterator[tuple[str, int]] | None:
        """(pattern, carrier) for each principal, its variables put in; None if that cannot be told by the principal."""
        if not all(depends_on_principal(variable.key) for variable in group.statement.variables):
            return None
        found: list[tuple[str, int]] = []
        for number in members(group.carriers):
            context = self._principal_values(number)
            for text in group.statement.resources or ():
                try:
                    pieces = list(resolve(resource_tokens(text), context))
                except UnresolvedVariableError:
                    return None
                if any(literal and ("*" in piece or "?" in piece) for piece, literal in pieces):
                    return None
                found.append(("".join(piece for piece, _ in pieces), 1 << number))
        return iter(found)

    def _principal_values(self, number: int) -> Mapping[str, Any]:
        found = self._variables.get(number)
        if found is None:
            principal = self._layers.carriers[number].principal
            target = Target("*")
            found = self.index._facts.context(principal, "sts:getcalleridentity", target, _NOTHING).values
            self._variables[number] = found
        return found

    def keys(self, action: str) -> frozenset[str]:
        """The condition keys, lower case, that the statements about an action mention, in variables too."""
        action = action.lower()
        found = self._keys.get(action)
        if found is None:
            statements = [group.statement for group in (*self._identity[action], *self._boundary[action])]
            statements += [
                statement
                for level in (*self.index._scps, *self.index._rcps)
                for _, document in level
                if isinstance(document, Document)
                for statement in document.statements
                if statement.covers_action(action)
            ]
            found = self._keys[action] = frozenset(key for one in statements for key in _mentioned(one))
        return found

    def values(self, action: str, key: str) -> frozenset[str]:
        """What conditions on a key, in lower case, of identity policies' Allow statements about an action name."""
        statements = [group.statement for group in self._identity[action.lower()]]
        conditions = [one for statement in statements if statement.allow for one in statement.conditions]
        return frozenset(text for one in conditions if one.key == key for text in one.texts)

    # --- questions ----------------------------------------------------------------------------------------

    def reach(
        self,
        action: str,
        arn: str,
        given: Given = _NOTHING,
        *,
        policy: NamedDocument | None = None,
        new: bool = False,
        lenient: bool = False,
    ) -> Reach:
        """Who may do one of the actions on an ARN or a pattern of ARNs, `*` for an action without resources.

        `policy`: the resource's own policy as it would be, instead of the one it has; `new`: the resource does not
        exist yet, so that it has none; `lenient`: a policy of a resource that was not read is taken to say nothing,
        which is so of most (trust and key policies excepted, which decide).
        """
        action = action.lower()
        question = Question(action, _target(action, arn))
        new = new or (lenient and self._unread(question))
        key, identity, boundary = self._signature(question, given, policy, new)
        found = self._known.get(key)
        if found is None:
            facts = self.index._facts.context(None, action, question.target, given)
            common = self.index._common(question, facts.values, facts.unknown)
            if policy is not None or new:
                common.resource_policy = None if policy is None else as_source(policy)
            looked_at = question.target.wildcard_only or question.target.pattern
            layers = _Narrowed(
                self._layers,
                self._named(action, identity, False, not looked_at),
                self._named(action, boundary, True, not looked_at),
            )
            evaluation = _Evaluation(
                layers, common, lambda number: self._request(number, question, given, common.resource_policy)
            )
            found = self._known[key] = evaluation.reach()
        return found

    def _request(self, number: int, question: Question, given: Given, policy: Source | None) -> Request:
        request = self.index._request(number, question, given)
        request.resource_policy = policy
        return request

    def granting(self, action: str, arn: str, given: Given = _NOTHING) -> list[Granting]:
        """The Allow statements of identity policies that give the action on the ARN, conditions of others aside."""
        action = action.lower()
        question = Question(action, _target(action, arn))
        key, identity, _ = self._signature(question, given, None, False)
        known = self._granting.get(key)
        if known is not None:
            return known
        facts = self.index._facts.context(None, action, question.target, given)
        common = self.index._common(question, facts.values, facts.unknown)
        groups = self._identity[action]
        found: list[Granting] = []
        for number, carriers in identity.items():
            group = groups[number]
            if not group.statement.allow:
                continue
            sure, possible = self._covered(group.statement, carriers, common, question, given)
            for document, statement, whose in group.places:
                if possible & whose:
                    found.append(Granting(document, statement, sure & whose, possible & whose))
        self._granting[key] = found
        return found

    def _covered(
        self, statement: Statement, carriers: int, common: Request, question: Question, given: Given
    ) -> tuple[int, int]:
        if not any(map(depends_on_principal, _mentioned(statement))):
            outcome = requirement_of(statement, common)
            return (carriers if outcome is True else 0), (carriers if outcome is not False else 0)
        sure = possible = 0
        for number in members(carriers):
            outcome = requirement_of(statement, self.index._request(number, question, given))
            sure |= (outcome is True) << number
            possible |= (outcome is not False) << number
        return sure, possible

    def _named(self, action: str, about: Mapping[int, int], boundary: bool, settled: bool) -> Named:
        """The statements about a resource; `settled`: those of which it was told by their Resource that they are."""
        entries = self._entries_of(action, boundary)
        told = [number for number in about if settled and entries.decided(number)]
        rest = about.keys() - told
        named = Named((entries.groups[number].statement, about[number]) for number in about if number in rest)
        for number in told:
            if entries.groups[number].statement.allow:
                named.allowed |= about[number]
            else:
                named.denied |= about[number]
        return named

    def _signature(
        self, question: Question, given: Given, policy: NamedDocument | None, new: bool
    ) -> tuple[tuple[Any, ...], dict[int, int], dict[int, int]]:
        """What an answer depends on, and the statements of identities and boundaries that take part."""
        action, target = question.action, question.target
        identity = self._entries_of(action, False)
        boundary = self._entries_of(action, True)
        key: tuple[Any, ...] = (action, tuple(sorted(given.items(), key=str)) if given else ())
        if target.wildcard_only or target.pattern:
            return (
                (*key, target.text, id(policy), new),
                identity.overlapping(target),
                boundary.overlapping(target),
            )
        parts: list[Any] = []
        found = []
        for entries in (identity, boundary):
            about, odd, marks = entries.about(target)
            for number in odd:
                group = entries.groups[number]
                covered = covers_resource(group.statement, target, {}, _anything)
                if covered is None:
                    parts.append(target.text)
                if covered is not False:
                    about[number] = group.carriers
                    marks.append(-number - 1)
            found.append(about)
            parts.append(tuple(marks))
        parts.append(self._by_conditions(action, target))
        if policy is not None:
            parts.append(self._text_of(policy.document))
        else:
            parts.append(None if new else self._policy_text(question))
        return (*key, *parts), found[0], found[1]

    def _by_conditions(self, action: str, target: Target) -> tuple[Any, ...]:
        """What conditions may tell apart about a resource besides its name."""
        keys = self.keys(action)
        if not keys and not self.index._scps and not self.index._rcps:
            return ()
        tags: tuple[Any, ...] = ()
        if target.service == "iam" and any("resourcetag/" in key for key in keys):
            record = self.index.account.principal(target.text)
            tags = tuple(sorted(record.tags.items())) if record is not None else ()
        scoped = target.text if self._control_policies_name_resources(action) else ""
        return target.segments[3], target.segments[4], tags, scoped

    def _control_policies_name_resources(self, action: str) -> bool:
        return any(
            not (statement.any_resource and not statement.not_resource) or statement.variables
            for level in (*self.index._scps, *self.index._rcps)
            for _, document in level
            if isinstance(document, Document)
            for statement in document.statements
            if statement.covers_action(action)
        )

    def _policy_text(self, question: Question) -> Any:
        """The resource's own policy, equal for policies that read the same."""
        found = resource_policy(self.index.account, question.target, question.action)
        if found is None or found.document is None:
            return None
        if not isinstance(found.document, dict):
            return found.need
        return self._text_of(found.document)

    def _unread(self, question: Question) -> bool:
        if question.target.service in ("iam", "kms"):
            return False
        found = resource_policy(self.index.account, question.target, question.action)
        return found is not None and found.document is UNREAD

    def _text_of(self, document: Mapping[str, Any]) -> bytes:
        known = self._policies.get(id(document))
        if known is None or known[0] is not document:
            known = self._policies[id(document)] = (document, _encode(document))
        return known[1]

    def carriers(self, action: str) -> int:
        """Whoever carries an Allow statement about the action, whatever it is worth."""
        bits = 0
        for group in self._identity[action.lower()]:
            if group.statement.allow:
                bits |= group.carriers
        return bits | self._layers.unread_identity

    def resources(self, action: str) -> frozenset[str]:
        """The Resource values, variables and all, of the Allow statements of identity policies about an action."""
        return frozenset(
            text
            for group in self._identity[action.lower()]
            if group.statement.allow and not group.statement.not_resource
            for text in group.statement.resources or ()
        )

    def resources_of(self, action: str, number: int) -> frozenset[str]:
        """The same of one principal by number, its variables put in; values with variables left over are left out."""
        found = set()
        for group in self._identity[action.lower()]:
            statement = group.statement
            if statement.allow and not statement.not_resource and group.carriers >> number & 1:
                for text in statement.resources or ():
                    try:
                        pieces = resolve(resource_tokens(text), self._principal_values(number))
                        found.add("".join(piece for piece, _ in pieces) if statement.variables else text)
                    except UnresolvedVariableError:
                        continue
        return frozenset(found)


def as_source(named: NamedDocument) -> Source:
    """A policy as it takes part in a request."""
    document = read_policy(named).document
    return (named, document if document is not None else Unread(str(named), f"{named} cannot be evaluated"))


def _anything(key: str) -> bool:
    return True


def _says(statement: Statement) -> Any:
    conditions = statement.conditions
    return (
        statement.allow,
        statement.not_resource,
        statement.resources,
        statement.kind,
        bool(statement.variables),
        tuple((one.operator, one.key, one.texts, one.tokens is None) for one in conditions)
        if conditions
        else (),
    )


def _mentioned(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.key
        for variable in condition.variables:
            yield variable.key
    for variable in statement.variables:
        yield variable.key


def _target(action: str, arn: str) -> Target:
    catalogue = load_catalogue()
    known = catalogue.index(action) is not None
    return Target("*") if known and not catalogue.has_resource_level(action) else Target(arn)


class _Narrowed(Layers):
    """The layers of all principals, with only the statements that can be about a resource."""

    def __init__(self, whole: Layers, identity: Named, boundary: Named) -> None:
        self.__dict__.update(whole.__dict__)
        self._pair = identity, boundary

    def named(self, action: str) -> tuple[Named, Named]:
        return self._pair


class _Evaluation(Evaluation):
    """Quick about trust policies that name the account, as most do that name any principal."""

    def _meant(self, statement: Statement) -> Iterator[tuple[Naming | None, int, Requirement]]:
        layers, element = self._layers, statement.principal
        if element is None or not statement.allow or statement.not_principal or element.everyone:
            yield from super()._meant(statement)
            return
        partition = self._common.target.segments[1]
        if not element.names_account(partition, layers.account):
            yield from super()._meant(statement)
            return
        rest = layers.everyone
        for name in element.aws:
            number = layers._by_arn.get(name)
            if number is None:
                if ":assumed-role/" in name:
                    yield from super()._meant(statement)
                    return
                continue
            rest &= ~(1 << number)
        if rest:
            yield "account", rest, True
        for number in members(layers.everyone & ~rest):
            probe = self._of(number)
            who, naming = means(statement, probe)
            if who is not False:
                yield naming, 1 << number, who
