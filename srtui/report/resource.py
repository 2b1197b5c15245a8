"""What a finding's subject is, told from its ARN: the resource type that Security Hub knows, and a short name."""

from __future__ import annotations

from typing import Final, NamedTuple

#: Security Hub's resource types by service and kind (Security Hub User Guide, "Resources" of the ASFF).
#: A kind of "" is for ARNs without one.
_TYPES: Final = {
    ("iam", "user"): "AwsIamUser",
    ("iam", "role"): "AwsIamRole",
    ("iam", "group"): "AwsIamGroup",
    ("iam", "policy"): "AwsIamPolicy",
    ("iam", "root"): "AwsAccount",
    ("s3", ""): "AwsS3Bucket",
    ("s3", "accesspoint"): "AwsS3AccessPoint",
    ("ec2", "instance"): "AwsEc2Instance",
    ("ec2", "security-group"): "AwsEc2SecurityGroup",
    ("ec2", "vpc"): "AwsEc2Vpc",
    ("ec2", "subnet"): "AwsEc2Subnet",
    ("ec2", "volume"): "AwsEc2Volume",
    ("ec2", "network-acl"): "AwsEc2NetworkAcl",
    ("ec2", "network-interface"): "AwsEc2NetworkInterface",
    ("ec2", "route-table"): "AwsEc2RouteTable",
    ("ec2", "launch-template"): "AwsEc2LaunchTemplate",
    ("ec2", "transit-gateway"): "AwsEc2TransitGateway",
    ("ec2", "vpc-endpoint-service"): "AwsEc2VpcEndpointService",
    ("ec2", "vpc-peering-connection"): "AwsEc2VpcPeeringConnection",
    ("ec2", "vpn-connection"): "AwsEc2VpnConnection",
    ("ec2", "elastic-ip"): "AwsEc2Eip",
    ("ec2", "client-vpn-endpoint"): "AwsEc2ClientVpnEndpoint",
    ("lambda", "function"): "AwsLambdaFunction",
    ("lambda", "layer"): "AwsLambdaLayerVersion",
    ("kms", "key"): "AwsKmsKey",
    ("rds", "db"): "AwsRdsDbInstance",
    ("rds", "cluster"): "AwsRdsDbCluster",
    ("rds", "snapshot"): "AwsRdsDbSnapshot",
    ("rds", "cluster-snapshot"): "AwsRdsDbClusterSnapshot",
    ("rds", "secgrp"): "AwsRdsDbSecurityGroup",
    ("rds", "es"): "AwsRdsEventSubscription",
    ("dynamodb", "table"): "AwsDynamoDbTable",
    ("sns", ""): "AwsSnsTopic",
    ("sqs", ""): "AwsSqsQueue",
    ("secretsmanager", "secret"): "AwsSecretsManagerSecret",
    ("cloudtrail", "trail"): "AwsCloudTrailTrail",
    ("cloudwatch", "alarm"): "AwsCloudWatchAlarm",
    ("cloudfront", "distribution"): "AwsCloudFrontDistribution",
    ("cloudformation", "stack"): "AwsCloudFormationStack",
    ("codebuild", "project"): "AwsCodeBuildProject",
    ("acm", "certificate"): "AwsCertificateManagerCertificate",
    ("apigateway", "restapis"): "AwsApiGatewayRestApi",
    ("apigateway", "apis"): "AwsApiGatewayV2Api",
    ("autoscaling", "autoScalingGroup"): "AwsAutoScalingAutoScalingGroup",
    ("autoscaling", "launchConfiguration"): "AwsAutoScalingLaunchConfiguration",
    ("backup", "backup-vault"): "AwsBackupBackupVault",
    ("backup", "backup-plan"): "AwsBackupBackupPlan",
    ("backup", "recovery-point"): "AwsBackupRecoveryPoint",
    ("dms", "endpoint"): "AwsDmsEndpoint",
    ("dms", "rep"): "AwsDmsReplicationInstance",
    ("dms", "task"): "AwsDmsReplicationTask",
    ("ecr", "repository"): "AwsEcrRepository",
    ("ecs", "cluster"): "AwsEcsCluster",
    ("ecs", "service"): "AwsEcsService",
    ("ecs", "task"): "AwsEcsTask",
    ("ecs", "task-definition"): "AwsEcsTaskDefinition",
    ("eks", "cluster"): "AwsEksCluster",
    ("elasticbeanstalk", "environment"): "AwsElasticBeanstalkEnvironment",
    ("elasticfilesystem", "access-point"): "AwsEfsAccessPoint",
    ("elasticloadbalancing", "loadbalancer"): "AwsElbv2LoadBalancer",
    ("es", "domain"): "AwsOpenSearchServiceDomain",
    ("events", "event-bus"): "AwsEventsEventbus",
    ("guardduty", "detector"): "AwsGuardDutyDetector",
    ("kinesis", "stream"): "AwsKinesisStream",
    ("network-firewall", "firewall"): "AwsNetworkFirewallFirewall",
    ("redshift", "cluster"): "AwsRedshiftCluster",
    ("route53", "hostedzone"): "AwsRoute53HostedZone",
    ("sagemaker", "notebook-instance"): "AwsSageMakerNotebookInstance",
    ("states", "stateMachine"): "AwsStepFunctionStateMachine",
    ("wafv2", "regional"): "AwsWafv2WebAcl",
    ("wafv2", "global"): "AwsWafv2WebAcl",
}  # fmt: skip
#: What Security Hub expects for everything that it has no type of its own for.
OTHER: Final = "Other"


class Resource(NamedTuple):
    """The parts of an ARN that reports name; of a text that is no ARN only the name."""

    partition: str
    service: str
    region: str
    account: str
    name: str
    type: str


def resource(arn: str) -> Resource:
    """Read an ARN, whatever it holds."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return Resource("", "", "", "", arn, OTHER)
    _, partition, service, region, account, rest = parts
    slash, colon = rest.find("/"), rest.find(":")
    cut = min((place for place in (slash, colon) if place >= 0), default=-1)
    kind = rest[:cut] if cut >= 0 else ("root" if service == "iam" else "")
    if service == "apigateway":
        kind = rest.strip("/").partition("/")[0]
    elif service in ("s3", "sns", "sqs") and cut >= 0 and not region:
        # A bucket's name has no kind before it; what has more parts is an object in it.
        kind = "object"
    type = _TYPES.get((service, kind), OTHER)
    if service == "elasticloadbalancing" and kind == "loadbalancer":
        v2 = rest.startswith(("loadbalancer/app/", "loadbalancer/net/", "loadbalancer/gwy/"))
        type = "AwsElbv2LoadBalancer" if v2 else "AwsElbLoadBalancer"
    return Resource(partition, service, region, account, rest, type)
