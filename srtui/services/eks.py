"""Amazon EKS: clusters, who may enter them, and which roles their pods and nodes have."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.containers import AccessEntry, EksCluster, EksVersion, NodeGroup, PodIdentity
from srtui.account.model import UNREAD
from srtui.evidence import moment
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

EKS = Service("eks", title="EKS")


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:eks:{region}:{account.id}:cluster/{name}"


@EKS.call("ListClusters", items="clusters", page_size=100)
def clusters(account: Account, answer: Answer) -> None:
    """Clusters."""
    for name in answer.response.get("clusters") or ():
        arn = _arn(account, answer.region, name)
        account.table(EksCluster).setdefault(arn, EksCluster(arn=arn, name=name, region=answer.region))


@EKS.call("DescribeCluster", for_each=clusters, params=lambda name, _: {"name": name})
def cluster_details(account: Account, answer: Answer) -> None:
    """Endpoint, logging, encryption and way of signing in of a cluster."""
    entry = answer.response.get("cluster") or {}
    cluster = account.table(EksCluster).get(_arn(account, answer.region, answer.params["name"]))
    if cluster is None or not entry:
        return
    network = entry.get("resourcesVpcConfig") or {}
    logging = (entry.get("logging") or {}).get("clusterLogging") or ()
    cluster.tags = tags_of(entry, "tags")
    cluster.version = entry.get("version") or ""
    cluster.role = entry.get("roleArn") or ""
    # Clusters from before access entries do not tell, and have the old way only.
    cluster.authentication = (entry.get("accessConfig") or {}).get("authenticationMode") or "CONFIG_MAP"
    if "endpointPublicAccess" in network:
        cluster.public_endpoint = bool(network["endpointPublicAccess"])
        cluster.public_cidrs = tuple(network.get("publicAccessCidrs") or ())
    cluster.encrypted_secrets = any(
        "secrets" in (one.get("resources") or ()) for one in entry.get("encryptionConfig") or ()
    )
    cluster.logging = tuple(kind for one in logging if one.get("enabled") for kind in one.get("types") or ())
    cluster.support = (entry.get("upgradePolicy") or {}).get("supportType") or UNREAD
    issuer = ((entry.get("identity") or {}).get("oidc") or {}).get("issuer") or ""
    cluster.issuer = issuer.removeprefix("https://")


# Equal questions are asked once: one call a region, and none where there is no cluster.
@EKS.call("DescribeClusterVersions", for_each=clusters, params=lambda *_: {"includeAll": True})
def versions(account: Account, answer: Answer) -> None:
    """How long versions of Kubernetes are supported."""
    for entry in answer.response.get("clusterVersions") or ():
        name = entry.get("clusterVersion") or ""
        arn = f"arn:{account.partition}:eks:{answer.region}::cluster-version/{name}"
        account.table(EksVersion)[arn] = EksVersion(
            arn=arn,
            name=name,
            region=answer.region,
            standard_until=moment(entry.get("endOfStandardSupportDate")),
            extended_until=moment(entry.get("endOfExtendedSupportDate")),
        )


@EKS.call(
    "ListAccessEntries",
    for_each=clusters,
    params=lambda name, _: {"clusterName": name},
    items="accessEntries",
    # A cluster that knows only its config map has none (EKS API Reference, ListAccessEntries).
    absent=["InvalidRequestException"],
    page_size=100,
)
def access_entries(account: Account, answer: Answer) -> None:
    """Principals with an access entry of a cluster."""
    cluster = _arn(account, answer.region, answer.params["clusterName"])
    for principal in answer.response.get("accessEntries") or ():
        arn = f"{cluster}/{principal}"
        account.table(AccessEntry).setdefault(
            arn,
            AccessEntry(arn=arn, name=principal, region=answer.region, cluster=cluster, principal=principal),
        )


@EKS.call(
    "ListAssociatedAccessPolicies",
    for_each=access_entries,
    params=lambda principal, context: {
        "clusterName": context.parent["clusterName"],
        "principalArn": principal,
    },
    page_size=100,
)
def access_policies(account: Account, answer: Answer) -> None:
    """What an access entry may do in its cluster."""
    cluster = _arn(account, answer.region, answer.params["clusterName"])
    entry = account.table(AccessEntry).get(f"{cluster}/{answer.params['principalArn']}")
    if entry is not None:
        known = entry.policies if isinstance(entry.policies, tuple) and answer.evidence.page else ()
        entry.policies = (
            *known,
            *(
                (one["policyArn"], (one.get("accessScope") or {}).get("type") or "")
                for one in answer.response.get("associatedAccessPolicies") or ()
            ),
        )


@EKS.call(
    "ListPodIdentityAssociations",
    for_each=clusters,
    params=lambda name, _: {"clusterName": name},
    items="associations",
    page_size=100,
)
def pod_identities(account: Account, answer: Answer) -> None:
    """Service accounts of a cluster that run as a role."""
    cluster = _arn(account, answer.region, answer.params["clusterName"])
    for entry in answer.response.get("associations") or ():
        arn = entry["associationArn"]
        account.table(PodIdentity).setdefault(
            arn,
            PodIdentity(
                arn=arn,
                name=entry["associationId"],
                region=answer.region,
                cluster=cluster,
                namespace=entry.get("namespace") or "",
                service_account=entry.get("serviceAccount") or "",
            ),
        )


@EKS.call(
    "DescribePodIdentityAssociation",
    for_each=pod_identities,
    params=lambda entry, _: {"clusterName": entry["clusterName"], "associationId": entry["associationId"]},
)
def pod_identity(account: Account, answer: Answer) -> None:
    """The role of a service account's pods."""
    entry = answer.response.get("association") or {}
    if identity := account.table(PodIdentity).get(entry.get("associationArn") or ""):
        identity.role = entry.get("targetRoleArn") or entry.get("roleArn") or ""


@EKS.call(
    "ListNodegroups",
    for_each=clusters,
    params=lambda name, _: {"clusterName": name},
    items="nodegroups",
    page_size=100,
)
def node_groups(account: Account, answer: Answer) -> None:
    """Node groups of a cluster, by name alone."""


@EKS.call(
    "DescribeNodegroup",
    for_each=node_groups,
    params=lambda name, context: {"clusterName": context.parent["clusterName"], "nodegroupName": name},
)
def node_group(account: Account, answer: Answer) -> None:
    """Role and machine image of a node group."""
    entry = answer.response.get("nodegroup") or {}
    if arn := entry.get("nodegroupArn"):
        account.table(NodeGroup)[arn] = NodeGroup(
            arn=arn,
            name=entry.get("nodegroupName") or "",
            region=answer.region,
            tags=tags_of(entry, "tags"),
            cluster=_arn(account, answer.region, answer.params["clusterName"]),
            role=entry.get("nodeRole") or "",
            ami_type=entry.get("amiType") or "",
            release=entry.get("releaseVersion") or "",
            remote_access=bool(entry.get("remoteAccess")),
        )
