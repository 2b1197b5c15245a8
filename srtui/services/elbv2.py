"""Elastic Load Balancing: application, network and gateway load balancers, their listeners and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.edge import Listener, LoadBalancer
from srtui.services.declare import Answer, Service

ELBV2 = Service("elbv2", title="Elastic Load Balancing", prefix="elasticloadbalancing")

_GONE = ("LoadBalancerNotFound", "LoadBalancerNotFoundException")


@ELBV2.call("DescribeLoadBalancers", items="LoadBalancers", page_size=100)
def load_balancers(account: Account, answer: Answer) -> None:
    """Load balancers."""
    for entry in answer.response.get("LoadBalancers") or ():
        arn = entry["LoadBalancerArn"]
        account.table(LoadBalancer)[arn] = LoadBalancer(
            arn=arn,
            name=entry.get("LoadBalancerName") or "",
            region=answer.region,
            kind=entry.get("Type") or "",
            scheme=entry.get("Scheme") or "",
            dns_name=entry.get("DNSName") or "",
            vpc=entry.get("VpcId") or "",
            security_groups=tuple(entry.get("SecurityGroups") or ()),
            zones=tuple(one.get("ZoneName") or "" for one in entry.get("AvailabilityZones") or ()),
        )


def _asked_for(account: Account, answer: Answer) -> LoadBalancer | None:
    return account.table(LoadBalancer).get(answer.params["LoadBalancerArn"])


def _listener(entry: Mapping[str, Any]) -> Listener:
    actions = entry.get("DefaultActions") or ()
    redirects = [action.get("RedirectConfig") or {} for action in actions if action.get("Type") == "redirect"]
    return Listener(
        arn=entry["ListenerArn"],
        port=entry.get("Port") or 0,
        protocol=entry.get("Protocol") or "",
        ssl_policy=entry.get("SslPolicy") or "",
        actions=tuple(action.get("Type") or "" for action in actions),
        # Without a protocol of its own a redirect keeps the one it was asked with.
        redirects_to=(redirects[0].get("Protocol") or "#{protocol}") if redirects else "",
    )


@ELBV2.call(
    "DescribeListeners",
    for_each=load_balancers,
    params=lambda balancer, _: {"LoadBalancerArn": balancer["LoadBalancerArn"]},
    absent=_GONE,
)
def listeners(account: Account, answer: Answer) -> None:
    """Listeners of a load balancer."""
    balancer = _asked_for(account, answer)
    if balancer is not None and not answer.absent:
        known = balancer.listeners if isinstance(balancer.listeners, tuple) and answer.evidence.page else ()
        balancer.listeners = (*known, *map(_listener, answer.response.get("Listeners") or ()))


@ELBV2.call(
    "DescribeLoadBalancerAttributes",
    for_each=load_balancers,
    params=lambda balancer, _: {"LoadBalancerArn": balancer["LoadBalancerArn"]},
    absent=_GONE,
)
def attributes(account: Account, answer: Answer) -> None:
    """Attributes of a load balancer."""
    balancer = _asked_for(account, answer)
    if balancer is not None and not answer.absent:
        entries = answer.response.get("Attributes") or ()
        balancer.attributes = {str(one.get("Key", "")): str(one.get("Value") or "") for one in entries}
