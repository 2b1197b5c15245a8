"""Other looks at the same findings and controls: frameworks, quick wins, the heat map, a resource."""

from __future__ import annotations

import pytest

from srtui.findings.filter import Searchable, searchable
from srtui.findings.finding import Finding
from srtui.responsibility.commands import LOOK_FIRST, MAY_BREAK, effort_of, only_reads, to_fill_in
from srtui.responsibility.controls import CONTROLS
from srtui.tui.screens.ask import AskScreen
from srtui.tui.screens.filtered import FilteredScreen
from srtui.tui.screens.heat import HeatScreen
from srtui.tui.screens.page import PageScreen
from srtui.tui.screens.unknown import UnknownScreen
from srtui.tui.screens.wins import QuickWinsScreen
from srtui.tui.views.heat import short_region
from srtui.tui.views.wins import quick_wins
from tests.pictures import press, running, text_of
from tests.tui.test_app import explorer, typed, until_true

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


async def test_a_cell_of_the_heat_map_is_a_service_and_a_region_and_esc_returns_to_it() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        everything = len(explorer(app).findings.rows)
        await press(pilot, ["H", "slash"])
        await typed(pilot, "ec2")
        await press(pilot, ["enter"])
        assert isinstance(app.base, HeatScreen)
        assert [row.key for row in app.base.table.rows] == ["ec2"]
        assert "more ▸" in text_of(app)
        await press(pilot, ["right", "right"])
        region = app.base.table.chosen_column
        assert region is not None
        await press(pilot, ["right"] * 9)
        assert "◂" in text_of(app)
        await press(pilot, ["left"] * 20)
        assert app.base.table.chosen_column is None
        await press(pilot, ["right", "right", "enter"])
        screen = explorer(app)
        shown = [screen.findings.by_fingerprint[row.key] for row in screen.findings.rows]
        assert {(one.service, one.region) for one in shown} == {("ec2", region)}
        assert f"/service:ec2 region:{region} status:open" in text_of(app)
        await press(pilot, ["escape"])
        assert isinstance(app.base, HeatScreen)
        assert (app.base.table.cursor_key, app.base.table.chosen_column) == ("ec2", region)
        await press(pilot, ["escape"])
        assert len(explorer(app).findings.rows) == everything


async def test_findings_of_the_account_as_a_whole_are_found_by_region_and_service() -> None:
    async with running() as (app, pilot):
        screen = explorer(app)
        screen.filter_findings("region:global service:iam")
        await pilot.pause()
        shown = [screen.findings.by_fingerprint[row.key] for row in screen.findings.rows]
        assert shown
        assert all(not one.region for one in shown)
        # A finding on the account belongs to the service that told it, not to the root user's.
        assert not any(one.control == "guardduty-on" for one in shown)
        screen.filter_findings("service:guardduty")
        assert {
            one.control
            for one in map(screen.findings.by_fingerprint.get, (row.key for row in screen.findings.rows))
            if one
        } >= {"guardduty-on"}


@pytest.mark.parametrize(("key", "word"), [("C", "iam"), ("Q", "fill"), ("H", "ec2"), ("U", "csv")])
async def test_a_slash_filters_every_list_and_esc_takes_it_back_first(key: str, word: str) -> None:
    async with running() as (app, pilot):
        await press(pilot, [key])
        screen = app.base
        assert isinstance(screen, FilteredScreen)
        everything = len(screen.table.rows)  # type: ignore[attr-defined]
        await press(pilot, ["slash"])
        await typed(pilot, word)
        narrowed = len(screen.table.rows)  # type: ignore[attr-defined]
        assert narrowed < everything
        assert app.base is screen
        await press(pilot, ["enter"])
        assert f"/{word}" in text_of(app)
        assert len(screen.table.rows) == narrowed  # type: ignore[attr-defined]
        await press(pilot, ["escape"])
        assert app.base is screen
        assert len(screen.table.rows) == everything  # type: ignore[attr-defined]
        await press(pilot, ["escape"])
        assert app.base is explorer(app)


async def test_what_is_unknown_is_listed_for_the_account_and_for_a_row() -> None:
    async with running() as (app, pilot):
        assert app.view is not None
        coverage = app.view.analysis.coverage
        await press(pilot, ["U"])
        screen = app.base
        assert isinstance(screen, UnknownScreen)
        assert len(screen.table.rows) == coverage.unknown
        await press(pilot, ["enter"])
        assert app.base.place().kind == "control"  # type: ignore[union-attr]
        await press(pilot, ["escape", "escape"])
        explorer(app).matrix.move_to("row:1")
        await press(pilot, ["U"])
        assert "Unknown · row 1" in text_of(app)
        assert isinstance(app.base, UnknownScreen)
        assert 0 < len(app.base.table.rows) < coverage.unknown


def test_quick_wins_say_what_their_commands_take() -> None:
    """Every command that is ready was judged so on purpose; none that only reads is among them."""
    ready = {
        one.id
        for one in CONTROLS.values()
        if one.insecure_default and one.command and not only_reads(one.command) and effort_of(one) == "ready"
    }
    assert ready == {
        "stack-protection",
        "ebs-default-encryption",
        "quota-headroom",
        "rds-deletion-protection",
        "analyzer-external",
        "password-policy-exists",
        "password-length-14",
        "password-reuse-24",
        "password-complexity",
        "kms-rotation",
        "dynamodb-deletion",
        "trail-validation",
    }
    assert {*MAY_BREAK, *LOOK_FIRST} <= set(CONTROLS)
    assert to_fill_in(
        "aws x y --bucket BUCKET --mfa 'SERIAL CODE' --type ACCOUNT --policy file://p.json"
    ) == (
        "BUCKET",
        "SERIAL CODE",
        "p.json",
    )


def test_one_command_for_several_controls_is_one_quick_win() -> None:
    def made(control: str, command: str) -> Searchable:
        found = Finding(
            fingerprint=control, control=control, title=control, subject="arn:aws:iam::420042004200:root",
            region="", rows=(2,), severity=CONTROLS[control].severity, service="iam", facts=(), sources=(),
            why="", fix="", command=command, references=(), insecure_default=True,
        )  # fmt: skip
        return searchable(found)

    wins = quick_wins(
        [
            made("password-reuse-24", "aws iam update-account-password-policy"),
            made("password-length-14", "aws iam update-account-password-policy"),
            made("instance-public-ip", "aws ec2 describe-instances"),
        ],
        CONTROLS,
    )
    assert [win.controls for win in wins] == [("password-length-14", "password-reuse-24")]


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
