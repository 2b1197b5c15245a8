"""What changed between an earlier session of the account and the one that is open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work

from srtui.engine import ENDED
from srtui.files import BadData
from srtui.session import Session, SessionInfo
from srtui.source import ReplayFeed
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.filtered import FilteredTreeScreen
from srtui.tui.views.changes import CHANGE_SECTIONS, Compared, change_blocks, change_roots
from srtui.tui.views.keys import SEP
from srtui.tui.views.words import counted, when
from srtui.tui.widgets.detail import DetailView
from srtui.tui.widgets.prompt import AskChoice
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import VirtualTree

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.feed import Progress
    from srtui.tui.views.state import View

_RUNNING = Notice(
    "The collection is still running.",
    ("What changed is told once everything was asked: half an account looks changed.",),
)
_LOOKING = Notice("Looking for the session before this one …")
_NO_ACCOUNT = Notice("Which account this is was not told, so there is nothing to compare it with.")
_NONE_BEFORE = Notice(
    "There is no earlier session of this account.",
    (
        "srtui keeps every live run; the next one is compared with this one.",
        "c compares with a later session, srtui diff OLD NEW with any file.",
    ),
)
_MOST_SESSIONS = 200


class ChangesTree(VirtualTree):
    """Findings, principals, policies, paths."""

    SCOPE: ClassVar[str] = "changes"


class ChangesScreen(FilteredTreeScreen):
    """The open session against an earlier one."""

    SCOPE = "changes"
    NAME = "What changed"
    FILTER_HELP = "words, for one admin or a name"
    BINDINGS = bindings_for("changes")
    DEFAULT_CSS = """
    ChangesScreen.-wide #list, ChangesScreen.-wide #detail { width: 1fr; }
    """

    def __init__(self, session: str = "", item: str | None = None) -> None:
        """`session`: the file to compare with, or "" for the session before."""
        super().__init__(item)
        self._session = session
        self._old: tuple[Path, Analysis, str, tuple[str, ...]] | None = None
        self._found: Compared | None = None

    def make_tree(self) -> VirtualTree:
        return ChangesTree(self.NAME, notice=_LOOKING, indent=1, id="list")

    def show_view(self, view: View) -> None:
        if view.update.phase not in ENDED:
            self._show(_RUNNING)
            return
        self._show(_LOOKING)
        self.work_out(view, lambda: self._compare(view.analysis), self._show)

    # --- on a thread of its own ---

    def _compare(self, new: Analysis) -> Compared | Notice:
        """Read the other session, unless it is at hand, and compare."""
        from srtui.compare import compare, previous_session

        account, began = new.account.id, new.account.first_evidence
        if not account or began is None:
            return _NO_ACCOUNT
        path = (
            Path(self._session) if self._session else previous_session(account, began, but=self._own_file())
        )
        if path is None:
            return _NONE_BEFORE
        try:
            old, label, notes = self._read(path, new)
            return Compared(old, new, compare(old, new, self.main.triage), label, notes)
        except (BadData, OSError, ValueError) as problem:
            return Notice(
                f"{path.name} cannot be compared.", (str(problem), "c chooses another session."), "error"
            )

    def _read(self, path: Path, new: Analysis) -> tuple[Analysis, str, tuple[str, ...]]:
        from srtui.compare import read_analysis

        if self._old is None or self._old[0] != path:
            update = read_analysis(str(path), settings=new.risk.settings, tick=self._tick)
            self._old = (path, update.analysis, path.stem, update.notes)
        return self._old[1:]

    def _tick(self, progress: Progress) -> None:
        self.main.call_from_thread(self._tell_progress, progress)

    def _tell_progress(self, progress: Progress) -> None:
        total = max(progress.total, progress.done)
        self._show(
            Notice("Reading the earlier session …", (f"{progress.done:,} of {counted(total, 'answer')}",))
        )

    def _own_file(self) -> Path | None:
        """The file that what is open is in."""
        engine = self.main.engine
        if isinstance(engine.session, Session) and engine.session.path is not None:
            return engine.session.path
        return engine.feed.source.path if isinstance(engine.feed, ReplayFeed) else None

    # --- on the interface's loop ---

    def _show(self, found: Compared | Notice) -> None:
        self._found = found if isinstance(found, Compared) else None
        if isinstance(found, Notice):
            self.tree_view.set_notice(found)
            self.show_roots((), ())
            self.detail.show(())
        else:
            told = f"since {when(found.comparison.old_at)}"
            self.tree_view.set_notice(
                Notice("Nothing changed, as far as both could be told.", (told,), "good")
            )
            self.show_roots(change_roots(found), CHANGE_SECTIONS)
        self.refill()

    def refill(self) -> None:
        self.tree_view.filter_words(self.words)
        told = f"since {when(self._found.comparison.old_at)}" if self._found else ""
        self.tree_view.set_title(self.titled(self.NAME), told)

    def show_detail(self) -> None:
        if self._found is not None:
            key = self.tree_view.cursor_key or ""
            self.detail.show(change_blocks(self._found, key), key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        kind, _, rest = event.key.partition(SEP)
        subject = rest.rpartition(SEP)[2]
        if kind == "finding" and self.main.finding(subject) is not None:
            self.main.go(Place("finding", subject))
        elif kind == "path" and self._still_there(subject):
            self.main.go(Place("path", subject))
        else:
            self.go_to(subject if self._still_there(subject) else "")

    @on(DetailView.ItemActivated)
    def _open_item(self, event: DetailView.ItemActivated) -> None:
        arn = event.key.partition(SEP)[2]
        if self._still_there(arn):
            self.go_to(arn)
        else:
            self.say_gone(arn)

    def say_gone(self, arn: str) -> None:
        """What the older session alone has cannot be opened here."""
        self.hints.say(f"{arn.rpartition('/')[2]} is not in this session any more.", "warning")

    def _still_there(self, arn: str) -> bool:
        if self._shown is None:
            return False
        account = self._shown.analysis.account
        return account.principal(arn) is not None or arn in account.policies or arn in account.groups

    def action_choose(self) -> None:
        """Ask which session to compare with."""
        self._choose()

    @work(group="choose", exclusive=True, exit_on_error=False)
    async def _choose(self) -> None:
        from srtui.compare import other_sessions

        view = self._shown
        if view is None or not view.analysis.account.id:
            self.hints.say("Which account this is was not told yet.", "warning")
            return
        found = [*other_sessions(view.analysis.account.id, self._own_file())][:_MOST_SESSIONS]
        if not found:
            self.hints.say("There is no other saved session of this account.", "warning")
            return
        chosen = await self.app.push_screen_wait(
            AskChoice(
                "Compare with", [(str(one.path), _line(one)) for one in found], current=self._session or None
            )
        )
        if chosen is not None:
            self._session = chosen
            self.show_view(view)

    def place(self) -> Place:
        return Place("changes", "", {"item": self.tree_view.cursor_key, "session": self._session})

    def copies(self) -> Copies:
        return [("what is beside it", self.detail.copy_text())] if self._found else []


def _line(info: SessionInfo) -> str:
    made = info.created or datetime(1970, 1, 1, tzinfo=UTC)
    failed = f", {info.failures:,} failed" if info.failures else ""
    return f"{when(made)}  {counted(info.answers, 'answer')}{failed}"
