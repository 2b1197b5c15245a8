"""The command line: data on standard output, diagnostics on standard error, one line for each thing that goes wrong."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from srtui import exits
from srtui.cli.parser import parse
from srtui.config import ConfigError, set_up_logging
from srtui.files import BadData, Exists


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    log = None
    try:
        options = parse(sys.argv[1:] if argv is None else argv)
        if options.command != "evaluate":  # which touches no file but its input and output
            log = set_up_logging()
        from srtui.cli import commands

        code = commands.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`| head`): that is its right. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except (ConfigError, exits.UsageProblem, Exists) as problem:
        return _complain(str(problem), exits.USAGE)
    except BadData as problem:
        return _complain(str(problem), exits.BAD_DATA)
    except PermissionError as problem:
        return _complain(f"{problem.filename}: {problem.strerror}", exits.NO_PERMISSION)
    except OSError as problem:
        if log:
            logging.getLogger(__name__).exception("file trouble")
        where = problem.filename or ("a file" if log else "standard input or output")
        return _complain(f"{where}: {problem.strerror or problem}", exits.FAILURE)
    except Exception as problem:  # the last resort: one line for the person, the rest for the log
        logging.getLogger(__name__).exception("unexpected")
        where = f"; details in {log}" if log else ""
        return _complain(f"unexpected {type(problem).__name__}: {problem}{where}", exits.FAILURE)
    return code


def _complain(text: str, code: int) -> int:
    line = "".join(character if character.isprintable() else " " for character in text)
    print(f"srtui: {line}", file=sys.stderr)
    return code
