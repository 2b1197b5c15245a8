"""The overview of a principal: toxic combinations, and whether it is a person or a machine and what says so."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from srtui.natures import NatureBy
from srtui.tui.app import SrtuiApp
from srtui.tui.history import Place
from srtui.tui.screens.page import FindingScreen
from srtui.tui.views.principal import overview
from srtui.tui.widgets.detail import Fact, Item, Para
from tests.pictures import engine_for, press, running, text_of
from tests.tui.test_app import until_true

IAM = "arn:aws:iam::420042004200:"


def subject_of(app: SrtuiApp) -> str:
    screen = app.base
    assert isinstance(screen, FindingScreen)
    finding = app.finding(screen.subject)
    assert finding is not None
    return finding.subject


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_toxic_combination_stands_at_the_top_and_leads_to_its_finding(size: tuple[int, int]) -> None:
    async with running(size=size) as (app, pilot):
        app.go(Place("principal", f"{IAM}role/break-glass"))
        await until_true(pilot, lambda: "1 toxic combination" in text_of(app))
        assert "Administrator that nobody uses" in text_of(app)
        assert "last used: 140" in text_of(app)
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: isinstance(app.base, FindingScreen))
        assert subject_of(app) == f"{IAM}role/break-glass"


def test_a_combination_is_told_once_and_what_was_not_read_is_told_too() -> None:
    analysis = engine_for("demo").run_to_end().analysis
    for arn in analysis.principals:
        keys = [block.key for block in overview(analysis, arn) if isinstance(block, Item)]
        assert len(keys) == len(set(keys)), arn
    arn = f"{IAM}role/break-glass"
    analysis.risk.__dict__["_untold"] = {arn: [("unused-admin", "when it was last used")]}
    try:
        told = [block.text for block in overview(analysis, arn) if isinstance(block, Para)]
    finally:
        del analysis.risk.__dict__["_untold"]
    assert "? Administrator that nobody uses: unknown, not read: when it was last used" in told


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("rule", "identities.toml, which comes before everything else"),
        ("tag", "its tag; identities.toml overrides it"),
        ("credentials", "its credentials; a tag identity-type, or identities.toml, overrides it"),
    ],
)
def test_what_says_that_it_is_a_person_and_what_overrides_that(by: NatureBy, told: str) -> None:
    analysis = engine_for("demo").run_to_end().analysis
    arn = f"{IAM}user/bots/ci-deploy"
    summaries = {**analysis.principals, arn: replace(analysis.principals[arn], nature_by=by)}
    shown = overview(replace(analysis, principals=summaries), arn)
    assert Fact("told by", told) in shown
