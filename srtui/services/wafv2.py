"""AWS WAF: which web ACL stands before what faces the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.edge import LoadBalancer
from srtui.services.declare import Answer, Service
from srtui.services.elbv2 import load_balancers

WAF = Service("wafv2", title="WAF")


def _public(balancer: Mapping[str, Any]) -> bool:
    return balancer.get("Type") == "application" and balancer.get("Scheme") == "internet-facing"


@WAF.call(
    "GetWebACLForResource",
    for_each=load_balancers,
    only_if=_public,
    params=lambda balancer, _: {"ResourceArn": balancer["LoadBalancerArn"]},
    absent=["WAFNonexistentItemException"],
)
def web_acl(account: Account, answer: Answer) -> None:
    """Web ACL of a load balancer on the internet."""
    balancer = account.table(LoadBalancer).get(answer.params["ResourceArn"])
    if balancer is not None:
        balancer.web_acl = (answer.response.get("WebACL") or {}).get("Name") or None
