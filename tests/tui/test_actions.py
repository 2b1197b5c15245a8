"""The registry: no clashes, rebinding with clear errors, and everything derived from it."""

from __future__ import annotations

from srtui.tui.action_table import TABLE
from srtui.tui.actions import REGISTRY, Action, Registry, display_key, parse_key
from srtui.tui.scopes import PARENTS, SCOPE_TITLES


def registry() -> Registry:
    return Registry((Action(*row) for row in TABLE), PARENTS, SCOPE_TITLES)


def test_defaults_clash_nowhere_and_all_keys_exist() -> None:
    assert registry().clashes() == []
    for action in REGISTRY:
        assert action.id.split(".")[0] == action.scope
        assert action.help.endswith(".")
        assert action.scope in SCOPE_TITLES
        for key in action.keys:
            assert parse_key(key) == key, action.id
            # Ctrl-C is what every terminal program is left by.
            assert not key.startswith("ctrl+") or key == "ctrl+c"


def test_ids_and_commands_are_unique() -> None:
    assert len({row[0] for row in TABLE}) == len(TABLE)
    commands = [action.command for action in REGISTRY if action.command]
    assert len(set(commands)) == len(commands)


def test_parent_scopes_exist() -> None:
    known = {action.scope for action in REGISTRY} | PARENTS.keys()
    assert {parent for parents in PARENTS.values() for parent in parents} <= known


def test_rebinding_lays_keys_over_the_defaults() -> None:
    keys = registry()
    assert keys.rebind({"triage.acknowledge": "A, f5", "list.mark": ["v"], "app.command": ";"}) == []
    assert keys.keys_of("triage.acknowledge") == ("A", "f5")
    assert keys.keymap()["app.command"] == "semicolon"
    assert ("A", "acknowledge") in keys.hints_for("findings")


def test_two_actions_may_change_places() -> None:
    keys = registry()
    assert keys.rebind({"triage.acknowledge": "s", "triage.suppress": "a"}) == []


def test_errors_name_the_action_the_key_and_the_other_action() -> None:
    keys = registry()
    errors = keys.rebind(
        {"triage.acknowlege": "A", "list.mark": "a", "app.quit": "ctrl+b", "app.help": "fish"}
    )
    assert len(errors) == 4
    text = "\n".join(errors)
    assert "no action 'triage.acknowlege'; did you mean 'triage.acknowledge'?" in text
    assert "keys.list.mark: 'a' is already the key of triage.acknowledge" in text
    assert "'ctrl+b' never reaches" in text
    assert "no key 'fish'" in text
    assert keys.keymap() == {}


def test_the_same_key_may_serve_where_scopes_never_meet() -> None:
    assert registry().rebind({"principal.next": "j"} if "principal.next" in REGISTRY.actions else {}) == []
    assert "findings" not in REGISTRY.reach("identities")


def test_keys_as_a_reader_knows_them() -> None:
    shown = {
        key: display_key(key) for key in ("slash", "escape", "question_mark", "f1", "shift+tab", "space", "G")
    }
    assert shown == {
        "slash": "/", "escape": "esc", "question_mark": "?", "f1": "F1",
        "shift+tab": "shift+tab", "space": "space", "G": "G",
    }  # fmt: skip
    assert parse_key("esc") == "escape"
    assert parse_key("PgDn") == "pagedown"
    assert parse_key("") is None


def test_the_document_names_every_action() -> None:
    text = REGISTRY.markdown()
    assert all(f"`{action.id}`" in text for action in REGISTRY)


def test_commands_offered_where_they_work() -> None:
    here = {action.command for action in REGISTRY.commands("identities")}
    assert "quit" in here
    assert "acknowledge" not in here
    assert "acknowledge" in {action.command for action in REGISTRY.commands("findings")}
