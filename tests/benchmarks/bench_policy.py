"""The policy engine: decisions a second, effective permissions of whole accounts, who-can, memory.

Run: python -m tests.benchmarks.bench_policy
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.table import Figure, print_table
from tests.synthetic import ACCOUNT, authorization_details

REQUESTS = 20_000
QUESTIONS = (
    ("s3:GetObject", None),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders-7"),
    ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/service/role-00001"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/role-00000"),
    ("ec2:RunInstances", None),
    ("ec2:DescribeInstances", None),
)

_SERVICES = ("s3", "ec2", "iam", "kms", "sqs", "dynamodb", "lambda", "sts")
_VERBS = ("Get", "List", "Describe", "Put", "Create", "Delete")


def _policy(chance: random.Random, number: int) -> dict[str, Any]:
    statements = []
    for place in range(2):
        service = chance.choice(_SERVICES)
        statement: dict[str, Any] = {
            "Sid": f"S{place}",
            "Effect": chance.choice(["Allow", "Allow", "Allow", "Deny"]),
            "Action": [
                f"{service}:{chance.choice(_VERBS)}Thing",
                f"{chance.choice(_SERVICES)}:Get*",
                f"{service}:*List*",
            ],
            "Resource": [
                f"arn:aws:{service}:*:{ACCOUNT}:thing/{number}*",
                "arn:aws:s3:::home/${aws:username}/*",
            ],
        }
        if place:
            statement["Condition"] = {
                "StringEquals": {"aws:PrincipalTag/team": ["blue", f"red-{number}"]},
                "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]},
            }
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def requests(count: int, *, kinds: int) -> Iterator[bytes]:
    """Requests of about 2 KB; `kinds` of them differ in their policies."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for number in range(count):
        chance = random.Random(number % kinds)
        service = chance.choice(_SERVICES)
        yield json.dumps(
            {
                "id": str(number),
                "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session",
                "action": f"{service}:{chance.choice(_VERBS)}Thing",
                "resource": f"arn:aws:{service}:eu-west-1:{ACCOUNT}:thing/{number % kinds}x",
                "resource_account": ACCOUNT,
                "context": {
                    "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/app",
                    "aws:SourceIp": "10.1.2.3",
                    "aws:PrincipalTag/team": "blue",
                    "aws:username": "ana",
                },
                "identity_policies": [_policy(chance, number % kinds) for _ in range(2)],
                "boundary": [everything],
                "scps": [[everything], [everything]],
            }
        ).encode()


def peak_memory() -> float:
    """The most resident memory this process has had, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def evaluated(lines: list[bytes]) -> tuple[float, float]:
    """(decisions a second, MB at most) of `srtui evaluate` as a program, its start included in neither."""
    code = (
        "import sys, time\n"
        "from srtui.cli import main\n"
        "from tests.benchmarks.bench_policy import peak_memory\n"
        "start = time.process_time()\n"
        "main(['evaluate'])\n"
        "print(time.process_time() - start, peak_memory(), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"\n".join(lines), capture_output=True, check=True
    )
    seconds, memory = map(float, done.stderr.split())
    assert done.stdout.count(b"\n") == len(lines)
    return len(lines) / seconds, memory


def first_answer() -> float:
    """Seconds from starting `srtui evaluate` to its first answer."""
    line = next(requests(1, kinds=1))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "srtui", "evaluate"], input=line, capture_output=True, check=True
        )
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure_account(path: str) -> None:
    """Runs in a process of its own: prints seconds, MB and milliseconds of questions as JSON."""
    from srtui.access import AccessIndex
    from srtui.account import Account
    from srtui.permissions import account_permissions
    from srtui.services import apply
    from srtui.source import open_source

    start = time.process_time()
    account = Account()
    for item in open_source(path).evidence:
        apply(account, item)
    permissions = account_permissions(account)
    effective = time.process_time() - start
    memory = peak_memory()
    start = time.process_time()
    index = AccessIndex(account)
    indexing = time.process_time() - start
    slowest = 0.0
    for action, target in QUESTIONS:
        index.who_can(action, target)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            index.who_can(action, target)
            times.append(time.perf_counter() - start)
        slowest = max(slowest, statistics.median(times) * 1000)
    start = time.perf_counter()
    arns = list(permissions)[:1000]
    for arn in arns:
        if arn in index.numbers:
            index.can(arn, "s3:GetObject")
    single = (time.perf_counter() - start) / len(arns) * 1_000_000
    print(
        json.dumps(
            {"effective": effective, "memory": memory, "index": indexing, "who": slowest, "can": single}
        )
    )


def measured(principals: int, folder: str) -> dict[str, float]:
    path = Path(folder) / f"{principals}.json"
    path.write_text(json.dumps(authorization_details(principals)))
    code = f"from tests.benchmarks.bench_policy import measure_account; measure_account({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def evaluate_figures() -> list[Figure]:
    different, alike = list(requests(REQUESTS, kinds=REQUESTS)), list(requests(REQUESTS, kinds=50))
    size = sum(map(len, different)) / len(different)
    fast, memory = evaluated(different)
    faster, _ = evaluated(alike)
    _, longer = evaluated(different * 4)
    start = first_answer()
    return [
        Figure(
            f"evaluate, every policy new ({size:.0f} B a request)",
            f"{fast:,.0f}/s",
            "≥ 5,000/s",
            fast >= 5000,
        ),
        Figure("evaluate, 50 sets of policies", f"{faster:,.0f}/s", "≥ 5,000/s", faster >= 5000),
        Figure("evaluate, start to first answer", f"{start:.2f} s", "≤ 1 s", start <= 1),
        Figure(
            f"evaluate, memory for {REQUESTS:,} and {REQUESTS * 4:,} lines",
            f"{memory:.0f} and {longer:.0f} MB",
            "the same",
            longer <= memory * 1.1,
        ),
    ]


def main() -> None:
    figures = evaluate_figures()
    with tempfile.TemporaryDirectory() as folder:
        small, large = measured(5_000, folder), measured(20_000, folder)
    growth = large["effective"] / small["effective"] / 4
    figures += [
        Figure(
            "effective permissions, 5,000 principals, from file",
            f"{small['effective']:.2f} s",
            "≤ 1.5 s",
            small["effective"] <= 1.5,
        ),
        Figure("effective permissions, 20,000 principals, from file", f"{large['effective']:.2f} s"),
        Figure("growth against linear", f"× {growth:.2f}", "≤ × 1.1", growth <= 1.1),
        Figure("memory, 20,000 principals", f"{large['memory']:.0f} MB", "≤ 400 MB", large["memory"] <= 400),
        Figure("index of 5,000 principals", f"{small['index']:.2f} s"),
        Figure(
            "who-can, 5,000 principals, slowest question",
            f"{small['who']:.1f} ms",
            "≤ 50 ms",
            small["who"] <= 50,
        ),
        Figure("who-can, 20,000 principals, slowest question", f"{large['who']:.1f} ms"),
        Figure("can, one principal", f"{small['can']:.0f} µs"),
    ]
    print_table("Policy engine", figures)


if __name__ == "__main__":
    main()
