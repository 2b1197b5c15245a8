"""Separation of duty on the screen: cells, who is in them, by which statements, and what separates them."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from srtui.tui.app import SrtuiApp
from srtui.tui.history import Place
from srtui.tui.screens.duties import DutiesScreen, DutyScreen
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.views.keys import SEP
from tests.pictures import press, running, text_of
from tests.tui.test_app import typed, until_true


async def opened(app: SrtuiApp, pilot: Pilot[Any]) -> DutiesScreen:
    await press(pilot, ["S"])
    screen = app.base
    assert isinstance(screen, DutiesScreen)
    await until_true(pilot, lambda: bool(screen.table.rows))
    return screen


async def test_a_cell_leads_to_who_holds_both_and_to_what_separates_them() -> None:
    async with running() as (app, pilot):
        screen = await opened(app, pilot)
        assert app.view is not None
        separation = app.view.analysis.risk.separation
        held = separation.held("key-data")
        await press(pilot, ["right", "right", "wait"])
        assert (screen.table.cursor_key, screen.table.chosen_column) == ("key-administration", "key-use")
        shown = text_of(app)
        assert "decrypts with encryption keys" in shown
        assert f"H{len([one for one in held if one.direct])}" in shown
        await press(pilot, ["enter", "down", "enter"])
        case = app.base
        assert isinstance(case, DutyScreen)
        await until_true(pilot, lambda: "separates the two" in text_of(app))
        arn = case.subject.partition(SEP)[2]
        assert arn in {one.arn for one in held}
        cures = app.view.analysis.risk.separating("key-data", arn)
        assert cures[0].text.split(" on ")[0] in text_of(app)
        await press(pilot, ["enter"])
        assert isinstance(app.base, PrincipalScreen)
        assert app.base.arn == arn
        await press(pilot, ["escape", "escape"])
        again = app.base
        assert isinstance(again, DutiesScreen)
        await until_true(pilot, lambda: again.table.chosen_column == "key-use")


async def test_duties_are_filtered_by_words_and_read_at_eighty_columns() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        assert "more ▸" in text_of(app)
        await press(pilot, ["slash"])
        await typed(pilot, "backups")
        await press(pilot, ["enter"])
        assert [row.key for row in screen.table.rows] == ["backup-creation", "backup-destruction"]
        await press(pilot, ["escape"])
        assert len(screen.table.rows) == len(screen.table.columns) - 2


async def test_the_overview_of_a_principal_leads_to_its_conflicts() -> None:
    async with running(size=(140, 60)) as (app, pilot):
        arn = "arn:aws:iam::420042004200:user/staff/chidi.okafor"
        app.go(Place("principal", arn))
        await until_true(pilot, lambda: "conflicts of duties" in text_of(app))
        screen = app.base
        assert isinstance(screen, PrincipalScreen)
        assert screen.detail.move_to(SEP.join(("duty", "key-data", arn)))
        await press(pilot, ["enter"])
        assert isinstance(app.base, DutyScreen)


async def test_a_finding_says_its_risk_in_words_and_never_as_a_number() -> None:
    async with running(size=(140, 60)) as (app, pilot):
        await press(pilot, ["3", "wait"])
        assert app.view is not None
        analysis = app.view.analysis
        worst = analysis.findings[0]
        score = analysis.risk.score(worst)
        shown = text_of(app)
        assert score.impact.words in shown
        assert score.reach.words in shown
        assert f"{score.value:.2f}" not in shown
        values = [
            analysis.risk.score(one).value for one in analysis.findings if one.severity == worst.severity
        ]
        assert values == sorted(values, reverse=True)


async def test_the_number_of_conflicts_is_called_that_and_the_matrix_takes_the_room_there_is() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        await press(pilot, ["S"])
        screen = app.base
        assert isinstance(screen, DutiesScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert "conflicts" in text_of(app).splitlines()[2]
        assert screen.table.size.width >= 96
