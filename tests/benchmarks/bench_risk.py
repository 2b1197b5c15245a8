"""Identities at risk of a large account: what each part adds to an analysis, on one core.

Run: python -m tests.benchmarks.bench_risk
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from srtui.account import Account
from srtui.account.account import Outcome
from srtui.account.last_access import ActionAccess, LastAccess, ServiceAccess
from srtui.account.messaging import Queue
from srtui.account.model import AccessKey, Bucket, Credentials, Function, Key, PublicAccessBlock
from srtui.account.stores import Secret
from srtui.analysis import analyse
from srtui.escalation.escalation import escalate
from srtui.evidence import Evidence
from srtui.permissions import account_permissions
from srtui.policy.catalogue import load_catalogue
from srtui.responsibility.control import Context, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.risk.risk import Risk
from srtui.risk.toxic import COMBINATIONS
from srtui.services import apply
from tests.benchmarks.table import Figure, print_table
from tests.synthetic import ACCOUNT, authorization_details

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PRINCIPALS = 5_000
GITHUB = "token.actions.githubusercontent.com"
MODULES = ("combinations", "duties", "excess", "exposed", "hygiene", "signin", "trusted")
REGION = "eu-west-1"


def _policy(principal: Any, action: str, resource: str, **conditions: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    if conditions:
        statement["Condition"] = conditions
    return {"Version": "2012-10-17", "Statement": [statement]}


def _principal(chance: random.Random) -> Any:
    other = f"{chance.randint(10**11, 10**12 - 1)}"
    return chance.choice(
        ["*", {"AWS": other}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"Service": "sns.amazonaws.com"}]
    )


def _resources(made: Account, chance: random.Random) -> None:
    """A thousand and more resources with policies of their own."""
    for number in range(500):
        arn = f"arn:aws:s3:::team-{number:04}"
        policy = _policy(_principal(chance), "s3:GetObject", f"{arn}/*") if number % 3 == 0 else None
        made.buckets[arn] = Bucket(
            arn=arn, name=f"team-{number:04}", region=REGION, policy=policy, acl_grants=(), ownership="BucketOwnerEnforced",
            public_access_block=PublicAccessBlock(), replicates_to=(),
        )  # fmt: skip
    for number in range(200):
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{number:036}"
        own = _policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", "*")
        made.keys[arn] = Key(arn=arn, name=f"{number:036}", region=REGION, manager="CUSTOMER", policy=own)
    for number in range(300):
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:app-{number:04}-abcdef"
        made.table(Secret)[arn] = Secret(arn=arn, name=f"app-{number:04}", region=REGION, policy=None)
    for number in range(300):
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs-{number:04}"
        made.table(Queue)[arn] = Queue(
            arn=arn,
            name=f"jobs-{number:04}",
            region=REGION,
            policy=_policy(_principal(chance), "sqs:SendMessage", arn),
        )
    for number in range(200):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f-{number:04}"
        made.functions[arn] = Function(
            arn=arn,
            name=f"f-{number:04}",
            region=REGION,
            role=next(iter(made.roles)),
            policy=None,
            url_auth=None,
        )


def _people(made: Account, chance: random.Random) -> None:
    """Federated roles, credentials, and what some have used."""
    for number, role in enumerate(made.roles.values()):
        if number % 10 == 0:
            subject = chance.choice(
                ["repo:acme/*", f"repo:acme/r{number}:*", f"repo:acme/r{number}:ref:refs/heads/main", "*"]
            )
            conditions = {
                "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{GITHUB}:sub": subject},
            }
            statement = {
                "Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
                "Action": "sts:AssumeRoleWithWebIdentity", "Condition": conditions,
            }  # fmt: skip
            role.trust = {"Version": "2012-10-17", "Statement": [statement]}
    for user in made.users.values():
        used = NOW - timedelta(days=chance.randint(0, 300))
        keys = (AccessKey(1, True, used, used),) if chance.random() < 0.5 else ()
        made.credentials[user.arn] = Credentials(
            chance.random() < 0.6, used, used, chance.random() < 0.5, keys
        )
    services = load_catalogue().services
    for principal in list(made.principals())[:200]:
        found = tuple(
            ServiceAccess(
                name,
                name,
                NOW if chance.random() < 0.1 else None,
                actions=(ActionAccess("GetObject", NOW),) if name == "s3" else None,
            )
            for name in services
        )
        made.table(LastAccess)[principal.arn] = LastAccess(
            arn=principal.arn, name=principal.name, services=found
        )


def account(principals: int = PRINCIPALS) -> Account:
    """An account of some size, the same at every run."""
    chance = random.Random(7)
    made = Account(id=ACCOUNT)
    response = authorization_details(principals)
    apply(
        made,
        Evidence(
            service="iam",
            operation="GetAccountAuthorizationDetails",
            region="us-east-1",
            account=ACCOUNT,
            at=NOW,
            params={},
            response=response,
        ),
    )
    made.organization = None
    made.account_public_access_block = None
    for key in (("s3", "ListBuckets"), ("kms", "ListKeys"), ("secretsmanager", "ListSecrets")):
        made.record(Outcome(key=(*key, "", ""), at=NOW, params={}))
    _resources(made, chance)
    _people(made, chance)
    return made


def timed(work: Callable[[], Any]) -> float:
    """Seconds of one core."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    made = account()
    analyse(made, NOW)  # loads code and catalogue
    permissions = account_permissions(made)
    escalation = escalate(made, permissions=permissions)
    _ = escalation.starts, escalation.data.stores
    risk = Risk(made, NOW, permissions, lambda: escalation)
    parts: dict[str, Callable[[], Any]] = {
        "people and machines": lambda: risk.natures,
        "separation of duty, matrix and everyone": lambda: [
            risk.separation.matrix(),
            *map(risk.separation.held, risk.settings.duties.conflicts),
        ],
        f"exposure of {len(risk.exposures.surfaces):,} resources": lambda: risk.exposures.all,
        "ways out": lambda: risk.exfiltration.movements,
        "data exchange": lambda: risk.exchange,
        f"federation, {len(made.roles) // 10:,} trusts": lambda: risk.federation.trusts,
        "use of everyone, 200 reports": lambda: [risk.usage(one.arn) for one in made.principals()],
        "idle identities": lambda: risk.idle,
        "toxic combinations": lambda: [risk.toxic(id) for id in COMBINATIONS],
    }
    figures = []
    whole = 0.0
    for name, work in parts.items():
        seconds = timed(work)
        whole += seconds
        figures.append(Figure(name, f"{seconds:.2f} s"))
    context = Context(
        account=made, now=NOW, permissions=permissions, cache={"escalation": escalation, "risk": risk}
    )
    mine = [one for one in CONTROLS.values() if one.rule.__module__.rsplit(".", 1)[-1] in MODULES]
    seconds = timed(lambda: [evaluate(one, context) for one in mine])
    whole += seconds
    figures.append(Figure(f"{len(mine)} controls on top", f"{seconds:.2f} s"))
    findings = analyse(made, NOW).findings
    seconds = timed(lambda: risk.ordered(findings))
    whole += seconds
    figures.append(Figure(f"order of {len(findings):,} findings", f"{seconds:.2f} s"))
    figures.append(Figure(f"all of it, {PRINCIPALS:,} principals", f"{whole:.2f} s", "≤ 2 s", whole <= 2))
    arn = next(
        one.arn for one in made.principals() if risk.usage(one.arn).read and risk.usage(one.arn).granted
    )
    figures.append(
        Figure(
            "right-sized policy of one, with proof", f"{timed(lambda: risk.right_sized(arn)) * 1000:.0f} ms"
        )
    )
    conflict, who = next(
        (id, risk.separation.held(id)[0].arn)
        for id in risk.settings.duties.conflicts
        if risk.separation.held(id, reachable=False)
    )
    figures.append(
        Figure(
            "single changes that separate one",
            f"{timed(lambda: risk.separating(conflict, who)) * 1000:.0f} ms",
        )
    )
    print_table("Identities at risk", figures)


if __name__ == "__main__":
    main()
