"""Answers in several pages add up, and asking again begins anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from srtui.account import Account
from srtui.account.edge import HostedZone, LoadBalancer
from srtui.account.networks import EndpointService
from srtui.account.patches import PatchSettings
from srtui.account.platforms import Api
from srtui.account.sharing import ResourceShare
from srtui.account.stores import Repository
from srtui.services import apply
from tests.responsibility.recorded import ACCOUNT, REGION, account, evidence

BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/1"
SHARE = f"arn:aws:ram:{REGION}:{ACCOUNT}:resource-share/1"
Case = tuple[
    tuple[str, str, dict[str, Any]],  # the listing
    tuple[str, str, dict[str, Any]],  # the call in pages, and its parameters
    Callable[[int], dict[str, Any]],  # the answer of a page
    Callable[[Account], int],  # how much of it the account holds
]


def _only(made: Account, kind: type[Any]) -> Any:
    (found,) = made.table(kind).values()
    return found


CASES: list[Case] = [
    (
        ("route53", "ListHostedZones", {"HostedZones": [{"Id": "/hostedzone/Z", "Name": "a."}]}),
        ("route53", "ListResourceRecordSets", {"HostedZoneId": "Z"}),
        lambda page: {
            "ResourceRecordSets": [
                {"Name": f"{page}.a.", "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}
            ]
        },
        lambda made: len(_only(made, HostedZone).records),
    ),
    (
        ("elbv2", "DescribeLoadBalancers", {"LoadBalancers": [{"LoadBalancerArn": BALANCER}]}),
        ("elbv2", "DescribeListeners", {"LoadBalancerArn": BALANCER}),
        lambda page: {"Listeners": [{"ListenerArn": str(page), "Port": page, "Protocol": "TCP"}]},
        lambda made: len(_only(made, LoadBalancer).listeners),
    ),
    (
        ("ec2", "DescribeVpcEndpointServiceConfigurations", {"ServiceConfigurations": [{"ServiceId": "s"}]}),
        ("ec2", "DescribeVpcEndpointServicePermissions", {"ServiceId": "s"}),
        lambda page: {"AllowedPrincipals": [{"Principal": str(page)}]},
        lambda made: len(_only(made, EndpointService).principals),
    ),
    (
        ("apigateway", "GetRestApis", {"items": [{"id": "r", "name": "r"}]}),
        ("apigateway", "GetResources", {"restApiId": "r", "embed": ["methods"]}),
        lambda page: {"items": [{"path": f"/{page}", "resourceMethods": {"GET": {}}}]},
        lambda made: len(_only(made, Api).routes),
    ),
    (
        ("ram", "GetResourceShares", {"resourceShares": [{"resourceShareArn": SHARE, "name": "s"}]}),
        (
            "ram",
            "GetResourceShareAssociations",
            {"associationType": "PRINCIPAL", "resourceShareArns": [SHARE]},
        ),
        lambda page: {"resourceShareAssociations": [{"associatedEntity": str(page), "external": False}]},
        lambda made: len(_only(made, ResourceShare).principals),
    ),
    (
        ("ssm", "DescribeInstanceInformation", {"InstanceInformationList": [{"InstanceId": "i-1"}]}),
        ("ssm", "DescribeMaintenanceWindows", {}),
        lambda page: {"WindowIdentities": [{"WindowId": str(page), "Enabled": True}]},
        lambda made: _only(made, PatchSettings).windows,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][1])
def test_pages_add_up(case: Case) -> None:
    (service, operation, listed), (asked_service, asked, params), answer, size = case
    made = account(evidence(service, operation, listed))
    for _ in range(2):
        for page in range(3):
            told = evidence(asked_service, asked, answer(page), params=params, more=page < 2)
            apply(made, msgspec.structs.replace(told, page=page))
        assert size(made) == 3


def test_the_newest_image_of_all_pages_counts() -> None:
    made = account(evidence("ecr", "DescribeRepositories", {"repositories": [{"repositoryName": "web"}]}))
    asked = {"repositoryName": "web", "filter": {"tagStatus": "TAGGED"}}
    for page, day in enumerate((5, 9, 7)):
        image = {"imageDigest": f"sha256:{day}", "imagePushedAt": f"2026-11-0{day}T00:00:00Z"}
        told = evidence("ecr", "DescribeImages", {"imageDetails": [image]}, params=asked, more=page < 2)
        apply(made, msgspec.structs.replace(told, page=page))
    assert _only(made, Repository).newest_image == "sha256:9"
