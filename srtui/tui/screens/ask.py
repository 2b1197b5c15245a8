"""Ask who can do something: a line to type the question, who can, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from srtui.access import AccessIndex
from srtui.access.misfit import Misfit, meant, misfit
from srtui.access.patterns import Each, is_pattern, who_can_each
from srtui.policy.errors import RequestError
from srtui.tui.actions import bindings_for
from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.views.asking import (
    COLUMNS,
    COMPLETION_COLUMNS,
    AskedQuestion,
    Found,
    answer_blocks,
    answer_rows,
    answer_title,
    candidate_rows,
    candidates,
    each_blocks,
    each_rows,
    each_title,
    known_resources,
    nobody,
    read_question,
    unfinished,
    work_out,
)
from srtui.tui.widgets.detail import Para
from srtui.tui.widgets.prompt import Label, LineInput
from srtui.tui.widgets.rows import FromWidget, Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_HOW = Notice(
    "Who can do what?",
    (
        "Type an action, and a resource if you like: s3:GetObject on arn:aws:s3:::payroll/*",
        "tab completes, enter asks.",
    ),
)


class QuestionLine(Horizontal):
    """The line in which the question is typed."""

    SCOPE: ClassVar[str] = "question"
    BINDINGS = bindings_for("question")
    DEFAULT_CSS = """
    QuestionLine { height: 1; background: $surface; }
    """

    @dataclass
    class Completed(FromWidget):
        """The user takes the completion."""

    @dataclass
    class Moved(FromWidget):
        """The user goes to another completion; `step` is 1 or -1."""

        step: int

    def compose(self) -> Iterable[Widget]:
        yield Label(" who can ", "bar_key", "bar")
        yield LineInput("", "s3:GetObject on arn:aws:s3:::payroll/*", id="question")

    def action_complete(self) -> None:
        self.post_message(self.Completed().set_sender(self))

    def action_next(self) -> None:
        self.post_message(self.Moved(1).set_sender(self))

    def action_previous(self) -> None:
        self.post_message(self.Moved(-1).set_sender(self))

    async def action_back(self) -> None:
        await self.app.action_back()


class AnswerTable(VirtualTable):
    """Completions while the question is typed, then who can."""

    SCOPE: ClassVar[str] = "ask"


class AskScreen(BesideScreen):
    """Who can do this, directly or on conditions, and by which statements."""

    SCOPE = "question"
    FIRST = "question"
    WIDE = 100

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text
        self._found: Found | None = None
        self._each: Each | None = None  # instead, where the action was a pattern
        self._asked = AskedQuestion("", "")  # what was answered last
        self._index: tuple[int, AccessIndex] | None = None
        self._resources: list[str] = []

    def make_list(self) -> Widget:
        self.table = AnswerTable(COLUMNS, "Who can", notice=_HOW, id="list")
        return self.table

    def body(self) -> Iterable[Widget]:
        yield QuestionLine()
        yield from super().body()

    @property
    def line(self) -> LineInput:
        """Where the question is typed."""
        return self.query_one("#question", LineInput)

    @property
    def _answered(self) -> bool:
        return self._found is not None or self._each is not None

    def on_mount(self) -> None:
        self.line.value = self._text
        self.line.cursor_position = len(self._text)

    def first_focus(self) -> Widget:
        return self.line

    def show_view(self, view: View) -> None:
        self._resources = known_resources(view.analysis)
        asked, self._text = self._text, ""  # what the screen was opened with is asked once
        if self._answered or read_question(asked).action:
            self._ask(view, asked or self.line.value)

    # --- the question ---

    @on(Input.Changed, "#question")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._answered and event.value.strip() == self._asked.text:
            return
        self._found = self._each = None
        text = event.value.strip()
        self.table.set_notice(_HOW)
        self.table.set_title("Completions" if text else "Who can")
        self.table.set_columns(COMPLETION_COLUMNS)
        self.table.set_rows(candidate_rows(candidates(event.value, self._resources)) if text else ())
        self.table.action_first()
        self.detail.show(())

    @on(QuestionLine.Completed)
    def _complete(self) -> None:
        """Take the completion under the cursor, or go to the answers."""
        key = self.table.cursor_key
        if not self._answered and key is not None:
            self.line.value = key if " on " in key else f"{key} on "
            self.line.cursor_position = len(self.line.value)
        else:
            self.set_focus(self.table)

    @on(QuestionLine.Moved)
    def _other_completion(self, event: QuestionLine.Moved) -> None:
        if event.step > 0:
            self.table.action_cursor_down()
        else:
            self.table.action_cursor_up()

    @on(Input.Submitted, "#question")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        asked, completion = read_question(event.value), self.table.cursor_key
        if self._found is None and completion is not None and unfinished(asked.action, completion):
            # Half an action is no question: what the cursor is on is meant.
            self.line.value = completion
            self.line.cursor_position = len(completion)
        if self._shown is not None and asked.action:
            self._ask(self._shown, self.line.value)

    @work(thread=True, exclusive=True, group="ask", exit_on_error=False)
    def _ask(self, view: View, text: str) -> None:
        """Work the answer out off the loop; only the last question asked is shown."""
        question = read_question(text)
        if self._index is None or self._index[0] != view.update.sequence:
            self._index = (view.update.sequence, AccessIndex(view.analysis.account))
        index = self._index[1]
        try:
            if is_pattern(question.action):
                each = who_can_each(index, question.action, question.resource or None)
                self.app.call_from_thread(self._show_each, question, each)
                return
            near = meant(question.action)
            if near:
                self.app.call_from_thread(self._misspelt, question, near)
                return
            wrong = misfit(index.account, question.action, question.resource or None)
            if wrong is not None:
                self.app.call_from_thread(self._offer, question, wrong)
                return
            found = work_out(index, question)
        except RequestError as problem:
            self.app.call_from_thread(self._cannot, str(problem))
            return
        self.app.call_from_thread(self._show, found)

    def _cannot(self, problem: str) -> None:
        self.table.set_notice(Notice("That is no question.", (problem,), "warning"))
        self.table.set_title("Who can")
        self.table.set_rows(())

    def _offer(self, question: AskedQuestion, wrong: Misfit) -> None:
        """The action is never done to such a resource: say so, and offer what was probably meant."""
        offered = [f"{question.action} on {arn}" for arn in wrong.instead]
        self._ask_instead(question, f"{wrong.sentence}.", "Nobody can do that there.", offered)

    def _misspelt(self, question: AskedQuestion, near: tuple[str, ...]) -> None:
        """The action is misspelt: a broad statement would allow it all the same, so ask what was meant."""
        on = f" on {question.resource}" if question.resource else ""
        sentence = f"AWS documents no action {question.action}."
        self._ask_instead(question, sentence, f"Did you mean {near[0]}?", [f"{one}{on}" for one in near])

    def _ask_instead(self, question: AskedQuestion, sentence: str, more: str, offered: list[str]) -> None:
        if not self.is_attached or question != read_question(self.line.value):
            return
        self._found = self._each = None
        self.table.set_columns(COMPLETION_COLUMNS)
        self.table.set_title([("Ask instead", "warning")])
        self.table.set_rows(candidate_rows([(text, ("", "")) for text in offered]))
        self.table.action_first()
        self.detail.show([Para(sentence, "warning"), Para(more, "muted")])
        self.hints.say(f"{sentence.removesuffix('.')}: enter asks about {offered[0]}.", "warning")
        self.set_focus(self.table)

    def _show_each(self, question: AskedQuestion, each: Each) -> None:
        if not self.is_attached or question != read_question(self.line.value):
            return
        fresh = self._each is None
        self._found, self._each, self._asked = None, each, question
        self.table.set_notice(Notice(f"Nobody can do any of {question.text}.", ()))
        self.table.set_title(each_title(each))
        self.table.set_columns(COLUMNS)
        self.table.set_rows(each_rows(each))
        if fresh:
            self.table.action_first()
            if self.table.rows and self.focused is self.line:
                self.set_focus(self.table)
        self._show_detail()

    def _show(self, found: Found) -> None:
        if not self.is_attached or found.question != read_question(self.line.value):
            return
        fresh = self._found is None
        self._found, self._each, self._asked = found, None, found.question
        title, lines = nobody(found)
        self.table.set_notice(Notice(title, lines))
        self.table.set_title(answer_title(found), "upper bound" if found.who.gaps else "")
        self.table.set_columns(COLUMNS)
        self.table.set_rows(answer_rows(found))
        if fresh:
            self.table.action_first()
            if self.table.rows and self.focused is self.line:
                self.set_focus(self.table)
        self._show_detail()

    # --- the answer ---

    @on(VirtualList.CursorMoved, "#list")
    def _show_detail(self) -> None:
        key = self.table.cursor_key
        if self._each is not None and key is not None:
            self.detail.show(each_blocks(self._each, key), key)
            return
        if self._found is None or key is None:
            notes = (*self._found.who.notes, *self._found.who.gaps) if self._found else ()
            self.detail.show([Para(note, "muted") for note in notes])
            return
        self.detail.show(answer_blocks(self._found, key), key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        if not self._answered:
            self.line.value = event.key
            self.line.cursor_position = len(event.key)
            if self._shown is not None:
                self._ask(self._shown, self.line.value)
            return
        place = self.main.place_of(event.key)
        if place is not None:
            self.main.go(place)

    @on(VirtualList.FilterRequested, "#list")
    def _back_to_question(self) -> None:
        self.set_focus(self.line)

    # --- for the app ---

    def place(self) -> Place:
        return Place("ask", self.line.value)

    def copies(self) -> Copies:
        key = self.table.cursor_key
        if self._each is not None:
            able = self._each.principals
            all_of_them = [("all ARNs", "\n".join(able))] if able else []
            return (
                [("ARN", key), ("what it may do", self.detail.copy_text()), *all_of_them]
                if key
                else all_of_them
            )
        if self._found is None:
            return []
        everyone = (*self._found.who.allowed, *self._found.who.conditional, *self._found.who.unknown)
        found = [("all ARNs", "\n".join(everyone))] if everyone else []
        return [("ARN", key), ("why", self.detail.copy_text()), *found] if key else found
