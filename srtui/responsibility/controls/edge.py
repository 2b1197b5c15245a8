"""CloudFront, DNS and domains: how the internet reaches the account, and names that lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.edge import Distribution, DnsRecord, HostedZone, RegisteredDomain
from srtui.account.networks import ElasticAddress, NetworkInterface
from srtui.account.platforms import BeanstalkEnvironment
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, on_off, settled, untold
from srtui.services.cloudfront import distributions
from srtui.services.ec2_network import addresses, network_interfaces
from srtui.services.elasticbeanstalk import environments
from srtui.services.route53 import hosted_zones, records
from srtui.services.route53domains import domains
from srtui.services.s3 import buckets

_CLOUDFRONT: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
_UPDATE: Final = (
    "aws cloudfront update-distribution --id {name} --if-match ETAG --distribution-config file://config.json"
)
#: Viewer security policies without TLS 1.0, 1.1 and weak ciphers.
_MODERN: Final = re.compile(r"TLSv1\.(2_20(2[1-9]|[3-9]\d)|[3-9])")


@control(
    "cloudfront-tls",
    title="Distributions force HTTPS with TLS 1.2 or newer",
    problem="Distribution accepts HTTP or old TLS",
    rows=[8],
    severity="high",
    topic="network",
    needs=[distributions],
    why="Whoever is on the way reads and changes what is served.",
    fix="Redirect HTTP to HTTPS, use a certificate of your own, and the security policy TLSv1.2_2021 or newer.",
    command=_UPDATE,
    references=[_CLOUDFRONT + "secure-connections-supported-viewer-protocols-ciphers.html"],
    insecure_default=True,
)
def cloudfront_tls(check: Check) -> Iterator[Result]:
    def judge(one: Distribution) -> Verdict | None:
        if not one.enabled:
            return None
        plain = "allow-all" in one.viewer_policies
        modern = bool(_MODERN.match(one.minimum_tls))
        certificate = "CloudFront's own, which accepts TLS 1.0" if one.default_certificate else "your own"
        facts = (
            Fact("plain HTTP", "served" if plain else "not served"),
            Fact("security policy", one.minimum_tls or "not told"),
            Fact("certificate", certificate),
        )
        return settled(modern and not plain and not one.default_certificate, *facts)

    yield from each(check, check.account.table(Distribution).values(), judge)


_S3_ORIGIN: Final = re.compile(r"\.s3[.-](?!website)[a-z0-9.-]*amazonaws\.com(\.cn)?$|\.s3\.amazonaws\.com$")


@control(
    "cloudfront-oac",
    title="Buckets behind CloudFront are reached by origin access control",
    problem="CloudFront reads bucket without OAC",
    rows=[8, 11],
    severity="medium",
    topic="network",
    needs=[distributions],
    why="Without it the bucket must be open to others, and can be read past CloudFront, its web ACL and its logs.",
    fix="Create an origin access control, and let the bucket policy admit this distribution only.",
    command=_UPDATE,
    references=[_CLOUDFRONT + "private-content-restricting-access-to-s3.html"],
)
def cloudfront_oac(check: Check) -> Iterator[Result]:
    def judge(one: Distribution) -> Verdict | None:
        origins = [origin for origin in one.origins if _S3_ORIGIN.search(origin.host)]
        if not origins:
            return None
        open_ones = [origin for origin in origins if not origin.access_control]
        facts = [
            Fact(
                origin.host,
                "origin access control"
                if origin.access_control
                else "an access identity, the older way"
                if origin.access_identity
                else "nothing",
            )
            for origin in origins
        ]
        return settled(not open_ones, *facts)

    yield from each(check, check.account.table(Distribution).values(), judge)


@control(
    "cloudfront-waf",
    title="Distributions have a web ACL",
    problem="Distribution without WAF",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[distributions],
    why="Floods of requests and known attacks reach the origin itself.",
    fix="Associate a web ACL with managed rules and a rate limit.",
    command=_UPDATE,
    references=[_CLOUDFRONT + "distribution-web-awswaf.html"],
    insecure_default=True,
)
def cloudfront_waf(check: Check) -> Iterator[Result]:
    def judge(one: Distribution) -> Verdict | None:
        name = one.web_acl.split("/")[-2] if one.web_acl.count("/") > 1 else one.web_acl
        return settled(bool(one.web_acl), Fact("web ACL", name or "none")) if one.enabled else None

    yield from each(check, check.account.table(Distribution).values(), judge)


_WEBSITE: Final = re.compile(r"^(?:(.+)\.)?s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?$")
_BUCKET_HOST: Final = re.compile(r"^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")
_BEANSTALK: Final = re.compile(r"^[a-z0-9-]+\.[a-z0-9-]+\.elasticbeanstalk\.com$")
_PRIVATE: Final = re.compile(r"^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd]|fe80)")


def claimable(record: DnsRecord, own_buckets: set[str], own_names: set[str]) -> str:
    """What a stranger could register to receive what is sent to this name; "" if there is nothing of the kind."""
    for value in record.values:
        if found := _WEBSITE.match(value) or _BUCKET_HOST.match(value):
            bucket = found[1] or record.name
            if bucket not in own_buckets:
                return f"bucket {bucket}"
        elif _BEANSTALK.match(value) and value not in own_names:
            return value
    return ""


@control(
    "route53-dangling",
    title="No public name points at an address or bucket that was given up",
    problem="DNS name points at what was given up",
    rows=[8],
    severity="high",
    topic="network",
    needs=[hosted_zones, records, buckets, addresses, network_interfaces, environments],
    why="Whoever gets the bucket, environment or address next receives what your name stands for: cookies, mail, certificates.",
    fix="Delete the record, or take the resource back.",
    command="aws route53 list-resource-record-sets --hosted-zone-id {name}",
    references=[
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/protection-from-dangling-dns.html"
    ],
)
def route53_dangling(check: Check) -> Iterator[Result]:
    account = check.account
    own_buckets = {bucket.name for bucket in account.buckets.values()}
    own_names = {one.host for one in account.table(BeanstalkEnvironment).values()}
    own_addresses = {one.name for one in account.table(ElasticAddress).values()}
    for interface in account.table(NetworkInterface).values():
        own_addresses.update((*interface.public_ips, *interface.ipv6))
    listed = check.answered(buckets, environments)

    def judge(zone: HostedZone) -> Verdict | None:
        if zone.private:
            return None
        if zone.records is UNREAD:
            return untold(records)
        found = [(one, claimable(one, own_buckets, own_names)) for one in zone.records]
        facts = [
            Fact(record.name, f"{what}, which this account does not hold") for record, what in found if what
        ]
        if facts:
            return bad(*facts) if listed else untold(buckets, environments)
        strange = [
            value
            for record in zone.records
            if record.kind in ("A", "AAAA") and not record.alias
            for value in record.values
            if value not in own_addresses and not _PRIVATE.match(value)
        ]
        if strange:
            shown = ", ".join(strange[:3]) + (f" and {len(strange) - 3} more" if len(strange) > 3 else "")
            return untold(reason=f"whether these addresses are still yours cannot be told from here: {shown}")
        return good(Fact("records", f"{len(zone.records)}, none leads to what others could take"))

    yield from each(check, account.table(HostedZone).values(), judge)


@control(
    "domain-lock",
    title="Domains are locked against transfer and renew by themselves",
    problem="Domain may be transferred or lapse",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[domains],
    why="Who gets the domain gets your mail, and certificates for every name in it.",
    fix="Switch the transfer lock and automatic renewal on.",
    command="aws route53domains enable-domain-transfer-lock --region us-east-1 --domain-name {name}",
    references=["https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-lock.html"],
)
def domain_lock(check: Check) -> Iterator[Result]:
    def judge(domain: RegisteredDomain) -> Verdict:
        facts = [
            Fact("transfer lock", on_off(domain.transfer_lock)),
            Fact("automatic renewal", on_off(domain.auto_renew)),
        ]
        if domain.expires:
            facts.append(Fact("expires", f"{domain.expires:%Y-%m-%d}"))
        return settled(domain.transfer_lock and domain.auto_renew, *facts)

    yield from each(check, check.account.table(RegisteredDomain).values(), judge)
