"""Separation of duty: one control for each conflict of duties that srtui brings along, and one for the user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from srtui.responsibility.control import SEVERITIES, Check, Control, Fact, Result, Severity, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.risk.duties import Conflict, Duty
from srtui.risk.risk import Risk
from srtui.risk.separation import Held
from srtui.services.declare import Call
from srtui.services.ec2 import instances
from srtui.services.iam import authorization_details, credential_report
from srtui.services.kms import key_metadata, key_policy, keys
from srtui.services.organizations import organization
from srtui.services.secretsmanager import secret_policy, secrets

_REFERENCE: Final = (
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_least_privileges.html"
)
_STATES: Final = {
    "console": "has a console password",
    "keys": "has active access keys",
    "bound": "is bound by control policies",
    "bounded": "has a permissions boundary",
}


def _results(check: Check, conflict: Conflict) -> Iterator[Result]:
    risk = risk_of(check.context)
    complete = check.answered(*(call for call in check.control.needs if call.for_each is None))
    held = risk.separation.held(conflict.id)
    for one in held:
        if one.certainty == "unknown":
            if complete:
                yield check.unknown(one.arn, reason="not all policies that decide about it were read")
            continue
        yield check.failed_as(one.severity, one.arn, *_facts(risk, conflict, one))
    if not held and risk.index.principals:
        yield check.passed(
            check.account.root_arn, Fact("identities with both duties", "none but administrators")
        )


def _facts(risk: Risk, conflict: Conflict, held: Held) -> Iterator[Fact]:
    for name in (conflict.one, conflict.two):
        duty = risk.settings.duties.duties[name]
        yield Fact(
            duty.title, _by(risk, duty, held.arn) if held.direct else "itself, or by becoming who does"
        )
    if held.certainty == "conditional" and held.direct:
        yield Fact("certainty", "conditional")
    if not held.direct:
        yield Fact("on condition", "it becomes others: by role assumption or escalation")


def _by(risk: Risk, duty: Duty, arn: str) -> str:
    """One action of a duty with the statement that allows it; all of them are in `risk.separation.case`."""
    if duty.state in _STATES:
        return _STATES[duty.state or ""]
    permissions = risk.permissions[arn]
    actions = duty.actions or tuple(
        one.action for one in risk.separation.holders.changes_of(duty.state or "")[:5]
    )
    for action in actions:
        granting = permissions.granting(action) if permissions.allows(action) else []
        if granting:
            return f"{action} by {granting[0].label}"
    return "by the policy of a resource"


def _rule(id: str) -> Callable[[Check], Iterator[Result]]:
    def rule(check: Check) -> Iterator[Result]:
        conflict = risk_of(check.context).settings.duties.conflicts.get(id)
        if conflict is None:
            yield check.not_applicable("switched off in duties.toml")
        else:
            yield from _results(check, conflict)

    return rule


def _declare(
    id: str, severity: Severity, title: str, problem: str, why: str, fix: str, needs: tuple[Call, ...] = ()
) -> Control:
    return control(
        f"sod-{id}",
        title=title,
        problem=problem,
        rows=[2, 11],
        severity=severity,
        topic="duties",
        needs=(authorization_details, *needs),
        why=why,
        fix=fix,
        references=[_REFERENCE],
    )(_rule(id))


KEY_DATA = _declare(
    "key-data",
    "high",
    "Who administers a key does not decrypt with it",
    "Administers a key and decrypts with it",
    "Who decides over a key and uses it can read everything under it and lock all others out, unchecked.",
    "Give key administration to a role without kms:Decrypt.",
    (keys, key_metadata, key_policy),
)
LOG_WORKLOAD = _declare(
    "log-workload",
    "high",
    "Who changes workloads cannot switch off the logs",
    "Changes workloads and can stop logs",
    "Changes can then be made without a trace.",
    "Keep stopping and deleting logs for a role of the security team; deny it elsewhere by an SCP.",
)
IAM_AUDIT = _declare(
    "iam-audit",
    "high",
    "Who changes identities cannot switch off the logs",
    "Changes identities and can stop logs",
    "Rights can then be given and taken back unseen.",
    "Keep stopping and deleting logs for a role of the security team; deny it elsewhere by an SCP.",
)
DEPLOY_APPROVE = _declare(
    "deploy-approve",
    "medium",
    "Who starts a deployment does not approve it",
    "Starts and approves deployments",
    "An approval by whoever started the change is none.",
    "Take the approval away, or scope it to pipelines that the identity cannot start.",
)
BACKUP_DESTROY = _declare(
    "backup-destroy",
    "high",
    "Who makes backups cannot destroy them",
    "Makes backups and can destroy them",
    "One stolen identity then takes the data and every copy, which is what extortion looks for.",
    "Keep deletion for a role that nobody uses day to day, and lock the vaults.",
)
SECRET_RW = _declare(
    "secret-rw",
    "medium",
    "Who writes a secret does not use it",
    "Writes a secret and reads it",
    "A value of one's own can be planted and used.",
    "Let the rotation write secrets, and workloads read them.",
    (secrets, secret_policy),
)
GUARDRAIL_OWNER = _declare(
    "guardrail-owner",
    "critical",
    "Nobody changes the control policies that bind him",
    "Changes control policies that bind it",
    "A guardrail does not hold whoever can change it.",
    "Change control policies from an account that they do not bind and that runs nothing else.",
    (organization,),
)
BOUNDARY_OWNER = _declare(
    "boundary-owner",
    "critical",
    "Nobody changes his own permissions boundary",
    "Changes its own permissions boundary",
    "A boundary does not hold whoever can change it or take it off.",
    "Deny changes of the boundary policy, and of boundaries, in the boundary itself.",
)
IDENTITY_CREATE_GRANT = _declare(
    "identity-create-grant",
    "high",
    "Who creates identities does not give them permissions",
    "Creates identities and gives them rights",
    "A second identity that nobody knows of is then one call away.",
    "Create identities through a pipeline or another team, or require a boundary.",
)
NETWORK_DATA = _declare(
    "network-data",
    "medium",
    "Who opens networks does not own data stores",
    "Opens networks and owns data stores",
    "One identity can put the data on the internet alone.",
    "Give networks to one team and data stores to another.",
)
BILLING_IAM = _declare(
    "billing-iam",
    "low",
    "Who administers billing does not change identities",
    "Administers billing and identities",
    "Money and access in one hand hide each other's misuse.",
    "Give billing to a role of finance without IAM.",
)
PROD_NONPROD = _declare(
    "prod-nonprod",
    "high",
    "Nobody changes both production and what is not",
    "Changes production and development",
    "What is looser in development is then a way into production.",
    "Use one identity an environment, or limit each by aws:ResourceTag.",
    (instances,),
)
HUMAN_MACHINE = _declare(
    "human-machine",
    "medium",
    "No user is both a person's and a workload's",
    "User of a person and of a workload",
    "Neither can be watched, limited or switched off by itself.",
    "Give the workload a role, and the person a sign-in without keys.",
    (credential_report,),
)


@control(
    "sod-own",
    title="The conflicts of your own duties.toml are kept",
    problem="Holds duties that your rules separate",
    rows=[2, 11],
    severity="medium",
    topic="duties",
    needs=[authorization_details],
    why="Your rules say that these duties do not go together.",
    fix="Take one of the two duties away; srtui names the single changes that do it.",
    references=[_REFERENCE],
)
def sod_own(check: Check) -> Iterator[Result]:
    risk = risk_of(check.context)
    built_in = {one.id.removeprefix("sod-") for one in _BUILT_IN}
    own = [one for id, one in risk.settings.duties.conflicts.items() if id not in built_in]
    if not own:
        yield check.not_applicable("duties.toml names no conflicts of your own")
        return
    # A finding is told apart by its subject, so one identity gets one for all of them.
    by_arn: dict[str, list[tuple[Conflict, Held]]] = {}
    for conflict in own:
        for one in risk.separation.held(conflict.id):
            by_arn.setdefault(one.arn, []).append((conflict, one))
    for arn, found in by_arn.items():
        known = [(conflict, one) for conflict, one in found if one.certainty != "unknown"]
        if not known:
            yield check.unknown(arn, reason="not all policies that decide about it were read")
            continue
        worst = min((one.severity for _, one in known), key=SEVERITIES.index)
        facts = [
            Fact("conflict", conflict.id) if fact is None else fact
            for conflict, one in known
            for fact in (None, *_facts(risk, conflict, one))
        ]
        yield check.failed_as(worst, arn, *facts)
    if not by_arn and risk.index.principals:
        yield check.passed(
            check.account.root_arn, Fact("identities with both duties", "none but administrators")
        )


_BUILT_IN: Final = (
    KEY_DATA,
    LOG_WORKLOAD,
    IAM_AUDIT,
    DEPLOY_APPROVE,
    BACKUP_DESTROY,
    SECRET_RW,
    GUARDRAIL_OWNER,
    BOUNDARY_OWNER,
    IDENTITY_CREATE_GRANT,
    NETWORK_DATA,
    BILLING_IAM,
    PROD_NONPROD,
    HUMAN_MACHINE,
)
