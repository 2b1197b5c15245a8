"""Whom a resource policy speaks of: everyone outside of the account whom it may let in, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from srtui.policy.document import Document, Statement

#: Nobody's account, which stands for any stranger's.
STRANGER: Final = "000000000000"
_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
#: Keys that say who calls; values of them name accounts and organisations that a wildcard lets in.
_NAMING_ACCOUNTS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "kms:calleraccount",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:userid",
    }
)

#: Keys that only calls of services have.
_OF_SERVICES: Final = frozenset(
    {
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
    }
)


#: Keys that name the network a call comes through.
_OF_NETWORKS: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpceaccount", "aws:vpceorgid")


class Spoken(msgspec.Struct, frozen=True):
    """Whom the Allow statements of a policy may let in from outside, as written."""

    anyone: bool = False
    anyone_but: bool = False  # by NotPrincipal
    principals: tuple[str, ...] = ()  # ARNs, account ids
    organizations: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()  # values of aws:PrincipalOrgPaths
    sources: tuple[str, ...] = ()  # values of aws:SourceArn
    source_accounts: tuple[str, ...] = ()  # other accounts that services may call for
    networks: tuple[
        tuple[str, str], ...
    ] = ()  # (key, VPC endpoint, VPC or whose it is) that a wildcard is limited to
    wide_arns: tuple[str, ...] = ()  # ARNs in a stranger's account that values of aws:PrincipalArn fit
    for_services: bool = False  # whether an Allow for everyone asks for what only calls of services have
    by_address: bool = False  # whether some condition is about the caller's address


_GATHERED: Final = (
    "principals",
    "excepted",
    "organizations",
    "paths",
    "services",
    "federated",
    "canonical",
    "sources",
    "source_accounts",
    "wide",
)


def spoken_of(document: Document, account: str) -> Spoken:
    """Everyone outside of an account whom a policy names, by principal or, with a wildcard, by condition."""
    found: dict[str, dict[str, None]] = {name: {} for name in _GATHERED}
    networks: dict[tuple[str, str], None] = {}
    anyone = anyone_but = by_address = for_services = False
    for statement in document.statements:
        element = statement.principal
        by_address = by_address or any(one.key == "aws:sourceip" for one in statement.conditions)
        if element is None:
            continue
        if not statement.allow:
            # What a Deny for everyone leaves out is whom a wildcard elsewhere lets in.
            networks.update((one, None) for one in _networks_in(statement, negated=True))
            found["excepted"].update((one, None) for one in _accounts_in(statement, account, negated=True))
            _add_organizations(found, statement, negated=True)
            if statement.not_principal:
                found["excepted"].update((one, None) for one in element.aws if _outside(one, account))
            continue
        if statement.not_principal:
            anyone_but = True
            continue
        found["principals"].update((one, None) for one in element.aws if _outside(one, account))
        found["services"].update(dict.fromkeys(element.service))
        found["federated"].update(dict.fromkeys(element.federated))
        found["canonical"].update(dict.fromkeys(element.canonical))
        if element.everyone:
            anyone = True
            for_services = for_services or any(one.key in _OF_SERVICES for one in statement.conditions)
            networks.update((one, None) for one in _networks_in(statement))
            found["excepted"].update((one, None) for one in _accounts_in(statement, account))
            wide = map(_in_strange_account, _values(statement, "aws:principalarn"))
            found["wide"].update((arn, None) for arn in wide if arn)
        _add_organizations(found, statement)
        found["sources"].update(dict.fromkeys(_values(statement, "aws:sourcearn")))
        if element.everyone or element.service:
            found["source_accounts"].update((one, None) for one in _source_accounts_in(statement, account))
    if anyone:
        found["principals"].update(found["excepted"])
    return Spoken(
        anyone,
        anyone_but,
        principals=tuple(found["principals"]),
        organizations=tuple(one for one in found["organizations"] if "*" not in one and "?" not in one),
        services=tuple(found["services"]),
        federated=tuple(found["federated"]),
        canonical=tuple(found["canonical"]),
        paths=tuple(found["paths"]),
        sources=tuple(found["sources"]),
        source_accounts=tuple(found["source_accounts"]),
        networks=tuple(networks) if anyone else (),
        wide_arns=tuple(found["wide"]),
        for_services=for_services,
        by_address=by_address,
    )


def _outside(name: str, own: str) -> bool:
    return name != "*" and account_of(name) != own and (name.startswith("arn:") or name.isdigit())


def _values(statement: Statement, key: str, *, negated: bool = False) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key == key and condition.negated is negated:
            yield from condition.texts


def _add_organizations(
    found: dict[str, dict[str, None]], statement: Statement, *, negated: bool = False
) -> None:
    paths = [*_values(statement, "aws:principalorgpaths", negated=negated)]
    named = (*_values(statement, "aws:principalorgid", negated=negated), *paths)
    found["organizations"].update((one.split("/")[0], None) for one in named if one.startswith("o-"))
    found["paths"].update(dict.fromkeys(paths))


def _networks_in(statement: Statement, *, negated: bool = False) -> Iterator[tuple[str, str]]:
    """The VPC endpoints and VPCs, or their owners, by id; a pattern fits those of strangers as well."""
    for key in _OF_NETWORKS:
        for text in _values(statement, key, negated=negated):
            if "*" not in text and "?" not in text:
                yield key, text


def _source_accounts_in(statement: Statement, own: str) -> Iterator[str]:
    """The other accounts for which services may call."""
    for key in ("aws:sourceaccount", "aws:sourceowner", "aws:sourcearn"):
        for text in _values(statement, key):
            account = account_of(text)
            if account != own and _ACCOUNT.fullmatch(account):
                yield account


def _accounts_in(statement: Statement, own: str, *, negated: bool = False) -> Iterator[str]:
    """Accounts and principals that conditions of a statement for everyone name."""
    for condition in statement.conditions:
        if condition.key in _NAMING_ACCOUNTS and condition.negated is negated:
            for text in condition.texts:
                for found in _ACCOUNT.findall(text):
                    if found != own:
                        plain = text.startswith("arn:") and "*" not in text and "?" not in text
                        yield text if plain else found


def _in_strange_account(pattern: str) -> str:
    """An ARN that fits a pattern of principals and is in a stranger's account; "" if the pattern names an account."""
    filled = pattern.replace("?", "x")
    if filled.strip("*") == "":
        return ""
    parts = filled.split(":", 5)
    if len(parts) == 6:
        if "*" not in parts[4]:
            return ""
        rest = parts[5].replace("*", "anyone")
        return f"arn:{parts[1].replace('*', 'aws')}:{parts[2].replace('*', 'iam')}::{STRANGER}:{rest}"
    rest = filled.rpartition(":")[2].replace("*", "anyone")
    kind = "" if rest.startswith(("role/", "user/")) else "role/"
    return f"arn:aws:iam::{STRANGER}:{kind}{rest}"


def account_of(name: str) -> str:
    """The account of a Principal value."""
    parts = name.split(":")
    return parts[4] if len(parts) > 5 else name


def service_of(source: str) -> str:
    """The service principal that calls for a resource with an ARN like this."""
    parts = source.split(":")
    name = parts[2] if len(parts) > 2 else ""
    return f"{name}.amazonaws.com" if name and not set(name) & {"*", "?", "$"} else "s3.amazonaws.com"


def strange_sources(spoken: Spoken, service: str, partition: str) -> Iterator[str]:
    """ARNs that a stranger's resource may have when a service calls for him, fitted to what conditions ask for."""
    name = service.split(".")[0]
    yield f"arn:{partition}:{name}:us-east-1:{STRANGER}:stranger"
    yield f"arn:{partition}:s3:::stranger-0000"
    for text in spoken.sources:
        parts = text.replace("?", "x").split(":", 5)
        if len(parts) < 6:
            continue
        if parts[2] == "s3" or not parts[4]:
            # The name of a bucket is unique, so only a pattern that begins openly fits one of a stranger.
            if parts[5].startswith("*"):
                yield f"arn:{partition}:{parts[2]}:::{parts[5].replace('*', 'stranger-0000')}"
        elif "*" in parts[4]:
            where = parts[3].replace("*", "us-east-1")
            kind = parts[2].replace("*", name)
            yield f"arn:{partition}:{kind}:{where}:{STRANGER}:{parts[5].replace('*', 'stranger')}"
