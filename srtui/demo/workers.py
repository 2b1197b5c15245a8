"""The roles that the practice account's containers, notebooks, pipelines and agents run as, as plain data."""

from __future__ import annotations

from typing import Final

from srtui.demo.people import AWS, RoleSeed
from srtui.demo.policies import ACCOUNT, allow, policy, service_trust, trust

_SERVICE: Final = "/service/"

WORKERS: Final[tuple[RoleSeed, ...]] = (
    RoleSeed("eks-cluster", service_trust("eks"), path=_SERVICE, attached=(f"{AWS}AmazonEKSClusterPolicy",)),
    RoleSeed(
        "eks-nodes",
        service_trust("ec2"),
        path=_SERVICE,
        attached=(f"{AWS}AmazonEKSWorkerNodePolicy",),
        profile=True,
    ),
    RoleSeed(
        "shop-pods",
        service_trust("pods.eks"),
        path=_SERVICE,
        inline=(("orders", policy(allow("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"))),),
    ),
    RoleSeed(
        "notebooks",
        service_trust("sagemaker"),
        path=_SERVICE,
        inline=(
            (
                "deploy-models",
                policy(
                    allow(["lambda:CreateFunction", "lambda:InvokeFunction"]),
                    allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/service/*"),
                    allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::acme-data-lake*"),
                ),
            ),
        ),
        description="models are put behind functions from here",
    ),
    RoleSeed(
        "workflows",
        service_trust("states"),
        path=_SERVICE,
        inline=(
            (
                "call",
                policy(allow("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*")),
            ),
        ),
    ),
    RoleSeed(
        "airflow",
        service_trust("airflow"),
        path=_SERVICE,
        inline=(("dags", policy(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::acme-artifacts*"))),),
    ),
    RoleSeed(
        "agents",
        service_trust("bedrock-agentcore"),
        path=_SERVICE,
        inline=(("models", policy(allow(["bedrock:InvokeModel", "s3:GetObject"]))),),
        age=60,
    ),
    RoleSeed(
        "scanners",
        service_trust("credentials.iot"),
        path=_SERVICE,
        inline=(("scans", policy(allow("s3:PutObject", "arn:aws:s3:::acme-partner-inbox/scans/*"))),),
    ),
    RoleSeed(
        "shop-visitors",
        trust(
            {"Federated": "cognito-identity.amazonaws.com"},
            "sts:AssumeRoleWithWebIdentity",
            StringEquals={
                "cognito-identity.amazonaws.com:aud": "eu-west-1:0d9f2c1e-4b7a-4c55-9a3e-6f1b2c3d4e5f"
            },
        ),
        path=_SERVICE,
        inline=(("assets", policy(allow("s3:GetObject", "arn:aws:s3:::acme-web-assets/*"))),),
    ),
    RoleSeed(
        "onprem-backup",
        service_trust("rolesanywhere"),
        path=_SERVICE,
        inline=(("tapes", policy(allow("s3:PutObject", "arn:aws:s3:::acme-backups/*"))),),
        used=2,
    ),
)
