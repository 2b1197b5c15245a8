"""Attack paths on the screen: from the account's ways to one path, its hops, and back."""

from __future__ import annotations

from srtui.tui.screens.attack import AttackScreen
from srtui.tui.screens.page import PathScreen
from srtui.tui.screens.principal import PrincipalScreen
from tests.pictures import press, running, text_of
from tests.tui.test_app import typed, until_true
from tests.tui.test_permissions_and_asking import principal

CI = "arn:aws:iam::420042004200:user/bots/ci-deploy"


async def test_the_account_shows_entries_cuts_and_who_becomes_administrator() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["p"])
        screen = app.base
        assert isinstance(screen, AttackScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        assert [row.key for row in screen.tree_view.rows if row.depth == 0] == ["entries", "fix", "starts"]
        shown = text_of(app)
        assert "in from outside" in shown
        assert "stops" in shown
        assert screen.tree_view.move_to(f"start\x1f{CI}")
        await press(pilot, ["wait", "wait"])
        assert "iam:PassRole on" in text_of(app)
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PathScreen)
        assert "★ role/orders-admin  is administrator" in text_of(app)
        await press(pilot, ["enter"])
        assert isinstance(app.base, PrincipalScreen)
        await press(pilot, ["escape", "escape"])
        assert app.base is screen
        assert screen.tree_view.cursor_key == f"start\x1f{CI}"


async def test_a_principal_shows_its_paths_and_their_hops() -> None:
    async with running() as (app, pilot):
        screen = await principal(app, pilot, CI, "Paths")
        await until_true(pilot, lambda: len(screen.paths.rows) > 3)
        shown = text_of(app)
        assert "Paths out  becomes administrator: ● confirmed" in shown
        assert "Within reach  administrator" in shown
        await press(pilot, ["down", "right", "down", "right"])
        shown = text_of(app)
        assert "needs iam:PassRole on arn:aws:iam::420042004200:role/service/orders-admin" in shown
        assert "breaks it:" in shown
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PathScreen)
        await press(pilot, ["escape"])
        assert app.base is screen


async def test_the_filter_of_attack_paths() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["p"])
        screen = app.base
        assert isinstance(screen, AttackScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        before = len(screen.tree_view.rows)
        await press(pilot, ["slash"])
        await typed(pilot, "ci-deploy")
        assert 0 < len(screen.tree_view.rows) < before
        await press(pilot, ["escape"])
        assert len(screen.tree_view.rows) == before
