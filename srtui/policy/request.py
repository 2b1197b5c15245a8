"""A request to decide, and what a decision says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from srtui.policy.condition import Unknown
from srtui.policy.document import Document, Statement
from srtui.policy.match import Context
from srtui.policy.principal import Caller, Naming
from srtui.policy.requirement import Requirement, Unread
from srtui.policy.target import Kind, Target

Outcome = Literal["allow", "explicit_deny", "implicit_deny", "open"]
#: What to call a policy in an explanation (anything with a readable `str`), and the policy.
Source = tuple[object, Document | Unread]


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

    def of(self, caller: Caller, context: Context, unknown: Unknown) -> Request:
        """The same request by another caller, in his context, without policies of identities."""
        return Request(
            caller,
            self.action,
            self.target,
            self.resource_account,
            context,
            scps=self.scps,
            rcps=self.rcps,
            resource_policy=self.resource_policy,
            endpoint=self.endpoint,
            unknown=unknown,
        )


class Hit:
    """A statement that covers the request, or would if `requirement` held. `statement` None: the policy is unread."""

    __slots__ = ("kind", "naming", "requirement", "source", "statement")

    def __init__(
        self,
        kind: Kind,
        source: object,
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
        return f"{self.source}, {self.statement.label}" if self.statement else str(self.source)


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
