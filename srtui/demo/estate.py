"""What of the practice account faces the network: load balancers, distributions, names, APIs, and EC2's own settings.

Answers by operation, in the members that botocore gives them; `srtui.demo.overlay` puts them before the server. What
is not the home region's has no answer here, and gets the server's or an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from srtui.demo.planted import Planted
from srtui.demo.policies import ACCOUNT, PARTNER
from srtui.demo.resources import FAKE_SECRET, HOME, OTHER

Params = Mapping[str, Any]


def ago(now: datetime, days: int) -> str:
    """A time so many days before, as AWS's times are given here."""
    return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def at_home(members: Callable[[Params, datetime], dict[str, Any]]) -> Planted:
    """An answer in the home region; elsewhere the server's own."""
    return lambda where: members(where.params, where.now) if where.home else None


def global_answer(members: Callable[[Params, datetime], dict[str, Any]]) -> Planted:
    """The answer of a service that has one endpoint."""
    return lambda where: members(where.params, where.now)


def anywhere(members: Callable[[Params, str, datetime], dict[str, Any] | None]) -> Planted:
    """An answer that depends on the region; None for the server's own."""
    return lambda where: members(where.params, where.region, where.now)


def policy(principal: Any, action: Any, resource: str = "*", **more: Any) -> str:
    """A resource policy with one Allow statement, as text."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_WEB: Final = f"arn:aws:elasticloadbalancing:{HOME}:{ACCOUNT}:loadbalancer/app/web/0a1b2c3d4e5f6071"
_ADMIN: Final = f"arn:aws:elasticloadbalancing:{HOME}:{ACCOUNT}:loadbalancer/app/back-office/1b2c3d4e5f607182"
_ACL: Final = f"arn:aws:wafv2:{HOME}:{ACCOUNT}:regional/webacl/shop/5c6d7e8f-0001-4000-8000-000000000001"
_GLOBAL_ACL: Final = (
    f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/shop/5c6d7e8f-0002-4000-8000-000000000002"
)


def _balancer(arn: str, name: str, scheme: str, zones: str) -> dict[str, Any]:
    return {
        "LoadBalancerArn": arn,
        "LoadBalancerName": name,
        "DNSName": f"{name}-1234567890.{HOME}.elb.amazonaws.com",
        "Type": "application",
        "Scheme": scheme,
        "VpcId": "vpc-acme",
        "State": {"Code": "active"},
        "AvailabilityZones": [{"ZoneName": HOME + zone} for zone in zones],
    }


def _listener(arn: str, port: int, protocol: str, policy: str = "", redirect: bool = False) -> dict[str, Any]:
    action: dict[str, Any] = {"Type": "forward"}
    if redirect:
        settings = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        action = {"Type": "redirect", "RedirectConfig": settings}
    return {
        "ListenerArn": f"{arn.replace(':loadbalancer/', ':listener/')}/{port}",
        "LoadBalancerArn": arn,
        "Port": port,
        "Protocol": protocol,
        "DefaultActions": [action],
        **({"SslPolicy": policy} if policy else {}),
    }


def _listeners(params: Params) -> list[dict[str, Any]]:
    if params["LoadBalancerArn"] == _WEB:
        modern = "ELBSecurityPolicy-TLS13-1-2-2021-06"
        return [_listener(_WEB, 80, "HTTP", redirect=True), _listener(_WEB, 443, "HTTPS", modern)]
    return [_listener(_ADMIN, 80, "HTTP"), _listener(_ADMIN, 443, "HTTPS", "ELBSecurityPolicy-2016-08")]


def _attributes(params: Params) -> list[dict[str, str]]:
    sound = params["LoadBalancerArn"] == _WEB
    values = {
        "access_logs.s3.enabled": str(sound).lower(),
        "access_logs.s3.bucket": "acme-audit-logs" if sound else "",
        "routing.http.drop_invalid_header_fields.enabled": str(sound).lower(),
        "routing.http.desync_mitigation_mode": "defensive",
    }
    return [{"Key": key, "Value": value} for key, value in values.items()]


def _web_acl(params: Params) -> dict[str, Any]:
    if params["ResourceArn"] != _WEB:
        return {}
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"}
    acl = {"Name": "shop", "Id": "5c6d7e8f-0001-4000-8000-000000000001", "ARN": _ACL}
    return {"WebACL": {**acl, "DefaultAction": {"Allow": {}}, "Rules": [], "VisibilityConfig": seen}}


def _distribution(
    name: str, alias: str, origin: dict[str, Any], *, acl: str, plain: bool, tls: str, now: datetime
) -> dict[str, Any]:
    # CloudFront's lists carry their length, and what a distribution must have is long.
    empty: dict[str, Any] = {"Quantity": 0}
    behaviour = {
        "TargetOriginId": "origin",
        "ViewerProtocolPolicy": "allow-all" if plain else "redirect-to-https",
    }
    certificate = (
        {"MinimumProtocolVersion": tls, "SSLSupportMethod": "sni-only"}
        if tls
        else {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"}
    )
    return {
        "Id": name,
        "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}",
        "Status": "Deployed",
        "LastModifiedTime": ago(now, 90),
        "DomainName": f"{name.lower()}.cloudfront.net",
        "Aliases": {"Quantity": 1, "Items": [alias]},
        "Origins": {"Quantity": 1, "Items": [{"Id": "origin", **origin}]},
        "DefaultCacheBehavior": behaviour,
        "CacheBehaviors": empty,
        "CustomErrorResponses": empty,
        "Comment": alias,
        "PriceClass": "PriceClass_100",
        "Enabled": True,
        "ViewerCertificate": certificate,
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": acl,
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
        "Staging": False,
    }


def _distributions(now: datetime) -> dict[str, Any]:
    assets = {
        "DomainName": f"acme-web-assets.s3.{HOME}.amazonaws.com",
        "OriginAccessControlId": "E2QWRUHAPOMQZL",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    header = {"HeaderName": "X-Origin-Verify", "HeaderValue": FAKE_SECRET}
    legacy = {
        "DomainName": f"acme-exports.s3.{OTHER}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "CustomHeaders": {"Quantity": 1, "Items": [header]},
    }
    items = [
        _distribution(
            "E1ACMEWEB00001",
            "www.acme.example",
            assets,
            acl=_GLOBAL_ACL,
            plain=False,
            tls="TLSv1.2_2021",
            now=now,
        ),
        _distribution("E2ACMEOLD00002", "files.acme.example", legacy, acl="", plain=True, tls="", now=now),
    ]
    return {
        "DistributionList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": len(items),
            "Items": items,
        }
    }


def _zone(name: str, domain: str, private: bool, records: int) -> dict[str, Any]:
    return {
        "Id": f"/hostedzone/{name}",
        "Name": f"{domain}.",
        "CallerReference": domain,
        "Config": {"PrivateZone": private},
        "ResourceRecordSetCount": records,
    }


def _records(params: Params) -> list[dict[str, Any]]:
    def points(name: str, kind: str, value: str) -> dict[str, Any]:
        return {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}

    if "ZACMESHOP" in str(params):
        target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": "e1acmeweb00001.cloudfront.net."}
        return [
            {
                "Name": "www.acme.example.",
                "Type": "A",
                "AliasTarget": {**target, "EvaluateTargetHealth": False},
            },
            points("campaign-2024.acme.example.", "CNAME", f"campaign-2024.{HOME}.elasticbeanstalk.com"),
            points("promo.acme.example.", "CNAME", f"promo.acme.example.s3-website-{OTHER}.amazonaws.com"),
        ]
    target = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": f"web-1234567890.{HOME}.elb.amazonaws.com."}
    return [
        {"Name": "acme-status.example.", "Type": "A", "AliasTarget": {**target, "EvaluateTargetHealth": True}}
    ]


def _domains(now: datetime) -> dict[str, Any]:
    def domain(name: str, lock: bool, left: int) -> dict[str, Any]:
        return {"DomainName": name, "AutoRenew": True, "TransferLock": lock, "Expiry": ago(now, -left)}

    return {"Domains": [domain("acme.example", True, 200), domain("acme-status.example", False, 40)]}


_REST: Final = [
    {
        "id": "a1b2c3d4e5",
        "name": "orders",
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "disableExecuteApiEndpoint": False,
    },
    {"id": "f6g7h8i9j0", "name": "reporting", "endpointConfiguration": {"types": ["PRIVATE"]}},
]


def _stages(params: Params) -> dict[str, Any]:
    stage: dict[str, Any] = {"stageName": "prod", "deploymentId": "d1"}
    if "a1b2c3d4e5" in str(params):
        stage["variables"] = {"apiKey": FAKE_SECRET}
    else:
        stage["accessLogSettings"] = {"destinationArn": f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:api"}
    return {"item": [stage]}


def _methods(_: Params) -> dict[str, Any]:
    def method(verb: str, authorization: str) -> dict[str, Any]:
        return {"httpMethod": verb, "authorizationType": authorization, "apiKeyRequired": False}

    methods = {
        "GET": method("GET", "AWS_IAM"),
        "POST": method("POST", "NONE"),
        "OPTIONS": method("OPTIONS", "NONE"),
    }
    return {"items": [{"id": "r1", "path": "/orders", "resourceMethods": methods}]}


def _instance_images(region: str, now: datetime) -> dict[str, Any]:
    """The images of the region's instances, by the ids that the server gave them; only in the server's process."""
    from moto.ec2.models import ec2_backends

    found = []
    for number, instance in enumerate(ec2_backends[ACCOUNT][region].all_instances()):
        days = 700 if number == 0 else 40 + 20 * number
        image = {
            "ImageId": instance.image_id,
            "Name": "acme-base-2024" if number == 0 else "al2023-ami-minimal",
            "OwnerId": ACCOUNT if number == 0 else "137112412989",
            "State": "available",
            "CreationDate": ago(now, days),
            "IsPublic": number > 0,
        }
        if number == 0:
            image["DeprecationTime"] = ago(now, 10)
        found.append({"InstanceId": instance.id, "ImageMetadata": image})
    return {"InstanceImageMetadata": found}


def _public_snapshots(params: Params, region: str, now: datetime) -> dict[str, Any] | None:
    if not any(str(name).startswith("RestorableBy") for name in params):
        return None
    snapshot = {
        "SnapshotId": "snap-0acme0reporting0",
        "OwnerId": ACCOUNT,
        "VolumeId": "vol-0acme0reporting00",
        "State": "completed",
        "StartTime": ago(now, 390),
        "Encrypted": False,
        "Description": "reporting before the move",
    }
    return {"Snapshots": [snapshot] if region == OTHER else []}


def _images(params: Params, region: str, now: datetime) -> dict[str, Any] | None:
    if "self" not in params.values():
        return None
    image = {
        "ImageId": "ami-0acmebase00000001",
        "Name": "acme-base-2024",
        "OwnerId": ACCOUNT,
        "State": "available",
        "Public": False,
        "CreationDate": ago(now, 700),
    }
    return {"Images": [image] if region == HOME else []}


def _block(_: Params, region: str, now: datetime) -> dict[str, Any]:
    mode = "block-bidirectional" if region == "us-west-2" else "off"
    options = {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": region,
        "State": "default-state",
        "InternetGatewayBlockMode": mode,
        "LastUpdateTimestamp": ago(now, 30),
    }
    return {"VpcBlockPublicAccessOptions": options}


def _endpoints(_: Params, now: datetime) -> dict[str, Any]:
    def endpoint(name: str, service: str, text: str) -> dict[str, Any]:
        return {
            "VpcEndpointId": name,
            "VpcEndpointType": "Gateway" if service == "s3" else "Interface",
            "VpcId": "vpc-acme",
            "ServiceName": f"com.amazonaws.{HOME}.{service}",
            "State": "available",
            "PolicyDocument": text,
            "CreationTimestamp": ago(now, 400),
        }

    own = policy("*", "*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})
    return {
        "VpcEndpoints": [
            endpoint("vpce-0acme0s3000000001", "s3", policy("*", "*")),
            endpoint("vpce-0acme0secrets0001", "secretsmanager", own),
        ]
    }


def _vpn(_: Params, now: datetime) -> dict[str, Any]:
    telemetry = [
        {"OutsideIpAddress": f"203.0.113.{number}", "Status": status, "LastStatusChange": ago(now, 12)}
        for number, status in ((10, "UP"), (11, "DOWN"))
    ]
    options = {"TunnelOptions": [{"OutsideIpAddress": "203.0.113.10", "PreSharedKey": FAKE_SECRET}]}
    connection = {
        "VpnConnectionId": "vpn-0acme0office00001",
        "State": "available",
        "Type": "ipsec.1",
        "CustomerGatewayConfiguration": f"<pre_shared_key>{FAKE_SECRET}</pre_shared_key>",
        "Options": options,
        "VgwTelemetry": telemetry,
    }
    return {"VpnConnections": [connection]}


ESTATE: Final[dict[tuple[str, str], Planted]] = {
    ("elbv2", "DescribeLoadBalancers"): at_home(
        lambda *_: {
            "LoadBalancers": [
                _balancer(_WEB, "web", "internet-facing", "ab"),
                _balancer(_ADMIN, "back-office", "internet-facing", "a"),
            ]
        }
    ),
    ("elbv2", "DescribeListeners"): at_home(lambda params, _: {"Listeners": _listeners(params)}),
    ("elbv2", "DescribeLoadBalancerAttributes"): at_home(
        lambda params, _: {"Attributes": _attributes(params)}
    ),
    ("wafv2", "GetWebACLForResource"): at_home(lambda params, _: _web_acl(params)),
    ("shield", "GetSubscriptionState"): global_answer(lambda *_: {"SubscriptionState": "INACTIVE"}),
    ("cloudfront", "ListDistributions"): global_answer(lambda _, now: _distributions(now)),
    ("route53", "ListHostedZones"): global_answer(
        lambda *_: {
            "HostedZones": [
                _zone("ZACMESHOP00001", "acme.example", False, 3),
                _zone("ZACMESTATUS002", "acme-status.example", False, 1),
                _zone("ZACMEINTERN003", "internal.acme.example", True, 12),
            ],
            "IsTruncated": False,
            "MaxItems": "100",
            "Marker": "",
        }
    ),
    ("route53", "ListResourceRecordSets"): global_answer(
        lambda params, _: {"ResourceRecordSets": _records(params), "IsTruncated": False, "MaxItems": "300"}
    ),
    ("route53domains", "ListDomains"): global_answer(lambda _, now: _domains(now)),
    ("apigateway", "GetRestApis"): at_home(lambda *_: {"items": _REST}),
    ("apigateway", "GetResources"): at_home(lambda params, _: _methods(params)),
    ("apigateway", "GetStages"): at_home(lambda params, _: _stages(params)),
    ("ec2", "DescribeInstanceImageMetadata"): anywhere(lambda _, region, now: _instance_images(region, now)),
    ("ec2", "DescribeSnapshots"): anywhere(_public_snapshots),
    ("ec2", "DescribeImages"): anywhere(_images),
    ("ec2", "DescribeImageAttribute"): at_home(
        lambda *_: {"ImageId": "ami-0acmebase00000001", "LaunchPermissions": [{"UserId": PARTNER}]}
    ),
    ("ec2", "DescribeVpcBlockPublicAccessOptions"): anywhere(_block),
    ("ec2", "DescribeVpcEndpoints"): at_home(_endpoints),
    ("ec2", "DescribeVpnConnections"): at_home(_vpn),
}
