"""Why there is no last-accessed data of an identity, in a word and in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account, Outcome
from srtui.account.last_access import AccessJob, LastAccess

REPORT: Final = ("iam", "GenerateServiceLastAccessedDetails")
RESULT: Final = ("iam", "GetServiceLastAccessedDetails")


class Why(msgspec.Struct, frozen=True):
    """What came of asking AWS. `text` is the sentence without its full stop."""

    kind: Literal["not asked", "not read", "denied", "failed"]
    text: str


_NOT_ASKED: Final = Why("not asked", "AWS was not asked about it yet")
_NOT_READ: Final = Why("not read", "a report was asked for, and has not been read")


class UnreadUse(msgspec.Struct, frozen=True):
    """Why use is unknown: by ARN, and for everybody where AWS denies the question itself."""

    by_arn: Mapping[str, Why]
    everybody: Why | None

    def of(self, arn: str) -> Why:
        """Why there is no report of this identity."""
        return self.by_arn.get(arn) or self.everybody or _NOT_ASKED


def unread_use(account: Account) -> UnreadUse:
    """What came of every report that was asked for and is not there."""
    found = dict(_found(account))
    # A denial of the question itself tells about everyone; one of the answer is about one report.
    denials = (_failed(one) for one in account.outcomes_of(*REPORT) if one.error is not None)
    return UnreadUse(found, next((why for why in denials if why.kind == "denied"), None))


def _found(account: Account) -> Iterator[tuple[str, Why]]:
    for one in account.outcomes_of(*REPORT):
        arn = str(one.params.get("Arn", ""))
        yield arn, _failed(one) if one.error is not None else _NOT_READ
    for one in account.outcomes_of(*RESULT):
        job = account.table(AccessJob).get(str(one.params.get("JobId", "")))
        if job is not None and one.error is not None:
            yield job.arn, _failed(one)
    for access in account.table(LastAccess).values():
        if access.services is UNREAD and access.problem:
            yield access.arn, Why("failed", f"AWS could not make the report: {access.problem}")


def _failed(outcome: Outcome) -> Why:
    call, error = f"{outcome.service}:{outcome.operation}", outcome.error
    assert error is not None  # only failed calls are asked about
    if error.kind == "denied":
        return Why("denied", f"AWS denied {call}: grant it to the role that srtui runs as")
    return Why("failed", f"{call} was not answered: {error.code}, {error.message}")
