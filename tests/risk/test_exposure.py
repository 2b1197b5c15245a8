"""Who outside can use what: public, other accounts, organisations, services; and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import UNREAD, Account, Outcome
from srtui.account.fleets import SsmDocument
from srtui.account.grants import KeyGrant, KeyGrants
from srtui.account.machines import Image
from srtui.account.members import OrganizationMember
from srtui.account.messaging import Queue
from srtui.account.model import (
    AccessPoint,
    Bucket,
    DatabaseSnapshot,
    Function,
    Key,
    Organization,
    PublicAccessBlock,
)
from srtui.account.networks import VpcEndpoint
from srtui.account.sharing import ResourceShare
from srtui.account.stores import Secret
from srtui.risk.exposure.leading import leading
from srtui.risk.known import KnownAccounts
from srtui.risk.settings import RiskSettings
from tests.access.made import NOW, OTHER, OWN, account, bucket, in_organization, key, listed, role
from tests.policy.ask import Json, allow, policy
from tests.risk.at_risk import risk

THIRD = "777788889999"
ROOT = f"arn:aws:iam::{OTHER}:root"
OPEN = PublicAccessBlock()
SHUT = PublicAccessBlock(True, True, True, True)


def let(principal: Any, action: Any, resource: Any = None, effect: str = "Allow", **conditions: Any) -> Json:
    found: Json = {"Effect": effect, "Principal": principal, "Action": action}
    if resource is not None:
        found["Resource"] = resource
    if conditions:
        found["Condition"] = conditions
    return found


def objects(name: str) -> list[str]:
    return [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]


def open_bucket(*statements: Json, **more: Any) -> Bucket:
    document = policy(*statements) if statements else None
    facts: Json = {"public_access_block": OPEN, "acl_grants": (), "ownership": "BucketOwnerEnforced", **more}
    return bucket("shop", document, **facts)


def made(*records: Any) -> Account:
    found = account(*(one for one in records if isinstance(one, Bucket | Key)))
    found.account_public_access_block = None
    for one in records:
        if not isinstance(one, Bucket | Key):
            found.table(type(one))[one.arn] = one
    return found


def seen(found: Account, known: KnownAccounts | None = None) -> list[tuple[str, str, str, str]]:
    """(party kind, standing, uses, outcome or what blocks)."""
    settings = RiskSettings(known=known or KnownAccounts())
    return [
        (one.party.kind, one.party.standing, ",".join(one.how), one.blocked or one.outcome)
        for one in risk(found, settings).exposures.all
    ]


READ = let("*", "s3:GetObject", objects("shop"))


def test_a_public_bucket() -> None:
    assert seen(made(open_bucket(READ))) == [("anyone", "public", "read", "allowed")]


@pytest.mark.parametrize(
    ("conditions", "outcome"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}, "nobody"),
        ({"StringEquals": {"aws:PrincipalAccount": OWN}}, "nobody"),
        ({"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}}, "nobody"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}}, "any-aws"),
        ({"StringLike": {"aws:PrincipalArn": "*:role/ci-*"}}, "any-aws"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-mine"}}, "anyone"),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-mine"}}, "anyone"),
        ({"StringNotEquals": {"aws:PrincipalAccount": OWN}}, "anyone"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "nobody"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "anyone"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}, "anyone"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "nobody"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "anyone"),
        ({"StringLike": {"aws:UserAgent": "shop*"}}, "anyone"),
        ({"StringEquals": {"aws:PrincipalTag/team": "ops"}}, "any-aws"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "any-aws"),
        ({"StringEquals": {"s3:ExistingObjectTag/public": "yes"}}, "conditional"),
    ],
)  # fmt: skip
def test_conditions_that_keep_strangers_out_and_others(conditions: Json, outcome: str) -> None:
    found = made(open_bucket({**READ, "Condition": conditions}))
    found.organization = Organization(id="o-mine", arn="", management_account=OTHER, feature_set="ALL")
    strangers = [one for one in risk(found).exposures.open if one.party.standing == "public"]
    kinds = {one.party.kind if one.outcome == "allowed" else one.outcome for one in strangers}
    if outcome in ("nobody", "conditional"):
        assert kinds == ({outcome} if outcome == "conditional" else set())
    else:
        assert outcome in kinds


def test_block_public_access_stands_in_the_way() -> None:
    named = let({"AWS": ROOT}, "s3:GetObject", objects("shop"))
    shut = open_bucket(READ, named, public_access_block=SHUT, policy_public=True)
    assert seen(made(shut)) == [("anyone", "public", "read", "Block Public Access")]
    assert not list(risk(made(shut)).exposures.open)
    alone = open_bucket(named, public_access_block=SHUT, policy_public=False)
    assert seen(made(alone)) == [("account", "unknown", "read", "allowed")]
    unread = made(open_bucket(READ, public_access_block=UNREAD))
    assert seen(unread) == [("anyone", "public", "read", "unknown")]
    account_wide = made(open_bucket(READ))
    account_wide.account_public_access_block = SHUT
    assert seen(account_wide) == [("anyone", "public", "read", "Block Public Access")]


def test_a_deny_and_an_rcp_count() -> None:
    deny = let("*", "s3:*", objects("shop"), "Deny", StringNotEquals={"aws:PrincipalAccount": [OWN, OTHER]})
    assert seen(made(open_bucket(READ, deny))) == [("account", "unknown", "read", "allowed")]
    found = made(open_bucket(READ))
    forbid = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
    }  # fmt: skip
    in_organization(found, {}, {"ou-1": (forbid,)})
    assert seen(found) == []


def test_access_control_lists() -> None:
    everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
    grants = (("own", "FULL_CONTROL"), (everyone, "READ"), ("c0ffee", "WRITE"))
    shop = open_bucket(acl_grants=grants, ownership="ObjectWriter")
    assert seen(made(shop)) == [
        ("anyone", "public", "list", "allowed"),
        ("canonical", "unknown", "write", "allowed"),
    ]
    ignored = open_bucket(
        acl_grants=grants, ownership="ObjectWriter", public_access_block=PublicAccessBlock(ignore_acls=True)
    )
    assert seen(made(ignored)) == [("canonical", "unknown", "write", "allowed")]
    assert seen(made(open_bucket(acl_grants=grants))) == []
    unread = made(open_bucket(acl_grants=grants, ownership=UNREAD))
    assert seen(unread) == []
    assert [one.surface.name for one in risk(unread).exposures.unread] == ["shop"]


# --- other accounts ---------------------------------------------------------------------------------------


def queue(*statements: Json) -> Queue:
    arn = f"arn:aws:sqs:eu-west-1:{OWN}:orders"
    return Queue(arn=arn, name="orders", region="eu-west-1", policy=policy(*statements))


def test_who_other_accounts_are() -> None:
    found = made(
        queue(let({"AWS": [OTHER, f"arn:aws:iam::{THIRD}:role/app", "127311923021"]}, "sqs:SendMessage", "*"))
    )
    found.organization = None
    assert seen(found) == [
        ("account", "unknown", "write", "allowed"),
        ("account", "unknown", "write", "allowed"),
        ("account", "aws", "write", "allowed"),
    ]
    known = KnownAccounts(accounts={OTHER: "vendor"}, own=(THIRD,))
    assert [one[1] for one in seen(found, known)] == ["known", "aws", "own"]


def test_members_of_the_organisation() -> None:
    found = made(queue(let({"AWS": [OTHER, THIRD]}, "sqs:*", "*")))
    found.organization = Organization(id="o-1", arn="", management_account=OWN, feature_set="ALL")
    assert {one[1] for one in seen(found)} == {"unread"}
    listed("organizations", "ListAccounts", found)
    member = OrganizationMember(arn=f"arn:aws:organizations:::account/{OTHER}", name=OTHER, title="sandbox")
    found.table(OrganizationMember)[member.arn] = member
    assert [(one.party.standing, one.party.name) for one in risk(found).exposures.all] == [
        ("unknown", f"account {THIRD}"),
        ("organisation", f"sandbox ({OTHER})"),
    ]


def test_the_whole_organisation_and_a_strange_one() -> None:
    own = let("*", "sqs:SendMessage", "*", StringEquals={"aws:PrincipalOrgID": "o-1"})
    strange = let("*", "sqs:ReceiveMessage", "*", StringEquals={"aws:PrincipalOrgID": "o-2"})
    part = let(
        "*",
        "sqs:SetQueueAttributes",
        "*",
        **{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-7/*"}},
    )
    found = made(queue(own, strange, part))
    found.organization = Organization(id="o-1", arn="", management_account=OTHER, feature_set="ALL")
    assert seen(found) == [
        ("organisation", "unknown", "read", "allowed"),
        ("organisation", "organisation", "write,manage", "allowed"),
    ]
    mine = next(one for one in risk(found).exposures.all if one.party.standing == "organisation")
    assert mine.conditions


def test_a_wildcard_narrowed_to_an_account() -> None:
    found = made(queue(let("*", "sqs:SendMessage", "*", StringEquals={"aws:PrincipalAccount": OTHER})))
    assert seen(found) == [("account", "unknown", "write", "allowed")]
    by_id = made(
        queue(
            let(
                {"AWS": OTHER},
                "sqs:SendMessage",
                "*",
                ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/app"},
            )
        )
    )
    assert seen(by_id) == [("account", "unknown", "write", "conditional")]


def test_everyone_but_some() -> None:
    but: Json = {
        "Effect": "Allow",
        "NotPrincipal": {"AWS": ROOT},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    assert ("any-aws", "public", "read,write,manage", "conditional") in seen(made(queue(but)))


# --- services -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "deputy"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWN}:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:alerts"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:my-bucket"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": OWN}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceOrgPaths": "o-1/r-1/*"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)  # fmt: skip
def test_services_that_act_for_anyone(conditions: Json, deputy: bool) -> None:
    found = made(queue(let({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", "*", **conditions)))
    deputies = [one for one in risk(found).exposures.all if one.deputy]
    assert bool(deputies) is deputy
    assert not list(risk(found).exposures.open)


def test_services_on_roles_are_another_question() -> None:
    trust = policy(let({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole"))
    assert not risk(account(role("fn", trust=trust))).exposures.all


# --- other kinds of resources -------------------------------------------------------------------------------


def test_trust_of_roles() -> None:
    found = account(
        role("open", trust=policy(let("*", "sts:AssumeRole"))),
        role(
            "vendor", trust=policy(let({"AWS": ROOT}, "sts:AssumeRole", StringEquals={"sts:ExternalId": "x"}))
        ),
        role("own", trust=policy(let({"AWS": OWN}, "sts:AssumeRole"))),
        role("AWSServiceRoleForX", trust=policy(let("*", "sts:AssumeRole")), path="/aws-service-role/x/"),
    )
    assert seen(found) == [
        ("any-aws", "public", "become", "allowed"),
        ("account", "unknown", "become", "conditional"),
    ]


def test_where_a_role_leads_on_that_someone_outside_may_become() -> None:
    trust = policy(let({"AWS": ROOT}, "sts:AssumeRole"))
    found = account(
        role("admin", allow("*"), trust=trust),
        role("reader", allow("s3:GetObject"), trust=trust),
        role("idle", trust=trust),
        role("inside", allow("*")),
        bucket("shop"),
        bucket("attic"),
    )
    at_risk = risk(found)
    led = leading(at_risk.exposures.all, at_risk.escalation, at_risk.exfiltration)
    told = {arn.rpartition("/")[2]: (one.already, one.admin, one.on, one.stores) for arn, one in led.items()}
    assert told["admin"][:3] == (True, True, True)
    assert told["reader"] == (False, False, True, 2)
    assert told["idle"] == (False, False, False, 0)
    assert "inside" not in told


def test_who_may_list_a_bucket_does_not_read_it() -> None:
    listing = open_bucket(let({"AWS": ROOT}, "s3:ListBucket", "arn:aws:s3:::shop"))
    (one,) = [one for one in risk(made(listing)).exposures.all if one.open]
    assert one.how == ("list",)
    reading = open_bucket(let({"AWS": ROOT}, ["s3:ListBucket", "s3:GetObject"], objects("shop")))
    (one,) = [one for one in risk(made(reading)).exposures.all if one.open]
    assert one.how == ("read", "list")


def test_keys_by_policy_and_by_grant() -> None:
    own = let({"AWS": f"arn:aws:iam::{OWN}:root"}, "kms:*", "*")
    shared = key(
        "k", policy(own, let({"AWS": ROOT}, ["kms:Decrypt", "kms:CreateGrant"], "*")), manager="CUSTOMER"
    )
    found = made(shared)
    grant = KeyGrant(
        arn=f"{shared.arn}/grant/1",
        name="batch",
        key=shared.arn,
        grantee=f"arn:aws:iam::{THIRD}:role/x",
        operations=("Decrypt",),
    )
    found.table(KeyGrant)[grant.arn] = grant
    assert [one.surface.kind for one in risk(found).exposures.unread] == ["key"]
    found.table(KeyGrants)[shared.arn] = KeyGrants(arn=shared.arn, name="k", grants=(grant.arn,))
    assert [(one.party.id, one.how, one.by) for one in risk(found).exposures.all] == [
        (OTHER, ("read", "manage"), ("key policy of k, statement 2",)),
        (THIRD, ("read",), ("grant batch",)),
    ]
    assert not risk(found).exposures.unread


def function(url: str | None, *statements: Json) -> Account:
    found = account()
    arn = f"arn:aws:lambda:eu-west-1:{OWN}:function:f"
    found.functions[arn] = Function(arn=arn, name="f", policy=policy(*statements), url_auth=url)
    return found


def test_function_urls() -> None:
    by_url = let("*", "lambda:InvokeFunctionUrl", "*", StringEquals={"lambda:FunctionUrlAuthType": "NONE"})
    assert seen(function("NONE", by_url)) == [("anyone", "public", "use", "allowed")]
    assert seen(function("AWS_IAM", by_url)) == [("any-aws", "public", "use", "allowed")]
    assert seen(function(None, by_url)) == []
    direct = let("*", "lambda:InvokeFunction", "*")
    assert seen(function("NONE", direct)) == [("any-aws", "public", "use", "allowed")]


@pytest.mark.parametrize("url", ["NONE", "AWS_IAM", None])
def test_rule_40_a_function_url_is_open_only_where_the_policy_lets_everyone_in(url: str | None) -> None:
    """Lambda Developer Guide, "Control access to Lambda function URLs".

    The auth type alone opens nothing. Statements for URLs let nobody call the function in another way, and a
    statement for calls by the URL (lambda:InvokedViaFunctionUrl) nobody at all without lambda:InvokeFunctionUrl.
    """
    by_url = let("*", "lambda:InvokeFunctionUrl", "*", StringEquals={"lambda:FunctionUrlAuthType": "NONE"})
    via_url = let("*", "lambda:InvokeFunction", "*", Bool={"lambda:InvokedViaFunctionUrl": "true"})
    wanted = {
        "NONE": [("anyone", "public", "use", "allowed")],
        "AWS_IAM": [("any-aws", "public", "use", "allowed")],
    }
    assert seen(function(url)) == []
    assert seen(function(url, via_url)) == []
    assert seen(function(url, by_url)) == wanted.get(url or "", [])
    assert seen(function(url, by_url, via_url)) == wanted.get(url or "", [])
    closed = let("*", "lambda:InvokeFunctionUrl", "*", effect="Deny")
    assert seen(function(url, by_url, via_url, closed)) == []


def test_shares_of_every_kind() -> None:
    found = account()
    snapshot = f"arn:aws:rds:eu-west-1:{OWN}:snapshot:s"
    found.database_snapshots[snapshot] = DatabaseSnapshot(arn=snapshot, name="s", shared_with=("all", OTHER))
    for one in (
        Image(
            arn="arn:aws:ec2:eu-west-1::image/ami-1",
            name="ami-1",
            shared_with=(f"arn:aws:organizations::{OTHER}:organization/o-9",),
        ),
        SsmDocument(arn=f"arn:aws:ssm:eu-west-1:{OWN}:document/d", name="d", shared_with=(OTHER,)),
        ResourceShare(
            arn=f"arn:aws:ram:eu-west-1:{OWN}:resource-share/r", name="r", principals=((OTHER, True),)
        ),
    ):
        found.table(type(one))[one.arn] = one
    kinds = {(one.surface.kind, one.party.kind, one.how) for one in risk(found).exposures.all}
    assert kinds == {
        ("database snapshot", "any-aws", ("copy",)),
        ("database snapshot", "account", ("copy",)),
        ("image", "organisation", ("copy",)),
        ("document", "account", ("read",)),
        ("resource share", "account", ("use",)),
    }


def test_access_points_have_policies_of_their_own() -> None:
    arn = f"arn:aws:s3:eu-west-1:{OWN}:accesspoint/ap"
    statement = let({"AWS": ROOT}, "s3:GetObject", f"{arn}/object/*")
    point = AccessPoint(
        arn=arn,
        name="ap",
        bucket="shop",
        network_origin="Internet",
        public_access_block=OPEN,
        policy=policy(statement),
    )
    found = account()
    found.account_public_access_block = None
    found.access_points[arn] = point
    assert seen(found) == [("account", "unknown", "read", "allowed")]
    point.network_origin = "VPC"
    assert seen(found) == [("account", "unknown", "read", "it is reached from its VPC only")]


def test_what_was_not_read_is_said() -> None:
    secret = Secret(arn=f"arn:aws:secretsmanager:eu-west-1:{OWN}:secret:s-abcdef", name="s")
    broken = queue()
    broken.policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}
    found = made(secret, broken)
    assert seen(found) == []
    assert {one.surface.kind for one in risk(found).exposures.unread} == {"secret", "queue"}


# --- traps --------------------------------------------------------------------------------------------------

OBJECTS = "arn:aws:s3:::shop/*"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        # A service that calls for a stranger meets these, although nobody meets them directly.
        ({"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/*"}}, ["service"]),
        ({"StringLike": {"aws:SourceAccount": "*"}}, ["service"]),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, ["service"]),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, []),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{OWN}:distribution/*"}}, []),
        # A missing key makes these true.
        ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b"}}, ["anyone"]),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, ["anyone", "organisation"]),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, ["anyone", "organisation"]),
        # And these say nothing of who calls.
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, ["any-aws"]),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}, ["any-aws"]),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, ["anyone"]),
        ({"StringEquals": {"aws:UserAgent": "secret"}}, ["anyone"]),
        ({"StringEquals": {"aws:CalledViaLast": "athena.amazonaws.com"}}, ["any-aws"]),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1a2b"}}, []),
    ],
)
def test_whom_a_wildcard_with_conditions_lets_in(conditions: Json, expected: list[str]) -> None:
    found = made(open_bucket(let("*", "s3:GetObject", OBJECTS, **conditions)))
    assert [kind for kind, *_ in seen(found)] == expected


def test_a_queue_that_takes_messages_for_any_bucket() -> None:
    """The way notifications of buckets are often let in: a wildcard, and a pattern for the source."""
    open_to_all = let("*", "sqs:SendMessage", "*", ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:*"})
    assert [(kind, how) for kind, _, how, _ in seen(made(queue(open_to_all)))] == [("service", "write")]
    mine = {"aws:SourceAccount": OWN}
    narrow = let(
        "*", "sqs:SendMessage", "*", ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:*"}, StringEquals=mine
    )
    assert seen(made(queue(narrow))) == []


def test_whom_not_principal_spares() -> None:
    """A Deny for everyone but an account leaves its root user, whom the Allow for everyone lets in."""
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}, "Action": "s3:*", "Resource": objects("shop")}
    found = made(open_bucket(let("*", "s3:GetObject", OBJECTS), deny))
    assert seen(found) == [("account", "unknown", "read", "allowed")]


def through(listed_networks: bool, conditions: Json, *records: Any) -> Account:
    """A bucket that is open to everyone under conditions, in an account whose networks were listed, or were not."""
    found = made(open_bucket({**READ, "Condition": conditions}), *records)
    found.regions = {"us-east-1": "opt-in-not-required"}
    for operation in ("DescribeVpcEndpoints", "DescribeVpcs") if listed_networks else ():
        found.record(Outcome(key=("ec2", operation, "us-east-1", ""), at=NOW, params={}))
    return found


def equal(key: str, value: str) -> Json:
    return {"StringEquals": {key: value}}


@pytest.mark.parametrize("network", [("aws:SourceVpce", "vpce-1"), ("aws:SourceVpc", "vpc-1")])
def test_a_network_of_another_account_is_no_fence(network: tuple[str, str]) -> None:
    condition = equal(*network)
    assert seen(through(True, condition)) == [("network", "unknown", "read", "allowed")]
    deny = let("*", "s3:*", objects("shop"), "Deny", StringNotEquals={network[0]: network[1]})
    found = through(True, {})
    found.buckets["arn:aws:s3:::shop"].policy = policy(READ, deny)
    assert seen(found) == [("network", "unknown", "read", "allowed")]


def test_an_endpoint_of_ones_own_is_a_fence() -> None:
    own = VpcEndpoint(
        arn=f"arn:aws:ec2:us-east-1:{OWN}:vpc-endpoint/vpce-1", name="vpce-1", region="us-east-1"
    )
    for complete in (True, False):
        found = through(complete, equal("aws:SourceVpce", "vpce-1"), own)
        assert seen(found) == []
        assert not risk(found).exposures.unread


def test_without_the_list_of_endpoints_nobody_knows_whose_it_is() -> None:
    found = through(False, equal("aws:SourceVpce", "vpce-1"))
    assert seen(found) == []
    assert [one.need for one in risk(found).exposures.unread] == ["ec2:DescribeVpcEndpoints"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (equal("aws:VpceAccount", OWN), []),
        (equal("aws:VpceAccount", OTHER), [("account", "unknown", "read", "allowed")]),
        (equal("aws:VpceOrgID", "o-theirs"), [("organisation", "unknown", "read", "allowed")]),
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, [("any-aws", "public", "read", "allowed")]),
        # Whoever has a VPC can have a private address in it.
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, [("any-aws", "public", "read", "allowed")]),
    ],
)
def test_whose_the_network_is(condition: Json, expected: list[tuple[str, str, str, str]]) -> None:
    assert seen(through(True, condition)) == expected


@pytest.mark.parametrize("who", ["*", {"Service": "cloudtrail.amazonaws.com"}])
@pytest.mark.parametrize(
    "condition",
    [
        equal("aws:SourceAccount", OTHER),
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{OTHER}:trail/*"}},
    ],
)
def test_a_service_that_acts_for_another_account(who: Any, condition: Json) -> None:
    found = made(open_bucket(let(who, "s3:PutObject", objects("shop"), **condition)))
    assert seen(found) == [("account", "unknown", "write", "allowed")]
    own = made(open_bucket(let(who, "s3:PutObject", objects("shop"), **equal("aws:SourceAccount", OWN))))
    assert seen(own) == []
