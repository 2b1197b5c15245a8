"""Amazon Route 53 Resolver: which VPCs have their DNS queries logged and filtered."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.networks import DnsFirewallAssociation, QueryLogAssociation
from srtui.services.declare import Answer, Service

ROUTE53_RESOLVER = Service("route53resolver", title="Route 53 Resolver")


@ROUTE53_RESOLVER.call("ListFirewallRuleGroupAssociations", page_size=100)
def dns_firewalls(account: Account, answer: Answer) -> None:
    """VPCs with a DNS firewall."""
    for entry in answer.response.get("FirewallRuleGroupAssociations") or ():
        name = entry["Id"]
        arn = entry.get("Arn") or (
            f"arn:{account.partition}:route53resolver:{answer.region}:{account.id}:"
            f"firewall-rule-group-association/{name}"
        )
        account.table(DnsFirewallAssociation)[arn] = DnsFirewallAssociation(
            arn=arn,
            name=name,
            region=answer.region,
            vpc=entry.get("VpcId") or "",
            status=entry.get("Status") or "",
        )


@ROUTE53_RESOLVER.call("ListResolverQueryLogConfigAssociations", page_size=100)
def query_logs(account: Account, answer: Answer) -> None:
    """VPCs whose DNS queries are logged."""
    for entry in answer.response.get("ResolverQueryLogConfigAssociations") or ():
        name = entry["Id"]
        arn = (
            f"arn:{account.partition}:route53resolver:{answer.region}:{account.id}:"
            f"resolver-query-log-config-association/{name}"
        )
        account.table(QueryLogAssociation)[arn] = QueryLogAssociation(
            arn=arn,
            name=name,
            region=answer.region,
            vpc=entry.get("ResourceId") or "",
            status=entry.get("Status") or "",
        )
