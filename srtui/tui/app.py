"""The app: wires the engine, the screens and the user's decisions together. Screens own layout, widgets own keys."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from rich.text import Text
from textual import events, on, work
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from srtui import exits
from srtui.config import Config
from srtui.engine import ENDED, Engine, EngineEvent, Notice, Update
from srtui.feed import Failed, Paused, Progress, Question
from srtui.files import config_folder, log_file
from srtui.findings.finding import Finding
from srtui.findings.triage import UNDECIDED, Decision, Triage, load_triage
from srtui.remembered import remembered_theme
from srtui.tui import clipboard
from srtui.tui.actions import REGISTRY, bindings_for
from srtui.tui.history import Forward, Place
from srtui.tui.lookback import LookBack
from srtui.tui.messages import FromEngine, Progressed, Refreshed
from srtui.tui.parting import parting_words
from srtui.tui.place_keys import PlaceKeys
from srtui.tui.reporting import ask_and_write
from srtui.tui.screens.base import BaseScreen
from srtui.tui.screens.explorer import ExplorerScreen
from srtui.tui.screens.make import screen_for
from srtui.tui.screens.small import SmallScreen, too_small
from srtui.tui.screens.stopped import StoppedScreen
from srtui.tui.theme import Look, choose, install, load_themes
from srtui.tui.theme_choice import ask_and_switch
from srtui.tui.triage_keys import carry_out
from srtui.tui.typed_ahead import BEFORE_A_DIALOG, TypedAhead
from srtui.tui.views.header import header_state
from srtui.tui.widgets.header import HeaderBar
from srtui.tui.widgets.help import HelpScreen
from srtui.tui.widgets.palette import Command, Palette, run_action_id
from srtui.tui.widgets.prompt import AskChoice, AskText

if TYPE_CHECKING:
    from srtui.escalation.escalation import Escalation
    from srtui.tui.views.state import View
    from srtui.tui.views.trend import Trends

_log = logging.getLogger(__name__)
Made = TypeVar("Made")


class SrtuiApp(PlaceKeys, App[None], inherit_bindings=False):
    """The interface over one engine."""

    BINDINGS = bindings_for("app")
    ENABLE_COMMAND_PALETTE = False
    ANIMATION_LEVEL = "none"

    def __init__(
        self, engine: Engine, looks: Mapping[str, Look], theme: str, *, theme_is_set: bool = False
    ) -> None:
        """`theme_is_set`: config.toml or the command line names the theme, so what is chosen here is for now."""
        super().__init__()
        self._theme_is_set = theme_is_set
        self.engine = engine
        self.looks = dict(looks)
        self.animation_level = "none"
        install(self, looks)
        self.theme = theme
        self.view: View | None = None
        self.triage: Triage | None = None
        self._forward = Forward()
        self._by_fingerprint: dict[str, Finding] = {}
        self._progress: Progress | None = None  # newer than what the last update knew
        self._look_back = LookBack()
        self._paused: Paused | None = None
        self._stopped: Failed | None = None
        self._argument = ""  # of the command that is run at the moment
        self._typed_ahead = TypedAhead(self, super().on_event, self._handle_exception)

    # --- start and end ---

    def get_default_screen(self) -> Screen[None]:
        return ExplorerScreen()

    def on_mount(self) -> None:
        self.set_keymap(REGISTRY.keymap())
        self._fit(self.size.width, self.size.height)
        # The first frame comes before the first call, whatever the network does.
        self.call_after_refresh(self.engine.start, self._hear)
        self.set_interval(5, self._tell_age)

    async def on_event(self, event: events.Event) -> None:
        """Keys wait for the dialog that the key before them opens; all but the one that leaves at once."""
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        leaves = isinstance(event, events.Key) and event.key in REGISTRY.keys_of("app.interrupt")
        if typed and not leaves:
            self._typed_ahead.take(event)
        else:
            await super().on_event(event)

    def _tell_age(self) -> None:
        self.show_header(self.base)

    def _fatal_error(self) -> None:
        """A defect: the details go to the log, one line to the user, never a traceback to the screen."""
        _log.error("the interface failed", exc_info=self._exception)
        self.panic(
            Text(
                f"srtui: stopped by a defect ({type(self._exception).__name__}: {self._exception}). "
                f"Everything that arrived is saved; details are in {log_file()}."
            )
        )

    @on(Worker.StateChanged)
    def worker_changed(self, event: Worker.StateChanged) -> None:
        """A defect in something that ran in the background ends that, not the program."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            _log.error("%s failed", event.worker.name, exc_info=error)
            self.say(
                f"That failed because of a defect ({type(error).__name__}); details are in {log_file()}.",
                "error",
            )

    @property
    def exit_code(self) -> int:
        """The exit code of the program once the interface is closed."""
        if self.return_code:
            return self.return_code
        nothing = self.view is None or not self.view.analysis.account.outcomes
        return exits.NO_PERMISSION if self._stopped is not None and nothing else exits.OK

    # --- what the engine says; these run on its threads ---

    def _hear(self, event: EngineEvent) -> None:
        if isinstance(event, Update):
            account = event.analysis.account.id
            if account and self.triage is None:
                self.triage = load_triage(account)
            from srtui.tui.views.state import build_view  # brings the whole analysis, after the first frame

            self._newest = build_view(event, self.triage, self.view.trends if self.view else None)
            self.post_message(Refreshed())
        elif isinstance(event, Progress):
            self.post_message(Progressed(event))
        else:
            self.post_message(FromEngine(event))

    @on(Refreshed)
    def _refreshed(self) -> None:
        first = self.view is None
        self._take(self._newest)
        if first and self.triage is not None:
            for problem in self.triage.problems:
                self.say(problem, "warning")

        if self.view is not None and self.view.update.phase in ENDED:
            self._find_trends(self.view)

    @work(thread=True, exclusive=True, group="trend", exit_on_error=False)
    def _find_trends(self, view: View) -> None:
        """What changed since the session before; the screens show it when it is known."""
        session = self.engine.session
        trends = self._look_back.trends(view.analysis, self.triage, session.path if session else None)
        self.call_from_thread(self._show_trends, trends)

    def _show_trends(self, trends: Trends) -> None:
        from srtui.tui.views.state import with_trends

        if self.view is not None and self.view.trends != trends:
            self._take(with_trends(self.view, trends))

    def _take(self, view: View) -> None:
        self.view = view
        self._by_fingerprint = {item.finding.fingerprint: item.finding for item in view.items}
        self.show_header(self.base)
        self.base.take(view)

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        self._progress = message.progress
        self.show_header(self.base)

    @on(FromEngine)
    def _heard(self, message: FromEngine) -> None:
        match message.event:
            case Notice(text):
                self.say(text, "warning")
            case Question() as question:
                self._answer(question)
            case Paused() as paused:
                self._paused = paused
                self._show_stopped(paused)
            case Failed() as failed:
                self._stopped = failed
                self._show_stopped(failed)

    @work(group="question", exit_on_error=False)
    async def _answer(self, question: Question) -> None:
        question.reply(await self.push_screen_wait(AskText(question.prompt, secret=question.secret)))

    def _show_stopped(self, event: Failed | Paused) -> None:
        if isinstance(self.base, StoppedScreen):
            self.pop_screen()
        self.push_screen(StoppedScreen(event))

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._paused is not None:
            paused, self._paused = self._paused, None
            if isinstance(self.screen, StoppedScreen):
                self.pop_screen()
            self.say("Trying again where it stopped.")
            paused.resume()

    # --- what screens ask ---

    @property
    def base(self) -> BaseScreen:
        """The uppermost screen that is no dialog."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen))

    def show_header(self, screen: BaseScreen) -> None:
        """Say in the line at the top how things are."""
        update = self.view.update if self.view else None
        for bar in screen.query(HeaderBar):
            bar.set_state(header_state(update, self.engine.label, datetime.now(UTC), self._progress))

    def say(self, text: str, style: str = "bar_strong") -> None:
        """Say what happened, in the line at the bottom."""
        self.base.hints.say(text, style)

    def finding(self, fingerprint: str) -> Finding | None:
        """A finding of the newest analysis."""
        return self._by_fingerprint.get(fingerprint)

    def decision(self, finding: Finding) -> Decision:
        """What was decided about a finding."""
        return self.triage.decision(finding.fingerprint) if self.triage else UNDECIDED

    def place_of(self, arn: str) -> Place | None:
        """The screen of a thing with this ARN."""
        if self.view is None or not arn.startswith("arn:"):
            return None
        account = self.view.analysis.account
        if account.principal(arn) is not None:
            return Place("principal", arn)
        return Place("policy" if arn in account.policies else "resource", arn)

    def go(self, place: Place) -> None:
        """Open a screen; `back` returns."""
        if place.same(self.base.place()):
            return
        self._forward.forget()
        self.push_screen(screen_for(place))

    @work(thread=True, group="escalation", exit_on_error=False)
    def with_escalation(
        self, view: View, make: Callable[[Escalation], Made], show: Callable[[Made], None]
    ) -> None:
        """Call `show` with what `make` finds out from the escalation graph of a view, off the interface's loop."""
        self.call_from_thread(show, make(view.analysis.escalation))

    # --- triage ---

    @work(group="triage", exclusive=True, exit_on_error=False)
    async def decide(self, verb: str, findings: list[Finding], after: Callable[[], None]) -> None:
        """Ask what a decision needs and take it; `after` is called once it is on disk."""
        if self.triage is None or self.view is None:
            return
        try:
            done = await carry_out(self, self.triage, verb, findings)
        except OSError as error:
            self.say(
                f"Not decided: {self.triage.path} cannot be written ({error.strerror or error}).", "error"
            )
            return
        if done:
            after()
            # The key comes before the finding's name, which may be longer than the line.
            what, _, name = done.partition(": ")
            undo = f"{what}; {REGISTRY.shown_key('app.undo')} takes it back"
            self._decided(f"{undo}: {name}" if name else f"{undo}.")

    def _decided(self, text: str) -> None:
        from srtui.tui.views.state import with_triage

        if self.view is not None and self.triage is not None:
            self._take(with_triage(self.view, self.triage))
        self.say(text)

    def action_undo(self) -> None:
        """Take the last decision back."""
        try:
            label = self.triage.undo() if self.triage else ""
        except OSError as error:
            self.say(f"Not taken back: {error.strerror or error}.", "error")
            return
        self._decided(f"Taken back: {label}." if label else "There is nothing to take back.")

    # --- actions ---

    async def action_back(self) -> None:
        """Take back a step of the screen in front, or close it."""
        screen = self.screen
        if not isinstance(screen, BaseScreen) or screen.step_back():
            return
        await self._leave(screen)

    async def _leave(self, screen: Screen[Any]) -> None:
        if isinstance(screen, BaseScreen) and len(self.screen_stack) > 1:
            place = screen.place()
            if place is not None:
                self._forward.left(place)
            await self.pop_screen()
        else:
            self.say(f"This is where it starts: {REGISTRY.shown_key('app.quit')} leaves srtui.")

    async def action_history_back(self) -> None:
        await self._leave(self.screen)

    def action_history_forward(self) -> None:
        place = self._forward.take()
        if place is not None:
            self.push_screen(screen_for(place))
        else:
            self.say("There is nothing to go forward to.")

    def action_help(self) -> None:
        self.push_screen(HelpScreen.of(self.screen))

    @work(group="command", exclusive=True, exit_on_error=False)
    async def action_command(self) -> None:
        screen = self.screen
        scope = getattr(screen.focused, "SCOPE", None) or getattr(screen, "SCOPE", "app")
        chosen: Command | None = await self.push_screen_wait(Palette(REGISTRY.commands(scope)))
        if chosen is None:
            return
        self._argument = chosen.argument
        if not await run_action_id(screen, chosen.action):
            self.say(f"“{REGISTRY[chosen.action].title}” has nothing to act on here.", "warning")
        self._argument = ""

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        copies = self.base.copies()
        if not copies:
            self.say("There is nothing to copy here.")
            return
        text = copies[0][1]
        if len(copies) > 1:
            key = await self.push_screen_wait(
                AskChoice("Copy", [(str(number), what) for number, (what, _) in enumerate(copies)])
            )
            if key is None:
                return
            text = copies[int(key)][1]
        self.say(clipboard.copy(text, self._write_raw))

    def _write_raw(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    def action_refresh(self) -> None:
        if self._paused is not None:
            self._show_stopped(self._paused)
            return
        part = self.base.part()
        if part is None:
            self.say("Nothing here comes from a call that could be asked again.")
            return
        problem = self.engine.refresh(part)
        calls = ", ".join(sorted({f"{service}:{operation}" for service, operation in part.calls})[:3])
        more = f" and {len(part.calls) - 3} more" if len(part.calls) > 3 else ""
        self.say(f"Not refreshed: {problem}." if problem else f"Asking again: {calls}{more}.")

    def action_stop(self) -> None:
        running = self.view is None or self.view.update.phase not in ENDED
        if running:
            self.engine.cancel()
        self.say("Stopping; what arrived stays." if running else "Nothing is being collected.")

    def action_ask(self) -> None:
        self.go(Place("ask", self._argument or self.base.question()))

    @work(group=BEFORE_A_DIALOG, exclusive=True, exit_on_error=False)
    async def filter_findings(self, text: str) -> None:
        """Go back to the explorer and filter its findings; `back` there returns to where this was asked."""
        came_from = self.base.place()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if isinstance(self.screen, ExplorerScreen):
            self.screen.filter_findings(text, came_from)

    def action_report(self) -> None:
        if self.view is None or self.triage is None:
            self.say("There is nothing to report yet.")
        else:
            self._report(self.view.update, self.triage, self._argument)

    @work(group="report", exclusive=True, exit_on_error=False)
    async def _report(self, update: Update, triage: Triage, format: str) -> None:
        told = await ask_and_write(self, update, triage, format)
        if told:
            self.say(*told)

    def action_theme(self) -> None:
        self._choose_theme(self._argument)

    @work(group="theme", exclusive=True, exit_on_error=False)
    async def _choose_theme(self, wanted: str) -> None:
        told = await ask_and_switch(self, self.looks, wanted, is_set=self._theme_is_set)
        if told:
            self.say(*told)

    async def action_quit(self) -> None:
        self.exit()

    def action_interrupt(self) -> None:
        self.exit(return_code=exits.INTERRUPTED)

    # --- size ---

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width, event.size.height)

    def _fit(self, width: int, height: int) -> None:
        small = too_small(Size(width, height))
        covered = isinstance(self.screen, SmallScreen)
        if small and not covered:
            self.push_screen(SmallScreen())
        elif covered and not small:
            self.pop_screen()


def run_app(engine: Engine, config: Config) -> int:
    """Show the interface until the user leaves; returns the exit code."""
    looks, _ = load_themes(config_folder() / "themes")
    mouse = config.mouse if config.mouse is not None else "SSH_CONNECTION" not in os.environ
    theme = choose(config.theme, looks, os.environ, remembered_theme())
    app = SrtuiApp(engine, looks, theme, theme_is_set=config.theme is not None)
    try:
        app.run(mouse=mouse)
    finally:
        engine.close()
    for line in parting_words(engine, app.triage):
        print(f"srtui: {line}", file=sys.stderr)
    return app.exit_code
