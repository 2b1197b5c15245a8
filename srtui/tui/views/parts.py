"""Which calls to ask again for what is in front of the user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from srtui.feed import Part

if TYPE_CHECKING:
    from srtui.analysis import Analysis


#: What is shown of a user, group or role comes from these kinds of entities.
_FILTERS = {
    "user": (["User"], ["Group"], ["LocalManagedPolicy"]),
    "group": (["Group"], ["User"], ["LocalManagedPolicy"]),
    "role": (["Role"], ["LocalManagedPolicy"]),
    "policy": (["LocalManagedPolicy"], ["AWSManagedPolicy"]),
}
_ABOUT = {
    "user": ("GenerateCredentialReport", "GetCredentialReport", "ListMFADevices", "ListVirtualMFADevices"),
    "role": ("ListRoles",),
}


def identity_part(arn: str | None) -> Part:
    """What one identity or policy is read from; everything about identities if there is none."""
    kind, _, name = (arn or "").rpartition(":")[2].partition("/")
    if kind not in _FILTERS:
        return iam_part()
    operations = ("GetAccountAuthorizationDetails", *_ABOUT.get(kind, ()))
    return Part(
        calls=tuple(("iam", operation) for operation in operations),
        params=(("Filter", _FILTERS[kind]), ("UserName", (name.rpartition("/")[2],))),
    )


def iam_part() -> Part:
    """Everything about identities."""
    from srtui.services.iam import IAM  # the declarations of all services are not loaded for the first frame

    return Part(calls=tuple(call.id for call in IAM.calls))


def calls_of_controls(analysis: Analysis, ids: Iterable[str]) -> Part | None:
    """What these controls look at."""
    calls = dict.fromkeys(call.id for one in ids for call in analysis.controls[one].needs)
    return Part(calls=tuple(calls)) if calls else None
