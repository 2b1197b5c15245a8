"""What the practice account holds besides identities: networks, data, functions, and how it is watched."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final

from srtui.demo.policies import ACCOUNT, PARTNER, STRANGER

Clients = Any  # callable (service, region) → boto3 client; boto3 ships no types

HOME: Final = "eu-west-1"
OTHER: Final = "us-east-1"
THIRD: Final = "eu-central-1"
REGIONS: Final = (HOME, OTHER, THIRD)  # where there is something
#: Regions that are switched on; the others stay empty.
ENABLED_REGIONS: Final = (THIRD, HOME, OTHER, "us-east-2", "us-west-2")

#: Values that look like secrets and are none: they must never reach an evidence file.
FAKE_SECRET: Final = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY42"


def seed(clients: Clients) -> None:
    """Create everything through the API, in an order that gives the same ids every time."""
    _networks(clients)
    _buckets(clients)
    _functions(clients)
    _keys(clients)
    _databases(clients)
    _detection(clients)
    _organization(clients)


def _networks(clients: Clients) -> None:
    for region in ENABLED_REGIONS:
        # The server makes a region's default network at the first look, with the next id: look in a fixed order.
        clients("ec2", region).describe_vpcs()
    for region in REGIONS:
        ec2 = clients("ec2", region)
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"acme-{region}"}])
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
        if region == HOME:
            ec2.create_flow_logs(
                ResourceIds=[vpc],
                ResourceType="VPC",
                TrafficType="ALL",
                LogDestinationType="s3",
                LogDestination="arn:aws:s3:::acme-audit-logs",
            )
            ec2.enable_ebs_encryption_by_default()
        groups = _security_groups(ec2, vpc, region)
        _instances(ec2, region, subnet, groups)


def _security_groups(ec2: Any, vpc: str, region: str) -> dict[str, str]:
    wanted: dict[str, list[tuple[str, int, int, str]]] = {
        "web": [("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 443, 443, "::/0")],
        "internal": [("tcp", 0, 65535, "10.20.0.0/16")],
    }
    if region == HOME:
        wanted["bastion-open"] = [("tcp", 22, 22, "0.0.0.0/0")]
        wanted["office-only"] = [("tcp", 22, 22, "198.51.100.0/24")]
        wanted["orders-database"] = [("tcp", 5432, 5432, "0.0.0.0/0")]
    if region == OTHER:
        wanted["launch-wizard-1"] = [("-1", -1, -1, "0.0.0.0/0")]
        wanted["rdp-v6"] = [("tcp", 3389, 3389, "::/0")]
    made = {}
    for name, rules in wanted.items():
        group = ec2.create_security_group(GroupName=name, Description=f"{name} of acme", VpcId=vpc)["GroupId"]
        for protocol, first, last, cidr in rules:
            ranges = {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
            ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
            ec2.authorize_security_group_ingress(
                GroupId=group, IpPermissions=[{"IpProtocol": protocol, **ports, **ranges}]
            )
        made[name] = group
    return made


def _instances(ec2: Any, region: str, subnet: str, groups: dict[str, str]) -> None:
    image = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])[
        "Images"
    ][0]["ImageId"]
    plan: dict[str, list[tuple[str, str, str, str]]] = {
        HOME: [
            ("bastion", "bastion-open", "bastion-instance", "optional"),
            ("web-1", "web", "web-instance", "required"),
            ("web-2", "web", "web-instance", "required"),
            ("worker-1", "internal", "worker-instance", "required"),
            ("legacy-ftp", "web", "", "optional"),
        ],
        OTHER: [
            ("reporting", "launch-wizard-1", "", "optional"),
            ("build-cache", "internal", "worker-instance", "required"),
        ],
        THIRD: [("standby", "internal", "worker-instance", "required")],
    }
    for name, group, profile, tokens in plan[region]:
        more = {"IamInstanceProfile": {"Name": profile}} if profile else {}
        ec2.run_instances(
            ImageId=image,
            MinCount=1,
            ClientToken=f"practice-{name}",
            MaxCount=1,
            InstanceType="t3.small",
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet,
                    "Groups": [groups[group]],
                    "AssociatePublicIpAddress": group != "internal",
                }
            ],
            MetadataOptions={"HttpTokens": tokens, "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1},
            UserData=f"#!/bin/sh\nexport FTP_PASSWORD={FAKE_SECRET}\n" if name == "legacy-ftp" else "",
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
            **more,
        )


def _public_read(bucket: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PublicRead",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                }
            ],
        }
    )


def _tls_only(bucket: str, *more: dict[str, Any]) -> str:
    deny = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [deny, *more]})


def _shared_with(bucket: str, account: str) -> dict[str, Any]:
    return {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }


def _log_delivery(bucket: str) -> str:
    statements = [
        {
            "Sid": name,
            "Effect": "Allow",
            "Principal": {
                "Service": f"{name}.amazonaws.com" if name != "logging" else "logging.s3.amazonaws.com"
            },
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
        for name in ("logging", "cloudtrail")
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


_BLOCKED: Final = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}

#: name → (region, blocked, policy, versioned, logged)
BUCKETS: Final[dict[str, tuple[str, bool, str, bool, bool]]] = {
    "acme-audit-logs": (HOME, True, _log_delivery("acme-audit-logs"), True, False),
    "acme-artifacts": (HOME, True, _tls_only("acme-artifacts"), True, True),
    "acme-backups": (THIRD, True, _tls_only("acme-backups"), True, True),
    "acme-config": (HOME, True, _tls_only("acme-config"), False, True),
    "acme-data-lake": (
        HOME,
        True,
        _tls_only("acme-data-lake", _shared_with("acme-data-lake", PARTNER)),
        True,
        True,
    ),
    "acme-exports": (OTHER, False, _public_read("acme-exports"), False, False),
    "acme-hr-documents": (HOME, False, "", False, False),
    "acme-partner-inbox": (
        HOME,
        False,
        _tls_only("acme-partner-inbox", _shared_with("acme-partner-inbox", STRANGER)),
        False,
        False,
    ),
    "acme-payments-archive": (HOME, True, _tls_only("acme-payments-archive"), True, True),
    "acme-terraform-state": (OTHER, True, "", True, False),
    "acme-web-assets": (HOME, True, _tls_only("acme-web-assets"), True, True),
    "acme-www": (OTHER, False, _public_read("acme-www"), False, False),
}


def _buckets(clients: Clients) -> None:
    for name, (region, blocked, policy, versioned, logged) in BUCKETS.items():
        s3 = clients("s3", region)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(
            Bucket=name,
            ObjectOwnership="BucketOwnerEnforced" if name != "acme-hr-documents" else "ObjectWriter",
            **where,
        )
        if blocked:
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_BLOCKED)
        if policy:
            s3.put_bucket_policy(Bucket=name, Policy=policy)
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if name in {"acme-payments-archive", "acme-data-lake"}:
            rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
            s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        if logged:
            target = {"LoggingEnabled": {"TargetBucket": "acme-audit-logs", "TargetPrefix": f"{name}/"}}
            if region == HOME:
                s3.put_bucket_logging(Bucket=name, BucketLoggingStatus=target)
    clients("s3", OTHER).put_bucket_website(
        Bucket="acme-www", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    clients("s3", HOME).put_bucket_acl(Bucket="acme-hr-documents", ACL="public-read")


def _code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("main.py"), "def handler(event, context):\n    return event\n")
    return buffer.getvalue()


def _functions(clients: Clients) -> None:
    plan: list[tuple[str, str, str, dict[str, str]]] = [
        ("orders-api", "python3.13", "orders-api", {"TABLE": "orders"}),
        ("orders-migration", "python3.8", "orders-admin", {"DB_PASSWORD": "correct-horse-battery"}),
        ("image-resizer", "nodejs22.x", "image-resizer", {"BUCKET": "acme-web-assets"}),
        (
            "invoice-mailer",
            "nodejs16.x",
            "invoice-mailer",
            {"SMTP_SECRET_ACCESS_KEY": FAKE_SECRET, "REGION": HOME},
        ),
        ("nightly-export", "python3.12", "nightly-export", {}),
        ("status-page", "python3.13", "orders-api", {}),
    ]
    functions = clients("lambda", HOME)
    for name, runtime, role, environment in plan:
        functions.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=f"arn:aws:iam::{ACCOUNT}:role/service/{role}",
            Handler="main.handler",
            Code={"ZipFile": _code()},
            Environment={"Variables": environment},
        )
    functions.add_permission(
        FunctionName="status-page",
        StatementId="public-url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    functions.create_function_url_config(FunctionName="status-page", AuthType="NONE")
    functions.add_permission(
        FunctionName="image-resizer",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::acme-web-assets",
        SourceAccount=ACCOUNT,
    )
    functions.add_permission(
        FunctionName="nightly-export", StatementId="anyone", Action="lambda:InvokeFunction", Principal="*"
    )
    functions.create_function_url_config(FunctionName="orders-api", AuthType="AWS_IAM")


def _keys(clients: Clients) -> None:
    kms = clients("kms", HOME)
    names = {}
    for name in ("payments", "data-lake", "legacy", "shared"):
        names[name] = kms.create_key(Description=f"{name} of acme")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/acme-{name}", TargetKeyId=names[name])
    kms.enable_key_rotation(KeyId=names["payments"])
    kms.enable_key_rotation(KeyId=names["data-lake"])
    kms.schedule_key_deletion(KeyId=names["legacy"], PendingWindowInDays=30)
    own = {
        "Sid": "Own",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    open_to_all = {
        "Sid": "Handy",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
    }
    document = {"Version": "2012-10-17", "Statement": [own, open_to_all]}
    kms.put_key_policy(KeyId=names["shared"], PolicyName="default", Policy=json.dumps(document))


def _databases(clients: Clients) -> None:
    plan: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            HOME,
            "orders",
            "postgres",
            {
                "EngineVersion": "16.4",
                "StorageEncrypted": True,
                "MultiAZ": True,
                "DeletionProtection": True,
                "BackupRetentionPeriod": 14,
                "EnableIAMDatabaseAuthentication": True,
            },
        ),
        (
            HOME,
            "payments",
            "postgres",
            {
                "EngineVersion": "16.4",
                "StorageEncrypted": True,
                "MultiAZ": True,
                "DeletionProtection": True,
                "BackupRetentionPeriod": 30,
            },
        ),
        (
            HOME,
            "reporting",
            "mysql",
            {
                "EngineVersion": "5.7.44",
                "PubliclyAccessible": True,
                "BackupRetentionPeriod": 0,
                "AutoMinorVersionUpgrade": False,
            },
        ),
        (OTHER, "wordpress", "mysql", {"EngineVersion": "8.0.36", "BackupRetentionPeriod": 1}),
    ]
    for region, name, engine, more in plan:
        clients("rds", region).create_db_instance(
            DBInstanceIdentifier=name,
            Engine=engine,
            DBInstanceClass="db.t4g.medium",
            AllocatedStorage=50,
            MasterUsername="acme",
            MasterUserPassword="not-a-real-password",
            **more,
        )
    rds = clients("rds", HOME)
    rds.create_db_snapshot(DBSnapshotIdentifier="reporting-before-move", DBInstanceIdentifier="reporting")
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="reporting-before-move", AttributeName="restore", ValuesToAdd=["all"]
    )
    rds.create_db_snapshot(DBSnapshotIdentifier="orders-release-42", DBInstanceIdentifier="orders")


def _detection(clients: Clients) -> None:
    trail = clients("cloudtrail", HOME)
    trail.create_trail(
        Name="acme-main",
        S3BucketName="acme-audit-logs",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=False,
    )
    trail.start_logging(Name="acme-main")
    trail.put_event_selectors(
        TrailName="acme-main",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}],
    )
    clients("cloudtrail", OTHER).create_trail(
        Name="old-us-trail", S3BucketName="acme-exports", IsMultiRegionTrail=False
    )
    clients("guardduty", HOME).create_detector(Enable=True, FindingPublishingFrequency="SIX_HOURS")
    config = clients("config", HOME)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{ACCOUNT}:role/service/config-recorder",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "acme-config"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    clients("securityhub", HOME).enable_security_hub(EnableDefaultStandards=False)
    account = clients("account", OTHER)
    account.put_alternate_contact(
        AlternateContactType="BILLING",
        Name="Accounts Payable",
        Title="Finance",
        EmailAddress="billing@acme.example",
        PhoneNumber="+44 20 7946 0000",
    )


def _organization(clients: Clients) -> None:
    organizations = clients("organizations", OTHER)
    root = organizations.create_organization(FeatureSet="ALL")["Organization"]
    roots = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=roots[0]["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    organizations.enable_policy_type(RootId=roots[0]["Id"], PolicyType="RESOURCE_CONTROL_POLICY")
    statement = {
        "Sid": "KeepTrailsOn",
        "Effect": "Deny",
        "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "guardduty:DeleteDetector"],
        "Resource": "*",
    }
    made = organizations.create_policy(
        Name="keep-audit-on",
        Description="nobody switches the audit trail off",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=roots[0]["Id"])
    assert root["Id"]
