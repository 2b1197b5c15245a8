"""What a principal may do and why, what if, and who can: the keys that lead to answers."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from srtui.policy.breakdown import matching_actions
from srtui.policy.catalogue import load_catalogue
from srtui.tui.app import SrtuiApp
from srtui.tui.screens.ask import AskScreen
from srtui.tui.screens.principal import TABS, PrincipalScreen
from srtui.tui.views.asking import candidates, read_question
from tests.pictures import press, running, text_of
from tests.tui.test_app import typed, until_true

ALICE = "arn:aws:iam::420042004200:user/staff/alice.moreau"


async def principal(app: SrtuiApp, pilot: Pilot[Any], arn: str, tab: str) -> PrincipalScreen:
    place = app.place_of(arn)
    assert place is not None
    app.go(place)
    await pilot.pause()
    await press(pilot, [str(TABS.index(tab) + 1)])
    assert isinstance(app.base, PrincipalScreen)
    return app.base


async def test_permissions_lead_from_service_to_the_deciding_statement() -> None:
    async with running() as (app, pilot):
        screen = await principal(app, pilot, ALICE, "Permissions")
        assert screen.tree_view.rows[0].key == "iam", "what decides over everything else comes first"
        await press(pilot, ["slash"])
        await typed(pilot, "iam:PassRole")
        assert [row.key for row in screen.tree_view.rows][-1] == "action\x1fiam:PassRole"
        await press(pilot, ["enter", "G", "right", "down"])
        assert "AdministratorAccess" in text_of(app)
        await press(pilot, ["G", "enter"])
        assert screen.tab == TABS.index("Policies")
        item = screen.detail.item_key
        assert item is not None
        assert item.startswith("arn:aws:iam::aws:policy/AdministratorAccess")


def test_a_filter_takes_patterns_and_words() -> None:
    names = load_catalogue().actions
    assert "s3:PutObject" in names(matching_actions("s3:Put*"))
    assert "s3:PutObject" in names(matching_actions("s3:put"))
    found = names(matching_actions("delete bucket"))
    assert "s3:DeleteBucket" in found
    assert all("delete" in name.lower() and "bucket" in name.lower() for name in found)
    assert matching_actions("") == load_catalogue().everything
    assert not matching_actions("nonsense:thing")


async def test_what_if_a_statement_were_gone_says_what_is_lost() -> None:
    async with running() as (app, pilot):
        assert app.view is not None
        arn = next(one.arn for one in app.view.analysis.account.users.values() if one.name == "ci-deploy")
        screen = await principal(app, pilot, arn, "Policies")
        await press(pilot, ["d"])
        assert screen.tab == TABS.index("What if")
        shown = text_of(app)
        assert "without statement 1 of" in shown
        assert "Lost: " in shown or "Nothing changes" in shown
        await press(pilot, ["D"])
        await typed(pilot, "nonsense")
        await press(pilot, ["enter"])
        assert "actions look like" in text_of(app)
        await press(pilot, ["backspace"] * 8)
        await typed(pilot, "* on *")
        await press(pilot, ["enter"])
        assert "2. with a Deny of * on *" in text_of(app)
        assert "Lost: " in text_of(app)
        await press(pilot, ["x"])
        assert not screen.changes
        assert "Nothing is changed yet" in text_of(app)


async def test_what_if_with_a_boundary() -> None:
    async with running() as (app, pilot):
        screen = await principal(app, pilot, ALICE, "What if")
        await press(pilot, ["b", "enter"])
        assert len(screen.changes) == 1
        assert "inside the boundary" in text_of(app)
        await press(pilot, ["d"])
        assert "Put the cursor on a statement" in app.base.hints.message


async def test_asking_who_can_with_completion_and_reasons() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:getobj")
        assert isinstance(app.base, AskScreen)
        assert app.base.table.rows[0].key == "s3:GetObject"
        await press(pilot, ["tab"])
        await typed(pilot, "arn:aws:s3:::acme-hr-doc")
        await press(pilot, ["tab", "enter"])
        screen = app.base
        await until_true(pilot, lambda: screen._found is not None)
        assert read_question(screen.line.value).action == "s3:GetObject"
        found = screen._found
        assert found is not None
        assert ALICE in found.who.allowed
        assert screen.table.has_focus
        assert "allowed" in text_of(app)
        screen.table.move_to(ALICE)
        await press(pilot, ["wait", "enter"])
        assert isinstance(app.base, PrincipalScreen)
        assert app.base.arn == ALICE
        await press(pilot, ["escape"])
        assert isinstance(app.base, AskScreen)
        assert app.base.table.cursor_key == ALICE


async def test_a_question_that_cannot_be_understood_says_why() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "getobject")
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: "That is no question" in text_of(app))
        await press(pilot, ["escape"])
        assert not isinstance(app.base, AskScreen)


async def test_asking_starts_with_what_is_in_front() -> None:
    async with running() as (app, pilot):
        await principal(app, pilot, ALICE, "Permissions")
        await press(pilot, ["slash"])
        await typed(pilot, "kms:Decrypt")
        await press(pilot, ["enter", "G", "w"])
        assert isinstance(app.base, AskScreen)
        assert app.base.line.value == "kms:Decrypt"


@pytest.mark.parametrize(
    ("text", "action", "resource"),
    [
        ("s3:GetObject on arn:aws:s3:::a/*", "s3:GetObject", "arn:aws:s3:::a/*"),
        ("  iam:PassRole ", "iam:PassRole", ""),
        ("iam:PassRole on", "iam:PassRole", ""),
        ("", "", ""),
    ],
)
def test_questions_as_they_are_typed(text: str, action: str, resource: str) -> None:
    question = read_question(text)
    assert (question.action, question.resource) == (action, resource)


def test_completions_prefer_what_begins_so() -> None:
    resources = ["arn:aws:s3:::x/*", "arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]
    found = [text for text, _ in candidates("s3:GetObject on payroll", resources)]
    assert found == ["s3:GetObject on arn:aws:s3:::payroll/*"], "a bucket is no object"
    assert candidates("passrole", [])[0][0] == "iam:PassRole"


async def test_a_text_is_fresh_after_a_tree_was_in_front() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        await principal(app, pilot, ALICE, "Overview")
        for tree, text, wanted in (("3", "4", "Can become"), ("5", "6", "Console"), ("3", "1", "is  ")):
            await press(pilot, [tree, "wait", text, "wait"])
            assert wanted in text_of(app), (tree, text)


async def test_the_pane_in_front_shows_that_it_has_the_focus() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        for key, title in (
            ("3", "3 Findings"),
            ("1", "1 Responsibility"),
            ("2", "2 Identities"),
            ("1", "1 Responsibility"),
        ):
            await press(pilot, [key, "wait"])
            assert f"━ {title}" in text_of(app)


async def test_a_pattern_of_actions_is_answered_by_how_many_each_may_do() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:Get* on arn:aws:s3:::acme-www")
        await press(pilot, ["enter"])
        screen = app.base
        assert isinstance(screen, AskScreen)
        await until_true(pilot, lambda: screen._each is not None)
        shown = text_of(app)
        assert "can do some of" in shown
        assert "all 24 actions" in shown or "of 24 actions" in shown
        screen.table.move_to(ALICE)
        await press(pilot, ["wait", "enter"])
        assert isinstance(app.base, PrincipalScreen)


async def test_an_action_asked_on_the_wrong_kind_of_resource_offers_the_right_one() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:GetObject on arn:aws:s3:::acme-www")
        await press(pilot, ["enter"])
        screen = app.base
        assert isinstance(screen, AskScreen)
        await until_true(pilot, lambda: "Ask instead" in text_of(app))
        assert screen.table.cursor_key == "s3:GetObject on arn:aws:s3:::acme-www/*"
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: screen._found is not None)
        assert "outside" in text_of(app), "the bucket's policy is public"


async def test_a_misspelt_action_is_asked_again_as_it_was_meant() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:Lstbucket")
        await press(pilot, ["enter"])
        screen = app.base
        assert isinstance(screen, AskScreen)
        await until_true(
            pilot, lambda: "Did you mean s3:ListBucket?" in text_of(app) or "Ask instead" in text_of(app)
        )
        assert screen.table.cursor_key == "s3:ListBucket"
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: screen._found is not None)


async def test_what_if_says_which_ways_to_administrator_go() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        assert app.view is not None
        escalation = app.view.analysis.escalation
        arn = next(
            one
            for one, start in escalation.starts.items()
            if start.admin is True and not start.already and one in app.view.analysis.account.users
        )
        before = len(escalation.paths(arn, most=100))
        screen = await principal(app, pilot, arn, "What if")
        await press(pilot, ["D"])
        await typed(pilot, "* on *")
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: screen._ways is not None)
        shown = text_of(app)
        assert f"Ways to become administrator: {before} → 0" in shown
        assert shown.count("− ") >= 1
        for tab in ("1", "2", "3", "5"):
            await press(pilot, [tab, "wait"])
            assert "as it is now" in text_of(app), tab
        await press(pilot, ["8", "x", "1", "wait"])
        assert "as it is now" not in text_of(app)
