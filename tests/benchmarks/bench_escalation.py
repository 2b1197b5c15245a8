"""Escalation in large accounts: graph and verdicts, one question about paths, memory.

Run: python -m tests.benchmarks.bench_escalation
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from srtui.access import AccessIndex
from srtui.account import Account
from srtui.escalation.engine import Built
from srtui.escalation.escalation import Escalation
from srtui.evidence import Evidence
from srtui.permissions import account_permissions
from srtui.services import apply
from tests.benchmarks.table import Figure, print_table
from tests.synthetic import ACCOUNT, authorization_details

AT = datetime(2026, 11, 24, tzinfo=UTC)
REGION = "eu-west-1"
SECONDS, GROWTH, MILLISECONDS, MEGABYTES = 3.0, 4.4, 100, 600


def _statement(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


#: What real accounts have besides: self-service by name, MFA rules, deployers, help desks, and roles that lead on.
_SELF_SERVICE = _statement(
    ["iam:CreateAccessKey", "iam:UpdateLoginProfile", "iam:DeactivateMFADevice"],
    f"arn:aws:iam::{ACCOUNT}:user/*/${{aws:username}}",
)
_MFA = {
    "Effect": "Deny",
    "NotAction": ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken"],
    "Resource": "*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
}
_DEPLOY = _statement(
    ["iam:PassRole", "lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:InvokeFunction"]
)
_HELP_DESK = _statement(
    ["iam:UpdateLoginProfile", "iam:CreateLoginProfile"], f"arn:aws:iam::{ACCOUNT}:user/staff/*"
)


def details(principals: int) -> dict[str, Any]:
    """The synthetic account with what makes escalation: every kind of policy above on some principals."""
    made = authorization_details(principals)
    for number, group in enumerate(made["GroupDetailList"]):
        statements = [_SELF_SERVICE, *([_MFA] if number % 2 else [])]
        group["GroupPolicyList"] = [_inline("rules", *statements)]
    for number, user in enumerate(made["UserDetailList"]):
        if number % 100 == 7:
            user["UserPolicyList"] = [*user["UserPolicyList"], _inline("desk", _HELP_DESK)]
        if number % 50 == 3:
            user["UserPolicyList"] = [*user["UserPolicyList"], _inline("deploy", _DEPLOY)]
    for number, role in enumerate(made["RoleDetailList"]):
        mine = f"arn:aws:iam::{ACCOUNT}:role/service/role-{number + 1:05}"
        own = {
            0: _statement("sts:AssumeRole", mine),
            1: _statement("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/service/role-{number:05}*"),
            2: _statement(["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"], mine),
        }.get(number % 10)
        if own is not None:
            role["RolePolicyList"] = [*role["RolePolicyList"], _inline("more", own)]
        if number % 200 == 5:
            role["RolePolicyList"] = [*role["RolePolicyList"], _inline("all", _statement("*"))]
    return made


def _inline(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}


def _evidence(service: str, operation: str, response: dict[str, Any], **params: Any) -> Evidence:
    return Evidence(
        service=service,
        operation=operation,
        region=REGION,
        account=ACCOUNT,
        at=AT,
        params=params,
        response=response,
    )


def large_account(principals: int) -> Account:
    """The account, with a function for every fifth role."""
    account = Account()
    regions = {"Regions": [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]}
    apply(account, _evidence("ec2", "DescribeRegions", regions, AllRegions=True))
    made = details(principals)
    apply(account, _evidence("iam", "GetAccountAuthorizationDetails", made))
    functions = [
        {
            "FunctionName": f"fn-{number}",
            "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn-{number}",
            "Role": role["Arn"],
        }
        for number, role in enumerate(made["RoleDetailList"])
        if number % 5 == 0
    ]
    apply(account, _evidence("lambda", "ListFunctions", {"Functions": functions}))
    return account


def measure(principals: int) -> tuple[float, list[float], float, str]:
    """(seconds for graph and verdicts, milliseconds of path questions, MB, what was found).

    Times are of one core: what else runs on the machine does not count.
    """
    account = large_account(principals)
    permissions, index = account_permissions(account), AccessIndex(account)
    start = time.process_time()
    escalation = Escalation(Built(account, index, permissions))
    starts = escalation.starts
    seconds = time.process_time() - start
    asked = [one.arn for one in starts.values() if one.tier is not None and not one.already][:100]
    asked += [one.arn for one in starts.values() if one.tier is None][:20]
    questions = []
    for arn in asked:
        before = time.process_time()
        escalation.paths(arn)
        questions.append((time.process_time() - before) * 1000)
    edges = sum(1 for _ in escalation.graph.edges)
    become = sum(one.admin is True and not one.already for one in starts.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, questions, memory, f"{edges:,} edges, {become:,} become administrator"


def main() -> None:
    if len(sys.argv) > 1:
        seconds, questions, memory, found = measure(int(sys.argv[1]))
        print(seconds, statistics.median(questions), max(questions), memory, found, sep="|")
        return
    figures, times = [], []
    for principals in (5_000, 20_000):
        command = [sys.executable, "-m", "tests.benchmarks.bench_escalation", str(principals)]
        # A process of its own each, so that memory is of this size alone.
        line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split("|")
        seconds, median, slowest, memory = map(float, line[:4])
        times.append(seconds)
        many = principals > 5_000
        goal, met = (
            (f"≤ {GROWTH} ×", seconds <= GROWTH * times[0])
            if many
            else (f"≤ {SECONDS:.0f} s", seconds <= SECONDS)
        )
        figures += [
            Figure(
                f"{principals:,} principals, graph and verdicts ({line[4]})", f"{seconds:.2f} s", goal, met
            ),
            Figure(
                f"{principals:,} principals, paths of one, median and slowest",
                f"{median:.1f} ms, {slowest:.0f} ms",
                f"≤ {MILLISECONDS} ms",
                slowest <= MILLISECONDS,
            ),
            Figure(
                f"{principals:,} principals, peak memory",
                f"{memory:.0f} MB",
                f"≤ {MEGABYTES} MB" if many else "",
                memory <= MEGABYTES if many else None,
            ),
        ]
    print_table("Escalation (after effective permissions)", figures)


if __name__ == "__main__":
    main()
