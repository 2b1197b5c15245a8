"""Granted against used on the screen: the tab, the table, and the texts that are written to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from srtui.policy.catalogue import load_catalogue
from srtui.tui.history import Place
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.screens.tabs import USE
from srtui.tui.screens.use import UnusedScreen
from tests.pictures import press, running, text_of
from tests.tui.test_app import until_true

CHIDI = "arn:aws:iam::420042004200:user/staff/chidi.okafor"
QUENTIN = "arn:aws:iam::420042004200:user/staff/quentin.blanc"


async def test_the_use_tab_shows_the_waste_and_a_proved_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(size=(140, 60)) as (app, pilot):
        app.go(Place("principal", CHIDI))
        await press(pilot, ["0"])
        await until_true(pilot, lambda: "Proved by the evaluator" in text_of(app))
        screen = app.base
        assert isinstance(screen, PrincipalScreen)
        assert screen.tab == USE
        assert app.view is not None
        usage = app.view.analysis.risk.usage(CHIDI)
        assert f"{usage.unused.bit_count():,} of {usage.granted.bit_count():,} permissions" in text_of(app)
        # What it used is enough to become administrator: the proof does not say that.
        await until_true(pilot, lambda: "administrator with this policy, by" in text_of(app))
        await press(pilot, ["W", "enter"])
        path = tmp_path / "chidi.okafor-right-sized.json"
        await until_true(pilot, path.exists)
        document = json.loads(path.read_text("utf-8"))
        written = load_catalogue().expand_all(
            action
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
            for action in (
                [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            )
        )
        assert not usage.used & ~written
        assert not usage.unused & written
        # What is there is never overwritten.
        await press(pilot, ["W", "enter"])
        await until_true(pilot, lambda: "exists: choose another name" in text_of(app))


async def test_whose_use_is_not_read_is_unknown_and_says_why() -> None:
    async with running(size=(140, 60)) as (app, pilot):
        app.go(Place("principal", QUENTIN, {"tab": USE}))
        await until_true(pilot, lambda: "Unknown:" in text_of(app))
        shown = text_of(app)
        assert "% unused" not in shown
        assert "Quarantine" in shown


async def test_idle_identities_come_first_and_those_marked_get_a_quarantine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(size=(80, 24)) as (app, pilot):
        await press(pilot, ["Z"])
        screen = app.base
        assert isinstance(screen, UnusedScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert app.view is not None
        zombies = [one.arn for one in app.view.analysis.risk.idle.zombies]
        assert [row.key for row in screen.table.rows[: len(zombies)]] == zombies
        assert f"{len(zombies)} idle" in text_of(app)
        # Who was never used is not idle since then: the days are counted from when it was made.
        never = next(one for one in app.view.analysis.risk.idle.zombies if one.last is None)
        assert screen.table.move_to(never.arn)
        await until_true(pilot, lambda: f"never, made {never.days:,} d ago" in text_of(app))
        assert f" {never.days:,} d " not in text_of(app).replace(f"made {never.days:,} d ago", "")
        assert screen.table.move_to(zombies[0])
        await press(pilot, ["space", "space", "W"])
        await until_true(pilot, lambda: "quarantine of 2" in text_of(app))
        await press(pilot, ["enter"])
        path = tmp_path / "quarantine-scp.json"
        await until_true(pilot, path.exists)
        (statement,) = json.loads(path.read_text("utf-8"))["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == zombies[:2]
        screen.table.move_to(zombies[0])
        await press(pilot, ["enter"])
        assert isinstance(app.base, PrincipalScreen)
        assert (app.base.arn, app.base.tab) == (zombies[0], USE)
