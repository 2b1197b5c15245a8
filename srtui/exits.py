"""Exit codes, and the exception for wrong usage. Those from 64 up are the ones of sysexits.h; 130 is what shells use for Ctrl-C."""

from typing import Final

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
#: What diff found out, as the diff of files says it.
CHANGED: Final = 1
#: What can and who-can found out.
ALLOWED: Final = 0
DENIED: Final = 1
CONDITIONAL: Final = 3
UNKNOWN: Final = 4
BAD_DATA: Final = 65
NO_PERMISSION: Final = 77
INTERRUPTED: Final = 130

EXPLAINED: Final = """\
exit codes:
  0    all is well
  1    findings (report and collect --fail-on), changes (diff), denied (can), nobody (who-can), or something failed
  2    wrong usage, configuration or option value
  3    allowed on conditions (can, who-can)
  4    unknown, because policies were not read (can, who-can)
  65   a file that holds other or damaged data
  77   no permission: a file or folder, or AWS refused the credentials
  130  interrupted by Ctrl-C"""


class UsageProblem(Exception):  # noqa: N818
    """The command cannot be carried out as given; the text is one line that says what would work."""
