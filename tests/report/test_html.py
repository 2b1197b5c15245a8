"""The HTML report: whatever an account calls its things, the page is the same page; and it works in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

from srtui.report import html_, render
from srtui.report.page.drawing import chain, graph
from srtui.report.page.markup import data, el, link
from tests.report.chromium import NONE_HERE, Page, chromium, find_chromium
from tests.report.made import HOSTILE, report
from tests.report.test_inert import hostile

needs_chromium = pytest.mark.skipif(find_chromium() is None, reason=NONE_HERE)
#: Chromium starts once for a worker; several at a time would be slow on a small machine.
pytestmark = pytest.mark.xdist_group("chromium")


class Outline(HTMLParser):
    """Which elements with which attributes a document has, and its texts."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[str] = []
        self.texts: list[str] = []
        self.data = ""
        self._inside = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append(f"<{tag} {' '.join(name for name, _ in attrs)}")
        self._inside = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"</{tag}")
        self._inside = ""

    def handle_comment(self, data: str) -> None:
        self.shape.append("comment")

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data += data
        elif self._inside not in ("style", "script"):
            self.texts.append(data)


def page(text: str) -> str:
    return html_.render(report(text))


@settings(max_examples=60, deadline=None)
@given(text=hostile.filter(bool))
def test_no_text_changes_the_page(text: str) -> None:
    found, plain = Outline(page(text)), Outline(page("plain"))
    assert found.shape == plain.shape
    assert json.loads(found.data)["findings"]
    for one in found.texts:
        assert all(character.isprintable() or character == "\n" for character in one)


def test_a_name_shows_as_it_is() -> None:
    outline = Outline(page("<b>&amp;"))
    assert "<b>&amp;" in outline.texts


def test_equal_reports_give_equal_pages() -> None:
    assert page("x") == page("x")


def test_what_is_not_markup_is_escaped() -> None:
    assert el("p", "<i>", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;">&lt;i&gt;</p>'
    assert "<" not in data({"</script>": "<!--\u2028"})
    assert link("javascript:alert(1)") == "javascript:alert(1)"
    assert el("br") == "<br>"


def test_the_policy_lets_in_nothing_but_the_page_itself() -> None:
    document = page("x")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', document)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#x27;", "'").split(";"))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
    assert not re.search(r"<[^>]*\s(?:style|on\w+|src)=", document)


def test_paths_are_drawn_from_start_to_administrator() -> None:
    told = report("arn:aws:iam::420042004200:user/ana")["attack_paths"]
    drawing = chain(told["paths"][1])
    assert drawing.count("<rect") == 3
    assert drawing.count('class="node goal"') == 1
    assert "user/ana" in drawing
    assert ">administrator<" in drawing
    assert graph(told["paths"]).startswith("<svg")


# --- in a browser -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as found:
        yield found


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    from srtui.cli.commands import analysed
    from srtui.findings.triage import load_triage
    from srtui.source import open_source

    analysis = analysed(open_source("demo")).analysis
    path = tmp_path / "demo.html"
    path.write_text(render(analysis, load_triage(analysis.account.id), "html"), encoding="utf-8")
    return path


def shown(browser: Page, table: str = "findings") -> int:
    script = f"[...document.querySelectorAll('#table-{table} .r')].filter(row => !row.hidden).length"
    return int(browser.evaluate(script))


def choose(browser: Page, table: str, name: str, value: str) -> None:
    browser.evaluate(
        f"(() => {{ const one = document.querySelector('#table-{table} [data-filter={name}]');"
        f"one.value = {json.dumps(value)}; one.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    browser.evaluate("new Promise(done => setTimeout(done, 120))")


@needs_chromium
def test_it_asks_for_nothing_and_breaks_no_rule(browser: Page, demo: Path) -> None:
    browser.requests.clear()
    browser.open(demo)
    assert browser.requests == [demo.resolve().as_uri()]
    assert browser.problems == []
    assert browser.evaluate("document.documentElement.classList.contains('js')")


@needs_chromium
def test_filters_leave_what_fits(browser: Page, demo: Path) -> None:
    browser.open(demo)
    whole = shown(browser)
    choose(browser, "findings", "text", "admin-mfa alice")
    assert shown(browser) == 1
    choose(browser, "findings", "text", "")
    browser.evaluate("document.querySelector('[data-severity=C]').click()")
    critical = shown(browser)
    assert 0 < critical < whole
    assert browser.evaluate("document.querySelector('#table-findings .count').textContent") == (
        f"{critical} of {whole}"
    )
    browser.evaluate("document.querySelector('#table-findings [data-clear]').click()")
    assert shown(browser) == whole
    choose(browser, "findings", "region", "eu-west-1")
    assert 0 < shown(browser) < whole
    choose(browser, "principals", "rights", "administrator")
    assert 0 < shown(browser, "principals") < 30


@needs_chromium
def test_sorting_keeps_every_row(browser: Page, demo: Path) -> None:
    browser.open(demo)
    order = "[...document.querySelectorAll('#table-findings .r .who')].map(cell => cell.textContent)"
    before = browser.evaluate(order)
    browser.evaluate("document.querySelectorAll('#table-findings [data-sort]')[2].click()")
    after = browser.evaluate(order)
    assert after == sorted(before)
    browser.evaluate("document.querySelectorAll('#table-findings [data-sort]')[2].click()")
    assert browser.evaluate(order) == sorted(before, reverse=True)


@needs_chromium
def test_a_finding_opens_and_closes(browser: Page, demo: Path) -> None:
    browser.open(demo)
    browser.evaluate("document.querySelector('#table-findings .r .what').click()")
    text = browser.evaluate("document.querySelector('.detail').textContent")
    assert "Fix." in text
    assert "arn:aws:iam::420042004200:role/ci/github-deploy" in text
    assert "becomes administrator × anyone" in text  # the risk in words
    browser.evaluate("document.querySelector('#table-findings .r .what').click()")
    assert browser.evaluate("document.querySelector('.detail')") is None


@needs_chromium
def test_it_is_dark_when_the_reader_says_so(browser: Page, demo: Path) -> None:
    browser.open(demo)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(colour)
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(colour) != light


@needs_chromium
def test_it_prints_with_every_finding(browser: Page, demo: Path) -> None:
    browser.open(demo)
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 5


@needs_chromium
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_from_an_account_runs_or_loads(browser: Page, tmp_path: Path, text: str) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(page(text), encoding="utf-8")
    browser.requests.clear()
    browser.open(path)
    browser.evaluate("document.querySelector('#table-findings .r .what').click()")
    browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert browser.requests == [path.resolve().as_uri()]
    assert browser.problems == []
    assert (
        browser.evaluate("document.images.length + document.querySelectorAll('iframe, object').length") == 0
    )
    assert browser.evaluate("document.scripts.length") == 2
