"""Identities at risk as tables, the same for Markdown and HTML: every cell is text that may come from the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from srtui.report.content import Content

#: So many rows stand in a text for people; the JSON report has more.
MOST_ROWS: Final = 100
_MANY_WORDS: Final = 5
GRADES: Final = {
    "open": "open: strangers get in",
    "unread": "not known: the trust policy cannot be evaluated",
    "tenant-wide": "tenant-wide: anything of the tenant gets in",
    "any-ref": "any ref: any branch, run or session gets in",
    "by-name": "by name: names can be taken over",
    "directory": "the directory decides",
    "tight": "tight",
    "unusable": "nobody gets in",
}
_LEADS: Final = {
    "is-admin": "is administrator",
    "becomes-admin": "becomes administrator",
    "conditional": "becomes administrator on conditions",
    "unknown": "not known",
    "no": "not to administrator",
}
_STANDINGS: Final = {
    "public": "public",
    "unknown": "unknown account",
    "unread": "perhaps of the organisation: its accounts were not listed",
    "known": "known account",
    "aws": "AWS's own",
    "organisation": "own organisation",
    "own": "yours",
}
_OUTCOMES: Final = {
    "allowed": "without conditions",
    "conditional": "on conditions",
    "unknown": "perhaps: not everything was read",
}


class Table(msgspec.Struct, frozen=True):
    """A heading, a sentence, column names, and rows of as many cells, None for empty. `more`: rows that are left out."""

    title: str
    intro: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: int = 0


def tables(content: Content) -> Iterator[Table]:
    """Every section on identities at risk that has something to say."""
    exchange = content["data_exchange"]
    made = (
        _federation(content["federation"]),
        _exposed(exchange),
        _movements(exchange),
        _untold(exchange),
        _duties(content["separation_of_duty"]),
        _toxic(content["toxic_combinations"]),
        _unused(content["unused_access"]),
    )
    yield from (table for table in made if table.rows)


def _table(
    title: str,
    intro: str,
    columns: tuple[str, ...],
    items: Sequence[Mapping[str, Any]],
    cells: Callable[[Mapping[str, Any]], tuple[str | None, ...]],
    count: int | None = None,
) -> Table:
    shown = tuple(cells(item) for item in items[:MOST_ROWS])
    return Table(title, intro, columns, shown, max(len(items), count or 0) - len(shown))


def _federation(trusts: Sequence[Mapping[str, Any]]) -> Table:
    return _table(
        "Identities from elsewhere",
        "Each trust in someone who signs in elsewhere, the loosest first.",
        ("role", "from", "grade", "why", "the policy says", "it lacks", "leads to"),
        trusts,
        lambda one: (
            one["role"],
            f"{one['product']} ({one['issuer']})",
            GRADES[one["grade"]],
            _words([*one["why"], *one["traps"]]),
            _words(one["says"]) or "nothing",
            one["missing"] or "nothing",
            f"{_LEADS[one['leads']]}, {one['actions']:,} actions",
        ),
    )


def _exposed(exchange: Mapping[str, Any]) -> Table:
    open_ones = [
        one
        for one in exchange["exposures"]
        if not one["blocked"] and one["outcome"] in ("allowed", "conditional")
    ]
    return _table(
        "Outside → inside",
        "Who outside of the account can really use what, the public first.",
        ("resource", "who", "who that is", "how", "certainty", "if", "by"),
        open_ones,
        lambda one: (
            one["arn"],
            one["party"]["name"],
            _STANDINGS[one["party"]["standing"]],
            ", ".join(one["how"]),
            _OUTCOMES[one["outcome"]],
            _words(one["conditions"]),
            _words(one["by"]),
        ),
        exchange["exposed"],
    )


def _movements(exchange: Mapping[str, Any]) -> Table:
    plain = [one for one in exchange["movements"] if not one["administrator"]]
    admins = len(exchange["movements"]) - len(plain)
    return _table(
        "Inside → outside",
        f"Who can read data and put it outside; {admins:,} administrators and who makes itself one besides, who can do that anyhow.",
        ("principal", "reads", "ways out", "certainty"),
        plain,
        lambda one: (
            one["arn"],
            f"{one['stores']:,} stores",
            _words(way["title"] for way in one["ways"]),
            _OUTCOMES["allowed" if one["sure"] else "conditional"],
        ),
    )


def _untold(exchange: Mapping[str, Any]) -> Table:
    unknown = [
        {"arn": one["arn"], "need": _words(one["conditions"]) or "not everything was read"}
        for one in exchange["exposures"]
        if not one["blocked"] and one["outcome"] == "unknown"
    ]
    return _table(
        "Exposure that could not be told",
        "Who outside can use these is not known: that is no all-clear.",
        ("resource", "would tell"),
        [*exchange["unread"], *unknown],
        lambda one: (one["arn"], one["need"]),
    )


def _duties(duties: Mapping[str, Any]) -> Table:
    return _table(
        "Separation of duty",
        f"Duties that one identity should not hold together; {duties['administrators']:,} administrators, who hold all, "
        "are not counted; those that make themselves administrator are among them.",
        ("duties", "severity", "held by", "how many", "why"),
        duties["conflicts"],
        lambda one: (
            f"{one['one']} and {one['two']}",
            one["severity"],
            _words(_holder(held) for held in one["held"]),
            f"{one['count']:,} held, {one['perhaps']:,} perhaps" if one["perhaps"] else f"{one['count']:,}",
            one["why"],
        ),
    )


def _holder(held: Mapping[str, Any]) -> str:
    how = "" if held["direct"] else " by becoming others"
    certainty = {"sure": "", "conditional": " on conditions", "unknown": " perhaps"}[held["certainty"]]
    return f"{held['arn']}{how}{certainty if held['direct'] else ''}"


def _toxic(combinations: Iterable[Mapping[str, Any]]) -> Table:
    found = [{"title": one["title"], **place} for one in combinations for place in one["found"]]
    return _table(
        "Toxic combinations",
        "Two facts, each of which may be acceptable, that together are not.",
        ("combination", "where", "certainty", "facts"),
        found,
        lambda one: (
            one["title"],
            f"{one['subject']} {one['region']}" if one["region"] else one["subject"],
            _OUTCOMES["allowed" if one["sure"] else "conditional"],
            _words(f"{fact['label']}: {fact['value']}" for fact in one["facts"]),
        ),
    )


def _unused(unused: Mapping[str, Any]) -> Table:
    not_known = len(unused["unread"])
    tail = f" Of {not_known:,} more that is not known." if not_known else ""
    return _table(
        "Unused access",
        f"Identities that did nothing for a long time, administrators first.{tail}",
        ("identity", "last used", "days", "administrator", "privileged actions"),
        unused["zombies"],
        lambda one: (
            one["arn"],
            one["last_used"] or "never, as far as AWS tells",
            f"{one['days']:,}" if one["last_used"] else f"{one['days']:,} since it was made",
            "yes" if one["admin"] else "no",
            f"{one['privileged_actions']:,} of {one['actions']:,}",
        ),
        unused["count"],
    )


def _words(texts: Iterable[str]) -> str | None:
    shown = [*texts]
    if not shown:
        return None
    more = f"; and {len(shown) - _MANY_WORDS:,} more" if len(shown) > _MANY_WORDS else ""
    return "; ".join(shown[:_MANY_WORDS]) + more
