"""Amazon OpenSearch Service: domains, who may reach them, their encryption and updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.clusters import SearchDomain
from srtui.account.model import UNREAD
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

OPENSEARCH = Service("opensearch", title="OpenSearch", prefix="es")


def _names(response: Mapping[str, Any]) -> Iterator[list[str]]:
    """Names, five at a time: more are refused."""
    names = [entry["DomainName"] for entry in response.get("DomainNames") or ()]
    for start in range(0, len(names), 5):
        yield names[start : start + 5]


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:es:{region}:{account.id}:domain/{name}"


@OPENSEARCH.call("ListDomainNames", items=_names)
def search_domains(account: Account, answer: Answer) -> None:
    """Domains."""
    for entry in answer.response.get("DomainNames") or ():
        arn = _arn(account, answer.region, entry["DomainName"])
        account.table(SearchDomain)[arn] = SearchDomain(
            arn=arn, name=entry["DomainName"], region=answer.region
        )


@OPENSEARCH.call("DescribeDomains", for_each=search_domains, params=lambda names, _: {"DomainNames": names})
def search_domain_details(account: Account, answer: Answer) -> None:
    """Network, policy, encryption and updates of domains."""
    for entry in answer.response.get("DomainStatusList") or ():
        domain = account.table(SearchDomain).get(_arn(account, answer.region, entry["DomainName"]))
        if domain is None:
            continue
        security = entry.get("AdvancedSecurityOptions") or {}
        endpoint = entry.get("DomainEndpointOptions") or {}
        software = entry.get("ServiceSoftwareOptions")
        domain.version = entry.get("EngineVersion") or ""
        domain.vpc = (entry.get("VPCOptions") or {}).get("VPCId") or ""
        domain.policy = json_document(entry["AccessPolicies"]) if entry.get("AccessPolicies") else None
        domain.fine_grained = bool(security.get("Enabled"))
        domain.anonymous = bool(security.get("AnonymousAuthEnabled"))
        domain.at_rest = bool((entry.get("EncryptionAtRestOptions") or {}).get("Enabled"))
        domain.node_to_node = bool((entry.get("NodeToNodeEncryptionOptions") or {}).get("Enabled"))
        domain.https_only = bool(endpoint.get("EnforceHTTPS"))
        domain.tls_policy = endpoint.get("TLSSecurityPolicy") or ""
        domain.update_available = bool(software.get("UpdateAvailable")) if software else UNREAD
        domain.update_required_by = moment((software or {}).get("AutomatedUpdateDate"))
