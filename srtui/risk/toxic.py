"""Toxic combinations: two facts of different kinds, each of which may be acceptable, that together are not.

for combination in COMBINATIONS: found = combination.look(risk)
found.found, found.unread, found.looked             # what is so, what could not be told, how many were looked at
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from srtui.access import members
from srtui.account import UNREAD
from srtui.account.delivery import BuildProject
from srtui.account.events import RecordedEvent
from srtui.account.machines import PublicSnapshot
from srtui.account.model import Instance, NetworkPermission, Role
from srtui.account.stores import Parameter, Secret
from srtui.responsibility.ranges import internet
from srtui.responsibility.verdict import Fact
from srtui.risk.federation.trusts import FederatedTrust
from srtui.services.cloudtrail_events import IAM_CHANGES

if TYPE_CHECKING:
    from srtui.risk.risk import Risk

_OLD_KEY_DAYS: Final = 90
#: Products whose tokens are those of pipelines.
_PIPELINES: Final = (
    "GitHub", "GitLab", "Buildkite", "CircleCI", "Codefresh", "Bitbucket", "Azure DevOps", "HCP Terraform", "Spacelift",
    "Harness", "Octopus", "Scalr", "Pulumi", "Vercel",
)  # fmt: skip
_WORDS: Final = re.compile(r"[^a-z0-9]+")
_OF_KEYS: Final = frozenset({"key", "keys", "accesskey", "credential", "credentials", "aws", "iam", "secret"})
_OF_ARTIFACTS: Final = frozenset(
    {
        "artifact",
        "artifacts",
        "build",
        "builds",
        "code",
        "deploy",
        "deployment",
        "packages",
        "release",
        "releases",
    }
)


class Toxic(msgspec.Struct, frozen=True):
    """One combination in one place. `sure` False: it rests on a name, or on conditions.

    `by`: ARNs of the users and roles that take part in it, where they are not the subject.
    """

    subject: str
    facts: tuple[Fact, ...]
    region: str = ""
    sure: bool = True
    by: tuple[str, ...] = ()


class Looked(msgspec.Struct, frozen=True):
    """What looking for a combination brought. `unread`: (subject, what was not read)."""

    found: tuple[Toxic, ...]
    unread: tuple[tuple[str, str], ...]
    looked: int


class Combination(msgspec.Struct, frozen=True):
    """One kind of combination and how to look for it."""

    id: str
    look: Callable[[Risk], Looked]


_Seen = Iterator[Toxic | tuple[str, str] | None]


def _looked(seen: _Seen) -> Looked:
    found: list[Toxic] = []
    unread: list[tuple[str, str]] = []
    count = 0
    for one in seen:
        count += 1
        if isinstance(one, Toxic):
            found.append(one)
        elif one is not None:
            unread.append(one)
    return Looked(tuple(found), tuple(unread), count)


def _leads(risk: Risk, arn: str, *, becoming_only: bool = False) -> str | None:
    """In words whether a role or user is administrator or becomes one; None if not, "" if that was not read."""
    start = risk.escalation.starts.get(arn)
    if start is None or start.admin is False or start.tier == "needs-target":
        permissions = risk.permissions.get(arn)
        return "" if permissions is not None and permissions.unreadable else None
    if start.tier == "unknown":
        return ""
    if start.already:
        return None if becoming_only else "is administrator"
    hops = f"in {start.hops} hop{'s' if start.hops != 1 else ''}"
    return f"becomes administrator {hops}" + ("" if start.tier == "confirmed" else ", on conditions")


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _words(text: str) -> set[str]:
    return {word for word in _WORDS.split(text.lower()) if word}


# --- what the internet reaches ------------------------------------------------------------------------------


def _world(rule: NetworkPermission) -> bool:
    """Whether a rule lets the whole internet in; halves of it count as well."""
    return bool(internet(rule.cidrs))


def _public_compute(risk: Risk) -> _Seen:
    """Instances that the internet reaches, whose role becomes administrator without being one."""
    account = risk.account
    groups = {(one.region, _name(one.arn)): one for one in account.security_groups.values()}
    roles = {profile: role for role in account.roles.values() for profile in role.instance_profiles}
    for one in account.instances.values():
        if one.state in ("terminated", "shutting-down") or not one.public_ip or not one.instance_profile:
            continue
        mine = [groups.get((one.region, name)) for name in one.security_groups]
        if not any(_world(rule) for group in mine if group for rule in group.ingress):
            yield (one.arn, "its security groups") if None in mine else None
            continue
        role = roles.get(one.instance_profile)
        leads = "" if role is None else _leads(risk, role.arn, becoming_only=True)
        if role is None or leads == "":
            yield one.arn, "the permissions of its role"
        elif leads is None:
            yield None
        else:
            facts = tuple(_of_instance(one, role, leads))
            yield Toxic(one.arn, facts, one.region, "conditions" not in leads, (role.arn,))


def _of_instance(one: Instance, role: Role, leads: str) -> Iterator[Fact]:
    yield Fact("reached from the internet at", one.public_ip)
    yield Fact("role", f"{role.name}, which {leads}")
    if one.metadata_enabled:
        yield Fact(
            "instance metadata",
            "IMDSv2 only" if one.imdsv2_required else "IMDSv1 allowed: one forged request is enough",
        )


def _public_function(risk: Risk) -> _Seen:
    for function in risk.account.functions.values():
        public = [
            one
            for one in risk.exposures.by_arn.get(function.arn, ())
            if one.open and one.party.standing == "public" and not one.deputy and "use" in one.how
        ]
        if not public:
            unread = function.policy is UNREAD
            yield (function.arn, "lambda:GetPolicy") if unread else None
            continue
        leads = _leads(risk, function.role)
        if leads:
            facts = (
                Fact("run by", public[0].party.name),
                Fact("role", f"{_name(function.role)}, which {leads}"),
            )
            yield Toxic(
                function.arn,
                facts,
                function.region,
                public[0].outcome == "allowed" and "conditions" not in leads,
                (function.role,),
            )
        else:
            yield (
                (function.arn, "the permissions of its role")
                if leads == "" or function.role not in risk.permissions
                else None
            )


def _public_artifacts(risk: Risk) -> _Seen:
    """Buckets that strangers write to and code is taken from."""
    sources = {
        project.location.partition("/")[0].rsplit(":", 1)[-1]: project.name
        for project in risk.account.table(BuildProject).values()
        if project.source == "S3"
    }
    for bucket in risk.account.buckets.values():
        writers = [
            one
            for one in risk.exposures.by_arn.get(bucket.arn, ())
            if one.open and one.party.stranger and not one.deputy and "write" in one.how
        ]
        if not writers:
            unread = bucket.policy is UNREAD or bucket.acl_grants is UNREAD
            yield (bucket.arn, "s3:GetBucketPolicy or s3:GetBucketAcl") if unread else None
            continue
        named = _words(bucket.name) & _OF_ARTIFACTS
        if bucket.name in sources or named:
            use = (
                f"source of build {sources[bucket.name]}"
                if bucket.name in sources
                else f"called {', '.join(sorted(named))}"
            )
            facts = (Fact("written by", writers[0].party.name), Fact("code comes from it", use))
            yield Toxic(
                bucket.arn, facts, bucket.region, bucket.name in sources and writers[0].outcome == "allowed"
            )
        else:
            yield None


def _shared_unencrypted(risk: Risk) -> _Seen:
    for one in risk.account.database_snapshots.values():
        shared = [x.party.name for x in risk.exposures.by_arn.get(one.arn, ()) if x.open]
        if one.shared_with is UNREAD:
            yield one.arn, "rds:DescribeDBSnapshotAttributes"
        elif shared and not one.encrypted:
            facts = (Fact("shared with", ", ".join(shared)), Fact("encrypted", "no"))
            yield Toxic(one.arn, facts, one.region)
        else:
            yield None
    for snapshot in risk.account.table(PublicSnapshot).values():
        facts = (Fact("shared with", "anyone with an AWS account"), Fact("encrypted", "no"))
        yield None if snapshot.encrypted else Toxic(snapshot.arn, facts, snapshot.region)


# --- who comes in from outside ------------------------------------------------------------------------------


def _open_sign_in(risk: Risk) -> _Seen:
    for row in risk.federation.trusts:
        if row.grade == "unread":
            yield row.role, "its trust policy"
        elif row.grade != "open" or row.leads == "no":
            yield None
        elif row.leads == "unknown":
            yield row.role, "the permissions of the role"
        else:
            facts = (
                Fact("anyone at", row.product),
                Fact("because", row.graded.why[0]),
                Fact("the role", _leads(risk, row.role) or row.leads),
            )
            yield Toxic(row.role, facts, sure=row.leads != "conditional")


def _third_party(risk: Risk) -> _Seen:
    """Roles that other accounts may take and that lead to administrator."""
    for role in risk.account.roles.values():
        outside = [
            one
            for one in risk.exposures.by_arn.get(role.arn, ())
            if one.open
            and one.party.kind in ("account", "organisation", "network")
            and one.party.standing not in ("own", "organisation")
        ]
        if not outside:
            continue
        leads = _leads(risk, role.arn)
        if leads:
            party = outside[0]
            conditions = f" if {' and '.join(party.conditions)}" if party.conditions else ""
            facts = (Fact("taken by", f"{party.party.name}{conditions}"), Fact("the role", leads))
            yield Toxic(role.arn, facts, sure=party.outcome == "allowed" and "conditions" not in leads)
        else:
            yield (role.arn, "its policies") if leads == "" else None


def _pipeline_and_data(risk: Risk) -> _Seen:
    """Roles of pipelines that read or change what is called production."""
    pipelines: dict[str, FederatedTrust] = {
        row.role: row
        for row in risk.federation.trusts
        if row.kind == "oidc" and row.product.startswith(_PIPELINES)
    }
    if not pipelines:
        return
    production = _production(risk)
    for arn, row in pipelines.items():
        bit = 1 << risk.index.numbers[arn]
        found = {name: how for name, how in production.items() if how[0] & bit}
        if found:
            stores = ", ".join(f"{_name(name)} ({how[1]})" for name, how in list(found.items())[:5])
            facts = (Fact("pipeline", f"{row.product}, graded {row.grade}"), Fact("production data", stores))
            yield Toxic(arn, facts)
        elif risk.permissions[arn].unreadable:
            yield arn, "its policies"
        else:
            hidden = [name for name in production if name in _unread_stores(risk)]
            yield (arn, f"the policy of {_name(hidden[0])}") if hidden else None


def _production(risk: Risk) -> Mapping[str, tuple[int, str]]:
    """Stores of production: ARN → (who reads or writes them, why they count as production)."""
    environments = risk.settings.duties.environments
    tags = _tags(risk)
    found = {}
    for store in risk.escalation.data.stores:
        if store.kind == "key":
            continue
        by_tag = environments.of(tags.get(store.arn, {})) == "production"
        by_name = _words(_name(store.arn)) & set(environments.production)
        if by_tag or by_name:
            who = store.who.get("read", 0) | store.who.get("write", 0)
            found[store.arn] = (who, "by its tag" if by_tag else "by its name")
    return found


def _unread_stores(risk: Risk) -> frozenset[str]:
    """Stores whose own policy was not read, so that who reads them is not known."""
    return frozenset(one.surface.arn for one in risk.exposures.unread if one.surface.policy is UNREAD)


def _tags(risk: Risk) -> dict[str, Mapping[str, str]]:
    account = risk.account
    records = [
        *account.buckets.values(),
        *account.databases.values(),
        *account.table(Secret).values(),
        *account.table(Parameter).values(),
    ]
    return {one.arn: one.tags for one in records if one.tags}


# --- administrators -----------------------------------------------------------------------------------------


def _careless_admin(risk: Risk) -> _Seen:
    """Administrators with an old key and no MFA."""
    for user in risk.account.users.values():
        leads = _leads(risk, user.arn)
        if leads is None:
            continue
        credentials = risk.account.credentials_of(user)
        if leads == "" or credentials is UNREAD:
            yield user.arn, "its policies" if leads == "" else "iam:GetCredentialReport"
            continue
        days = [(risk.now - key.rotated).days for key in credentials.active_keys if key.rotated]
        if credentials.mfa_active or not days or max(days) <= _OLD_KEY_DAYS:
            yield None
        else:
            facts = (Fact("it", leads), Fact("MFA", "none"), Fact("access key", f"{max(days)} days old"))
            yield Toxic(user.arn, facts, sure="conditions" not in leads)


def _unused_admin(risk: Risk) -> _Seen:
    zombies = {one.arn: one for one in risk.idle.zombies}
    unread = set(risk.idle.unread)
    for principal in risk.account.principals():
        permissions = risk.permissions.get(principal.arn)
        if permissions is None or permissions.admin is None:
            if permissions is not None and permissions.unreadable:
                yield principal.arn, "its policies"
            continue
        if isinstance(principal, Role) and principal.service_linked:
            continue
        if principal.arn in unread:
            yield principal.arn, "when it was last used"
        elif principal.arn in zombies:
            zombie = zombies[principal.arn]
            when = f"{zombie.days} days ago" if zombie.last else f"never, made {zombie.days} days ago"
            yield Toxic(
                principal.arn,
                (
                    Fact("administrator by", permissions.admin_by[0] if permissions.admin_by else "policies"),
                    Fact("last used", when),
                ),
            )
        else:
            yield None


def _stored_admin_key(risk: Risk) -> _Seen:
    """Secrets and parameters that are called like the key of an administrator, readable for others."""
    admins = {
        user.arn: user
        for user in risk.account.users.values()
        if (found := risk.permissions.get(user.arn)) is not None
        and found.admin is not None
        and (credentials := risk.account.credentials_of(user)) is not UNREAD
        and credentials.active_keys
    }
    records = [*risk.account.table(Secret).values(), *risk.account.table(Parameter).values()]
    if not admins or not records:
        return
    stores = {store.arn: store for store in risk.escalation.data.stores}
    for record in records:
        words = _words(record.name)
        owner = next(
            (user for user in admins.values() if _words(user.name) <= words and words & _OF_KEYS), None
        )
        store = stores.get(record.arn)
        if owner is None or store is None:
            yield None
            continue
        others = store.who.get("read", 0) & ~risk.separation.administrators
        readers = [risk.index.principals[number].arn for number in members(others)]
        if readers:
            facts = (
                Fact("called like a key of", f"{owner.name}, an administrator"),
                Fact("read by", ", ".join(_name(arn) for arn in readers[:5])),
            )
            yield Toxic(record.arn, facts, record.region, sure=False, by=(owner.arn, *readers))
        else:
            yield (record.arn, "its policy") if record.arn in _unread_stores(risk) else None


def _unlogged_changes(risk: Risk) -> _Seen:
    """Changes of identities in the last day while no trail was logging."""
    events = [
        one
        for one in risk.account.table(RecordedEvent).values()
        if one.name in IAM_CHANGES and one.at is not None and risk.now - one.at <= timedelta(days=2)
    ]
    if not events:
        return
    trails = risk.account.trails.values()
    listed = risk.account.outcomes_of("cloudtrail", "DescribeTrails")
    if any(trail.logging is True for trail in trails):
        yield None
        return
    if not listed or any(one.error is not None or not one.complete for one in listed):
        yield risk.account.root_arn, "cloudtrail:DescribeTrails"
        return
    if any(trail.logging is UNREAD for trail in trails):
        yield risk.account.root_arn, "cloudtrail:GetTrailStatus"
        return
    by_who: dict[str, list[str]] = {}
    for one in events:
        by_who.setdefault(one.who or "somebody", []).append(one.name)
    facts = [
        Fact("trails that log", "none"),
        *(Fact(who, ", ".join(sorted(set(names)))) for who, names in by_who.items()),
    ]
    yield Toxic(risk.account.root_arn, tuple(facts))


def _looking(seen: Callable[[Risk], _Seen]) -> Callable[[Risk], Looked]:
    def look(risk: Risk) -> Looked:
        return _looked(seen(risk))

    return look


COMBINATIONS: Final[Mapping[str, Combination]] = {
    id: Combination(id, _looking(seen))
    for id, seen in (
        ("public-compute-priv-role", _public_compute),
        ("public-function-admin-role", _public_function),
        ("oidc-open-admin", _open_sign_in),
        ("admin-no-mfa-old-key", _careless_admin),
        ("unused-admin", _unused_admin),
        ("third-party-escalation", _third_party),
        ("secret-is-admin-key", _stored_admin_key),
        ("log-off-admin-activity", _unlogged_changes),
        ("ci-role-prod-data", _pipeline_and_data),
        ("public-bucket-artifacts", _public_artifacts),
        ("snapshot-shared-unencrypted", _shared_unencrypted),
    )
}
