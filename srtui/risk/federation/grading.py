"""How tightly a trust policy names its tenant: tokens of strangers are put to the truth engine, from far to near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from srtui.account.model import Role
from srtui.policy.decide import decide
from srtui.policy.document import Document
from srtui.policy.grants import NamedDocument, read_policy
from srtui.policy.match import ContextValue
from srtui.policy.principal import Caller
from srtui.policy.readable import requirement_texts
from srtui.policy.request import Request
from srtui.policy.requirement import Proviso, Unread, leaves
from srtui.policy.target import Target
from srtui.responsibility.issuers import SHARED_ISSUERS, names_tenant, subject_scope
from srtui.responsibility.openness import statements
from srtui.risk.exposure.outside import chosen
from srtui.risk.federation.issuers import Issuer
from srtui.risk.federation.tokens import OWN, STRANGE, Claims, Parts, wanted_of

#: open: any customer of the issuer, or the world; tenant-wide: anything of the tenant or issuer; any-ref: any branch,
#: run or session of the right thing; by-name: tight, but names can be taken over; directory: the directory decides, as
#: it is to; unusable: nobody gets in.
Grade = Literal["open", "tenant-wide", "any-ref", "by-name", "tight", "directory", "unusable", "unread"]
#: The worst first.
GRADES: Final[tuple[Grade, ...]] = (
    "open", "unread", "tenant-wide", "any-ref", "by-name", "directory", "tight", "unusable"
)  # fmt: skip
_WEB: Final = "sts:assumerolewithwebidentity"
_SAML: Final = "sts:assumerolewithsaml"
#: Keys of a sign-in that the caller sets.
_OF_CALLER: Final = ("sts:rolesessionname", "sts:tagsession", "sts:transitivetagkeys", "sts:sourceidentity")

Taken = Literal["yes", "if", "no", "unread"]


class Graded(msgspec.Struct, frozen=True):
    """A grade with its reasons. `conditions`: what besides claims must be so for strangers to come in.

    `vacuous`: a token without the claim comes in as well. `no_audience`: a token made for someone else comes in.
    """

    grade: Grade
    why: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    vacuous: bool = False
    no_audience: bool = False
    by_name: bool = False


class Door:
    """The trust policy of a role, to be tried with tokens."""

    def __init__(self, role: Role, account: str) -> None:
        self.role = role
        self.account = account
        self._named = NamedDocument(f"trust policy of {role.name}", "resource", role.arn, role.trust)
        self.document: Document | None = read_policy(self._named).document
        self.conditions: dict[str, None] = {}

    def takes(
        self,
        provider: str,
        values: Mapping[str, ContextValue],
        absent: Iterable[str] = (),
        action: str = _WEB,
    ) -> Taken:
        """Whether someone at a provider comes in with this; what it still hangs on is kept in `conditions`."""
        if self.document is None:
            return "unread"
        gone = frozenset(absent)
        service = action == "sts:assumerole"
        never = _NEVER_OF_SERVICES if service else _NEVER
        owner = self.account if ":" in provider else ""
        request = Request(
            Caller("service", provider) if service else Caller("provider", provider, owner),
            action,
            Target(self.role.arn),
            self.account,
            values,
            resource_policy=(self._named, self.document),
            unknown=lambda key: key not in gone and not key.startswith(never),
        )
        decision = decide(request)
        if decision.outcome != "open":
            return "yes" if decision.outcome == "allow" else "no"
        for leaf in leaves(decision.requirement):
            if isinstance(leaf, Unread):
                return "unread"
            if not isinstance(leaf, Proviso) or not _left_to_caller(leaf.condition.key):
                self.conditions.update(dict.fromkeys(requirement_texts(decision.requirement)))
                return "if"
        return "yes"


#: What nobody who signs in has, and what a service never has, by how the keys begin.
_NEVER: Final = (
    "aws:principal",
    "aws:multifactorauth",
    "aws:userid",
    "aws:username",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorg",
)
_NEVER_OF_SERVICES: Final = (
    "aws:principalaccount",
    "aws:principalorg",
    "aws:principalarn",
    "aws:multifactorauth",
    "aws:userid",
    "aws:username",
)


def _left_to_caller(key: str) -> bool:
    """Whether the caller, or the issuer for any of its customers, sets a key; claims that are not known count so."""
    return key.startswith(_OF_CALLER) or chosen(key) or (":" in key and not key.startswith(("aws:", "sts:")))


def grade_web_identity(
    role: Role, account: str, provider: str, host: str, issuer: Issuer, client_ids: Iterable[str]
) -> Graded:
    """Grade the trust of a role in an issuer of tokens."""
    door = Door(role, account)
    if door.document is None:
        return Graded("unread", ("the trust policy cannot be evaluated",))
    wanted = wanted_of(door.document, host)
    audiences = (*wanted.of("aud"), *client_ids, "sts.amazonaws.com")
    if issuer.audience:
        return _by_audience(door, provider, host, issuer, wanted.of(issuer.audience), wanted.of("sub"))
    parts = Parts(issuer, wanted, issuer.tenant_in(host))
    trial = _Trial(door, provider, host, audiences[0])
    found = _by_parts(trial, issuer, parts)
    if parts.odd and found.grade not in ("open", "unread"):
        found = _worse(found, _by_form(role, provider, host, parts))
    no_audience = trial.takes_any(parts.meant(), audience=f"{STRANGE}-audience") and "aud" not in wanted.all
    return msgspec.structs.replace(found, no_audience=no_audience, tenants=parts.tenants)


class _Trial:
    """Tries tokens of one issuer on one door."""

    def __init__(self, door: Door, provider: str, host: str, audience: str) -> None:
        self.door = door
        self._provider = provider
        self._host = host
        self._audience = audience
        self.best: Taken = "no"

    def takes_any(self, tokens: Iterable[Claims], *, without: Iterable[str] = (), audience: str = "") -> bool:
        """Whether any of the tokens comes in, without these claims; `best` keeps how far any of them came."""
        gone = [f"{self._host}:{claim}" for claim in without]
        self.best = "no"
        for claims in tokens:
            values: dict[str, ContextValue] = {f"{self._host}:aud": audience or self._audience}
            for claim, value in claims.items():
                values[claim if claim.startswith("aws:") else f"{self._host}:{claim}"] = value
            if audience:
                values[f"{self._host}:aud"] = audience
            for key in gone:
                values.pop(key, None)
            taken = self.door.takes(self._provider, values, gone)
            if taken in ("yes", "unread"):
                self.best = taken
                return True
            if taken == "if":
                self.best = "if"
        return False

    def takes_unknown(self) -> bool:
        """Whether some token may come in, of which nothing is known."""
        taken = self.door.takes(self._provider, {f"{self._host}:aud": self._audience})
        return taken != "no"


_WIDE: Final[Mapping[str, str]] = {
    "open": "any customer of {name} gets in: the {field} is not named",
    "tenant-wide": "any {field} gets in",
    "any-ref": "any {field} gets in",
}


def _by_parts(trial: _Trial, issuer: Issuer, parts: Parts) -> Graded:
    """The first part that may be someone else's decides."""
    for field, grade in issuer.fields.items():
        if grade == "free":
            continue
        if trial.takes_any(parts.strange_from(field)):
            if trial.best == "unread":
                return Graded("unread", ("the trust policy cannot be evaluated",))
            return Graded(grade, (_WIDE[grade].format(name=issuer.name, field=field),))
        if trial.best == "if" and grade == "open":
            # What keeps strangers out is no claim of theirs.
            why = f"any customer of {issuer.name} gets in, if {' and '.join(trial.door.conditions)}"
            return Graded("tenant-wide", (why,), tuple(trial.door.conditions))
        first = next(iter(issuer.fields))
        if (
            field == first
            and "sub" in issuer.templates
            and any(
                trial.takes_any(parts.strange_from(field), without=gone)
                for gone in (("sub",), parts.wanted.all - {"aud"})
            )
        ):
            wide: Grade = "open" if issuer.shared else "tenant-wide"
            return Graded(
                wide,
                ("a token without the claim sub gets in: the condition asks only if it is there",),
                vacuous=True,
            )
    if not trial.takes_any(parts.meant()) and trial.best != "if":
        return _without_token(trial, issuer, parts)
    conditions = tuple(trial.door.conditions)
    if issuer.ids and trial.takes_any(parts.taken_over()):
        why = f"names can be taken over: {', '.join(issuer.ids)} is not asked for"
        return Graded("by-name", (why,), conditions, by_name=True)
    return Graded("tight", (f"{' and '.join(issuer.fields)} are named",), conditions)


def _without_token(trial: _Trial, issuer: Issuer, parts: Parts) -> Graded:
    """None of the tokens gets in: is that so of all, or only of those that were thought of?"""
    subjects = parts.wanted.of("sub")
    if not trial.takes_unknown():
        return Graded("unusable", ("no token gets in, whatever its subject",))
    if subjects and parts.wanted.exact and all("*" in text or "?" in text for text in subjects):
        return Graded("unusable", ("StringEquals takes wildcards as they stand, which no subject holds",))
    grade: Grade = "open" if issuer.shared and not parts.odd else "tenant-wide"
    return Graded(grade, ("whose tokens get in could not be told",))


def _by_form(role: Role, provider: str, host: str, parts: Parts) -> Graded:
    """For subjects of a form that is not known: what stands before the first wildcard must name the tenant."""
    wild = [text for text in parts.odd if "*" in text or "?" in text]
    if not wild:
        return min(
            (_named_in_full(host, text) for text in parts.odd), key=lambda found: GRADES.index(found.grade)
        )
    if host in SHARED_ISSUERS:
        for _, statement in statements(role.trust):
            principal: Any = statement.get("Principal")
            federated = principal.get("Federated") if isinstance(principal, dict) else None
            mine = federated == provider or (isinstance(federated, list) and provider in federated)
            if (
                mine
                and statement.get("Effect") == "Allow"
                and not names_tenant(host, statement.get("Condition"))
            ):
                return Graded("open", (f"the subject {wild[0]} names no tenant",))
    return Graded("tenant-wide", (f"the subject {wild[0]} is open behind its beginning",))


_FULL: Final[Mapping[str, tuple[Grade, str]]] = {
    "open": ("open", "the subject {subject} names no tenant: anyone can have it"),
    "tenant-wide": ("tenant-wide", "the subject {subject} names the tenant and no more"),
    "any-ref": ("any-ref", "the subject {subject} names no branch or environment"),
    "": ("tight", "the subject is named in full"),
}


def _named_in_full(host: str, subject: str) -> Graded:
    grade, why = _FULL[subject_scope(host, subject)]
    return Graded(grade, (why.format(subject=subject),))


def _worse(one: Graded, two: Graded) -> Graded:
    if one.grade == "unusable":
        return two
    return one if GRADES.index(one.grade) <= GRADES.index(two.grade) else two


# --- issuers whose subjects are bare ids --------------------------------------------------------------------


def _by_audience(
    door: Door, provider: str, host: str, issuer: Issuer, clients: tuple[str, ...], subjects: tuple[str, ...]
) -> Graded:
    """The client is named by one claim and the subject is an id: both should be asked for."""
    client_key, subject_key = f"{host}:{issuer.audience}", f"{host}:sub"
    own_client, own_subject = _filled(clients), _filled(subjects)

    def takes(client: str | None, subject: str | None) -> Taken:
        given = {client_key: client, subject_key: subject}
        values: dict[str, ContextValue] = {key: value for key, value in given.items() if value is not None}
        return door.takes(provider, values, [key for key, value in given.items() if value is None])

    stranger = takes(STRANGE, STRANGE)
    wide: Grade = "open" if issuer.shared else "tenant-wide"
    if stranger in ("yes", "unread"):
        return Graded(
            "unread" if stranger == "unread" else wide, (f"neither {issuer.audience} nor sub is asked for",)
        )
    if takes(None, None) == "yes":
        return Graded(
            wide,
            ("a token without these claims gets in: the condition asks only if they are there",),
            vacuous=True,
        )
    for subject in own_subject:
        if takes(STRANGE, subject) == "yes":
            return Graded("tight", ("the subject is named",), no_audience=True)
    if any(takes(client, STRANGE) == "yes" for client in own_client):
        return Graded("tenant-wide", ("any user or workload of the client gets in: sub is not asked for",))
    if stranger == "if":
        why = f"anyone gets in, if {' and '.join(door.conditions)}"
        return Graded("tenant-wide", (why,), tuple(door.conditions))
    if any(takes(client, subject) in ("yes", "if") for client in own_client for subject in own_subject):
        return Graded("tight", (f"{issuer.audience} and sub are named",), tuple(door.conditions))
    return Graded("unusable", ("no token that the policy speaks of gets in",))


def _filled(patterns: tuple[str, ...]) -> list[str]:
    return [text.replace("*", OWN).replace("?", "x") for text in patterns] or [OWN]


# --- other ways to sign in ----------------------------------------------------------------------------------


def grade_saml(role: Role, account: str, provider: str) -> Graded:
    """The directory decides who gets a role; the audience must be AWS's sign-in."""
    door = Door(role, account)
    taken = door.takes(provider, {"saml:aud": f"https://{STRANGE}.example/saml"}, action=_SAML)
    if taken == "unread":
        return Graded("unread", ("the trust policy cannot be evaluated",))
    no_audience = taken in ("yes", "if")
    meant = [
        door.takes(provider, {"saml:aud": audience}, action=_SAML)
        for audience in ("https://signin.aws.amazon.com/saml", *_regional_audiences(role))
    ]
    if not no_audience and not any(one in ("yes", "if") for one in meant):
        return Graded("unusable", ("nobody who signs in gets in",))
    why = ["the directory decides who gets the role"]
    if no_audience:
        why.append("SAML:aud is not asked for, so an assertion for another application gets in as well")
    return Graded("directory", tuple(why), tuple(door.conditions), no_audience=no_audience)


def _regional_audiences(role: Role) -> list[str]:
    """Audiences that the trust itself names, such as those of regional sign-in endpoints."""
    document = Door(role, "").document
    return [
        text.replace("*", "eu-west-1")
        for statement in (document.statements if document else ())
        for condition in statement.conditions
        if condition.key == "saml:aud" and not condition.negated
        for text in condition.texts
    ]


def grade_cognito(role: Role, account: str, provider: str, guests: Mapping[str, bool | None]) -> Graded:
    """`guests`: whether a pool gives credentials without sign-in, by its id; None if that was not read."""
    door = Door(role, account)
    aud, amr = f"{provider}:aud", f"{provider}:amr"

    def takes(pool: str, *how: str) -> Taken:
        return door.takes(provider, {aud: pool, amr: how})

    for how in ("unauthenticated", "authenticated"):
        taken = takes(f"us-east-1:{STRANGE}", how)
        if taken == "unread":
            return Graded("unread", ("the trust policy cannot be evaluated",))
        if taken == "yes":
            return Graded("open", ("any identity pool of any account gets in: aud is not asked for",))
    document = door.document
    pools = [*guests, *(wanted_of(document, provider).of("aud") if document else ())]
    # Who signed in has the names of the providers he signed in by beside the word.
    asked = wanted_of(document, provider).of("amr") if document else ()
    providers = [text.replace("*", OWN).replace("?", "x") for text in asked if "authenticated" not in text]
    for pool in dict.fromkeys(pools):
        if takes(pool, "unauthenticated") in ("yes", "if") and guests.get(pool, True) is not False:
            return Graded("open", (f"guests of pool {pool} get in: whoever knows its id",))
    signed_in = [("authenticated",), *(("authenticated", name) for name in providers)]
    if any(takes(pool, *how) in ("yes", "if") for pool in pools for how in signed_in):
        return Graded(
            "tenant-wide", ("everyone who has signed in to the pool gets in",), tuple(door.conditions)
        )
    return Graded("unusable", ("nobody of a known pool gets in",))


def grade_service(role: Role, account: str, service: str, asked: str, wide: str, tight: str) -> Graded:
    """Roles Anywhere and pods: a service signs in for whoever holds a certificate, or for any pod.

    `asked`: how the condition keys begin that tell one from another; `wide` and `tight` say what is so without them.
    """
    door = Door(role, account)
    if door.document is None:
        return Graded("unread", ("the trust policy cannot be evaluated",))
    keys = {
        condition.key
        for statement in door.document.statements
        for condition in statement.conditions
        if condition.key.startswith(asked)
    }
    values: dict[str, ContextValue] = dict.fromkeys(keys, STRANGE)
    values["aws:sourceaccount"] = account
    if door.takes(service, values, action="sts:assumerole") in ("yes", "if"):
        return Graded("tenant-wide", (wide,), tuple(door.conditions))
    if not keys and door.takes(service, {"aws:sourceaccount": account}, action="sts:assumerole") == "no":
        return Graded("unusable", ("the service does not get in",))
    return Graded("tight", (f"{tight}: {', '.join(sorted(keys))}",))
