"""What a principal could still make of itself with its right-sized policy in place of all that it has today."""

from __future__ import annotations

from typing import Final

import msgspec

from srtui.account import Account
from srtui.escalation.escalation import escalate
from srtui.escalation.explain import Route
from srtui.risk.use.rightsize import Proposal
from srtui.whatif import Instead, account_with

#: Of accounts with more users and roles than this it is not tried: the whole graph has to be made again.
MOST_PRINCIPALS: Final = 5_000


class Remaining(msgspec.Struct, frozen=True):
    """Whether a right-sized policy leaves a way to administrator.

    `already`: it still is administrator; `route`: the best way that is left, None if there is none; `tried` False: the
    account is too large.
    """

    tried: bool = True
    already: bool = False
    route: Route | None = None


def remaining(account: Account, proposal: Proposal) -> Remaining:
    """Work the ways to administrator out on the changed account. Takes seconds for large accounts: not for the loop."""
    if len(account.users) + len(account.roles) > MOST_PRINCIPALS:
        return Remaining(tried=False)
    after = escalate(account_with(account, proposal.arn, [Instead(proposal.documents)]))
    start = after.starts[proposal.arn]
    if start.already:
        return Remaining(already=True)
    routes = after.paths(proposal.arn, most=1) if start.tier is not None else ()
    return Remaining(route=routes[0] if routes else None)
