"""NIST Cybersecurity Framework 2.0: the categories a control serves, by its topic unless it is named itself."""

from __future__ import annotations

from typing import Final

#: The categories of the framework (NIST CSWP 29, February 2024, appendix A).
CATEGORIES: Final[dict[str, str]] = {
    "GV.OC": "Organizational context",
    "GV.RM": "Risk management strategy",
    "GV.RR": "Roles, responsibilities and authorities",
    "GV.PO": "Policy",
    "GV.OV": "Oversight",
    "GV.SC": "Supply chain risk management",
    "ID.AM": "Asset management",
    "ID.RA": "Risk assessment",
    "ID.IM": "Improvement",
    "PR.AA": "Identity management, authentication and access control",
    "PR.AT": "Awareness and training",
    "PR.DS": "Data security",
    "PR.PS": "Platform security",
    "PR.IR": "Technology infrastructure resilience",
    "DE.CM": "Continuous monitoring",
    "DE.AE": "Adverse event analysis",
    "RS.MA": "Incident management",
    "RS.AN": "Incident analysis",
    "RS.CO": "Incident response reporting and communication",
    "RS.MI": "Incident mitigation",
    "RC.RP": "Incident recovery plan execution",
    "RC.CO": "Incident recovery communication",
}

_BY_TOPIC: Final[dict[str, str]] = {
    "access": "PR.AA",
    "alarms": "DE.CM",
    "attestation": "GV.SC",
    "backup": "PR.DS RC.RP",
    "combinations": "ID.RA",
    "compliance": "GV.OV",
    "compute": "PR.PS",
    "contacts": "RS.CO",
    "continuity": "PR.IR",
    "credentials": "PR.AA",
    "databases": "PR.DS",
    "detection": "DE.CM",
    "duties": "GV.RR PR.AA",
    "escalation": "PR.AA",
    "event-history": "DE.AE",
    "health": "DE.AE",
    "logs": "PR.PS",
    "network": "PR.IR",
    "organization": "GV.PO",
    "passwords": "PR.AA",
    "patching": "PR.PS",
    "premises": "PR.IR",
    "resources": "PR.AA",
    "root": "PR.AA",
    "storage": "PR.DS",
    "trails": "PR.PS DE.CM",
    "trust": "PR.AA",
}

#: Categories → controls that serve others than the rest of their topic.
_BY_CONTROL: Final[dict[str, str]] = {
    "PR.AA": (
        "scp-attached rcp-attached emr-bpa opensearch-public rds-iam-auth redshift-public rds-public dms-public "
        "dynamodb-cross-account s3-bucket-public s3-public-write s3-account-bpa s3-bucket-bpa s3-acl-disabled "
        "s3-cross-account s3-access-point-bpa efs-anonymous glacier-public backup-vault-public loggroup-public "
        "trail-bucket-public instance-profile-attached internet-instance-admin-role apigw-authorizer "
        "vpce-policy-open vpce-service-principals cloudfront-oac ebs-snapshot-bpa ami-bpa serial-console "
        "analyzer-external analyzer-findings analyzer-unused imdsv2-account imdsv2-instance imdsv2-template"
    ),
    "PR.DS": (
        "ebs-default-encryption ebs-volume-encrypted eks-secrets-kms ecr-immutable sns-encryption sqs-encryption "
        "workspaces-encrypted kms-rotation kms-pending-delete loggroup-kms trail-kms trail-validation "
        "elb-tls-policy elb-https-only cloudfront-tls acm-expiry server-cert-expired directconnect-macsec "
        "lambda-env-secret ecs-env-secret codebuild-secrets cfn-output-secrets userdata-secrets ssm-param-plain "
        "secret-rotation secret-unused ai-opt-out"
    ),
    "PR.PS": (
        "rds-auto-minor rds-pending-maintenance rds-eol-engine rds-extended-support docdb-neptune-maint "
        "dms-auto-minor redshift-auto-upgrade elasticache-auto-minor opensearch-service-software rds-ca-cert "
        "rds-logs redshift-audit s3-access-logging elb-access-logs apigw-logging eks-logging bedrock-logging "
        "session-manager-logging flow-logs dns-query-log s3-website sagemaker-notebook domain-lock "
        "health-scheduled s3-lifecycle stack-protection"
    ),
    "PR.IR": "multi-az asg-elb-multi-az rds-deletion-protection dynamodb-deletion vpn-tunnels",
    "RC.RP": "rds-backup dynamodb-pitr cross-region-copy s3-versioning s3-object-lock s3-mfa-delete",
    "ID.AM": (
        "az-footprint dedicated-hosts firecracker-nitro ssm-managed selfmanaged-db tag-policy regions-unused "
        "premises-hardware macie-on"
    ),
    "ID.RA": "inspector-on inspector-findings inspector-coverage ecr-scan ecr-findings health-security-bulletins",
    "ID.IM": "wellarchitected trusted-advisor securityhub-findings resilience-hub",
    "GV.RR": "securityaudit-role org-delegated-admins org-root-centralised",
    "GV.SC": "artifact-agreements trust-no-externalid health-open-issues",
    "DE.CM": "config-recorder config-delivery guardduty-on guardduty-plans securityhub-on budget-anomaly",
    "DE.AE": "guardduty-findings guardduty-recon quarantined-key",
    "RS.MA": "support-plan support-role security-ir health-risk-events",
    "RS.AN": "detective-on",
}
_OF_CONTROL: Final[dict[str, list[str]]] = {}
for _category, _controls in _BY_CONTROL.items():
    for _control in _controls.split():
        _OF_CONTROL.setdefault(_control, []).append(_category)


def categories(control: str, topic: str) -> tuple[str, ...]:
    """The categories that a control serves; empty for a topic that nobody has placed."""
    return tuple(_OF_CONTROL.get(control) or _BY_TOPIC.get(topic, "").split())


def named_controls() -> frozenset[str]:
    """The controls that are placed one by one."""
    return frozenset(_OF_CONTROL)
