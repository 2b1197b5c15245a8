"""Use that is not known: which is never shown as no use, why that is, and how AWS is asked for it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from srtui.bundle import read_bundle
from srtui.evidence import CallError, encode
from srtui.feed import Part
from srtui.source import demo_bundle
from srtui.tui.history import Place
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.screens.tabs import USE
from srtui.tui.screens.use import UnusedScreen, file_name
from tests.pictures import press, running, text_of
from tests.tui.test_app import until_true

IAM = "arn:aws:iam::420042004200:"
QUENTIN = f"{IAM}user/staff/quentin.blanc"
LEGACY = f"{IAM}user/bots/legacy-reporting"
REPORT = ("iam", "GenerateServiceLastAccessedDetails")
DENIED = {"code": "AccessDenied", "message": "not authorized", "kind": "denied"}


def written(path: Path, changed: Mapping[str, Any]) -> str:
    """The demo with only these operations of IAM; a value that is an error answers the call with it."""
    file = path / "some.jsonl.gz"
    with gzip.open(file, "wb") as out:
        out.write(b'{"srtui":"bundle","version":1}\n')
        for item in read_bundle(demo_bundle()).evidence:
            if item.operation not in changed:
                continue
            fields = {name: getattr(item, name) for name in item.__struct_fields__}
            if changed[item.operation] is not None:
                fields |= {"response": None, "error": CallError(**changed[item.operation])}
            out.write(encode(type(item)(**fields)) + b"\n")
    return str(file)


async def test_with_authorization_details_alone_nobody_is_called_idle_or_used(tmp_path: Path) -> None:
    ref = written(tmp_path, {"GetAccountAuthorizationDetails": None})
    async with running(ref, size=(80, 24)) as (app, pilot):
        await press(pilot, ["Z"])
        screen = app.base
        assert isinstance(screen, UnusedScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert app.view is not None
        risk = app.view.analysis.risk
        rows = {row.key: row for row in screen.table.rows}
        for arn in risk.idle.unread:
            assert rows[arn].cells[1] == ("?", "unknown"), arn
        assert f"{len(risk.idle.unread)} perhaps" in text_of(app)
        assert all(row.cells[2] == (("? not asked", "unknown"),) for row in screen.table.rows)
        # Of whom nothing is known, who holds most that is privileged comes first.
        assert app.view.analysis.permissions[next(arn for arn in rows if arn in risk.idle.unread)].admin


async def test_without_identities_nothing_is_said_of_their_use(tmp_path: Path) -> None:
    ref = written(tmp_path, {"ListBuckets": None})
    async with running(ref, size=(80, 24)) as (app, pilot):
        await press(pilot, ["Z", "wait"])
        await until_true(pilot, lambda: "No identity was read" in text_of(app))
        assert "nobody is idle" not in text_of(app)
        await press(pilot, ["escape", "S", "wait"])
        await until_true(pilot, lambda: "No identity was read" in text_of(app))
        assert "✓" not in text_of(app)
        assert "0 conflicts" not in text_of(app)


async def test_a_denied_report_says_what_to_grant(tmp_path: Path) -> None:
    ref = written(tmp_path, {"GetAccountAuthorizationDetails": None, REPORT[1]: DENIED})
    async with running(ref, size=(100, 30)) as (app, pilot):
        app.go(Place("principal", QUENTIN, {"tab": USE}))
        await until_true(pilot, lambda: "AWS denied iam:GenerateServiceLastAccessedDetails" in text_of(app))
        assert "last used  unknown: the evidence is missing" in text_of(app)
        await press(pilot, ["escape", "Z"])
        screen = app.base
        assert isinstance(screen, UnusedScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert {row.cells[2] for row in screen.table.rows} == {(("? denied", "unknown"),)}


async def test_the_tab_asks_aws_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Part] = []
    async with running(size=(100, 30)) as (app, pilot):
        monkeypatch.setattr(app.engine, "ask", asked.append)
        monkeypatch.setattr(type(app.engine), "asking", True)
        app.go(Place("principal", QUENTIN))
        await press(pilot, ["wait"])
        assert not asked
        await press(pilot, ["0"])
        await until_true(pilot, lambda: "Asking AWS" in text_of(app))
        screen = app.base
        assert isinstance(screen, PrincipalScreen)
        assert asked == [Part([REPORT], params=(("Arn", (QUENTIN,)),))] == [screen.part()]
        await press(pilot, ["1", "0", "wait"])
        assert len(asked) == 1
        # It ended, and there is no report.
        monkeypatch.setattr(type(app.engine), "asking", False)
        await press(pilot, ["1", "0"])
        await until_true(pilot, lambda: "AWS was asked, and no answer came" in text_of(app))


@pytest.mark.parametrize("width", [80, 110, 129, 130])
async def test_neither_numbers_nor_administrators_are_cut_off(width: int) -> None:
    async with running(size=(width, 36)) as (app, pilot):
        await press(pilot, ["Z"])
        screen = app.base
        assert isinstance(screen, UnusedScreen)
        await until_true(pilot, lambda: bool(screen.table.rows))
        assert app.view is not None
        assert screen.table.move_to(LEGACY)
        levels = app.view.analysis.risk.usage(LEGACY).levels()
        told = [f"{unused:,} of {granted:,} " for granted, unused in levels.values()]
        await until_true(pilot, lambda: all(one in text_of(app) for one in told))
        assert "  admin" in text_of(app).splitlines()[3]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("alice.moreau", "alice.moreau-right-sized.json"),
        ("..", "identity-right-sized.json"),
        ("\x1b[2J\nx;rm", "__2J_x_rm-right-sized.json"),
        ("a" * 500, "a" * 64 + "-right-sized.json"),
    ],
)
def test_files_have_harmless_names(name: str, file: str) -> None:
    assert file_name(f"{IAM}user/{name}", "right-sized") == file


async def test_of_two_policies_one_is_chosen_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(size=(100, 30)) as (app, pilot):
        app.go(Place("principal", LEGACY, {"tab": USE}))
        await until_true(pilot, lambda: "Granted against used" in text_of(app))
        screen = app.base
        assert isinstance(screen, PrincipalScreen)
        texts = dict(screen.use.copies())
        assert app.view is not None
        proposal = app.view.analysis.risk.right_sized(LEGACY)
        assert proposal is not None
        assert texts["every permission that it takes away"].split("\n") == list(proposal.removed)
        assert texts["the right-sized policy"] == proposal.text
        await press(pilot, ["W"])
        await until_true(pilot, lambda: "Which policy is to be written?" in text_of(app))
        await press(pilot, ["down", "enter", "wait"])
        await press(pilot, ["enter"])
        await until_true(pilot, (tmp_path / "legacy-reporting-quarantine.json").exists)
