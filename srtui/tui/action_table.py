"""Every action as data: id, title, help, default keys, scope, rank in the hint bar, word after `:`.

The method that runs an action is named after its id: `findings.acknowledge` is `action_acknowledge` on whatever
carries the scope `findings`. Defaults are keys that survive SSH, tmux and screen: no ctrl+letter.
"""

from __future__ import annotations

from typing import Final

Row = tuple[str, str, str, tuple[str, ...], str, int, str]

PARENTS: Final[dict[str, tuple[str, ...]]] = {
    # scope → the scopes whose keys work there too; not listed means the app's only
    "app": (),
    "list": ("app",),
    "tree": ("list",),
    "table": ("list",),
    "detail": ("app",),
    "explorer": ("app",),
    "matrix": ("tree", "explorer"),
    "identities": ("tree", "explorer"),
    "findings": ("triage", "table", "explorer"),
    "why": ("triage", "detail", "explorer"),
    "triage": ("app",),
    "principal": ("triage", "app"),
    "statements": ("detail", "principal"),
    "collection": ("table",),
    "page": ("detail", "app"),
    "finding": ("triage", "page"),
    "stopped": ("app",),
    "prompt": (),
    "dialog": (),
}

SCOPE_TITLES: Final[dict[str, str]] = {
    "app": "Everywhere",
    "list": "In lists",
    "tree": "In trees",
    "table": "In tables",
    "detail": "In texts",
    "explorer": "Explorer",
    "matrix": "Responsibility",
    "identities": "Identities",
    "triage": "Triage",
    "findings": "Findings",
    "principal": "Principal",
    "collection": "Collection",
    "stopped": "When the collection stands still",
    "prompt": "Input line",
    "dialog": "Dialogs",
}

TABLE: Final[tuple[Row, ...]] = (
    # Everywhere
    ("app.help", "help", "Show what every key does here.", ("question_mark", "f1"), "app", 91, "help"),
    ("app.command", "command", "Run a command by its name.", ("colon",), "app", 90, ""),
    ("app.back", "back", "Close what is open, or go back to where you were.", ("escape",), "app", 80, ""),
    (
        "app.history-back",
        "previous view",
        "Go back through the views, as in a browser.",
        ("left_square_bracket",),
        "app",
        0,
        "back",
    ),
    ("app.history-forward", "next view", "Go forward again.", ("right_square_bracket",), "app", 0, "forward"),
    ("app.copy", "copy", "Copy the ARN or text under the cursor (OSC 52).", ("y",), "app", 60, "copy"),
    ("app.refresh", "refresh", "Ask AWS again for the part in front of you.", ("r",), "app", 0, "refresh"),
    (
        "app.collection",
        "collection",
        "What was asked, what was denied, and what is unknown because of it.",
        ("C",),
        "app",
        0,
        "collection",
    ),
    ("app.report", "report", "Write a report of the session.", ("R",), "app", 0, "report"),
    ("app.undo", "undo", "Take the last triage decision back.", ("u",), "app", 0, "undo"),
    ("app.stop", "stop", "Stop collecting; what arrived stays.", ("X",), "app", 0, "stop"),
    ("app.theme", "theme", "Choose another theme.", ("t",), "app", 0, "theme"),
    ("app.interrupt", "interrupt", "Leave at once; the session is saved.", ("ctrl+c",), "app", 0, ""),
    ("app.quit", "quit", "Leave; the session is saved.", ("q",), "app", 95, "quit"),
    # In lists
    ("list.cursor-down", "down", "Move down.", ("j", "down"), "list", 0, ""),
    ("list.cursor-up", "up", "Move up.", ("k", "up"), "list", 0, ""),
    ("list.page-down", "page down", "Move down by a page.", ("pagedown",), "list", 0, ""),
    ("list.page-up", "page up", "Move up by a page.", ("pageup",), "list", 0, ""),
    ("list.first", "first", "Go to the first row.", ("g", "home"), "list", 0, ""),
    ("list.last", "last", "Go to the last row.", ("G", "end"), "list", 0, ""),
    ("list.activate", "open", "Open the row.", ("enter",), "list", 10, ""),
    (
        "list.mark",
        "mark",
        "Mark the row, so that an action takes several at once.",
        ("space",),
        "list",
        0,
        "",
    ),
    ("list.mark-all", "mark all", "Mark every row that is shown, or none.", ("asterisk",), "list", 0, ""),
    ("list.filter", "filter", "Show only rows with these words, as you type.", ("slash",), "list", 40, ""),
    # In trees
    ("tree.expand", "expand", "Unfold the row, or go to its first child.", ("l", "right"), "tree", 0, ""),
    ("tree.collapse", "collapse", "Fold the row, or go to its parent.", ("h", "left"), "tree", 0, ""),
    ("tree.collapse-all", "fold all", "Fold everything.", ("minus",), "tree", 0, ""),
    (
        "tree.expand-all",
        "unfold",
        "Unfold everything under the row that is loaded.",
        ("plus",),
        "tree",
        0,
        "",
    ),
    # In tables
    ("table.sort-next", "sort", "Sort by the next column.", ("greater_than_sign",), "table", 0, ""),
    ("table.sort-previous", "sort back", "Sort by the column before.", ("less_than_sign",), "table", 0, ""),
    ("table.sort-reverse", "turn order", "Turn the order round.", ("equals_sign",), "table", 0, ""),
    # In texts
    ("detail.down", "down", "Next item, or scroll down.", ("j", "down"), "detail", 0, ""),
    ("detail.up", "up", "Previous item, or scroll up.", ("k", "up"), "detail", 0, ""),
    ("detail.page-down", "page down", "Scroll down by a page.", ("pagedown", "space"), "detail", 0, ""),
    ("detail.page-up", "page up", "Scroll up by a page.", ("pageup",), "detail", 0, ""),
    ("detail.first", "first", "Go to the top.", ("g", "home"), "detail", 0, ""),
    ("detail.last", "last", "Go to the end.", ("G", "end"), "detail", 0, ""),
    ("detail.activate", "open", "Open the item.", ("enter",), "detail", 0, ""),
    # Explorer
    (
        "explorer.pane-1",
        "responsibility",
        "Go to the responsibility matrix.",
        ("1",),
        "explorer",
        0,
        "matrix",
    ),
    ("explorer.pane-2", "identities", "Go to the identity tree.", ("2",), "explorer", 0, "identities"),
    ("explorer.pane-3", "findings", "Go to the findings.", ("3",), "explorer", 0, "findings"),
    ("explorer.next-pane", "next pane", "Go to the next pane.", ("tab",), "explorer", 50, ""),
    ("explorer.previous-pane", "previous pane", "Go to the pane before.", ("shift+tab",), "explorer", 0, ""),
    # Triage
    (
        "triage.acknowledge",
        "acknowledge",
        "Acknowledge the finding: seen, to be dealt with.",
        ("a",),
        "triage",
        20,
        "acknowledge",
    ),
    (
        "triage.suppress",
        "suppress",
        "Suppress the finding, with a reason and if you like an expiry.",
        ("s",),
        "triage",
        21,
        "suppress",
    ),
    ("triage.note", "note", "Write a note on the finding.", ("n",), "triage", 22, "note"),
    ("triage.reopen", "reopen", "Open the finding again.", ("o",), "triage", 0, "reopen"),
    # Findings
    (
        "findings.narrow",
        "all rows",
        "Stop narrowing the findings to the row or principal chosen.",
        ("x",),
        "findings",
        0,
        "all",
    ),
    # Principal
    ("principal.next-tab", "next tab", "Go to the next tab.", ("tab", "right", "l"), "principal", 11, ""),
    (
        "principal.previous-tab",
        "tab before",
        "Go to the tab before.",
        ("shift+tab", "left", "h"),
        "principal",
        0,
        "",
    ),
    (
        "principal.tab-1",
        "overview",
        "Who or what it is, and the worst about it.",
        ("1",),
        "principal",
        0,
        "overview",
    ),
    (
        "principal.tab-2",
        "policies",
        "Every policy it carries, statement by statement.",
        ("2",),
        "principal",
        0,
        "policies",
    ),
    (
        "principal.tab-3",
        "trust",
        "Who may become it, and what it may become.",
        ("3",),
        "principal",
        0,
        "trust",
    ),
    (
        "principal.tab-4",
        "credentials",
        "Password, MFA and access keys.",
        ("4",),
        "principal",
        0,
        "credentials",
    ),
    ("principal.tab-5", "findings", "What is wrong with it.", ("5",), "principal", 0, "its-findings"),
    (
        "principal.tab-6",
        "evidence",
        "What AWS answered about it, as data.",
        ("6",),
        "principal",
        0,
        "evidence",
    ),
    # When the collection stands still
    ("stopped.resume", "try again", "Go on where it stopped.", ("enter",), "stopped", 1, ""),
    # Input line
    ("prompt.cancel", "cancel", "Leave the input line and change nothing.", ("escape",), "prompt", 2, ""),
    ("prompt.complete", "complete", "Take the completion.", ("tab",), "prompt", 0, ""),
    # Dialogs
    ("dialog.cancel", "cancel", "Close the dialog and change nothing.", ("escape",), "dialog", 2, ""),
)
