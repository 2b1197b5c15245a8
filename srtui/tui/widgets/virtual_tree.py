"""A tree of any size on the virtual list: only what is unfolded becomes rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from textual import events

from srtui.tui.actions import bindings_for
from srtui.tui.widgets.rows import FromWidget, nothing_matches
from srtui.tui.widgets.text import Span, fit_spans, spans_len
from srtui.tui.widgets.virtual_list import GUTTER, Notice, VirtualList


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node. Its children are given, or loaded when it is first unfolded, or asked of the owner by a message.

    `load` is called on the UI loop and must be quick. `expandable` says that there is something to unfold although
    no children are known yet: unfolding posts `Expanded`, and the owner answers with `set_children` or new roots.
    """

    key: str
    label: tuple[Span, ...]
    badges: tuple[Span, ...] = ()
    children: tuple[TreeNode, ...] = ()
    load: Callable[[], Sequence[TreeNode]] | None = field(default=None, compare=False)
    expandable: bool = False
    right: tuple[Span, ...] = ()  # at the right edge, one under the other: counts, a status
    selectable: bool = True  # False: a heading; it takes the cursor, but enter folds it

    @property
    def has_children(self) -> bool:
        """Whether there is anything to unfold, as far as is known."""
        return bool(self.children) or self.load is not None or self.expandable

    @property
    def text(self) -> str:
        """The label as plain text, for filters."""
        return "".join(text for text, _ in self.label)


class TreeRow(msgspec.Struct, frozen=True):
    """A node where it stands now."""

    key: str
    node: TreeNode
    depth: int
    expanded: bool
    parent: str | None


class VirtualTree(VirtualList[TreeRow], inherit_bindings=True):
    """Nodes that unfold. What is unfolded is remembered by key, so that it survives new data."""

    BINDINGS = bindings_for("tree")

    @dataclass
    class Expanded(FromWidget):
        """A node was unfolded whose children are not known."""

        key: str

    def __init__(
        self,
        title: str = "",
        *,
        notice: Notice | None = None,
        indent: int = 2,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`indent` is the cells a level takes; guides are drawn from two cells on."""
        super().__init__(title, notice=notice, id=id, classes=classes)
        self._indent = indent
        self._roots: tuple[TreeNode, ...] = ()
        self._expanded: set[str] = set()
        self._children: dict[str, tuple[TreeNode, ...]] = {}  # loaded or set later, by key
        self._keep: Callable[[TreeNode], bool] | None = None
        self._folded_in_filter: set[str] = set()

    # Data

    def set_roots(self, roots: Iterable[TreeNode], expand: Collection[str] = ()) -> None:
        """Show another tree; `expand` unfolds these nodes as well as those that already were."""
        self._roots = tuple(roots)
        self._expanded |= set(expand)
        self._children.clear()
        self._rebuild()

    def set_children(self, key: str, children: Iterable[TreeNode]) -> None:
        """The children of a node that was `expandable`. They are forgotten when new roots are set."""
        self._children[key] = tuple(children)
        self._rebuild()

    def set_filter(self, keep: Callable[[TreeNode], bool] | None, highlight: tuple[str, ...] = ()) -> None:
        """Show only nodes for which `keep` says yes, with the way to them and all that is under them.

        Only nodes that are known are looked at: nothing is loaded for a filter.
        """
        self._keep = keep
        self._folded_in_filter.clear()
        if keep is None and (here := self.cursor_key) is not None:
            # What was found stays under the cursor, wherever in the tree it is.
            self._expanded.update(self._path_to(here) or ())
        self._rebuild(highlight)

    def filter_words(self, text: str) -> int:
        """Filter by words that must all stand in a label or badge; "" shows everything. The number of rows."""
        words = tuple(text.lower().split())
        if not words:
            self.set_filter(None)
            return len(self.rows)

        def keep(node: TreeNode) -> bool:
            shown = " ".join([node.text, *(badge for badge, _ in node.badges)]).lower()
            return all(word in shown for word in words)

        self.set_filter(keep, words)
        found = next((row.key for row in self.rows if keep(row.node)), None)
        if found is not None:
            self.move_to(found)
        return len(self.rows)

    def empty_notice(self) -> Notice | None:
        if self._keep is not None and self._roots:
            return nothing_matches(" ".join(self._words))
        return super().empty_notice()

    @property
    def expanded(self) -> frozenset[str]:
        """Keys of the unfolded nodes."""
        return frozenset(self._expanded)

    @property
    def cursor_node(self) -> TreeNode | None:
        """The node under the cursor."""
        row = self.cursor_row
        return row.node if row else None

    def reveal(self, key: str) -> bool:
        """Unfold the way to a known node and put the cursor on it."""
        path = self._path_to(key)
        if path is None:
            return False
        self._expanded.update(path)
        self._folded_in_filter.difference_update(path)
        if key not in self._index:
            self._rebuild()
        return self.move_to(key)

    def unfold(self, *keys: str) -> None:
        """Unfold nodes."""
        self._expanded.update(keys)
        self._folded_in_filter.difference_update(keys)
        self._rebuild()
        for key in keys:
            position = self._index.get(key)
            if position is not None:
                node = self._rows[position].node
                if node.expandable and not self._children_of(node, load=False):
                    self.post_message(self.Expanded(key).set_sender(self))

    def fold(self, *keys: str) -> None:
        """Fold nodes."""
        self._expanded.difference_update(keys)
        self._folded_in_filter.update(keys)
        self._rebuild()

    def _children_of(self, node: TreeNode, *, load: bool) -> tuple[TreeNode, ...]:
        if node.children:
            return node.children
        found = self._children.get(node.key)
        if found is None and load and node.load is not None:
            found = self._children[node.key] = tuple(node.load())
        return found or ()

    def _rebuild(self, highlight: tuple[str, ...] | None = None) -> None:
        rows: list[TreeRow] = []
        if self._keep is None:
            self._flatten(self._roots, 0, None, rows)
        else:
            self._flatten_kept(self._roots, 0, None, rows, self._keep)
        self.set_rows(rows, highlight)

    def _flatten(
        self, nodes: Iterable[TreeNode], depth: int, parent: str | None, rows: list[TreeRow]
    ) -> None:
        expanded = self._expanded
        for node in nodes:
            is_open = node.key in expanded and node.has_children
            rows.append(TreeRow(node.key, node, depth, is_open, parent))
            if is_open:
                self._flatten(self._children_of(node, load=True), depth + 1, node.key, rows)

    def _flatten_kept(
        self,
        nodes: Iterable[TreeNode],
        depth: int,
        parent: str | None,
        rows: list[TreeRow],
        keep: Callable[[TreeNode], bool],
    ) -> bool:
        """Add what the filter keeps; whether that was anything."""
        any_kept = False
        for node in nodes:
            at = len(rows)
            if keep(node):
                # All that is under a match stays reachable, folded as it was.
                is_open = (
                    node.key in self._expanded
                    and node.has_children
                    and node.key not in self._folded_in_filter
                )
                rows.append(TreeRow(node.key, node, depth, is_open, parent))
                if is_open:
                    self._flatten(self._children_of(node, load=True), depth + 1, node.key, rows)
                else:
                    self._kept_below(node, depth, rows, keep, at)
                any_kept = True
                continue
            rows.append(TreeRow(node.key, node, depth, True, parent))
            if self._flatten_kept(self._children_of(node, load=False), depth + 1, node.key, rows, keep):
                any_kept = True
                if node.key in self._folded_in_filter:
                    rows[at:] = [TreeRow(node.key, node, depth, False, parent)]
            else:
                del rows[at:]
        return any_kept

    def _kept_below(
        self, node: TreeNode, depth: int, rows: list[TreeRow], keep: Callable[[TreeNode], bool], at: int
    ) -> None:
        """Matches under a folded match show as well."""
        if node.key in self._folded_in_filter:
            return
        if self._flatten_kept(self._children_of(node, load=False), depth + 1, node.key, rows, keep):
            rows[at] = TreeRow(node.key, node, depth, True, rows[at].parent)

    def _path_to(self, key: str) -> list[str] | None:
        """Keys of the ancestors of a known node, from the root."""
        stack: list[tuple[TreeNode, list[str]]] = [(node, []) for node in reversed(self._roots)]
        while stack:
            node, path = stack.pop()
            if node.key == key:
                return path
            children = self._children_of(node, load=False)
            if children:
                below = [*path, node.key]
                stack += [(child, below) for child in reversed(children)]
        return None

    # Drawing

    def row_spans(self, row: TreeRow, width: int) -> list[Span]:
        depth = min(row.depth, max(0, width // 6))
        fold = "▾ " if row.expanded else "▸ " if row.node.has_children else "  "
        guide = "│ " if self._indent >= 2 else " " * self._indent
        spans: list[Span] = [(guide * depth, "rule")] if depth else []
        spans.append((fold, "muted"))
        right = fit_spans(row.node.right, width // 2)
        room = width - len(guide) * depth - 2 - (spans_len(right) + 1 if right else 0)
        badges = _badges(row.node.badges, room - min(12, spans_len(row.node.label)), room - 5)
        label = fit_spans(row.node.label, room - spans_len(badges))
        body = [*spans, *label, *badges]
        if right:
            body.append((" " * (width - spans_len(body) - spans_len(right)), ""))
        return [*body, *right]

    # Keys

    def action_expand(self) -> None:
        row = self.cursor_row
        if row is None:
            return
        if row.node.has_children and not row.expanded:
            self.unfold(row.key)
        elif self._cursor + 1 < len(self._rows) and self._rows[self._cursor + 1].parent == row.key:
            self._move(self._cursor + 1)

    def action_collapse(self) -> None:
        row = self.cursor_row
        if row is None:
            return
        if row.expanded:
            self.fold(row.key)
        elif row.parent is not None:
            self.move_to(row.parent)

    def action_expand_all(self) -> None:
        """Unfold what is known under the row; nothing is loaded."""
        if self.cursor_node is None:
            return
        keys: list[str] = []
        stack = [self.cursor_node]
        while stack:
            node = stack.pop()
            children = self._children_of(node, load=False)
            if children or node is self.cursor_node:
                keys.append(node.key)
            stack += children
        self.unfold(*keys)

    def action_collapse_all(self) -> None:
        """Fold everything; the cursor goes to the root above it."""
        row = self.cursor_row
        root = row.key if row else None
        while row is not None and row.parent is not None:
            root = row.parent
            row = self._rows[self._index[row.parent]]
        self._expanded.clear()
        self._folded_in_filter = {item.key for item in self._rows if item.expanded}
        if root is not None:
            self.move_to(root)
        self._rebuild()

    def action_activate(self) -> None:
        node = self.cursor_node
        if node is not None and not node.selectable:
            self.toggle(node.key)
        else:
            super().action_activate()

    def toggle(self, key: str) -> None:
        """Fold or unfold a row."""
        row = self._rows[self._index[key]]
        if row.expanded:
            self.fold(key)
        elif row.node.has_children:
            self.unfold(key)

    def on_click(self, event: events.Click) -> None:
        line = event.y - (1 if self._title else 0)
        position = self._top + line
        if line >= 0 and position < len(self._rows):
            row = self._rows[position]
            at = GUTTER + min(self._indent, 2) * row.depth
            if at <= event.x < at + 2 and row.node.has_children:
                self._move(position)
                self.toggle(row.key)
                event.prevent_default()


def _badges(badges: tuple[Span, ...], room: int, least: int) -> list[Span]:
    """As many badges as fit, each after two spaces, and how many more there are: `+2`.

    The first is the most important: it gets `least` cells even where the label would want them.
    """
    shown = [fit_spans((badge,), 40) for badge in badges]
    widths = [2 + spans_len(badge) for badge in shown]
    fitting = len(badges)
    while fitting > 1 and sum(widths[:fitting]) + _more_width(len(badges) - fitting) > room:
        fitting -= 1
    out: list[Span] = []
    for badge in shown[:fitting]:
        out += [("  ", ""), *badge]
    if fitting == 1 and widths[0] > max(room, least):
        out = [("  ", ""), *fit_spans(shown[0], max(room, least) - 2)]
    if (rest := len(badges) - fitting) and spans_len(out) + _more_width(rest) <= max(room, least):
        out.append((f" +{rest}", "muted"))
    return out


def _more_width(count: int) -> int:
    return len(f" +{count}") if count else 0
