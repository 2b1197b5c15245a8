"""People and machines: what kind of actor is behind a user or role, and why one thinks so.

    rules = NatureRules()                               # or what identities.toml of the user says
    natures = classify(account, rules)                  # by ARN
    natures[arn].nature                                 # human, machine, aws or unclear
    natures[arn].reasons                                # ("has a console password", …)

What the user says decides, then a tag, then what the credentials or the trust show, and only where these say nothing
the name. Reasons that speak for the other side are kept, marked with "but".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Credentials, Role, User
from srtui.policy.match import glob_match
from srtui.trustees import Trustee, trustees

Nature = Literal["human", "machine", "aws", "unclear"]
NatureBy = Literal["rule", "tag", "credentials", "trust", "name", "nothing"]

#: Tags that say it, lower case, and the values that mean people and machines.
_TAGS: Final = ("srtui:nature", "identity-type", "identitytype", "principal-type", "usertype", "user-type")
_HUMAN_VALUES: Final = frozenset({"human", "person", "people", "user", "employee", "staff"})
_MACHINE_VALUES: Final = frozenset(
    {"machine", "service", "bot", "workload", "automation", "system", "non-human", "nonhuman"}
)
#: Words, between separators, that names of machines hold and names of people do not.
_MACHINE_NAMES: Final = """
    agent api app automation backup bot bots build builder ci cd cicd circleci collector cron daemon deploy deployer
    deployment exporter export gateway github gitlab jenkins job jobs lambda loader machine metrics monitoring pipeline
    prometheus reporting robot runner scheduler script sensor server service services sftp smtp svc sync sys system task
    terraform tf updater uploader vault worker
"""
_MACHINE_WORDS: Final = frozenset(_MACHINE_NAMES.split())
_HUMAN_PATHS: Final = frozenset({"staff", "people", "humans", "employees", "users", "contractors"})
_MACHINE_PATHS: Final = frozenset(
    {"bots", "service", "services", "machines", "service-accounts", "system", "ci"}
)
_PERSON: Final = re.compile(r"[^\W\d_]{2,}[.][^\W\d_]{2,}(?:@\S+)?\Z|[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_WORDS: Final = re.compile(r"[^a-z0-9]+")
#: Identity providers that sign in people; what else speaks OpenID Connect are workloads (hosts, or their ends).
_WORKFORCE: Final = ("okta.com", "auth0.com", "onelogin.com", "pingone.com", "accounts.google.com")
_RECENT: Final = timedelta(days=90)


class NatureRules(msgspec.Struct, frozen=True):
    """What the user says: globs of ARNs or names of people and machines, and the tag that tells."""

    human: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    tag: str = ""

    def says(self, arn: str, name: str) -> tuple[Nature, str] | None:
        """What a rule says of a principal, with the rule; people first."""
        for nature, globs in (("human", self.human), ("machine", self.machine)):
            for one in globs:
                if glob_match(one, arn) or glob_match(one, name):
                    return ("human" if nature == "human" else "machine"), one
        return None


class Classified(msgspec.Struct, frozen=True):
    """What kind of actor a principal is, and why; `by` says what kind of evidence decided."""

    nature: Nature
    reasons: tuple[str, ...]
    by: NatureBy


def classify(
    account: Account, rules: NatureRules | None = None, now: datetime | None = None
) -> dict[str, Classified]:
    """Every user and role by ARN. `now`: without it the use of keys and passwords is no evidence."""
    rules = rules or NatureRules()
    found = {user.arn: nature_of_user(account, user, rules, now) for user in account.users.values()}
    for role in account.roles.values():
        found[role.arn] = nature_of_role(account, role, rules, found)
    return found


def nature_of_user(
    account: Account, user: User, rules: NatureRules, now: datetime | None = None
) -> Classified:
    """What kind of actor a user is."""
    said = _said(user, rules)
    if said is not None:
        return said
    human = [*_by_name(user, "human")]
    machine = [*_by_name(user, "machine")]
    credentials = account.credentials_of(user)
    if credentials is UNREAD:
        return _weighed(human, machine, "name", "the credential report was not read")
    person, workload = _by_credentials(credentials, now)
    if person:
        return Classified("human", (*person, *(f"but {one}" for one in (*workload, *machine))), "credentials")
    if workload:
        return Classified("machine", (*workload, *(f"but {one}" for one in human)), "credentials")
    return _weighed(human, machine, "name", "has neither a console password nor active access keys")


def _by_credentials(credentials: Credentials, now: datetime | None) -> tuple[list[str], list[str]]:
    human, machine = [], []
    if credentials.password_enabled:
        used = credentials.password_last_used
        recent = now is not None and used is not None and now - used <= _RECENT
        human.append("has a console password" + (", used of late" if recent else ""))
    if credentials.mfa_active:
        human.append("has an MFA device")
    keys = credentials.active_keys
    if keys and not credentials.password_enabled:
        machine.append("has access keys and no console password")
    elif keys:
        machine.append("has access keys as well")
    services = sorted({key.last_used_service for key in keys if key.last_used_service})
    if services and keys and not credentials.password_enabled:
        machine.append(f"its keys are used for {', '.join(services)}")
    return human, machine


def nature_of_role(
    account: Account, role: Role, rules: NatureRules, users: Mapping[str, Classified]
) -> Classified:
    """What kind of actor takes a role; `users` by ARN tell about roles that trust single users."""
    if role.service_linked:
        return Classified("aws", ("service-linked: AWS made it and uses it",), "trust")
    said = _said(role, rules)
    if said is not None:
        return said
    if role.aws_reserved:
        return Classified("human", ("made by IAM Identity Center for people",), "trust")
    found = trustees(role.trust, account.id)
    human, machine = [*_people(found, users)], [*_machines(found, users)]
    if human and machine:
        return Classified("unclear", tuple(dict.fromkeys((*human, *machine))), "trust")
    if human or machine:
        nature: Nature = "human" if human else "machine"
        other = _by_name(role, "machine" if human else "human")
        reasons = (*dict.fromkeys(human or machine), *(f"but {one}" for one in other))
        return Classified(nature, reasons, "trust")
    return _weighed(
        [*_by_name(role, "human")], [*_by_name(role, "machine")], "name", "its trust does not tell"
    )


def _people(found: tuple[Trustee, ...], users: Mapping[str, Classified]) -> Iterator[str]:
    for one in found:
        if one.kind == "saml":
            yield f"people sign in through {one.value.rsplit('/', 1)[-1]}"
        elif one.kind == "oidc" and _workforce(one.value):
            yield f"people sign in through {_issuer(one.value)}"
        elif one.kind == "principal" and one.value in users and users[one.value].nature == "human":
            yield f"trusts {one.value.rsplit('/', 1)[-1]}, a person"
        if any("aws:multifactorauth" in condition.lower() for condition in one.conditions):
            yield "its trust asks for MFA"


def _machines(found: tuple[Trustee, ...], users: Mapping[str, Classified]) -> Iterator[str]:
    for one in found:
        if one.kind == "service":
            yield f"trusts the service {one.value}"
        elif one.kind == "oidc" and not _workforce(one.value):
            yield f"trusts {_issuer(one.value)}"
        elif one.kind == "principal" and one.value in users and users[one.value].nature == "machine":
            yield f"trusts {one.value.rsplit('/', 1)[-1]}, a machine"


def _issuer(provider: str) -> str:
    return provider.rsplit("oidc-provider/", 1)[-1]


def _workforce(provider: str) -> bool:
    host = _issuer(provider).partition("/")[0].lower()
    return any(host == one or host.endswith(f".{one}") for one in _WORKFORCE)


# --- names and what the user says ---------------------------------------------------------------------------


def _said(principal: User | Role, rules: NatureRules) -> Classified | None:
    found = rules.says(principal.arn, principal.name)
    if found is not None:
        return Classified(found[0], (f"identities.toml says so ({found[1]})",), "rule")
    wanted = (rules.tag.lower(),) if rules.tag else _TAGS
    for key, value in principal.tags.items():
        if key.lower() in wanted:
            lower = value.strip().lower()
            if lower in _HUMAN_VALUES:
                return Classified("human", (f"the tag {key} says {value}",), "tag")
            if lower in _MACHINE_VALUES:
                return Classified("machine", (f"the tag {key} says {value}",), "tag")
    return None


def _by_name(principal: User | Role, nature: Literal["human", "machine"]) -> Iterator[str]:
    folders = {part for part in principal.path.lower().split("/") if part}
    named = folders & (_HUMAN_PATHS if nature == "human" else _MACHINE_PATHS)
    if named:
        yield f"is in the path {principal.path}"
    words = {word for word in _WORDS.split(principal.name.lower()) if word}
    if nature == "machine" and (found := words & _MACHINE_WORDS):
        yield f"is called {principal.name} ({', '.join(sorted(found))})"
    person = isinstance(principal, User) and not words & _MACHINE_WORDS and _PERSON.match(principal.name)
    if nature == "human" and person:
        yield f"is called {principal.name}, like a person"


def _weighed(human: list[str], machine: list[str], by: Literal["name"], otherwise: str) -> Classified:
    """By names alone; whatever is unread or absent is said first."""
    if human and not machine:
        return Classified("human", (otherwise, *human), by)
    if machine and not human:
        return Classified("machine", (otherwise, *machine), by)
    return Classified("unclear", (otherwise, *human, *machine), "nothing")
