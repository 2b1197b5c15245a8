"""The trend since the session before: of the account and of each row, or why there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from srtui.analysis import Analysis
from srtui.compare import compare_findings, read_analysis
from srtui.files import sessions_folder
from srtui.session import Session
from srtui.source import open_source
from srtui.tui.lookback import LookBack
from srtui.tui.views.matrix import matrix_roots, row_blocks
from srtui.tui.views.trend import trend_sentence, trends_of
from srtui.tui.widgets.detail import Para

ACCOUNT = "420042004200"
BEFORE = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return read_analysis("demo").analysis


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def earlier_session(at: datetime = BEFORE) -> Path:
    """The demo of another day, when no security group had a rule."""
    with Session.create(sessions_folder(), account=ACCOUNT, at=at) as session:
        for item in open_source("demo").evidence:
            response = item.response
            if item.operation == "DescribeSecurityGroups" and response:
                groups = [{**one, "IpPermissions": []} for one in response["SecurityGroups"]]
                response = {**response, "SecurityGroups": groups}
            session.append([replace(item, at=at, response=response)])
        assert session.path is not None
        return session.path


def test_without_an_earlier_session_it_says_so(analysis: Analysis) -> None:
    trends = LookBack().trends(analysis, None, None)
    assert trends.since is None
    assert "No earlier session" in trend_sentence(trends)
    assert "No earlier session" in matrix_roots(analysis, trends)[-1].text


def test_the_session_itself_and_later_ones_are_not_earlier(analysis: Analysis) -> None:
    own = earlier_session()
    earlier_session(datetime(2027, 1, 1, tzinfo=UTC))
    assert LookBack().trends(analysis, None, own).since is None


def test_a_damaged_session_is_no_trend_and_no_crash(analysis: Analysis) -> None:
    path = earlier_session()
    path.write_bytes(path.read_bytes()[:4000])
    assert LookBack().trends(analysis, None, None).since is None


def test_what_is_new_is_told_for_the_account_and_for_its_rows(analysis: Analysis) -> None:
    earlier_session()
    trends = LookBack().trends(analysis, None, None)
    assert trends.since == BEFORE
    assert trends.whole.new
    assert trends.of(8).new
    assert not trends.of(5).new
    assert trends.whole.new + trends.whole.still_open == len(analysis.findings)
    last = matrix_roots(analysis, trends)[-1]
    assert "since 1 Oct 2026" in last.text
    told = [block.text for block in row_blocks(analysis, 8, trends) if isinstance(block, Para)]
    assert any(text.startswith(f"+{trends.of(8).new} new") for text in told)


def test_what_was_fixed_is_counted_apart_from_what_is_out_of_sight(analysis: Analysis) -> None:
    fewer = replace(analysis, findings=analysis.findings[10:])
    trends = trends_of(compare_findings(analysis, fewer), BEFORE)
    assert trends.whole.fixed + trends.whole.out_of_sight == 10
