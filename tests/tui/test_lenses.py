"""Other looks at the same findings and controls: frameworks, quick wins, the heat map, a resource."""

from __future__ import annotations

from srtui.tui.screens.ask import AskScreen
from srtui.tui.screens.heat import HeatScreen
from srtui.tui.screens.page import PageScreen
from srtui.tui.screens.wins import QuickWinsScreen
from srtui.tui.views.heat import short_region
from tests.pictures import press, running, text_of
from tests.tui.test_app import explorer, until_true

BUCKET = "arn:aws:s3:::acme-hr-documents"


async def test_a_framework_shows_the_same_controls_and_narrows_the_findings() -> None:
    async with running(size=(200, 50)) as (app, pilot):
        screen = explorer(app)
        await press(pilot, ["f"])
        assert "CIS AWS Foundations 3.0" in text_of(app)
        key = next(row.key for row in screen.matrix.rows if row.key == "lens:cis-3.0:1.10:section")
        screen.matrix.move_to(key)
        await press(pilot, ["right", "down", "wait"])
        assert app.view is not None
        control = screen.narrowing.control
        assert control is not None
        assert "1.10" in app.view.analysis.controls[control].frameworks["cis-3.0"]
        await press(pilot, ["enter"])
        assert app.base.place().kind == "control"  # type: ignore[union-attr]
        await press(pilot, ["escape", "f", "f"])
        assert "NIST CSF" in text_of(app)
        assert "Identify" in text_of(app)
        await press(pilot, ["f"])
        assert screen.matrix.rows[0].key == "group:Yours"


async def test_quick_wins_are_insecure_defaults_worst_first_with_every_command() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["Q"])
        screen = app.base
        assert isinstance(screen, QuickWinsScreen)
        assert app.view is not None
        for win in screen._wins:
            assert app.view.analysis.controls[win.control].insecure_default
            assert all(win.commands)
        severities = [row.cells[0][0][0] for row in screen.table.rows]
        assert severities == sorted(severities, key="CHMLI".index)
        await press(pilot, ["enter"])
        assert isinstance(app.base, PageScreen)


async def test_the_heat_map_leads_to_the_findings_of_a_service() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["H"])
        assert isinstance(app.base, HeatScreen)
        service = app.base.table.cursor_key
        assert "euw1" in text_of(app)
        await press(pilot, ["enter"])
        screen = explorer(app)
        assert screen.findings.has_focus
        shown = {screen.findings.by_fingerprint[row.key].service for row in screen.findings.rows}
        assert shown == {service}


def test_regions_are_shortened_as_aws_does() -> None:
    wanted = {
        "eu-west-1": "euw1",
        "ap-southeast-2": "apse2",
        "us-gov-east-1": "usge1",
        "ca-central-1": "cac1",
    }
    assert {region: short_region(region) for region in wanted} == wanted


async def test_a_resource_shows_its_facts_findings_and_who_can() -> None:
    async with running() as (app, pilot):
        place = app.place_of(BUCKET)
        assert place is not None
        app.go(place)
        await pilot.pause()
        shown = text_of(app)
        assert "bucket acme-hr-documents" in shown
        assert "Who can" in shown
        await press(pilot, ["enter"])
        screen = app.base
        assert isinstance(screen, AskScreen)
        assert screen.line.value == f"s3:GetObject on {BUCKET}/*"
        await until_true(pilot, lambda: screen._found is not None)
