"""One resource that may be open to the outside, and what can be done with it."""

from __future__ import annotations

from typing import Literal

import msgspec

from srtui.account.model import Document, Unread

#: What a party can do: get data out, put data in, run it, decide over it, become it, make a copy of it, or see names.
How = Literal["read", "write", "use", "manage", "become", "copy", "list"]


class Use(msgspec.Struct, frozen=True):
    """An action that shows one use of a resource; `suffix` is what it is about inside the resource.

    `signed`: AWS takes it with a signature only, even where other uses of the resource need none. `false`: condition
    keys that are false for it, whoever calls.
    """

    how: How
    action: str
    suffix: str = ""
    signed: bool = False
    false: tuple[str, ...] = ()


class Share(msgspec.Struct, frozen=True):
    """Someone who is let in by something else than a policy. `grantee`: an account id, an ARN, `all`, or a group's URI."""

    grantee: str
    how: How
    by: str  # for a person: "access control list (READ)"


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that may be open to the outside.

    `policy` None: it has none; UNREAD: it may have one. `shares` UNREAD: there may be some. `need`: the call that would
    tell. `anonymous`: whether AWS serves requests without any signature here. `blocked`: what keeps the public out in
    spite of a policy, "" for nothing, UNREAD if that was not read.
    """

    arn: str
    kind: str
    service: str
    region: str
    name: str
    uses: tuple[Use, ...] = ()
    policy: Document | Unread | None = None
    label: str = ""
    shares: tuple[Share, ...] | Unread = ()
    need: str = ""
    anonymous: bool = False
    blocked: str | Unread = ""
    blocks_all: bool = False  # and other accounts that the policy names as well
    data: bool = False  # whether it holds data, so that reading it moves data
