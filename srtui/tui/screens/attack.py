"""Attack paths of the account: ways in, what to fix first, and who becomes administrator."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.timer import Timer
from textual.widget import Widget

from srtui.tui.history import Place
from srtui.tui.screens.base import Copies
from srtui.tui.screens.beside import BesideScreen
from srtui.tui.screens.page import place_of_key
from srtui.tui.views.attack import ATTACK_SECTIONS, attack_blocks, attack_roots
from srtui.tui.views.keys import SEP
from srtui.tui.widgets.detail import Block, DetailView
from srtui.tui.widgets.prompt import FilterBar
from srtui.tui.widgets.rows import Notice
from srtui.tui.widgets.virtual_list import VirtualList
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree

if TYPE_CHECKING:
    from srtui.tui.views.state import View

_DELAY = 0.1


class AttackTree(VirtualTree):
    """Entries, cuts and starts."""

    SCOPE: ClassVar[str] = "attack"

    def __init__(self) -> None:
        notice = Notice("Working out who can become whom …", ("Every technique for every principal.",))
        super().__init__("Attack paths", notice=notice, indent=1, id="list")


class AttackScreen(BesideScreen):
    """Entries → choke points → administrator."""

    SCOPE = "attack"
    DEFAULT_CSS = """
    AttackScreen.-wide #list, AttackScreen.-wide #detail { width: 1fr; }
    """

    def __init__(self, item: str | None = None) -> None:
        super().__init__()
        self._item = item
        self._timer: Timer | None = None
        self._words = ""  # of the filter

    def make_list(self) -> Widget:
        self.tree_view = AttackTree()
        return self.tree_view

    def compose(self) -> Iterable[Widget]:
        yield from super().compose()
        yield FilterBar()

    def show_view(self, view: View) -> None:
        self.main.with_escalation(view, attack_roots, self._show)

    def _show(self, roots: tuple[TreeNode, ...]) -> None:
        if not self.is_attached:
            return
        self.tree_view.set_roots(roots, ATTACK_SECTIONS)
        if self._item is not None and self.tree_view.reveal(self._item):
            self._item = None
        self._show_detail()

    @on(VirtualList.CursorMoved, "#list")
    def _moved(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DELAY, self._show_detail)

    def _show_detail(self) -> None:
        if self._shown is not None:
            key = self.tree_view.cursor_key or ""
            self.main.with_escalation(
                self._shown, partial(attack_blocks, key), partial(self._show_beside, key)
            )

    def _show_beside(self, key: str, blocks: list[Block]) -> None:
        if self.is_attached and key == (self.tree_view.cursor_key or ""):
            self.detail.show(blocks, key)

    @on(VirtualList.Activated, "#list")
    def _open(self, event: VirtualList.Activated) -> None:
        kind, _, rest = event.key.partition(SEP)
        if kind == "start":
            self.main.go(Place("path", rest))
        else:
            self.set_focus(self.detail)

    @on(DetailView.ItemActivated)
    def _open_item(self, event: DetailView.ItemActivated) -> None:
        place = place_of_key(self.main, event.key)
        if place is not None:
            self.main.go(place)

    @on(VirtualList.FilterRequested, "#list")
    def _filter(self) -> None:
        self.query_one(FilterBar).open(self._words, "words")

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    def _filtered(self, event: FilterBar.Changed | FilterBar.Closed) -> None:
        self._set_words(event.text)

    def _set_words(self, text: str) -> None:
        self._words = text.strip()
        self.tree_view.filter_words(text)
        self.tree_view.set_title(f"Attack paths · /{self._words}" if self._words else "Attack paths")

    def step_back(self) -> bool:
        if super().step_back():
            return True
        had = bool(self._words)
        if had:
            self._set_words("")
        return had

    def place(self) -> Place:
        return Place("attack", "", {"item": self.tree_view.cursor_key})

    def copies(self) -> Copies:
        return [("what is beside it", self.detail.copy_text())]
