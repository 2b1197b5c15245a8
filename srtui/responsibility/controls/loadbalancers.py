"""Load balancers: TLS, plain HTTP, headers, logs, and the web ACL in front of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.edge import Distribution, Listener, LoadBalancer, ShieldProtection, ShieldSubscription
from srtui.account.model import Record
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, settled, untold
from srtui.services.cloudfront import distributions
from srtui.services.elbv2 import attributes, listeners, load_balancers
from srtui.services.shield import protections, subscription
from srtui.services.wafv2 import web_acl

_ALB: Final = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
_ATTRIBUTES: Final = (
    "aws elbv2 modify-load-balancer-attributes --region {region} --load-balancer-arn {subject} --attributes "
)
#: Security policies without TLS 1.0 and 1.1, and those with them (Elastic Load Balancing, "Security policies").
_MODERN: Final = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)")
_DATED: Final = re.compile(r"ELBSecurityPolicy-(201\d|TLS13-1-[01]|TLS-1-[01]|FS-1-1|FS-2018)(-|$)")


def _name(listener: Listener) -> str:
    return f"{listener.protocol} {listener.port}"


@control(
    "elb-tls-policy",
    title="Load balancers speak TLS 1.2 or newer only",
    problem="Load balancer accepts old TLS",
    rows=[8],
    severity="high",
    topic="network",
    needs=[load_balancers, listeners],
    why="Old versions of TLS can be broken by someone in the middle, who then reads and changes what passes.",
    fix="Choose a policy whose name starts with ELBSecurityPolicy-TLS13-1-2.",
    command="aws elbv2 modify-listener --region {region} --listener-arn {listener} --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06",
    references=[_ALB + "describe-ssl-policies.html"],
    insecure_default=True,
)
def elb_tls_policy(check: Check) -> Iterator[Result]:
    def judge(balancer: LoadBalancer) -> Verdict | None:
        if balancer.listeners is UNREAD:
            return untold(listeners)
        with_tls = [one for one in balancer.listeners if one.protocol in ("HTTPS", "TLS")]
        if not with_tls:
            return None
        facts = [Fact(_name(one), one.ssl_policy or "no policy told") for one in with_tls]
        dated = [one for one in with_tls if _DATED.match(one.ssl_policy)]
        if dated:
            return bad(*facts, listener=dated[0].arn)
        if not all(_MODERN.match(one.ssl_policy) for one in with_tls):
            return untold(listeners, reason="a security policy that srtui does not know")
        return good(*facts)

    yield from each(check, check.account.table(LoadBalancer).values(), judge)


@control(
    "elb-https-only",
    title="Load balancers redirect plain HTTP",
    problem="Load balancer serves plain HTTP",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[load_balancers, listeners],
    why="Whoever is on the way reads passwords and cookies, and puts his own pages in.",
    fix="Let the HTTP listener redirect to HTTPS.",
    command="aws elbv2 modify-listener --region {region} --listener-arn {listener} --default-actions 'Type=redirect,RedirectConfig={{Protocol=HTTPS,Port=443,StatusCode=HTTP_301}}'",
    references=[_ALB + "create-https-listener.html"],
)
def elb_https_only(check: Check) -> Iterator[Result]:
    def judge(balancer: LoadBalancer) -> Verdict | None:
        if balancer.kind != "application":
            return None
        if balancer.listeners is UNREAD:
            return untold(listeners)
        plain = [one for one in balancer.listeners if one.protocol == "HTTP" and one.redirects_to != "HTTPS"]
        if plain:
            where = Fact("scheme", balancer.scheme)
            return bad(*(Fact(_name(one), "no redirect") for one in plain), where, listener=plain[0].arn)
        return good(Fact("listeners", ", ".join(map(_name, balancer.listeners)) or "none"))

    yield from each(check, check.account.table(LoadBalancer).values(), judge)


@control(
    "alb-headers",
    title="Application load balancers refuse malformed requests",
    problem="Load balancer passes malformed requests",
    rows=[8, 12],
    severity="medium",
    topic="network",
    needs=[load_balancers, attributes],
    why="Requests that two servers read differently smuggle others past checks and into other people's sessions.",
    fix="Drop invalid header fields, and keep desync mitigation at defensive or strictest.",
    command=_ATTRIBUTES
    + "Key=routing.http.drop_invalid_header_fields.enabled,Value=true Key=routing.http.desync_mitigation_mode,Value=defensive",
    references=[_ALB + "edit-load-balancer-attributes.html"],
    insecure_default=True,
)
def alb_headers(check: Check) -> Iterator[Result]:
    def judge(balancer: LoadBalancer) -> Verdict | None:
        if balancer.kind != "application":
            return None
        if balancer.attributes is UNREAD:
            return untold(attributes)
        drops = balancer.attributes.get("routing.http.drop_invalid_header_fields.enabled", "")
        mode = balancer.attributes.get("routing.http.desync_mitigation_mode", "")
        facts = (
            Fact("drops invalid headers", drops or "not told"),
            Fact("desync mitigation", mode or "not told"),
        )
        return settled(drops == "true" and mode in ("defensive", "strictest"), *facts)

    yield from each(check, check.account.table(LoadBalancer).values(), judge)


@control(
    "elb-access-logs",
    title="Load balancers log access",
    problem="Load balancer logs no access",
    rows=[1, 8],
    severity="low",
    topic="network",
    needs=[load_balancers, listeners, attributes],
    why="Who asked for what shows nowhere else once the connection is gone.",
    fix="Switch access logs to an S3 bucket on.",
    command=_ATTRIBUTES + "Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET",
    references=[_ALB + "load-balancer-access-logs.html"],
    insecure_default=True,
)
def elb_access_logs(check: Check) -> Iterator[Result]:
    def judge(balancer: LoadBalancer) -> Verdict | None:
        if balancer.kind == "network":
            if balancer.listeners is UNREAD:
                return untold(listeners)
            if not any(one.protocol == "TLS" for one in balancer.listeners):
                return None  # network load balancers log TLS connections only
        elif balancer.kind != "application":
            return None
        if balancer.attributes is UNREAD:
            return untold(attributes)
        enabled = balancer.attributes.get("access_logs.s3.enabled") == "true"
        bucket = balancer.attributes.get("access_logs.s3.bucket") or "nowhere"
        return settled(enabled, Fact("logs to", bucket if enabled else "nowhere"))

    yield from each(check, check.account.table(LoadBalancer).values(), judge)


@control(
    "alb-waf",
    title="Application load balancers on the internet have a web ACL",
    problem="Public load balancer without WAF",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[load_balancers, web_acl],
    why="Floods of requests and known attacks reach the application itself.",
    fix="Associate a web ACL with managed rules and a rate limit.",
    command="aws wafv2 associate-web-acl --region {region} --resource-arn {subject} --web-acl-arn ACL",
    references=[
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html"
    ],
    insecure_default=True,
)
def alb_waf(check: Check) -> Iterator[Result]:
    def judge(balancer: LoadBalancer) -> Verdict | None:
        if balancer.kind != "application" or balancer.scheme != "internet-facing":
            return None
        if balancer.web_acl is UNREAD:
            return untold(web_acl)
        return settled(balancer.web_acl is not None, Fact("web ACL", balancer.web_acl or "none"))

    yield from each(check, check.account.table(LoadBalancer).values(), judge)


@control(
    "shield-advanced",
    title="What faces the internet is protected by Shield Advanced",
    problem="No Shield Advanced at the edge",
    rows=[8],
    severity="low",
    topic="network",
    needs=[subscription, protections, load_balancers, distributions],
    why="Shield Standard stops floods of packets; floods of requests, and the bill for them, are yours.",
    fix="Subscribe and protect the resources, or accept the risk: suppress this finding with that reason.",
    command="aws shield create-protection --name {name} --resource-arn {resource}",
    references=["https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html"],
    insecure_default=True,
)
def shield_advanced(check: Check) -> Iterator[Result]:
    account = check.account
    exposed: list[Record] = [
        one for one in account.table(LoadBalancer).values() if one.scheme == "internet-facing"
    ]
    exposed += [one for one in account.table(Distribution).values() if one.enabled]
    state = next(iter(account.table(ShieldSubscription).values()), None)
    if not exposed:
        return
    if state is None or state.active is UNREAD:
        yield check.unknown(account.root_arn, subscription)
        return
    if not state.active:
        facts = (Fact("Shield Advanced", "no subscription"), Fact("on the internet", str(len(exposed))))
        yield check.failed(account.root_arn, *facts, name=exposed[0].name, resource=exposed[0].arn)
        return
    if not check.answered(protections):
        return
    protected = {one.resource for one in account.table(ShieldProtection).values()}
    yield from each(
        check,
        exposed,
        lambda one: settled(
            one.arn in protected, Fact("protected", "yes" if one.arn in protected else "no"), resource=one.arn
        ),
    )
