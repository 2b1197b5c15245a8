"""Images, volumes, snapshots, user data, templates, hosts and zones, through evidence of AWS's shape."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import REDACTED, REDACTED_SECRET, Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses


def ec2(operation: str, params: dict[str, Any] | None = None, **response: Any) -> Evidence:
    return evidence("ec2", operation, response, params=params)


def running(*names: str, **more: Any) -> Evidence:
    found = [
        {"InstanceId": name, "InstanceType": "t3.small", "State": {"Name": "running"}, **more}
        for name in names
    ]
    return ec2("DescribeInstances", Reservations=[{"Instances": found}])


def test_public_snapshots() -> None:
    found = [{"SnapshotId": "snap-1", "OwnerId": ACCOUNT, "VolumeId": "vol-1"}]
    assert statuses("ebs-snapshot-public", account(ec2("DescribeSnapshots", Snapshots=found))) == {
        "snap-1": "fail"
    }
    assert statuses("ebs-snapshot-public", account()) == {"root": "pass"}


def _images(shared: Evidence | None) -> Account:
    found = [{"ImageId": "ami-1", "Name": "one", "Public": True}, {"ImageId": "ami-2", "Public": False}]
    more = [] if shared is None else [shared]
    return account(ec2("DescribeImages", Images=found), *more)


def test_public_and_shared_images() -> None:
    asked = {"ImageId": "ami-2", "Attribute": "launchPermission"}
    assert statuses("ami-public", _images(None)) == {"ami-1": "fail", "ami-2": "pass"}
    permissions = [{"UserId": "111122223333"}]
    with_other = ec2("DescribeImageAttribute", asked, LaunchPermissions=permissions)
    assert statuses("ami-shared-stranger", _images(with_other)) == {"ami-1": "unknown", "ami-2": "fail"}
    with_nobody = ec2("DescribeImageAttribute", asked, LaunchPermissions=[])
    assert statuses("ami-shared-stranger", _images(with_nobody))["ami-2"] == "pass"


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"CreationDate": "2026-10-01T00:00:00.000Z", "State": "available"}, "pass"),
        ({"CreationDate": "2026-01-01T00:00:00.000Z", "State": "available"}, "fail"),
        (
            {"CreationDate": "2026-10-01T00:00:00.000Z", "DeprecationTime": "2026-11-01T00:00:00.000Z"},
            "fail",
        ),
        ({"State": "deregistered"}, "fail"),
        ({}, "unknown"),
        (None, "unknown"),
    ],
)
def test_the_image_of_an_instance(metadata: dict[str, Any] | None, status: str) -> None:
    listed = [] if metadata is None else [{"InstanceId": "i-1", "ImageMetadata": metadata}]
    made = account(running("i-1"), ec2("DescribeInstanceImageMetadata", InstanceImageMetadata=listed))
    assert statuses("ami-age", made) == {"i-1": status}


def test_volumes() -> None:
    found = [{"VolumeId": "vol-1", "Encrypted": True}, {"VolumeId": "vol-2", "Encrypted": False}]
    assert statuses("ebs-volume-encrypted", account(ec2("DescribeVolumes", Volumes=found))) == {
        "vol-1": "pass",
        "vol-2": "fail",
    }


def test_secrets_in_user_data() -> None:
    def data(name: str, value: str | None) -> Evidence:
        found = {} if value is None else {"UserData": {"Value": value}}
        return ec2("DescribeInstanceAttribute", {"InstanceId": name, "Attribute": "userData"}, **found)

    denied = evidence(
        "ec2",
        "DescribeInstanceAttribute",
        error="UnauthorizedOperation",
        params={"InstanceId": "i-4", "Attribute": "userData"},
    )
    made = account(
        running("i-1", "i-2", "i-3", "i-4"),
        data("i-1", REDACTED_SECRET),
        data("i-2", REDACTED),
        data("i-3", None),
        denied,
    )
    assert statuses("userdata-secrets", made) == {
        "i-1": "fail",
        "i-2": "pass",
        "i-3": "pass",
        "i-4": "unknown",
    }


def _template(options: dict[str, Any] | None, default: str, data: str = "") -> Account:
    listed = ec2(
        "DescribeLaunchTemplates", LaunchTemplates=[{"LaunchTemplateId": "lt-1", "LatestVersionNumber": 2}]
    )
    contents: dict[str, Any] = {} if options is None else {"MetadataOptions": options}
    if data:
        contents["UserData"] = data
    versions = ec2(
        "DescribeLaunchTemplateVersions",
        {"LaunchTemplateId": "lt-1"},
        LaunchTemplateVersions=[{"VersionNumber": 2, "LaunchTemplateData": contents}],
    )
    defaults = ec2("GetInstanceMetadataDefaults", AccountLevel={"HttpTokens": default} if default else {})
    return account(listed, versions, defaults)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_template({"HttpTokens": "required"}, ""), "pass"),
        (_template({"HttpTokens": "optional"}, "required"), "fail"),
        (_template(None, "required"), "pass"),
        (_template(None, ""), "fail"),
        (_template({"HttpEndpoint": "enabled"}, ""), "fail"),
    ],
)
def test_templates_and_the_default_of_the_region(made: Account, status: str) -> None:
    assert statuses("imdsv2-template", made) == {"lt-1": status}


def test_templates_that_were_not_read() -> None:
    listed = ec2("DescribeLaunchTemplates", LaunchTemplates=[{"LaunchTemplateId": "lt-1"}])
    for control in ("imdsv2-template", "userdata-secrets"):
        assert statuses(control, account(listed)) == {"lt-1": "unknown"}
    assert statuses("userdata-secrets", _template(None, "", REDACTED_SECRET)) == {"lt-1": "fail"}


def test_hypervisors() -> None:
    def kind(hypervisor: str | None) -> Account:
        found = [{"InstanceType": "t3.small", **({"Hypervisor": hypervisor} if hypervisor else {})}]
        asked = {"InstanceTypes": ["t3.small"]}
        return account(running("i-1"), ec2("DescribeInstanceTypes", asked, InstanceTypes=found))

    assert statuses("firecracker-nitro", kind("nitro")) == {"i-1": "pass"}
    assert statuses("firecracker-nitro", kind("xen")) == {"i-1": "fail"}
    assert statuses("firecracker-nitro", kind(None)) == {"i-1": "unknown"}
    assert statuses("firecracker-nitro", account(running("i-1"))) == {"i-1": "unknown"}


def test_hosts_and_tenancy() -> None:
    found = [
        {"HostId": "h-1", "State": "available", "HostRecovery": "on"},
        {"HostId": "h-2", "State": "available", "HostRecovery": "off"},
        {"HostId": "h-3", "State": "released", "HostRecovery": "off"},
    ]
    made = account(
        ec2("DescribeHosts", Hosts=found), running("i-1", Placement={"Tenancy": "host", "HostId": "h-1"})
    )
    assert statuses("dedicated-hosts", made) == {"h-1": "pass", "h-2": "fail", "root": "pass"}
    (tenancy,) = (one for one in check("dedicated-hosts", made) if one.subject.endswith(":root"))
    assert [(fact.label, fact.value) for fact in tenancy.facts] == [("tenancy host", "1")]


def test_zones_in_use() -> None:
    zones = ec2(
        "DescribeAvailabilityZones",
        AvailabilityZones=[
            {"ZoneName": f"{REGION}{letter}", "ZoneId": f"euw1-az{number}", "ZoneType": "availability-zone"}
            for number, letter in enumerate("abc", 1)
        ],
    )

    def in_zones(*letters: str) -> Account:
        found = [
            {
                "InstanceId": f"i-{number}",
                "State": {"Name": "running"},
                "Placement": {"AvailabilityZone": REGION + letter},
            }
            for number, letter in enumerate(letters)
        ]
        return account(zones, ec2("DescribeInstances", Reservations=[{"Instances": found}]))

    assert statuses("az-footprint", in_zones("a", "b")) == {"root": "pass"}
    assert statuses("az-footprint", in_zones("a", "a")) == {"root": "fail"}
    assert statuses("az-footprint", in_zones("a")) == {"root": "pass"}
    (result,) = check("az-footprint", in_zones("a", "b"))
    assert result.facts[-1].value == "2 of 3"
