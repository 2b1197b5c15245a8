"""What the techniques look at: principals by number, which services each role trusts, and the state of users."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from srtui.access.answer import VERDICTS, verdict_of
from srtui.access.index import AccessIndex
from srtui.account import UNREAD, Account
from srtui.account.delivery import CodeSigningConfig
from srtui.account.federation import IdentityPool
from srtui.account.model import Group, Role, User
from srtui.escalation.inventory import Inventory
from srtui.policy.decide import decide
from srtui.policy.effective import EffectivePermissions
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.principal import Caller
from srtui.policy.readable import requirement_texts
from srtui.policy.request import Decision, Request, Source
from srtui.policy.target import Target

#: `lambda.amazonaws.com` for whatever a trust policy calls the service: some name a region, China has its own suffix.
_REGIONAL: Final = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d+(?=\.amazonaws\.com)")
_COGNITO: Final = "cognito-identity."
#: Condition keys that a service's own request for a role cannot have.
_NOT_OF_SERVICES: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:multifactorauth",
    "aws:userid",
    "aws:username",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
)


def service_name(text: str) -> str:
    """A service principal without its region and without China's suffix."""
    return _REGIONAL.sub("", text.removesuffix(".cn"))


class Trust(msgspec.Struct, frozen=True):
    """A role that trusts a service: surely, or on `conditions`."""

    role: Role
    conditions: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True):
    """Whether something about a target is so. `so` None: it was not read, `text` says what."""

    so: bool | None
    text: str = ""


_YES: Final = State(True)
_NO: Final = State(False)


class World:
    """One account seen by the techniques. Principals are numbered as in the index."""

    def __init__(
        self, account: Account, index: AccessIndex, permissions: Mapping[str, EffectivePermissions]
    ) -> None:
        self.account = account
        self.index = index
        self.permissions = permissions
        self.inventory = Inventory(account)
        self.numbers = index.numbers
        self.users: tuple[User, ...] = tuple(account.users.values())
        self.roles: tuple[Role, ...] = tuple(account.roles.values())
        #: Roles that can be passed and changed (IAM User Guide, "Service-linked roles").
        self.own_roles: tuple[Role, ...] = tuple(
            role for role in self.roles if not (role.service_linked or role.aws_reserved)
        )
        self._trusts: dict[str, list[Trust]] | None = None
        self._signed: frozenset[str] | None = None
        self.admin_policy = f"arn:{account.partition}:iam::aws:policy/AdministratorAccess"

    def is_admin(self, arn: str) -> bool:
        """Whether a principal or group can do everything as it is."""
        found = self.permissions.get(arn)
        return found is not None and found.admin == "everything"

    # --- trust in services --------------------------------------------------------------------------------

    def trusting(self, service: str) -> list[Trust]:
        """The roles that can be passed to a service."""
        return self.trusts.get(service, [])

    @property
    def trusts(self) -> Mapping[str, list[Trust]]:
        """The roles that can be passed, by the service that they trust."""
        if self._trusts is None:
            self._trusts = {}
            known: dict[bytes, list[tuple[str, tuple[str, ...]]]] = {}
            for role in self.own_roles:
                text = msgspec.json.encode(role.trust)
                found = known.get(text)
                if found is None:
                    found = known[text] = list(self._services_of(role))
                for service, conditions in found:
                    self._trusts.setdefault(service, []).append(Trust(role, conditions))
        return self._trusts

    def _services_of(self, role: Role) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The services that may assume a role, with what must be so."""
        named = NamedDocument(f"trust policy of {role.name}", "resource", role.arn, role.trust)
        document = read_policy(named).document
        if document is None:
            return
        services = {
            name
            for statement in document.statements
            if statement.principal is not None and statement.allow
            for name in (*statement.principal.service, *_cognito(statement.principal.federated))
        }
        seen = set()
        for name in sorted(services):
            service = service_name(name)
            decision = self._trust_decision(name, role, (named, document))
            verdict = verdict_of(decision)
            if verdict != "denied" and service not in seen:
                seen.add(service)
                yield service, () if verdict == "allowed" else requirement_texts(decision.requirement)

    def _trust_decision(self, name: str, role: Role, trust: Source) -> Decision:
        """Whether a service may assume a role. For identity pools one of the account's pools will do."""
        cognito = name.startswith(_COGNITO)
        base = {"aws:sourceaccount": self.account.id, "aws:principalisawsservice": "true"}
        contexts: list[dict[str, str | Sequence[str]]] = [{**base}]
        if cognito:
            contexts = [
                {f"{name}:aud": pool.name, f"{name}:amr": (how,)}
                for pool in self.account.table(IdentityPool).values()
                for how in ("unauthenticated", "authenticated")
            ] or [{}]
        decisions = [
            decide(
                Request(
                    Caller("provider" if cognito else "service", name),
                    "sts:assumerolewithwebidentity" if cognito else "sts:assumerole",
                    Target(role.arn),
                    self.account.id,
                    context,
                    resource_policy=trust,
                    unknown=_may_come_from_a_service,
                )
            )
            for context in contexts
        ]
        return min(decisions, key=lambda decision: VERDICTS.index(verdict_of(decision)))

    # --- the state of targets -----------------------------------------------------------------------------

    def state(self, fact: str, target: str) -> State:
        """Whether a fact that a technique asks for (`when`) is so of its target."""
        if fact == "function-takes-any-code":
            return _NO if target in self._signed_functions() else _YES
        user = self.account.users[target]
        credentials = self.account.credentials_of(user)
        if credentials is UNREAD:
            # Without the report the rule is assumed, not the exception: few users have two keys, most new ones no password.
            if fact in ("user-has-key-slot", "user-has-no-password"):
                return _YES
            return State(None, f"iam:GetCredentialReport for {user.name}")
        keys = credentials.keys
        found = {
            "user-has-key-slot": len(keys) < 2,
            "user-has-two-keys": len(keys) >= 2,
            "user-has-inactive-key": any(not key.active for key in keys),
            "user-has-password": credentials.password_enabled is True,
            "user-has-no-password": not credentials.password_enabled,
        }[fact]
        return _YES if found else _NO

    def has_mfa(self, user: User) -> bool:
        """Whether the user is known to have an MFA device, without which a password lets nobody in."""
        credentials = self.account.credentials_of(user)
        return credentials is not UNREAD and credentials.mfa_active

    def _signed_functions(self) -> frozenset[str]:
        if self._signed is None:
            self._signed = frozenset(
                arn
                for one in self.account.table(CodeSigningConfig).values()
                if one.enforced and one.functions is not UNREAD
                for arn in one.functions
            )
        return self._signed

    def groups_of(self, user: User) -> list[Group]:
        """The groups a user is in, as far as they are in the evidence."""
        return [group for name in user.groups if (group := self.account.group_named(name))]

    def own_policies(self, arns: Iterator[str] | tuple[str, ...]) -> list[str]:
        """Customer-managed policies among these."""
        return [arn for arn in arns if ":iam::aws:" not in arn]


def _cognito(providers: tuple[str, ...]) -> list[str]:
    return [name for name in providers if name.startswith(_COGNITO)]


def _may_come_from_a_service(key: str) -> bool:
    return not key.startswith(_NOT_OF_SERVICES)
