"""Tokens to try on a trust policy: those it means, and those of others who would like to come in.

A trust policy says what it wants of claims in patterns. From these the parts are read (this organisation, that
repository), and tokens are made in which the parts from one on are someone else's. A wildcard inside a part is filled
in as a stranger would who chooses names to his liking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final

import msgspec

from srtui.policy.document import Document
from srtui.risk.federation.issuers import Issuer, Template

OWN: Final = "own"
STRANGE: Final = "stranger"
#: So many values of one part are tried, and so many tokens of one kind.
_MOST_VALUES: Final = 3
_MOST_TOKENS: Final = 60

Claims = Mapping[str, str]


class Wanted(msgspec.Struct, frozen=True):
    """What a trust policy asks for, claim by claim, as written; claims in lower case and without their issuer."""

    values: Mapping[str, tuple[str, ...]]
    all: frozenset[str]  # claims that any condition mentions, negated ones too
    exact: bool = False  # whether the subject is asked for without wildcards only (StringEquals)

    def of(self, claim: str) -> tuple[str, ...]:
        return self.values.get(claim, ())


def wanted_of(document: Document, host: str) -> Wanted:
    """What the conditions of a trust policy say about the claims of an issuer."""
    values: dict[str, dict[str, None]] = {}
    mentioned: set[str] = set()
    for statement in document.statements:
        for condition in statement.conditions:
            claim = claim_of(condition.key, host)
            if claim:
                mentioned.add(claim)
                # What a Deny leaves out is what it means to let in.
                if statement.allow is not condition.negated and condition.base != "null":
                    values.setdefault(claim, {}).update(dict.fromkeys(condition.texts))
    subjects = [
        condition
        for statement in document.statements
        for condition in statement.conditions
        if claim_of(condition.key, host) == "sub"
    ]
    exact = bool(subjects) and all(one.base.startswith("stringequals") for one in subjects)
    return Wanted({claim: tuple(texts) for claim, texts in values.items()}, frozenset(mentioned), exact)


def claim_of(key: str, host: str) -> str:
    """The claim that a lower-case condition key is about; "" if it is about something else."""
    if key.startswith(f"{host}:"):
        return key[len(host) + 1 :]
    return key if key.startswith("aws:requesttag/") else ""


class Parts:
    """The values of each part: the account's own, as far as the policy names them, and strange ones."""

    def __init__(self, issuer: Issuer, wanted: Wanted, own_tenant: str = "") -> None:
        self._issuer = issuer
        self.wanted = wanted
        self._tenant = own_tenant
        self.own: dict[str, list[str]] = {field: [] for field in issuer.fields}
        self.strange: dict[str, list[str]] = {field: [] for field in issuer.fields}
        #: values of the subject whose form is not known
        self.odd: list[str] = []
        for claim, templates in issuer.templates.items():
            if claim in issuer.ids:
                continue
            for text in wanted.of(claim):
                self._read(claim, templates, text)
        for field in issuer.fields:
            self.own[field] = list(dict.fromkeys(self.own[field]))[:_MOST_VALUES] or [OWN]
            self.strange[field] = list(dict.fromkeys([*self.strange[field], STRANGE]))[:_MOST_VALUES]

    def _read(self, claim: str, templates: Sequence[Template], text: str) -> None:
        fitting = [found for template in templates if (found := template.align(text)) is not None]
        if not fitting and claim == "sub":
            self.odd.append(text)
        for found in fitting:
            for field, value in found.items():
                if field not in self.own:
                    continue
                if "*" in value or "?" in value:
                    self.strange[field].append(value.replace("*", STRANGE).replace("?", "x"))
                elif value:
                    self.own[field].append(value)

    @property
    def tenants(self) -> tuple[str, ...]:
        """The tenants that the policy names."""
        first = next(iter(self._issuer.fields), "")
        if not self._issuer.shared or self.own.get(first) in (None, [OWN]):
            return ()
        return tuple(self.own[first])

    # --- tokens -------------------------------------------------------------------------------------------

    def meant(self) -> Iterator[Claims]:
        """Tokens that the policy means, as far as that can be told."""
        yield from self._tokens({field: self.own[field] for field in self._issuer.fields})
        for text in self.odd:
            for filling in ("x", "a/b", "a:b"):
                yield {**self._rest({}), "sub": text.replace("*", filling).replace("?", "x")}

    def strange_from(self, field: str) -> Iterator[Claims]:
        """Tokens in which this part is someone else's: the parts before it are the account's own, those after it any."""
        choices: dict[str, list[str]] = {}
        seen = False
        for name in self._issuer.fields:
            if name == field:
                choices[name], seen = self.strange[name], True
            else:
                choices[name] = [*self.own[name], *self.strange[name]] if seen else self.own[name]
        yield from self._tokens(choices, field)

    def taken_over(self) -> Iterator[Claims]:
        """Tokens with the right names and ids that are not those of the policy."""
        for claims in self._tokens({field: self.own[field] for field in self._issuer.fields}):
            yield {**claims, **dict.fromkeys(self._issuer.ids, f"{STRANGE}-id")}

    def _tokens(self, choices: Mapping[str, list[str]], about: str = "") -> Iterator[Claims]:
        fields = list(choices)
        subjects = [one for one in self._issuer.templates.get("sub", ()) if not about or about in one.fields]
        made = (
            {**self._rest(values), "sub": subject.fill({**values, "issuer": self._tenant})}
            for combination in product(*choices.values())
            for values in (dict(zip(fields, combination, strict=True)),)
            for subject in subjects
        )
        yield from islice(made, _MOST_TOKENS)

    def _rest(self, values: Mapping[str, str]) -> dict[str, str]:
        """The claims besides the subject."""
        found = {}
        for claim, templates in self._issuer.templates.items():
            if claim == "sub":
                continue
            template = templates[0]
            if template.text.startswith("id-of-") or claim in self._issuer.ids:
                own = all(values.get(field) in self.own[field] for field in template.fields)
                wanted = self.wanted.of(claim)
                found[claim] = wanted[0] if own and wanted else template.fill(values)
            else:
                form = next((one for one in templates if self._fits(claim, one, values)), template)
                found[claim] = form.fill({**values, "issuer": self._tenant})
        return found

    def _fits(self, claim: str, template: Template, values: Mapping[str, str]) -> bool:
        """Whether the policy writes a claim in this form."""
        return any(template.align(text) is not None for text in self.wanted.of(claim))
