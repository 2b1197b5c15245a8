"""Conditions to put in place of loose ones: what was named stays, and with them a trust is graded tight."""

from __future__ import annotations

import pytest

from srtui.risk.federation.cure import blanks_of, fixed_condition, missing, traps
from tests.policy.ask import Json
from tests.risk.test_federation import AUD, GITHUB, github, row, web


def _filled(condition: Json) -> Json:
    """The condition with its blanks filled in as a person would."""
    words = blanks_of(condition)

    def fill(text: str) -> str:
        for word in sorted(words, key=len, reverse=True):
            text = text.replace(word, word.lower())
        return text

    return {operator: {key: fill(text) for key, text in keys.items()} for operator, keys in condition.items()}


def test_the_tenant_that_is_named_stays() -> None:
    condition = fixed_condition(github("StringLike", "repo:acme/*"))
    assert condition["StringEquals"][f"{GITHUB}:sub"] == "repo:acme/REPOSITORY:ref:refs/heads/main"
    assert blanks_of(condition) == ("REPOSITORY",)


def test_a_subject_that_is_named_in_full_stays() -> None:
    condition = fixed_condition(github("StringEquals", "repo:acme/web:ref:refs/heads/main"))
    assert condition["StringEquals"][f"{GITHUB}:sub"] == "repo:acme/web:ref:refs/heads/main"
    assert condition["StringEquals"][f"{GITHUB}:repository_id"] == "REPOSITORY-ID"


@pytest.mark.parametrize(
    ("host", "grades"),
    [
        (GITHUB, ("tight", "by-name")),
        ("gitlab.com", ("tight", "by-name")),
        ("app.terraform.io", ("tight", "by-name")),
        ("accounts.google.com", ("tight",)),
        ("cognito-identity.amazonaws.com", ("tenant-wide",)),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF", ("tight",)),
        ("login.acme.example", ("tight",)),
    ],
)
def test_the_proposed_condition_is_tight(host: str, grades: tuple[str, ...]) -> None:
    """Graded by the same engine as any other trust."""
    loose = row(web(host))
    tightened = row(web(host, **_filled(fixed_condition(loose))))
    assert tightened.grade in grades
    assert not tightened.graded.vacuous
    assert not tightened.graded.no_audience


def test_traps_are_told_in_words() -> None:
    (told,) = traps(github("ForAllValues:StringLike", "repo:acme/web:*"))
    assert told.startswith("ForAllValues:StringLike is true as well when")
    (told,) = traps(github("StringEquals", "repo:acme/*"))
    assert "takes * in" in told
    assert traps(row(web(GITHUB, **AUD, Null={f"{GITHUB}:sub": "false"}))) == ()


def test_a_claim_that_must_be_there_is_no_trap() -> None:
    vacuous = {"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:acme/web:*"}}
    assert traps(row(web(GITHUB, **AUD, **vacuous, Null={f"{GITHUB}:sub": "false"}))) == ()


def test_only_what_is_missing_is_asked_for() -> None:
    loose = github("StringLike", "repo:acme/*")
    assert missing(loose).startswith("sub: repo:")
    named = github("StringEquals", "repo:acme/web:ref:refs/heads/main")
    assert named.grade == "by-name"
    assert missing(named) == "repository_id: the id behind the name"
