"""What AWS's SecurityAudit policy lacks of what srtui reads, told from the copy of the policy that moto ships.

Run: python -m tests.securityaudit writes srtui/services/securityaudit.toml, and the block in the README, anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from srtui.policy.catalogue import load_catalogue
from srtui.services.permissions import actions, addon_policy

ROOT = Path(__file__).parents[1]
DATA = ROOT / "srtui" / "services" / "securityaudit.toml"
README = ROOT / "README.md"
_BLOCK = re.compile(r"(<!-- addon -->\n```json\n)(.*?)(\n```)", re.S)


def security_audit() -> dict[str, Any]:
    """The policy as moto has it: its version, date and document."""
    policy = json.loads(aws_managed_policies_data)["SecurityAudit"]
    document = policy["Document"]
    return {**policy, "Document": document if isinstance(document, dict) else json.loads(document)}


def lacking() -> list[str]:
    """The actions that it does not allow on every resource without a condition."""
    catalogue = load_catalogue()
    allowed = 0
    for statement in security_audit()["Document"]["Statement"]:
        if statement["Effect"] == "Allow" and statement["Resource"] == "*" and "Condition" not in statement:
            allowed |= catalogue.expand_all(statement["Action"])
    return [action for action in actions() if not catalogue.contains(allowed, action)]


def data_file() -> str:
    """The data file as it should be."""
    policy = security_audit()
    head = DATA.read_text(encoding="utf-8").split("version =")[0]
    lines = [
        f'version = "{policy["DefaultVersionId"]}"',
        f'updated = "{policy["UpdateDate"][:10]}"',
        "missing = [",
    ]
    lines += [f'    "{action}",' for action in lacking()]
    return head + "\n".join([*lines, "]"]) + "\n"


def readme() -> str:
    """The README with the addition as it should be."""
    block = json.dumps(addon_policy(lacking()), indent=2)
    return _BLOCK.sub(lambda found: found[1] + block + found[3], README.read_text(encoding="utf-8"))


if __name__ == "__main__":
    DATA.write_text(data_file(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
