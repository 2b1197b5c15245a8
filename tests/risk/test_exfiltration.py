"""Who can move data out, and what flows out of and into an account."""

from __future__ import annotations

from typing import Any

from srtui.account import Account
from srtui.account.backups import BackupPlan
from srtui.account.model import PublicAccessBlock
from srtui.account.networks import PeeringSide, VpcPeering
from srtui.risk.known import KnownAccounts
from srtui.risk.settings import RiskSettings
from tests.access.made import OTHER, OWN, account, arn, bucket, in_organization, role, user
from tests.policy.ask import Json, allow, policy
from tests.risk.at_risk import risk

DATA = "arn:aws:s3:::data/*"
READ = allow("s3:GetObject", DATA)
WRITE = allow("s3:PutObject")


def movers(made: Account) -> dict[str, tuple[set[str], bool]]:
    return {
        one.arn.rsplit("/", 1)[-1]: ({way.id for way in one.ways}, one.sure)
        for one in risk(made).exfiltration.movements
    }


def test_reading_and_a_way_out() -> None:
    made = account(
        bucket("data"),
        user("both", READ, WRITE),
        user("reads", READ),
        user("writes", WRITE),
        user("shares", READ, allow("rds:ModifyDBSnapshotAttribute")),
        user("opens", READ, allow("s3:PutBucketPolicy", "arn:aws:s3:::data")),
        user("elsewhere", READ, allow("s3:PutBucketPolicy", "arn:aws:s3:::other")),
        role("AWSServiceRoleForX", READ, WRITE, path="/aws-service-role/x/"),
    )
    made.roles[
        arn("role", "AWSServiceRoleForX")
    ].arn = f"arn:aws:iam::{OWN}:role/aws-service-role/x/AWSServiceRoleForX"
    assert movers(made) == {
        "both": ({"bucket-outside"}, True),
        "shares": ({"database-snapshot"}, True),
        "opens": ({"bucket-policy"}, True),
    }
    found = risk(made).exfiltration.movement(arn("user", "both"))
    assert found is not None
    assert found.stores == ("arn:aws:s3:::data",)
    assert risk(made).exfiltration.movement(arn("user", "reads")) is None


def test_limits_on_where_one_writes_count() -> None:
    def only(**condition: Any) -> Json:
        return {**WRITE, "Condition": condition}

    made = account(
        bucket("data"),
        user("ours", READ, allow("s3:PutObject", DATA)),
        user("account", READ, only(StringEquals={"aws:ResourceAccount": OWN})),
        user("organisation", READ, only(StringEquals={"aws:ResourceOrgID": "o-1"})),
        user("mfa", READ, only(Bool={"aws:MultiFactorAuthPresent": "true"})),
    )
    assert movers(made) == {"mfa": ({"bucket-outside"}, False)}
    free = account(bucket("data"), user("both", READ, WRITE))
    perimeter = {
        "Effect": "Deny",
        "Action": "s3:PutObject",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-1"}},
    }
    in_organization(free, {"ou-1": (allow("*"), perimeter)})
    assert movers(free) == {}


def test_without_a_list_of_buckets_the_answer_is_the_same() -> None:
    made = account(bucket("data"), user("both", READ, WRITE), user("reads", READ))
    made.outcomes.clear()
    made.outcomes_by_call.clear()
    assert movers(made) == {"both": ({"bucket-outside"}, True)}


def test_a_place_that_strangers_read() -> None:
    shop = policy(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
    )
    made = account(
        bucket("data", acl_grants=(), public_access_block=PublicAccessBlock()),
        bucket("shop", shop, acl_grants=(), ownership=None, public_access_block=PublicAccessBlock()),
        user("web", READ, allow("s3:PutObject", "arn:aws:s3:::shop/*")),
    )
    made.account_public_access_block = None
    assert movers(made) == {"web": ({"public-place"}, True)}


def flows(
    made: Account, known: KnownAccounts | None = None
) -> set[tuple[str, str, str, str, tuple[str, ...]]]:
    found = risk(made, RiskSettings(known=known or KnownAccounts())).exchange
    return {(one.direction, one.party.id, one.service, one.basis, one.how) for one in found}


def test_what_outsiders_may_do_flows() -> None:
    shared = policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::shop/*",
        }
    )
    made = account(
        bucket("shop", shared),
        role(
            "vendor",
            trust=policy({"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}),
        ),
    )
    assert flows(made) == {
        ("out", OTHER, "s3", "policy", ("read",)),
        ("in", OTHER, "s3", "policy", ("write",)),
        ("in", OTHER, "iam", "policy", ("become",)),
    }


def test_permissions_on_resources_of_others() -> None:
    made = account(
        bucket("mine"),
        user(
            "ana",
            allow("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/x"),
            allow("sqs:SendMessage", f"arn:aws:sqs:*:{OTHER}:q"),
        ),
        user(
            "bo",
            allow("s3:GetObject", ["arn:aws:s3:::theirs/*", "arn:aws:s3:::mine/*", "arn:aws:s3:::any-*/*"]),
        ),
    )
    found = risk(made).exchange
    assert flows(made) == {
        ("out", OTHER, "iam", "permission", ("become",)),
        ("out", OTHER, "sqs", "permission", ("write",)),
        ("in", "", "s3", "permission", ("read",)),
    }
    assert next(one for one in found if one.service == "s3").principals == (arn("user", "bo"),)


def test_settings_that_move_data() -> None:
    made = account(bucket("mine", replicates_to=("theirs", "mine")))
    plan = BackupPlan(
        arn=f"arn:aws:backup:eu-west-1:{OWN}:backup-plan:p",
        name="p",
        copies_to=(
            f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:v",
            f"arn:aws:backup:eu-west-2:{OWN}:backup-vault:v",
        ),
    )
    peering = VpcPeering(
        arn="arn:p",
        name="p",
        status="active",
        requester=PeeringSide(OWN, "", "vpc-1", ()),
        accepter=PeeringSide(OTHER, "", "vpc-2", ()),
    )
    made.table(BackupPlan)[plan.arn] = plan
    made.table(VpcPeering)[peering.arn] = peering
    assert flows(made) == {
        ("out", "", "s3", "setting", ("replicate",)),
        ("out", OTHER, "backup", "setting", ("copy",)),
        ("out", OTHER, "ec2", "setting", ("network",)),
        ("in", OTHER, "ec2", "setting", ("network",)),
    }
