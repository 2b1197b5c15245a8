"""Data exchange, federation and what changed on the screen: each key, what it shows, and where enter leads."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from srtui.evidence import CallError, Evidence
from srtui.files import sessions_folder
from srtui.session import Session
from srtui.source import open_source
from srtui.tui.history import Place
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.screens.changes import ChangesScreen
from srtui.tui.screens.exchange import ExchangeScreen
from srtui.tui.screens.federation import FederationScreen
from srtui.tui.screens.page import FindingScreen, PageScreen
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.screens.tabs import TABS
from srtui.tui.views.exchange import arn_of_key
from tests.pictures import press, running, text_of
from tests.tui.test_app import typed, until_true

DEPLOY = "arn:aws:iam::420042004200:role/ci/github-deploy"


# --- federation ---------------------------------------------------------------------------------------------


async def test_federation_shows_the_weakest_trust_first_and_opens_its_trust() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["F"])
        screen = app.base
        assert isinstance(screen, FederationScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        first = screen.chosen
        assert first is not None
        assert (first.role, first.grade, first.leads) == (
            DEPLOY,
            "open",
            "becomes-admin",
        )
        shown = text_of(app)
        assert "● open" in shown
        assert "→ admin" in shown
        assert "Any customer of GitHub Actions gets in: the tenant is not named." in shown
        await press(pilot, ["enter"])
        opened = app.base
        assert isinstance(opened, PrincipalScreen)
        assert opened.arn == DEPLOY
        assert TABS[opened.tab] == "Trust"
        await press(pilot, ["escape"])
        assert app.base is screen
        await press(pilot, ["right_square_bracket"])
        assert isinstance(app.base, PrincipalScreen)


async def test_the_fixed_condition_is_shown_and_can_be_copied() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        await press(pilot, ["F"])
        screen = app.base
        assert isinstance(screen, FederationScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert "Condition to put in its place" in text_of(app)
        what = dict(screen.copies())
        condition = json.loads(what["the condition"])["Condition"]
        assert condition["StringEquals"]["token.actions.githubusercontent.com:sub"].startswith("repo:")


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_grade_role_and_what_it_leads_to_stay_at_any_width(size: tuple[int, int]) -> None:
    async with running(size=size) as (app, pilot):
        await press(pilot, ["F"])
        screen = app.base
        assert isinstance(screen, FederationScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        for text in ("grade", "role", "from", "leads to", "github-infra", "tenant-wide"):
            assert text in text_of(app)
        await press(pilot, ["slash"])
        await typed(pilot, "data-scientist")
        await press(pilot, ["enter"])
        assert {trust.product for trust in [screen.chosen] if trust} == {"SAML"}
        await press(pilot, ["escape"])
        assert len(screen.table.rows) == 10


# --- data exchange ------------------------------------------------------------------------------------------


async def test_the_data_exchange_shows_both_directions_public_first_and_what_is_unread_apart() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["E"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        assert [row.key for row in screen.tree_view.rows if row.depth == 0] == [
            "in",
            "out",
            "untold",
            "blocked",
        ]
        parties = [row.node.text for row in screen.tree_view.rows if row.parent == "in"]
        assert parties[:2] == ["anyone on the internet", "anyone with an AWS account"]
        shown = text_of(app)
        assert "? not read" in shown
        assert "lambda:GetPolicy" in shown
        assert "OUTSIDE" in shown
        assert "11 principals can move data out" in shown


async def test_enter_opens_the_resource_or_the_principal() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["E"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        await press(pilot, ["down", "right", "down", "right", "down", "wait"])
        key = screen.tree_view.cursor_key or ""
        assert key.startswith("exposure"), key
        assert "without a condition" in text_of(app)
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PageScreen)
        assert app.base.subject == arn_of_key(key)
        await press(pilot, ["escape"])
        assert screen.tree_view.move_to("movers")
        await press(pilot, ["right", "down", "wait"])
        assert "Can read data" in text_of(app)
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PrincipalScreen)
        await press(pilot, ["escape"])
        assert app.base is screen


async def test_an_access_control_list_only_lists_and_roles_say_where_they_lead() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        await press(pilot, ["E"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        assert "→ admin" in text_of(app)
        await press(pilot, ["slash"])
        await typed(pilot, "acme-hr-documents")
        await press(pilot, ["enter"])
        await press(pilot, ["end", "wait"])
        shown = text_of(app)
        assert "access control list (READ)" in shown
        assert "lists, without a condition" in shown
        await press(pilot, ["escape"])
        parties = {row.node.text: row.key for row in screen.tree_view.rows if row.parent == "in"}
        assert screen.tree_view.move_to(parties["account 110011001100"])
        await until_true(pilot, lambda: "Counted is what it uses directly" in text_of(app))
        assert "administrator" in text_of(app)


@pytest.mark.parametrize(
    "place", ["exchange", "federation", "attack", "unused", "duties", "heat", "unknown", "wins", "collection"]
)
async def test_tab_gets_into_the_text_and_the_hints_say_so(place: str) -> None:
    async with running(size=(80, 24)) as (app, pilot):
        app.go(Place(place))
        await until_true(pilot, lambda: isinstance(app.base, BesideScreen) and app.base.focused is not None)
        screen = app.base
        assert isinstance(screen, BesideScreen)
        await pilot.pause()
        assert "tab text" in text_of(app).splitlines()[-1]
        await press(pilot, ["tab"])
        assert screen.detail.has_focus
        assert "tab list" in text_of(app).splitlines()[-1]
        await press(pilot, ["tab"])
        assert screen.query_one("#list").has_focus


async def test_all_of_the_drawing_can_be_reached_on_a_small_screen() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        await press(pilot, ["E"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        assert "and 12 administrators" not in text_of(app)
        await press(pilot, ["tab", *["down"] * 6, "wait"])
        assert "and 12 administrators" in text_of(app)
        await press(pilot, ["end", "wait"])
        assert "see Could not be told" in text_of(app)


async def test_the_filter_of_the_data_exchange() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["E"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        await press(pilot, ["slash"])
        await typed(pilot, "990099009900")
        await press(pilot, ["enter"])
        assert all("990099009900" in row.key or row.depth == 0 for row in screen.tree_view.rows)
        await press(pilot, ["escape"])
        assert app.base is screen
        assert not screen.words


# --- what changed -------------------------------------------------------------------------------------------


def _earlier(item: Evidence) -> Evidence:
    """An answer as it was a week before: chidi had no permissions, ci-deploy did not exist, functions were not read."""
    item = msgspec.structs.replace(item, at=item.at - timedelta(days=7))
    if item.operation == "GetAccountAuthorizationDetails" and item.response:
        response = json.loads(json.dumps(item.response))
        users = [one for one in response.get("UserDetailList", []) if one["UserName"] != "ci-deploy"]
        for user in users:
            if user["UserName"] == "chidi.okafor":
                user |= {"AttachedManagedPolicies": [], "UserPolicyList": [], "GroupList": []}
        return msgspec.structs.replace(item, response={**response, "UserDetailList": users})
    if (item.service, item.operation) == ("cognito-identity", "ListIdentityPools"):
        return msgspec.structs.replace(
            item, response=None, error=CallError("AccessDeniedException", "not allowed", "denied")
        )
    return item


@pytest.fixture
def saved() -> Path:
    """A session of the demo's account, a week older."""
    items = [_earlier(item) for item in open_source("demo").evidence]
    session = Session.create(sessions_folder(), account="420042004200", at=items[0].at, label="live")
    session.append(items)
    session.set_meta(account="420042004200")
    path = session.path
    session.close()
    assert path is not None
    return path


async def test_without_an_earlier_session_it_says_so() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["N"])
        await until_true(pilot, lambda: "There is no earlier session of this account." in text_of(app))
        await press(pilot, ["c", "wait"])
        assert "There is no other saved session of this account." in text_of(app)


async def _changes(app: Any, pilot: Any) -> ChangesScreen:
    await press(pilot, ["N"])
    screen = app.base
    assert isinstance(screen, ChangesScreen)
    await until_true(pilot, lambda: bool(screen.tree_view.rows))
    return screen


async def test_what_changed_since_the_session_before(saved: Path) -> None:
    async with running() as (app, pilot):
        screen = await _changes(app, pilot)
        shown = text_of(app)
        assert "since 2026-10-25" in shown
        assert saved.stem in shown
        keys = [row.key for row in screen.tree_view.rows]
        assert "principal\x1farn:aws:iam::420042004200:user/staff/chidi.okafor" in keys
        assert "path\x1farn:aws:iam::420042004200:user/staff/chidi.okafor" in keys
        assert screen.tree_view.move_to("principal\x1farn:aws:iam::420042004200:user/staff/chidi.okafor")
        await press(pilot, ["right", "wait"])
        assert "joined group" in text_of(app)
        assert "may now" in text_of(app)
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, PrincipalScreen)
        await press(pilot, ["escape"])
        finding = next(key for key in keys if key.startswith("finding\x1fnew"))
        assert screen.tree_view.move_to(finding)
        await press(pilot, ["enter", "wait"])
        assert isinstance(app.base, FindingScreen)


async def test_what_one_side_did_not_read_is_not_comparable(saved: Path) -> None:
    async with running() as (app, pilot):
        screen = await _changes(app, pilot)
        found = screen._found
        assert found is not None
        entries = found.comparison.entries
        assert [(one.how, one.entry.name) for one in entries] == [("not comparable", "shop_visitors")]
        assert screen.tree_view.move_to("entries")
        await press(pilot, ["right", "down", "wait"])
        assert "Not comparable: cognito-identity:ListIdentityPools" in text_of(app)


async def test_another_session_can_be_chosen(saved: Path) -> None:
    async with running() as (app, pilot):
        screen = await _changes(app, pilot)
        await press(pilot, ["c", "wait"])
        assert "Compare with" in text_of(app)
        assert "2026-10-25 09:00 UTC" in text_of(app)
        await press(pilot, ["enter", "wait", "wait"])
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        place = screen.place()
        assert place.state["session"] == str(saved)


async def test_a_damaged_session_is_said_in_words(saved: Path) -> None:
    other = saved.with_name(saved.name.replace("2026-10-25", "2026-10-20"))
    other.write_bytes(b"SQLite format 3\x00" + b"nothing" * 100)
    async with running() as (app, pilot):
        screen = await _changes(app, pilot)
        screen._session = str(other)
        assert app.view is not None
        screen.show_view(app.view)
        await until_true(pilot, lambda: "cannot be compared" in text_of(app))


# --- accounts of which little is known ----------------------------------------------------------------------


def _details_file(tmp_path: Path, *roles: dict[str, Any]) -> Path:
    path = tmp_path / "details.json"
    lists = {"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": list(roles)}
    path.write_text(json.dumps(lists))
    return path


async def test_an_opened_authorization_details_file(tmp_path: Path) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    path = _details_file(
        tmp_path,
        {
            "Path": "/",
            "RoleName": "anyone",
            "RoleId": "AROA1",
            "Arn": "arn:aws:iam::420042004200:role/anyone",
            "CreateDate": "2024-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": trust,
            "InstanceProfileList": [],
            "RolePolicyList": [],
            "AttachedManagedPolicies": [],
        },
    )
    async with running(str(path), size=(80, 24)) as (app, pilot):
        await press(pilot, ["F", "wait", "wait"])
        assert "No role trusts an identity from elsewhere" in text_of(app)
        await press(pilot, ["escape", "E", "wait"])
        screen = app.base
        assert isinstance(screen, ExchangeScreen)
        await until_true(pilot, lambda: bool(screen.tree_view.rows))
        assert "anyone with an AWS account" in text_of(app)
        await press(pilot, ["escape", "N"])
        await until_true(pilot, lambda: "There is no earlier session of this account." in text_of(app))


async def test_an_account_without_anything(tmp_path: Path) -> None:
    bundle = tmp_path / "nothing.jsonl"
    bundle.write_text('{"srtui":"bundle","version":1}\n{"srtui":"end","answers":0}\n')
    async with running(str(bundle), size=(80, 24)) as (app, pilot):
        await press(pilot, ["F"])
        await until_true(pilot, lambda: "Roles were not read" in text_of(app))
        await press(pilot, ["escape", "E"])
        await until_true(pilot, lambda: "nobody outside can use anything that was read" in text_of(app))
        await press(pilot, ["escape", "N"])
        await until_true(pilot, lambda: "nothing to compare it with" in text_of(app))
