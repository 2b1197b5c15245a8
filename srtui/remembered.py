"""What the interface remembers from one run to the next: the theme. What config.toml says always comes first."""

from __future__ import annotations

from pathlib import Path

from srtui.files import new_file, private_folder, state_folder


def theme_file() -> Path:
    """One line: the name of the theme that was chosen last."""
    return state_folder() / "theme"


def remembered_theme() -> str | None:
    """The theme that was chosen last, if any was."""
    try:
        return theme_file().read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None  # a look is not worth a message


def remember_theme(name: str) -> None:
    """Start with this theme the next time. Raises OSError where it cannot be written."""
    private_folder(state_folder())
    with new_file(theme_file(), force=True) as file:
        file.write(f"{name}\n".encode())
