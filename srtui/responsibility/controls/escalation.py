"""Escalation: statements and trusts by which somebody becomes administrator, or more than it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from srtui.escalation.catalogue import Catalogue
from srtui.escalation.escalation import Escalation, escalate
from srtui.escalation.spots import Spot, SpotKind, examples, unread_ways
from srtui.responsibility.control import Check, Context, Control, Fact, Result, Severity, control
from srtui.services.iam import authorization_details

_NEEDS = (authorization_details,)
_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_PASS: Final = f"{_GUIDE}id_roles_use_passrole.html"
_LEAST: Final = f"{_GUIDE}best-practices.html"
_COMMAND: Final = "srtui paths --from {holder}"
_UNKNOWN_SHOWN: Final = 3
_CURES_SHOWN: Final = 3
#: Of so many it is worked out which answer is missing; of all others the paths of the principal tell.
_MOST_EXPLAINED: Final = 200
_UNEXPLAINED: Final = "something on its way to administrator was not read; its attack paths say what"


def escalation_of(context: Context) -> Escalation:
    """The escalation graph of the account, made once a context."""
    known: Escalation | None = context.cache.get("escalation")
    if known is None:
        known = context.cache["escalation"] = escalate(context.account, permissions=context.permissions)
    return known


def _results(check: Check, kind: SpotKind) -> Iterator[Result]:
    escalation = escalation_of(check.context)
    found = [spot for spot in escalation.spots if spot.kind == kind]
    for spot in found:
        yield check.failed(spot.subject, *_facts(spot, escalation.catalogue), holder=next(iter(spot.holders)))
    unread = [start.arn for start in escalation.starts.values() if start.tier == "unknown"]
    blind = unread_ways(escalation.built, kind)
    if kind in _HANGS_ON_READING and unread:
        for number, arn in enumerate(unread):
            reason = _unread_of(escalation, arn) if number < _MOST_EXPLAINED else _UNEXPLAINED
            yield check.unknown(arn, reason=reason)
    elif blind:
        yield check.unknown(check.account.root_arn, reason="; ".join(list(blind)[:_UNKNOWN_SHOWN]))
    elif not found and unread:
        yield check.unknown(check.account.root_arn, reason=_unread_of(escalation, unread[0]))
    elif not found and escalation.starts:
        yield check.passed(
            check.account.root_arn, Fact("principals looked at", f"{len(escalation.starts):,}")
        )


def _unread_of(escalation: Escalation, arn: str) -> str:
    """What of a principal's way to administrator was not read."""
    needs = [need for route in escalation.paths(arn, most=1) for step in route.steps for need in step.needs]
    return "; ".join(dict.fromkeys(needs[:_UNKNOWN_SHOWN])) or "not all of its policies could be read"


#: What needs resources or policies that may not have been read; principals of whom that is so are told once.
_HANGS_ON_READING: Final[frozenset[SpotKind]] = frozenset({"existing-passrole"})


def _facts(spot: Spot, catalogue: Catalogue) -> Iterator[Fact]:
    yield Fact("statements", "; ".join(spot.statements))
    yield Fact("held by", examples(spot.holders))
    yield Fact("becomes" if spot.kind != "lateral" else "acts as", examples(spot.targets))
    named = [f"SR-ESC-{id} ({name})" for id, name in spot.techniques.items()]
    yield Fact("techniques", "; ".join(named))
    if spot.kind == "lateral":
        # The control says what holds for all of them; these techniques have little in common.
        cures = dict.fromkeys(catalogue.technique(id).fix for id in spot.techniques)
        yield Fact("cures", " ".join(list(cures)[:_CURES_SHOWN]))
    if spot.example:
        yield Fact("for example", spot.example)
    if spot.conditions:
        yield Fact("if", "; ".join(spot.conditions))


def _rule(kind: SpotKind) -> Callable[[Check], Iterator[Result]]:
    def rule(check: Check) -> Iterator[Result]:
        yield from _results(check, kind)

    return rule


def _declare(
    id: str, kind: SpotKind, severity: Severity, title: str, problem: str, why: str, fix: str, reference: str
) -> Control:
    return control(
        id,
        title=title,
        problem=problem,
        rows=[11, 2],
        severity=severity,
        topic="escalation",
        needs=_NEEDS,
        why=why,
        fix=fix,
        command=_COMMAND,
        references=[reference],
    )(_rule(kind))


SELF = _declare(
    "escalation-self",
    "self-escalation",
    "critical",
    "Nobody may give itself all permissions",
    "Gives itself all permissions",
    "Whoever may change its own policies is administrator already, whatever its policies say today.",
    "Leave the holders' own users, roles, groups and policies out of the Resource of these calls.",
    f"{_GUIDE}access_policies_boundaries.html",
)
PRINCIPALS = _declare(
    "escalation-principals",
    "principal-access",
    "critical",
    "Nobody becomes administrator by taking over another user or role",
    "Takes over an administrator",
    "New keys, passwords, policies or trust for another identity turn a help desk or a pipeline into an administrator.",
    "Limit these calls to identities that may do no more than those who manage them.",
    _LEAST,
)
PASSED = _declare(
    "escalation-pass-role",
    "new-passrole",
    "critical",
    "No administrator role can be passed to code that the caller chooses",
    "Passes an admin role to own code",
    "Whoever may pass a role to a service and run code there may do what the role may do.",
    "Limit iam:PassRole to the roles that are needed, and with iam:PassedToService to the service that needs them.",
    _PASS,
)
RESOURCES = _declare(
    "escalation-resources",
    "existing-passrole",
    "critical",
    "No resource with an administrator role takes code from others",
    "Changes code that runs as admin",
    "Code that runs as a role has the role's permissions: who changes the code, or enters the machine, has them too.",
    "Give resources roles with just what they need, and leave changes of their code to the pipeline that deploys it.",
    _LEAST,
)
ASSUMPTION = _declare(
    "escalation-assume",
    "assumption",
    "high",
    "Administrator roles are assumed under conditions only",
    "Assumes an admin role just so",
    "Without MFA or another condition in the trust, a stolen key of any of these is enough to be administrator.",
    "Name exactly who may assume the role, and require MFA of people.",
    f"{_GUIDE}id_credentials_mfa_configure-api-require.html",
)
CHAINS = _declare(
    "escalation-chains",
    "chain",
    "critical",
    "No chain of steps leads to administrator",
    "Starts a chain to administrator",
    "Each step looks harmless; together they end at an administrator, and nobody reviews them together.",
    "Break the chain where most chains meet: srtui fix-first ranks the statements and trusts.",
    _LEAST,
)
CONDITIONAL = _declare(
    "escalation-conditional",
    "conditional",
    "medium",
    "Nobody becomes administrator when conditions are met",
    "Becomes administrator on conditions",
    "A condition holds only as long as nobody can meet it who should not; what stands behind it is administrator.",
    "Check who can meet the conditions, or take the way away.",
    _LEAST,
)
LATERAL = _declare(
    "escalation-lateral",
    "lateral",
    "medium",
    "Nobody may act as another user or role to do what it may not itself",
    "Acts as another user or role",
    "Permissions are wider than what the policies of a principal show, by the users and roles that it can act as.",
    "Limit what these techniques need to users, roles and code that may do no more than the holders themselves.",
    _LEAST,
)


@control(
    "escalation-entries",
    title="Nobody outside of the account gets to administrator",
    problem="Leads outsiders to administrator",
    rows=[11, 2],
    severity="critical",
    topic="escalation",
    needs=_NEEDS,
    why="A stranger, or another company's account, then decides over everything in this one.",
    fix="Name in the trust exactly who may come in, and take from the role what leads on to administrator.",
    command="aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
    references=[f"{_GUIDE}id_roles_create_for-user_externalid.html"],
)
def escalation_entries(check: Check) -> Iterator[Result]:
    escalation = escalation_of(check.context)
    opened = False
    for entry in escalation.entries:
        start = escalation.starts[entry.role]
        if entry.technique and entry.tier == "confirmed" and start.admin is True:
            opened = True
            routes = escalation.paths(entry.role, most=1)
            way = (
                " → ".join([_name(entry.role), *(_name(step.target) for step in routes[0].steps)])
                if routes
                else ""
            )
            yield check.failed(
                entry.role,
                Fact("lets in", entry.name),
                Fact("by", entry.label),
                Fact("technique", f"SR-ESC-{entry.technique}"),
                Fact("leads to administrator", way if start.hops else "it is administrator itself"),
                name=_name(entry.role),
            )
    if not opened and escalation.starts:
        yield check.passed(
            check.account.root_arn, Fact("ways in from outside", f"{len(escalation.entries):,}")
        )


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
