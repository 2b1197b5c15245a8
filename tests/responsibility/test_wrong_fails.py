"""What is not in a listing that has no whole answer is not missing: controls that must not fail for it."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from tests.responsibility.recorded import (
    ACCOUNT,
    REGION,
    account,
    details,
    evidence,
    report,
    role,
    statuses,
    trust,
    user,
)
from tests.responsibility.test_delegation_controls import NEW
from tests.responsibility.test_edge_controls import balancer
from tests.responsibility.test_vpc_controls import VPC, ec2, interface

LIVED_IN = ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1")])
CONSOLE_USER = (details(UserDetailList=[user("one")]), report(("one", "true", NEW, NEW, "true")))


def denied(service: str, operation: str, **more: Any) -> Evidence:
    return evidence(service, operation, error="AccessDenied", **more)


def database(name: str, region: str = REGION, **more: Any) -> Evidence:
    entry = {
        "DBInstanceArn": f"arn:aws:rds:{region}:{ACCOUNT}:db:{name}",
        "DBInstanceIdentifier": name,
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": "shop",
        **more,
    }
    return evidence("rds", "DescribeDBInstances", {"DBInstances": [entry]}, region=region)


def shield(value: str) -> Evidence:
    return evidence("shield", "GetSubscriptionState", {"SubscriptionState": value}, region="us-east-1")


@pytest.mark.parametrize(
    ("control", "made"),
    [
        (
            "dns-query-log",
            account(VPC, LIVED_IN, denied("route53resolver", "ListResolverQueryLogConfigAssociations")),
        ),
        (
            "shield-advanced",
            account(balancer(), shield("ACTIVE"), denied("shield", "ListProtections", region="us-east-1")),
        ),
        ("federation-in-use", account(*CONSOLE_USER, denied("iam", "ListSAMLProviders"))),
        ("federation-in-use", account(*CONSOLE_USER, denied("sso-admin", "ListInstances"))),
        ("rds-deletion-protection", account(database("one"), denied("rds", "DescribeDBClusters"))),
        ("rds-logs", account(database("one"), denied("rds", "DescribeDBClusters"))),
        (
            "trust-external-unknown",
            account(
                details(
                    RoleDetailList=[
                        role(
                            "OrganizationAccountAccessRole",
                            trust(
                                {
                                    "Effect": "Allow",
                                    "Principal": {"AWS": "arn:aws:iam::777788889999:root"},
                                    "Action": "sts:AssumeRole",
                                }
                            ),
                        )
                    ]
                ),
                denied("organizations", "DescribeOrganization"),
            ),
        ),
        (
            "group-empty-user-orphan",
            account(
                evidence(
                    "iam",
                    "GetAccountAuthorizationDetails",
                    {
                        "GroupDetailList": [
                            {
                                "Arn": f"arn:aws:iam::{ACCOUNT}:group/ops",
                                "GroupName": "ops",
                                "Path": "/",
                                "GroupPolicyList": [],
                                "AttachedManagedPolicies": [],
                            }
                        ]
                    },
                    more=True,
                )
            ),
        ),
    ],
)
def test_what_was_not_read_is_not_missing(control: str, made: Account) -> None:
    found = set(statuses(control, made).values())
    assert "unknown" in found
    assert not found & {"fail", "pass"}


def test_clusters_of_one_name_in_two_regions_are_two() -> None:
    made = account(database("one"), database("two", "us-west-2"))
    made.regions["us-west-2"] = "opt-in-not-required"
    assert statuses("multi-az", made) == {"one": "fail", "two": "fail"}
