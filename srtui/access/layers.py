"""The policies of all principals of an account, each once, with the set of who carries it.

A set of principals is an int: bit i stands for the i-th principal of the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from srtui.access.facts import depends_on_principal
from srtui.account.model import Role, User
from srtui.policy.condition import Condition
from srtui.policy.document import Document, Statement
from srtui.policy.principal import Caller
from srtui.policy.request import Request, Source
from srtui.policy.requirement import Unread


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


#: A statement, who carries it, and whether what it asks has a value of its own for each principal.
Limited = tuple[Statement, int, bool]
#: Two sets of principals: of whom something is surely so, and of whom it may be so. The second holds the first.
Pair = tuple[int, int]


class Named:
    """The statements of a layer that name an action: whom those without limits allow and deny, and the others."""

    __slots__ = ("allowed", "denied", "limited")

    def __init__(self, statements: Iterable[tuple[Statement, int]]) -> None:
        self.allowed = self.denied = 0
        self.limited: list[Limited] = []
        for statement, who in statements:
            limited = not statement.any_resource or statement.not_resource
            if limited or statement.conditions or statement.with_variables:
                self.limited.append((statement, who, depends(statement)))
            elif statement.allow:
                self.allowed |= who
            else:
                self.denied |= who


class Layers:
    """The policies of all principals of an account, each once, with the set of who carries it."""

    def __init__(self, account: str, carriers: Sequence[Carrier]) -> None:
        self.account = account
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


def depends(statement: Statement) -> bool:
    """Whether a condition or a variable of the statement has a value of its own for each principal."""
    return any(
        depends_on_principal(condition.key)
        or any(depends_on_principal(variable.key) for variable in condition.variables)
        for condition in statement.conditions
    ) or any(depends_on_principal(variable.key) for variable in statement.variables)
