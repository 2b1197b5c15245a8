"""The entry point of `srtui` and of `python -m srtui`."""

import sys

from srtui.cli import main

if __name__ == "__main__":
    sys.exit(main())
