"""Load balancers, distributions, DNS and domains, through evidence of AWS's shape."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import apply
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/1"
ASKED = {"LoadBalancerArn": ARN}


def balancer(kind: str = "application", scheme: str = "internet-facing") -> Evidence:
    entry = {"LoadBalancerArn": ARN, "LoadBalancerName": "web", "Type": kind, "Scheme": scheme}
    return evidence("elbv2", "DescribeLoadBalancers", {"LoadBalancers": [entry]})


def listening(*entries: dict[str, Any]) -> Evidence:
    found = [{"ListenerArn": f"{ARN}/{number}", **entry} for number, entry in enumerate(entries)]
    return evidence("elbv2", "DescribeListeners", {"Listeners": found}, params=ASKED)


def attributes(**values: str) -> Evidence:
    found = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
    return evidence("elbv2", "DescribeLoadBalancerAttributes", {"Attributes": found}, params=ASKED)


def https(policy: str) -> dict[str, Any]:
    return {"Protocol": "HTTPS", "Port": 443, "SslPolicy": policy, "DefaultActions": [{"Type": "forward"}]}


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", "pass"),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", "pass"),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "pass"),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", "pass"),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", "pass"),
        ("ELBSecurityPolicy-2016-08", "fail"),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", "fail"),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", "fail"),
        ("ELBSecurityPolicy-FS-2018-06", "fail"),
        ("ELBSecurityPolicy-Of-Tomorrow", "unknown"),
    ],
)
def test_security_policies(policy: str, status: str) -> None:
    assert statuses("elb-tls-policy", account(balancer(), listening(https(policy)))) == {"1": status}


def test_listeners_that_were_not_read() -> None:
    denied = evidence("elbv2", "DescribeListeners", error="AccessDenied", params=ASKED)
    for control in ("elb-tls-policy", "elb-https-only"):
        (result,) = check(control, account(balancer(), denied))
        assert (result.status, "AccessDenied" in result.reason) == ("unknown", True)


def _http(*redirect: str) -> Account:
    action: dict[str, Any] = {"Type": "forward"}
    if redirect:
        settings = {"Protocol": redirect[0], "StatusCode": "HTTP_301"} if redirect[0] else {}
        action = {"Type": "redirect", "RedirectConfig": settings}
    return account(balancer(), listening({"Protocol": "HTTP", "Port": 80, "DefaultActions": [action]}))


@pytest.mark.parametrize(
    ("made", "status"),
    [(_http(), "fail"), (_http("HTTPS"), "pass"), (_http("HTTP"), "fail"), (_http(""), "fail")],
)
def test_plain_http_is_redirected(made: Account, status: str) -> None:
    assert statuses("elb-https-only", made) == {"1": status}


def test_headers_and_logs() -> None:
    sound = attributes(
        routing__http__drop_invalid_header_fields__enabled="true",
        routing__http__desync_mitigation_mode="defensive",
        access_logs__s3__enabled="true",
        access_logs__s3__bucket="logs",
    )
    poor = attributes(
        routing__http__drop_invalid_header_fields__enabled="false",
        routing__http__desync_mitigation_mode="defensive",
        access_logs__s3__enabled="false",
    )
    monitor = attributes(
        routing__http__drop_invalid_header_fields__enabled="true",
        routing__http__desync_mitigation_mode="monitor",
    )
    assert statuses("alb-headers", account(balancer(), sound)) == {"1": "pass"}
    assert statuses("alb-headers", account(balancer(), poor)) == {"1": "fail"}
    assert statuses("alb-headers", account(balancer(), monitor)) == {"1": "fail"}
    assert statuses("alb-headers", account(balancer())) == {"1": "unknown"}
    assert statuses("elb-access-logs", account(balancer(), sound)) == {"1": "pass"}
    assert statuses("elb-access-logs", account(balancer(), poor)) == {"1": "fail"}
    assert statuses("elb-access-logs", account(balancer())) == {"1": "unknown"}


def test_network_load_balancers_log_tls_only() -> None:
    tcp = listening({"Protocol": "TCP", "Port": 22})
    tls = listening({"Protocol": "TLS", "Port": 443, "SslPolicy": "x"})
    off = attributes(access_logs__s3__enabled="false")
    assert statuses("elb-access-logs", account(balancer("network"), tcp, off)) == {"root": "not_applicable"}
    assert statuses("elb-access-logs", account(balancer("network"), tls, off)) == {"1": "fail"}


def test_web_acls_of_public_load_balancers() -> None:
    asked = {"ResourceArn": ARN}
    metric = {
        "SampledRequestsEnabled": True,
        "CloudWatchMetricsEnabled": True,
        "MetricName": "web",
    }
    acl = {"Name": "web", "Id": "1", "ARN": "arn", "DefaultAction": {}, "VisibilityConfig": metric}
    with_acl = evidence("wafv2", "GetWebACLForResource", {"WebACL": acl}, params=asked)
    without = evidence("wafv2", "GetWebACLForResource", {}, params=asked)
    denied = evidence("wafv2", "GetWebACLForResource", error="AccessDeniedException", params=asked)
    assert statuses("alb-waf", account(balancer(), with_acl)) == {"1": "pass"}
    assert statuses("alb-waf", account(balancer(), without)) == {"1": "fail"}
    assert statuses("alb-waf", account(balancer(), denied)) == {"1": "unknown"}
    assert statuses("alb-waf", account(balancer(scheme="internal"), without)) == {"root": "not_applicable"}


def test_shield_advanced() -> None:
    def state(value: str) -> Evidence:
        return evidence("shield", "GetSubscriptionState", {"SubscriptionState": value}, region="us-east-1")

    absent = evidence("shield", "ListProtections", error="ResourceNotFoundException", region="us-east-1")
    protection = {"Id": "1", "Name": "web", "ResourceArn": ARN}
    listed = evidence("shield", "ListProtections", {"Protections": [protection]}, region="us-east-1")
    assert statuses("shield-advanced", account(balancer(), state("INACTIVE"), absent)) == {"root": "fail"}
    assert statuses("shield-advanced", account(balancer(), state("ACTIVE"), listed)) == {"1": "pass"}
    assert statuses("shield-advanced", account(balancer(), state("ACTIVE"))) == {"1": "fail"}
    assert statuses("shield-advanced", account(balancer())) == {"root": "unknown"}
    assert statuses("shield-advanced", account(state("INACTIVE"))) == {"root": "not_applicable"}


def distribution(**more: Any) -> Account:
    entry = {
        "Id": "E1",
        "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
        "Enabled": True,
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
        "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"},
        **more,
    }
    listed = {"DistributionList": {"IsTruncated": False, "Items": [entry]}}
    return account(evidence("cloudfront", "ListDistributions", listed, region="us-east-1"))


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, {"E1": "pass"}),
        ({"DefaultCacheBehavior": {"ViewerProtocolPolicy": "allow-all"}}, {"E1": "fail"}),
        ({"CacheBehaviors": {"Items": [{"ViewerProtocolPolicy": "allow-all"}]}}, {"E1": "fail"}),
        ({"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2019"}}, {"E1": "fail"}),
        ({"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2025"}}, {"E1": "pass"}),
        ({"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.3_2025"}}, {"E1": "pass"}),
        (
            {"ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"}},
            {"E1": "fail"},
        ),
        ({"Enabled": False}, {"root": "not_applicable"}),
    ],
)
def test_how_viewers_reach_a_distribution(more: dict[str, Any], status: dict[str, str]) -> None:
    assert statuses("cloudfront-tls", distribution(**more)) == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ({"DomainName": "b.s3.eu-west-1.amazonaws.com", "OriginAccessControlId": "E2"}, {"E1": "pass"}),
        ({"DomainName": "b.s3.eu-west-1.amazonaws.com"}, {"E1": "fail"}),
        (
            {
                "DomainName": "b.s3.amazonaws.com",
                "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E3"},
            },
            {"E1": "fail"},
        ),
        ({"DomainName": "b.s3-website-eu-west-1.amazonaws.com"}, {"root": "not_applicable"}),
        ({"DomainName": "web.acme.example"}, {"root": "not_applicable"}),
    ],
)
def test_buckets_behind_a_distribution(origin: dict[str, Any], status: dict[str, str]) -> None:
    assert statuses("cloudfront-oac", distribution(Origins={"Items": [{"Id": "o", **origin}]})) == status


def test_web_acls_of_distributions() -> None:
    acl = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/web/1"
    made = distribution(WebACLId=acl)
    assert statuses("cloudfront-waf", made) == {"E1": "pass"}
    assert check("cloudfront-waf", made)[0].facts[0].value == "web"
    assert statuses("cloudfront-waf", distribution(WebACLId="")) == {"E1": "fail"}


def zone(*records: dict[str, Any], deny: bool = False, private: bool = False) -> list[Evidence]:
    entry = {"Id": "/hostedzone/Z1", "Name": "acme.example.", "Config": {"PrivateZone": private}}
    asked = {"HostedZoneId": "Z1"}
    answer = (
        evidence("route53", "ListResourceRecordSets", error="AccessDenied", params=asked, region="us-east-1")
        if deny
        else evidence(
            "route53",
            "ListResourceRecordSets",
            {"ResourceRecordSets": list(records)},
            params=asked,
            region="us-east-1",
        )
    )
    return [evidence("route53", "ListHostedZones", {"HostedZones": [entry]}, region="us-east-1"), answer]


def record(kind: str, value: str, name: str = "www.acme.example.") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "ResourceRecords": [{"Value": value}]}


def alias(target: str, name: str = "www.acme.example.") -> dict[str, Any]:
    return {"Name": name, "Type": "A", "AliasTarget": {"DNSName": target}}


BUCKETS = evidence("s3", "ListBuckets", {"Buckets": [{"Name": "www.acme.example", "BucketRegion": REGION}]})
ADDRESSES = evidence("ec2", "DescribeAddresses", {"Addresses": [{"PublicIp": "203.0.113.7"}]})
BEANSTALK = evidence(
    "elasticbeanstalk",
    "DescribeEnvironments",
    {
        "Environments": [
            {"EnvironmentName": "e", "ApplicationName": "a", "CNAME": "shop.eu-west-1.elasticbeanstalk.com"}
        ]
    },
)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (zone(record("A", "203.0.113.7")), "pass"),
        (zone(record("A", "198.51.100.1")), "unknown"),
        (zone(record("A", "10.0.0.1")), "pass"),
        (zone(record("MX", "10 mail.example.")), "pass"),
        (zone(alias("s3-website-eu-west-1.amazonaws.com.")), "pass"),
        (zone(alias("s3-website-eu-west-1.amazonaws.com.", "old.acme.example.")), "fail"),
        (zone(record("CNAME", "gone.s3-website.eu-central-1.amazonaws.com")), "fail"),
        (zone(record("CNAME", "gone.s3.eu-central-1.amazonaws.com")), "fail"),
        (zone(record("CNAME", "shop.eu-west-1.elasticbeanstalk.com")), "pass"),
        (zone(record("CNAME", "SHOP2.eu-west-1.elasticbeanstalk.com.")), "fail"),
        (zone(record("CNAME", "web-1.eu-west-1.elb.amazonaws.com")), "pass"),
        (zone(deny=True), "unknown"),
    ],
)
def test_names_that_lead_to_what_others_could_take(given: list[Evidence], status: str) -> None:
    assert statuses("route53-dangling", account(*given, BUCKETS, ADDRESSES, BEANSTALK)) == {"Z1": status}


def test_private_zones_and_regions_that_were_not_read() -> None:
    assert statuses("route53-dangling", account(*zone(private=True))) == {"root": "not_applicable"}
    made = account(*zone(record("CNAME", "shop.eu-west-1.elasticbeanstalk.com")), BUCKETS)
    apply(made, evidence("elasticbeanstalk", "DescribeEnvironments", error="AccessDenied"))
    assert statuses("route53-dangling", made)["Z1"] == "unknown"


def test_domains() -> None:
    def domain(name: str, lock: bool, renew: bool) -> dict[str, Any]:
        return {
            "DomainName": name,
            "TransferLock": lock,
            "AutoRenew": renew,
            "Expiry": "2027-05-01T00:00:00Z",
        }

    found = [
        domain("a.example", True, True),
        domain("b.example", False, True),
        domain("c.example", True, False),
    ]
    made = account(evidence("route53domains", "ListDomains", {"Domains": found}, region="us-east-1"))
    assert statuses("domain-lock", made) == {"a.example": "pass", "b.example": "fail", "c.example": "fail"}


def test_a_region_is_used_if_anything_is_in_it() -> None:
    made = account(balancer())
    made.regions["ap-east-1"] = made.regions[REGION] = "opted-in"
    for service, operation in (
        ("ec2", "DescribeInstances"),
        ("lambda", "ListFunctions"),
        ("rds", "DescribeDBInstances"),
    ):
        apply(made, evidence(service, operation, {}, region="ap-east-1"))
    apply(made, evidence("ec2", "DescribeRegions", {}, params={"AllRegions": True}))
    made.regions = {REGION: "opted-in", "ap-east-1": "opted-in"}
    assert {one.region: one.status for one in check("regions-unused", made)} == {
        REGION: "pass",
        "ap-east-1": "fail",
    }
