"""Exposure: resources open to other accounts, organisations and services, and principals that can move data out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.policy.grants import NamedDocument, read_policy
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.risk.exposure.exposures import Exposure
from srtui.risk.exposure.parties import Standing
from srtui.services.apigateway import rest_apis
from srtui.services.backup import backup_plan_rules, backup_plans, backup_vault_policy, backup_vaults
from srtui.services.dynamodb import table_policy, tables
from srtui.services.ec2 import vpcs
from srtui.services.ec2_compute import image_permissions, images, public_snapshots
from srtui.services.ec2_network import vpc_endpoints
from srtui.services.ecr import repositories, repository_policy
from srtui.services.efs import file_system_policy, file_systems
from srtui.services.events import event_buses
from srtui.services.glacier import vault_policy, vaults
from srtui.services.glue import catalog_policy
from srtui.services.iam import authorization_details
from srtui.services.kms import key_metadata, key_policy, keys
from srtui.services.kms_grants import key_grants
from srtui.services.lambda_ import function_policy, functions
from srtui.services.logs import resource_policies
from srtui.services.opensearch import search_domain_details, search_domains
from srtui.services.organizations import organization
from srtui.services.ram import resource_shares, share_principals
from srtui.services.rds import snapshot_attributes, snapshots
from srtui.services.rds_more import cluster_snapshot_attributes, cluster_snapshots
from srtui.services.s3 import bucket_acl, bucket_policy, bucket_replication, buckets
from srtui.services.s3control import access_point_policy, access_points
from srtui.services.secretsmanager import secret_policy, secrets
from srtui.services.sns_topics import topic_attributes, topics
from srtui.services.sqs import queue_attributes, queues
from srtui.services.ssm import documents

_SHARING: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html"
)
_DEPUTY: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
_PERIMETER: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html"
#: What the policies and shares of resources are read by.
_POLICIES: Final = (
    buckets, bucket_policy, bucket_acl, access_points, access_point_policy, keys, key_metadata, key_policy, functions,
    function_policy, queues, queue_attributes, topics, topic_attributes, secrets, secret_policy, repositories,
    repository_policy, file_systems, file_system_policy, tables, table_policy, vaults, vault_policy, backup_vaults,
    backup_vault_policy, event_buses, rest_apis, search_domains, search_domain_details, catalog_policy, resource_policies,
)  # fmt: skip
#: What tells whether a VPC endpoint or VPC that a policy lets in is the account's.
_NETWORKS: Final = (vpcs, vpc_endpoints)
_SHARES: Final = (
    snapshots, snapshot_attributes, cluster_snapshots, cluster_snapshot_attributes, public_snapshots, images,
    image_permissions, documents, resource_shares, share_principals,
)  # fmt: skip


def _of_standing(
    check: Check, standings: Iterable[Standing], *, roles: bool = False
) -> dict[str, list[Exposure]]:
    """What is open to parties of some standing, by resource; roles apart from everything else."""
    wanted = frozenset(standings)
    found: dict[str, list[Exposure]] = {}
    for one in risk_of(check.context).exposures.open:
        if one.party.standing in wanted and (one.surface.kind == "role") is roles:
            found.setdefault(one.arn, []).append(one)
    return found


def _reported(check: Check, found: dict[str, list[Exposure]], *, roles: bool = False) -> Iterator[Result]:
    """A failure for each resource, an unknown for each that was not read, and a pass if there is neither."""
    exposures = risk_of(check.context).exposures
    for arn, some in found.items():
        facts = [Fact(one.party.name, _says(one)) for one in some]
        surface = some[0].surface
        if all(one.outcome == "conditional" for one in some):
            facts.append(Fact("certainty", "conditional"))
        if check.account.organization is UNREAD and all(one.party.standing == "unread" for one in some):
            # Each of them may be the organisation's own, its management account too.
            yield check.unknown(arn, organization, region=surface.region)
            continue
        yield check.failed(arn, *facts, region=surface.region, name=surface.name)
    unread = [one for one in exposures.unread if (one.surface.kind == "role") is roles]
    for one in unread:
        surface = one.surface
        yield check.unknown(surface.arn, region=surface.region, reason=f"not read: {one.need}")
    looked = sum((one.kind == "role") is roles for one in exposures.surfaces)
    if looked and not found and not unread:
        yield check.passed(check.account.root_arn, Fact("looked at", f"{looked:,}"))


def _says(one: Exposure) -> str:
    conditions = f" if {' and '.join(one.conditions)}" if one.conditions else ""
    return f"{', '.join(one.how)} by {'; '.join(one.by) or 'its policy'}{conditions}"


@control(
    "external-account-unknown",
    title="Resources are open to known accounts only",
    problem="Resource is open to unknown account",
    rows=[11, 12],
    severity="high",
    topic="resources",
    needs=[*_POLICIES, *_SHARES, *_NETWORKS, organization],
    why="Nobody says who that account is: it may be a supplier of long ago, a typing error, or an intruder's way back.",
    fix="Find out whose it is; take the access away, or name the account in known-accounts.toml.",
    references=[_SHARING],
)
def external_account_unknown(check: Check) -> Iterator[Result]:
    yield from _reported(check, _of_standing(check, ("unknown", "unread")))


@control(
    "external-account-known",
    title="What known partners may use is still needed",
    problem="Resource is open to known account",
    rows=[11, 12],
    severity="low",
    topic="resources",
    needs=[*_POLICIES, *_SHARES, organization],
    why="A break-in at a partner reaches whatever is open to him.",
    fix="Check with the partner each year what he still uses, and narrow it to that.",
    references=[_SHARING],
)
def external_account_known(check: Check) -> Iterator[Result]:
    for arn, some in _of_standing(check, ("known",)).items():
        facts = [Fact(one.party.name, _says(one)) for one in some]
        yield check.failed(arn, *facts, region=some[0].surface.region, name=some[0].surface.name)


@control(
    "trust-external-unknown",
    title="Roles trust known accounts only",
    problem="Role trusts unknown account",
    rows=[1, 11],
    severity="high",
    topic="trust",
    needs=[authorization_details, organization],
    why="Nobody says who that account is, and it acts here whenever it likes.",
    fix="Find out whose it is; take the trust away, or name the account in known-accounts.toml.",
    command="aws iam get-role --role-name {name}",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
    ],
)
def trust_external_unknown(check: Check) -> Iterator[Result]:
    yield from _reported(check, _of_standing(check, ("unknown", "unread"), roles=True), roles=True)


@control(
    "org-wide-share",
    title="Nothing is open to the whole organisation without need",
    problem="Open to the whole organisation",
    rows=[11, 12],
    severity="medium",
    topic="resources",
    needs=[*_POLICIES, *_SHARES, authorization_details, organization],
    why="Every account of the organisation, the sandbox of a trainee too, may use it.",
    fix="Name the accounts or the organisational unit (aws:PrincipalOrgPaths).",
    references=[_SHARING],
)
def org_wide_share(check: Check) -> Iterator[Result]:
    found: dict[str, list[Exposure]] = {}
    for one in risk_of(check.context).exposures.open:
        if one.party.kind == "organisation":
            found.setdefault(one.arn, []).append(one)
    for arn, some in found.items():
        facts = [Fact(one.party.name, _says(one)) for one in some]
        yield check.failed(arn, *facts, region=some[0].surface.region, name=some[0].surface.name)
    exposures = risk_of(check.context).exposures
    if exposures.unread:
        reason = f"the policies or shares of {len(exposures.unread):,} resources were not read"
        yield check.unknown(check.account.root_arn, reason=reason)
    elif not found and exposures.surfaces:
        yield check.passed(check.account.root_arn, Fact("looked at", f"{len(exposures.surfaces):,}"))


@control(
    "confused-deputy",
    title="Services use resources for this account only",
    problem="Service may act for other customers",
    rows=[11, 12],
    severity="medium",
    topic="resources",
    needs=_POLICIES,
    why="Another customer of the service can make it write to or read from the resource.",
    fix="Add conditions on aws:SourceAccount or aws:SourceArn, or on aws:SourceOrgID.",
    references=[_DEPUTY],
)
def confused_deputy(check: Check) -> Iterator[Result]:
    exposures = risk_of(check.context).exposures
    found: dict[str, list[Exposure]] = {}
    for one in exposures.all:
        if one.deputy and one.open:
            found.setdefault(one.arn, []).append(one)
    for arn, some in found.items():
        surface = some[0].surface
        facts = [Fact(one.party.id, _says(one)) for one in some]
        yield check.failed(arn, *facts, region=surface.region, name=surface.name)
    for surface in exposures.surfaces:
        if not isinstance(surface.policy, dict) or surface.kind == "role" or surface.arn in found:
            continue
        named = NamedDocument(surface.label, "resource", surface.arn, surface.policy)
        if read_policy(named).document is None:
            yield check.unknown(surface.arn, region=surface.region, reason="its policy cannot be evaluated")
        else:
            yield check.passed(
                surface.arn, Fact("services", "act for this account only"), region=surface.region
            )
    for missing in exposures.unread:
        surface = missing.surface
        if surface.policy is UNREAD and surface.kind != "role":
            yield check.unknown(surface.arn, region=surface.region, reason=f"not read: {missing.need}")


@control(
    "kms-grant-external",
    title="No grant gives a key to another account",
    problem="Grant gives key to another account",
    rows=[11, 12],
    severity="medium",
    topic="resources",
    needs=[keys, key_metadata, key_grants],
    why="A grant shows in no policy, so that nobody reviews it.",
    fix="Retire or revoke the grant, or put the access into the key policy where it is seen.",
    command="aws kms list-grants --region {region} --key-id {name}",
    references=["https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"],
)
def kms_grant_external(check: Check) -> Iterator[Result]:
    exposures = risk_of(check.context).exposures
    for surface in exposures.surfaces:
        if surface.kind != "key":
            continue
        if surface.shares is UNREAD:
            yield check.unknown(surface.arn, key_grants, region=surface.region)
            continue
        grants = [
            one
            for one in exposures.by_arn.get(surface.arn, ())
            if any(label.startswith("grant ") for label in one.by)
            and one.party.standing not in ("own", "organisation")
        ]
        if grants:
            facts = [Fact(one.party.name, _says(one)) for one in grants]
            yield check.failed(surface.arn, *facts, region=surface.region, name=surface.name)
        else:
            yield check.passed(surface.arn, Fact("grants to other accounts", "none"), region=surface.region)


@control(
    "s3-ap-delegation",
    title="Buckets delegate to access points of this account only",
    problem="Bucket delegates to outside access point",
    rows=[11, 12],
    severity="high",
    topic="storage",
    needs=[buckets, bucket_policy],
    why="Whoever owns the access point decides who reads the bucket.",
    fix="Require s3:DataAccessPointAccount to be this account.",
    command="aws s3api get-bucket-policy --bucket {name}",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html"],
)
def s3_ap_delegation(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if not isinstance(bucket.policy, dict):
            if bucket.policy is UNREAD:
                yield check.unknown(bucket.arn, bucket_policy, region=bucket.region)
            continue
        document = read_policy(NamedDocument(bucket.name, "resource", bucket.arn, bucket.policy)).document
        if document is None:
            yield check.unknown(bucket.arn, bucket_policy, region=bucket.region)
            continue
        named = [
            text
            for statement in document.statements
            if statement.allow
            for condition in statement.conditions
            if condition.key == "s3:dataaccesspointaccount"
            for text in condition.texts
        ]
        if not named:
            continue
        others = [text for text in named if text != check.account.id]
        fact = Fact("access points of", ", ".join(dict.fromkeys(named)))
        if others:
            yield check.failed(bucket.arn, fact, region=bucket.region, name=bucket.name)
        else:
            yield check.passed(bucket.arn, fact, region=bucket.region)


@control(
    "replication-external",
    title="Data is not copied to unknown accounts by itself",
    problem="Data is copied to another account",
    rows=[11, 12],
    severity="medium",
    topic="storage",
    needs=[buckets, bucket_replication, backup_plans, backup_plan_rules, organization],
    why="Once it is set up, every new object or backup leaves without anybody doing anything.",
    fix="Check where it goes; name the account in known-accounts.toml, or stop it.",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"],
)
def replication_external(check: Check) -> Iterator[Result]:
    by_source: dict[str, list[Fact]] = {}
    for flow in risk_of(check.context).exchange:
        if (
            flow.basis != "setting"
            or flow.service not in ("s3", "backup")
            or flow.party.standing in ("own", "organisation", "known")
        ):
            continue
        for arn in flow.here:
            by_source.setdefault(arn, []).append(Fact(f"to {flow.party.name}", ", ".join(flow.there)))
    for arn, facts in by_source.items():
        yield check.failed(arn, *facts, name=arn.rsplit(":", 1)[-1])
    for bucket in check.account.buckets.values():
        if bucket.replicates_to is UNREAD:
            yield check.unknown(bucket.arn, bucket_replication, region=bucket.region)
    unread = any(bucket.replicates_to is UNREAD for bucket in check.account.buckets.values())
    if check.account.buckets and not by_source and not unread:
        yield check.passed(check.account.root_arn, Fact("copies to unknown accounts", "none"))


@control(
    "exfil-path",
    title="Who reads data cannot put it outside",
    problem="Reads data and can put it outside",
    rows=[11, 12],
    severity="high",
    topic="access",
    needs=[authorization_details, buckets, bucket_policy, secrets, tables, organization],
    why="One stolen session is then enough to carry the data away through AWS's own doors.",
    fix="Limit writing to your own accounts with aws:ResourceOrgID or aws:ResourceAccount, best for all by an SCP.",
    references=[_PERIMETER],
)
def exfil_path(check: Check) -> Iterator[Result]:
    found = risk_of(check.context).exfiltration
    for one in found.movements:
        if one.administrator:
            continue
        ways = "; ".join(way.title for way in one.ways[:4]) + (
            f" and {len(one.ways) - 4} more" if len(one.ways) > 4 else ""
        )
        facts = [
            Fact("reads", f"{len(one.stores)} stores, such as {one.stores[0].rsplit(':', 1)[-1]}"),
            Fact("ways out", ways),
        ]
        if not one.sure:
            facts.append(Fact("certainty", "conditional"))
        yield check.failed(one.arn, *facts, name=one.arn.rsplit("/", 1)[-1])
    movers = {one.arn for one in found.movements}
    uncertain = False
    for arn, permissions in check.context.permissions.items():
        if permissions.unreadable and arn not in movers and arn not in check.account.groups:
            uncertain = True
            yield check.unknown(arn, reason=f"not read: {', '.join(permissions.unreadable[:3])}")
    for unread in risk_of(check.context).exposures.unread:
        surface = unread.surface
        if surface.data and surface.policy is UNREAD:
            uncertain = True
            yield check.unknown(surface.arn, region=surface.region, reason=f"not read: {unread.need}")
    if found.stores and not uncertain and all(one.administrator for one in found.movements):
        yield check.passed(check.account.root_arn, Fact("who can move data out", "administrators only"))
