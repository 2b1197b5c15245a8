"""The demo is what the real collectors bring from the practice server, and nothing secret is in it."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from srtui.bundle import read_bundle
from srtui.demo.record import record
from srtui.demo.resources import FAKE_SECRET
from srtui.evidence import encode
from srtui.services import build_account, declared_calls
from srtui.source import demo_bundle


def test_recording_again_gives_the_same_evidence() -> None:
    shipped = [encode(item) for item in read_bundle(demo_bundle()).evidence]
    again = [encode(item) for item in record()]
    assert again == shipped, "run: python -m srtui.demo.record"


@pytest.fixture(scope="module")
def account():  # type: ignore[no-untyped-def]
    return build_account(read_bundle(demo_bundle()).evidence)


def test_every_listing_was_answered(account) -> None:  # type: ignore[no-untyped-def]
    assert not list(account.failures())
    asked = {outcome.key[:2] for outcome in account.outcomes.values()}
    listings = {call.id for call in declared_calls() if call.for_each is None and call.due is None}
    # ListRegions is asked only where EC2 does not tell.
    assert listings - asked == {("account", "ListRegions")}
    # What is asked item by item needs the item: the company has most kinds of things, not all.
    every = {call.id for call in declared_calls()}
    assert len(every & asked) > 0.85 * len(every)


def test_the_company_is_of_the_promised_size(account) -> None:  # type: ignore[no-untyped-def]
    assert (len(account.users), len(account.roles)) == (25, 45)
    assert len(account.buckets) == 12
    assert {provider.kind for provider in account.providers.values()} == {"saml", "oidc"}
    states = Counter(instance.region for instance in account.instances.values())
    assert states == {"eu-west-1": 5, "us-east-1": 2, "eu-central-1": 1}


def test_no_secret_of_the_practice_account_is_in_the_bundle() -> None:
    text = gzip.decompress(demo_bundle().read_bytes()).decode()
    for secret in (FAKE_SECRET, "correct-horse-battery", "not-a-real-password", "Practice-only-1!"):
        assert secret not in text
