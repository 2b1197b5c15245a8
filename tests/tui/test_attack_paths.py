"""Attack paths on the screen: from the account's ways to one path, its hops, and back."""

from __future__ import annotations

from srtui.tui.history import Place
from srtui.tui.screens.attack import AttackScreen
from srtui.tui.screens.page import PathScreen
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.views.attack import attack_blocks, attack_roots
from srtui.tui.views.paths import principal_roots
from tests.escalation.scenes import bounded, policy
from tests.escalation.small import lambda_role, simple
from tests.pictures import press, running, text_of
from tests.responsibility.recorded import allow, inline, user
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
        assert "This one change stops every way to administrator" in shown
        assert "✂ take out managed policy DeployPipeline, Functions" in shown
        assert "Within reach  administrator" in shown
        await press(pilot, ["down", "down", "down", "right", "down", "right"])
        shown = text_of(app)
        assert "needs iam:PassRole on arn:aws:iam::420042004200:role/service/orders-admin" in shown
        assert "breaks it " in shown
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


async def test_a_change_that_stops_a_path_is_shown_and_tried_and_esc_comes_back() -> None:
    async with running() as (app, pilot):
        screen = await principal(app, pilot, CI, "Paths")
        await until_true(pilot, lambda: len(screen.paths.rows) > 3)
        await press(pilot, ["down"])
        change = screen.paths.cursor_key
        await press(pilot, ["enter"])
        assert app.base is screen
        assert "Functions" in (screen.detail.copy_text())
        await press(pilot, ["escape"])
        assert screen.paths.has_focus
        assert screen.paths.cursor_key == change
        await press(pilot, ["d"])
        assert [one.text for one in screen.changes] == ["without statement 2 of DeployPipeline"]
        await press(pilot, ["escape"])
        assert screen.paths.has_focus
        await press(pilot, ["escape"])
        assert app.base is not screen


async def test_statements_of_a_path_can_be_opened_and_tried() -> None:
    async with running() as (app, pilot):
        app.go(Place("path", CI))
        path = app.base
        assert isinstance(path, PathScreen)
        await until_true(pilot, lambda: path.is_mounted and path.detail.item_key is not None)
        shown = text_of(app)
        assert shown.index("What stops this path") < shown.index("├─")
        await press(pilot, ["enter"])
        policies = app.base
        assert isinstance(policies, PrincipalScreen)
        assert "Functions" in policies.detail.copy_text()
        await press(pilot, ["escape", "d"])
        tried = app.base
        assert isinstance(tried, PrincipalScreen)
        assert len(tried.changes) == 1
        await press(pilot, ["escape"])
        assert app.base is path


async def test_esc_goes_from_the_text_to_the_list_before_it_leaves() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["p"])
        screen = app.base
        assert isinstance(screen, AttackScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        await press(pilot, ["down", "enter"])
        entry = screen.tree_view.cursor_key
        assert screen.detail.has_focus
        await press(pilot, ["escape"])
        assert (app.base, screen.tree_view.has_focus, screen.tree_view.cursor_key) == (screen, True, entry)
        await press(pilot, ["escape"])
        assert app.base is not screen


async def test_who_becomes_administrator_says_so_in_the_tree_and_first_of_all() -> None:
    async with running() as (app, pilot):
        screen = await principal(app, pilot, CI, "Overview")
        shown = text_of(app)
        assert "→ admin in 1" in shown
        assert shown.index("becomes administrator  ● confirmed, 1 hop") < shown.index("made")
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PathScreen)
        await press(pilot, ["escape"])
        assert app.base is screen


def test_what_a_guardrail_alone_holds_is_shown_with_the_guardrail() -> None:
    passing = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    found = simple(
        user("dev", UserPolicyList=[inline(passing)], **bounded("edge")),
        roles=[lambda_role()],
        Policies=[policy("edge", allow("s3:*"))],
    )
    arn = "arn:aws:iam::420042004200:user/dev"
    (held,) = [node for node in principal_roots(arn, found) if node.key.startswith("held")]
    assert held.text == "user/dev  held by permissions boundary edge"
    assert len(held.children) == 1
    section = next(node for node in attack_roots(found) if node.key == "held")
    assert [child.text for child in section.children] == [held.text]
    blocks = attack_blocks(section.children[0].key, found)
    assert any("alone stands between" in getattr(block, "text", "") for block in blocks)
