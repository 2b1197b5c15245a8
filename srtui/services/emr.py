"""Amazon EMR: clusters that have not ended, and what their machines run as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.analytics import EmrCluster
from srtui.account.clusters import EmrSettings
from srtui.services.declare import Answer, Service

EMR = Service("emr", title="EMR", prefix="elasticmapreduce", concurrency=2)


@EMR.call(
    "ListClusters",
    variants=[{"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]}],
    items="Clusters",
)
def clusters(account: Account, answer: Answer) -> None:
    """Clusters that have not ended."""
    for entry in answer.response.get("Clusters") or ():
        arn = (
            entry.get("ClusterArn")
            or f"arn:{account.partition}:elasticmapreduce:{answer.region}:{account.id}:cluster/{entry['Id']}"
        )
        found = account.table(EmrCluster).setdefault(
            arn, EmrCluster(arn=arn, name=entry["Id"], region=answer.region)
        )
        found.state = (entry.get("Status") or {}).get("State") or ""


@EMR.call("DescribeCluster", for_each=clusters, params=lambda cluster, _: {"ClusterId": cluster["Id"]})
def cluster_details(account: Account, answer: Answer) -> None:
    """Roles and release of a cluster."""
    entry = answer.response.get("Cluster") or {}
    for cluster in account.table(EmrCluster).values():
        if entry and cluster.name == answer.params["ClusterId"] and cluster.region == answer.region:
            cluster.instance_profile = (entry.get("Ec2InstanceAttributes") or {}).get(
                "IamInstanceProfile"
            ) or ""
            cluster.service_role = entry.get("ServiceRole") or ""
            cluster.security_configuration = entry.get("SecurityConfiguration") or ""
            cluster.release = entry.get("ReleaseLabel") or ""
            cluster.primary_host = entry.get("MasterPublicDnsName") or ""


@EMR.call("GetBlockPublicAccessConfiguration")
def public_access(account: Account, answer: Answer) -> None:
    """Whether clusters with open ports are refused."""
    found = answer.response.get("BlockPublicAccessConfiguration") or {}
    blocked = found.get("BlockPublicSecurityGroupRules")
    if blocked is not None:
        account.table(EmrSettings)[answer.region] = EmrSettings(
            arn=account.root_arn,
            name="block public access",
            region=answer.region,
            blocked=bool(blocked),
            exceptions=tuple(
                f"{one.get('MinRange')}-{one.get('MaxRange') or one.get('MinRange')}"
                for one in found.get("PermittedPublicSecurityGroupRuleRanges") or ()
            ),
        )
