"""Resource policies of keys and functions, and snapshots given away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.model import DatabaseSnapshot
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.openness import readable, stranger_openings
from srtui.services.declare import Call
from srtui.services.kms import key_metadata, key_policy, key_rotation, keys
from srtui.services.lambda_ import function_policy, function_url, functions
from srtui.services.rds import snapshot_attributes, snapshots
from srtui.services.rds_more import cluster_snapshot_attributes, cluster_snapshots

_SNAPSHOTS: Final = (snapshots, snapshot_attributes, cluster_snapshots, cluster_snapshot_attributes)


def _asked_about(snapshot: DatabaseSnapshot) -> Call:
    """The call that tells whom a snapshot is shared with."""
    return cluster_snapshot_attributes if ":cluster-snapshot:" in snapshot.arn else snapshot_attributes


@control(
    "kms-public",
    title="No key policy is open to strangers",
    problem="Key policy is open to strangers",
    rows=[11],
    severity="critical",
    topic="resources",
    needs=[keys, key_metadata, key_policy],
    why="Anyone with an AWS account can use the key, for a start to decrypt what leaked elsewhere.",
    fix="Name the principals, or add a condition on kms:CallerAccount.",
    command="aws kms put-key-policy --region {region} --key-id {key} --policy-name default --policy file://policy.json",
    references=["https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"],
)
def kms_public(check: Check) -> Iterator[Result]:
    for key in check.account.keys.values():
        if key.manager is not UNREAD and key.manager != "CUSTOMER":
            continue
        if key.policy is UNREAD or key.policy is None or not readable(key.policy):
            yield check.unknown(key.arn, key_metadata, key_policy, region=key.region)
            continue
        found = stranger_openings(key.policy)
        if found:
            facts = [Fact("lets anyone in", one.label) for one in found]
            yield check.failed(key.arn, *facts, region=key.region, key=key.name)
        else:
            yield check.passed(key.arn, Fact("key policy", "names who may use it"), region=key.region)


@control(
    "kms-rotation",
    title="Customer keys rotate",
    problem="Key does not rotate",
    rows=[12],
    severity="medium",
    topic="resources",
    needs=[keys, key_metadata, key_rotation],
    why="Rotation limits how much is encrypted under one piece of key material.",
    fix="Switch automatic rotation on.",
    command="aws kms enable-key-rotation --region {region} --key-id {key}",
    references=["https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.6"], "cis-5.0": ["3.6"]},
)
def kms_rotation(check: Check) -> Iterator[Result]:
    for key in check.account.keys.values():
        if key.manager is UNREAD or key.spec is UNREAD or key.state is UNREAD:
            yield check.unknown(key.arn, key_metadata, region=key.region)
            continue
        symmetric = key.spec in ("", "SYMMETRIC_DEFAULT") and key.origin in ("", "AWS_KMS")
        if key.manager != "CUSTOMER" or not symmetric or key.state not in ("Enabled", "Disabled"):
            continue
        if key.rotation is UNREAD:
            yield check.unknown(key.arn, key_rotation, region=key.region)
            continue
        fact = Fact("automatic rotation", "on" if key.rotation else "off")
        if key.rotation:
            yield check.passed(key.arn, fact, region=key.region)
        else:
            yield check.failed(key.arn, fact, region=key.region, key=key.name)


@control(
    "kms-pending-delete",
    title="No key is about to be deleted",
    problem="Key is about to be deleted",
    rows=[3, 12],
    severity="high",
    topic="resources",
    needs=[keys, key_metadata],
    why="What is encrypted under the key is lost for good on that day.",
    fix="Cancel the deletion unless you are sure that nothing needs the key.",
    command="aws kms cancel-key-deletion --region {region} --key-id {key}",
    references=["https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"],
)
def kms_pending_delete(check: Check) -> Iterator[Result]:
    for key in check.account.keys.values():
        if key.state is UNREAD:
            yield check.unknown(key.arn, key_metadata, region=key.region)
        elif key.manager == "CUSTOMER":
            fact = Fact("state", key.state)
            if key.state in ("PendingDeletion", "PendingReplicaDeletion"):
                when = Fact("deletion", f"{key.deletion:%Y-%m-%d}" if key.deletion else "date not told")
                yield check.failed(key.arn, fact, when, region=key.region, key=key.name)
            else:
                yield check.passed(key.arn, fact, region=key.region)


@control(
    "lambda-public",
    title="No function can be invoked by anyone",
    problem="Function can be invoked by anyone",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[functions, function_policy],
    why="Everyone can run the function with the permissions of its role, and at your cost.",
    fix="Remove the statement, or name the service together with its source ARN or account.",
    command="aws lambda get-policy --region {region} --function-name {name}",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"],
)
def lambda_public(check: Check) -> Iterator[Result]:
    for one in check.account.functions.values():
        if one.policy is UNREAD or (one.policy is not None and not readable(one.policy)):
            yield check.unknown(one.arn, function_policy, region=one.region)
            continue
        found = stranger_openings(one.policy)
        if found:
            facts = [
                Fact("lets anyone in", f"{opening.label}: {', '.join(opening.actions)}") for opening in found
            ]
            yield check.failed(one.arn, *facts, region=one.region, name=one.name)
        else:
            yield check.passed(
                one.arn,
                # Aliases have policies of their own, which take a call each and are not read.
                Fact("resource policy of the function", "none" if one.policy is None else "not public"),
                region=one.region,
            )


@control(
    "lambda-url-noauth",
    title="Function URLs ask for credentials",
    problem="Function URL asks for no credentials",
    rows=[8, 11],
    severity="high",
    topic="resources",
    needs=[functions, function_url],
    why="A URL with auth type NONE is open to the internet once the function's policy allows it.",
    fix="Set the auth type to AWS_IAM, or put CloudFront with origin access control in front.",
    command="aws lambda update-function-url-config --region {region} --function-name {name} --auth-type AWS_IAM",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"],
)
def lambda_url_noauth(check: Check) -> Iterator[Result]:
    for one in check.account.functions.values():
        if one.url_auth is UNREAD:
            yield check.unknown(one.arn, function_url, region=one.region)
            continue
        fact = Fact("function URL", one.url_auth or "none")
        if one.url_auth == "NONE":
            yield check.failed(one.arn, fact, region=one.region, name=one.name)
        else:
            yield check.passed(one.arn, fact, region=one.region)


@control(
    "rds-snapshot-public",
    title="No database snapshot is public",
    problem="Database snapshot is public",
    rows=[1, 7, 11],
    severity="critical",
    topic="resources",
    needs=_SNAPSHOTS,
    why="Anyone with an AWS account can restore the database and read all of it.",
    fix="Make the snapshot private, and treat its content as leaked.",
    command="aws rds modify-db-snapshot-attribute --region {region} --db-snapshot-identifier {name} --attribute-name restore --values-to-remove all",
    references=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html"],
)
def rds_snapshot_public(check: Check) -> Iterator[Result]:
    for one in check.account.database_snapshots.values():
        if one.shared_with is UNREAD:
            yield check.unknown(one.arn, _asked_about(one), region=one.region)
            continue
        fact = Fact("shared with", ", ".join(one.shared_with) or "nobody")
        if "all" in one.shared_with:
            yield check.failed(one.arn, fact, region=one.region, name=one.name)
        else:
            yield check.passed(one.arn, fact, region=one.region)


@control(
    "snapshot-shared-stranger",
    title="Database snapshots are not shared with other accounts",
    problem="Database snapshot is shared",
    rows=[11],
    severity="high",
    topic="resources",
    needs=_SNAPSHOTS,
    why="The other account keeps a copy that you cannot take back.",
    fix="Stop sharing once the copy is made; share encrypted snapshots with named accounts only.",
    command="aws rds modify-db-snapshot-attribute --region {region} --db-snapshot-identifier {name} --attribute-name restore --values-to-remove {with_account}",
    references=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html"],
)
def snapshot_shared_stranger(check: Check) -> Iterator[Result]:
    for one in check.account.database_snapshots.values():
        if one.shared_with is UNREAD:
            yield check.unknown(one.arn, _asked_about(one), region=one.region)
            continue
        others = [name for name in one.shared_with if name not in ("all", check.account.id)]
        fact = Fact("shared with", ", ".join(others) or "no other account")
        if others:
            yield check.failed(one.arn, fact, region=one.region, name=one.name, with_account=others[0])
        else:
            yield check.passed(one.arn, fact, region=one.region)
