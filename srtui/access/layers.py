"""The policies of all principals of an account, each once, with the set of who carries it.

A set of principals is an int: bit i stands for the i-th principal of the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from srtui.access.facts import Facts, depends_on_principal
from srtui.account.model import Role, User
from srtui.policy.condition import Condition
from srtui.policy.document import Document, Statement
from srtui.policy.match import ContextValue, Literal, Token
from srtui.policy.principal import Caller
from srtui.policy.request import Request, Source
from srtui.policy.requirement import Unread
from srtui.policy.target import literal_start, resource_tokens


class Carrier:
    """A user or role with the policies it carries."""

    __slots__ = ("boundary", "caller", "identity", "principal")

    def __init__(
        self,
        principal: User | Role,
        caller: Caller,
        identity: Sequence[Source],
        boundary: Sequence[Source] | None,
    ) -> None:
        self.principal = principal
        self.caller = caller
        self.identity = identity
        self.boundary = boundary


def members(bits: int) -> Iterator[int]:
    """The numbers of the principals in a set, ascending."""
    if bits and not bits & (bits - 1):
        yield bits.bit_length() - 1
        return
    text = bin(bits)[:1:-1]
    number = text.find("1")
    while number != -1:
        yield number
        number = text.find("1", number + 1)


#: Two sets of principals: of whom something is surely so, and of whom it may be so. The second holds the first.
Pair = tuple[int, int]


class Limited:
    """A statement that is not about everything, and who carries it, in whatever documents.

    `keys`: the keys of principals that it looks at; without any it means the same for all who carry it.
    """

    __slots__ = ("_starts", "keys", "statement", "who")

    def __init__(self, statement: Statement, who: int) -> None:
        self.statement = statement
        self.who = who
        self.keys = personal_keys(statement)
        self._starts: list[tuple[int, tuple[str, ...]]] | None = None

    def maybe_about(self, text: str, values_of: Callable[[int], Mapping[str, ContextValue]]) -> int:
        """Those of whom the statement may be about an ARN, by what its Resource values begin with for each of them."""
        if self._starts is None:
            texts = [resource_tokens(value) for value in self.statement.resources or ()]
            self._starts = [
                (1 << number, tuple(_start(tokens, values_of(number)) for tokens in texts))
                for number in members(self.who)
            ]
        bits = 0
        for bit, starts in self._starts:
            if text.startswith(starts):
                bits |= bit
        return bits


def _start(tokens: Iterable[Token], values: Mapping[str, ContextValue]) -> str:
    """What a Resource value surely begins with, as far as its variables are known."""
    found = ""
    for token in tokens:
        if isinstance(token, str):
            start = literal_start(token)
            found += start
            if start != token:
                break
        elif isinstance(token, Literal):
            found += token.text
        else:
            value = values.get(token.key)
            if not isinstance(value, str):
                break
            found += value
    return found


class Named:
    """The statements of a layer that name an action: whom those without limits allow and deny, and the others."""

    __slots__ = ("allowed", "denied", "limited")

    def __init__(self, statements: Iterable[tuple[Statement, int]]) -> None:
        self.allowed = self.denied = 0
        found: dict[object, tuple[Statement, int]] = {}
        for statement, who in statements:
            limited = not statement.any_resource or statement.not_resource
            if limited or statement.conditions or statement.with_variables:
                key = _says(statement)
                first, others = found.get(key, (statement, 0))
                found[key] = (first, others | who)
            elif statement.allow:
                self.allowed |= who
            else:
                self.denied |= who
        self.limited = [Limited(statement, who) for statement, who in found.values()]


def _says(statement: Statement) -> object:
    """Equal for statements that cover the same resources under the same conditions."""
    return (
        statement.allow,
        statement.kind,
        statement.resources,
        statement.not_resource,
        statement.with_variables,
        tuple([(one.operator, one.key, one.texts, one.tokens is None) for one in statement.conditions]),
    )


class Layers:
    """The policies of all principals of an account, each once, with the set of who carries it."""

    def __init__(self, account: str, carriers: Sequence[Carrier], facts: Facts) -> None:
        self.account = account
        self._facts = facts
        self.carriers = carriers
        self.everyone = (1 << len(carriers)) - 1
        self.users = self.linked = self.bounded = 0
        self.unread_identity = self.unread_boundary = 0
        self._identity: dict[int, tuple[Document, int]] = {}
        self._boundary: dict[int, tuple[Document, int]] = {}
        self._named: dict[str, tuple[Named, Named]] = {}
        self._fulfilling: dict[object, Pair] = {}
        self._by_arn: dict[str, int] = {}
        self._by_role_name: dict[str, int] = {}
        for number, carrier in enumerate(carriers):
            bit = 1 << number
            arn = carrier.principal.arn
            self._by_arn[arn] = number
            if carrier.caller.kind == "user":
                self.users |= bit
            else:
                self._by_role_name[arn.rpartition("/")[2]] = number
            self.linked |= bit if carrier.caller.service_linked else 0
            self.unread_identity |= _carry(carrier.identity, bit, self._identity)
            if carrier.boundary is not None:
                self.bounded |= bit
                self.unread_boundary |= _carry(carrier.boundary, bit, self._boundary)

    def values_of(self, number: int) -> Mapping[str, ContextValue]:
        """The values of the keys that are known of a principal."""
        return self._facts.personal(self.carriers[number].principal).values

    def alike(self, keys: Sequence[str], who: int) -> Iterable[int]:
        """The principals in a set, in sets for which each of the keys has the same value, or is as little known."""
        found: dict[tuple[object, ...], int] = {}
        for number in members(who):
            personal = self._facts.personal(self.carriers[number].principal)
            same = tuple([personal.values.get(key, personal.known_absent(key)) for key in keys])
            found[same] = found.get(same, 0) | 1 << number
        return found.values()

    def fulfilling(self, condition: Condition, of: Callable[[int], Request]) -> Pair:
        """Of whom a condition on a key of principals is true, and of whom that is not known."""
        key = (condition.operator, condition.key, condition.texts)
        found = self._fulfilling.get(key)
        if found is None:
            fulfilled = open_for = 0
            for number in range(len(self.carriers)):
                request = of(number)
                holds = condition.holds(request.context, request.unknown)
                fulfilled |= (holds is True) << number
                open_for |= (holds is None) << number
            if len(self._fulfilling) >= 256:
                self._fulfilling.clear()
            found = self._fulfilling[key] = (fulfilled, open_for)
        return found

    def candidates(self, statement: Statement) -> Iterable[int]:
        """The numbers of the principals whom a Principal element may mean."""
        element = statement.principal
        if element is None or statement.not_principal or element.everyone or not statement.allow:
            return range(len(self.carriers))
        found = set()
        for name in element.aws:
            if name == self.account or name.endswith(":root"):
                return range(len(self.carriers))
            number = self._by_arn.get(name)
            if number is None and ":assumed-role/" in name:
                number = self._by_role_name.get(name.split("/")[1])
            if number is not None:
                found.add(number)
        return found

    def named(self, action: str) -> tuple[Named, Named]:
        """The statements of identity policies and of boundaries that name a lower-case action."""
        found = self._named.get(action)
        if found is None:
            if len(self._named) >= 64:
                self._named.clear()
            found = self._named[action] = (_naming(self._identity, action), _naming(self._boundary, action))
        return found


def _carry(sources: Sequence[Source], bit: int, found: dict[int, tuple[Document, int]]) -> int:
    unread = 0
    for _, document in sources:
        if isinstance(document, Unread):
            unread = bit
        else:
            found[id(document)] = (document, found.get(id(document), (document, 0))[1] | bit)
    return unread


def _naming(documents: dict[int, tuple[Document, int]], action: str) -> Named:
    return Named(
        (statement, carriers)
        for document, carriers in documents.values()
        for statement in document.statements
        if statement.matches_action(action) is not statement.not_action
    )


def personal_keys(statement: Statement) -> tuple[str, ...]:
    """The keys with a value of its own for each principal that a statement looks at, in variables too."""
    if not statement.conditions and not statement.variables:
        return ()
    keys = [condition.key for condition in statement.conditions]
    keys += [variable.key for condition in statement.conditions for variable in condition.variables]
    keys += [variable.key for variable in statement.variables]
    return tuple(dict.fromkeys(key for key in keys if depends_on_principal(key)))
