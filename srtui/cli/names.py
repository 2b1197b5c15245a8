"""The user or role that a person means by what was typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from srtui import exits
from srtui.account import Account
from srtui.account.model import Role, User

_MOST_OFFERED: Final = 5


def resolve(account: Account, text: str) -> str:
    """The ARN of the user or role that a person means: an ARN, a name, or `user/NAME` and `role/NAME`.

    Raises UsageProblem if there is none or more than one, and says which are meant in all likelihood.
    """
    if text in account.users or text in account.roles:
        return text
    kind, name = _taken_apart(text)
    found = [one.arn for one in _of_kind(account, kind) if name in (one.name, _path_and_name(one))]
    if len(found) == 1:
        return found[0]
    if found:
        raise exits.UsageProblem(
            f"{text} is {' and '.join(found)}: give the ARN, or user/{text} or role/{text}"
        )
    if account.group_named(text.removeprefix("group/")) or text in account.groups:
        raise exits.UsageProblem(f"{text} is a group, and a group is no principal: ask about a member")
    likely = _alike(account, kind, name)
    meant = f": did you mean {' or '.join(likely)}?" if likely else ""
    raise exits.UsageProblem(f"there is no user or role {text} in the account{meant}")


def _taken_apart(text: str) -> tuple[str, str]:
    """`user`, `role` or nothing, and what comes behind it."""
    session = text.split("/")
    if ":assumed-role/" in text and len(session) == 3:
        return "role", session[1]
    tail = text.split(":", 5)[-1] if text.startswith("arn:") else text
    kind, slash, name = tail.partition("/")
    return (kind, name) if slash and kind in ("user", "role") else ("", tail)


def _of_kind(account: Account, kind: str) -> Iterator[User | Role]:
    if kind != "role":
        yield from account.users.values()
    if kind != "user":
        yield from account.roles.values()


def _path_and_name(one: User | Role) -> str:
    return one.arn.split(":", 5)[-1].partition("/")[2]


def _alike(account: Account, kind: str, text: str) -> list[str]:
    """ARNs of those whose names hold what was typed, or are spelt like it."""
    wanted = text.rpartition("/")[2].lower()
    names: dict[str, list[str]] = {}
    for one in _of_kind(account, kind):
        names.setdefault(one.name.lower(), []).append(one.arn)
    holding = [name for name in names if wanted and wanted in name]
    holding.sort(key=lambda name: (not name.startswith(wanted), len(name), name))
    spelt = difflib.get_close_matches(wanted, names, _MOST_OFFERED, 0.7) if len(names) <= 20_000 else []
    found = dict.fromkeys((*holding, *spelt))
    return [arn for name in found for arn in names[name]][:_MOST_OFFERED]
