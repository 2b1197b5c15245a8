"""The entry point of `srtui` and of `python -m srtui`."""

import sys


def main() -> int:
    """Run the command line; Ctrl-C is no error, not even while modules are still being imported."""
    try:
        from srtui.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
