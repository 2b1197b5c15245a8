"""Every AWS service srtui reads, one module each, and how their evidence becomes the account."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from srtui.account import Account, Outcome
from srtui.evidence import Evidence, call_key
from srtui.services import (
    cloudtrail_events,
    ec2_compute,
    ec2_network,
    iam_access,
    iam_more,
    kms_grants,
    organization_accounts,
    rds_more,
    sns_topics,
    ssm_patching,
)
from srtui.services.accessanalyzer import ACCESS_ANALYZER
from srtui.services.account import ACCOUNT
from srtui.services.acm import ACM
from srtui.services.agentcore import AGENTCORE
from srtui.services.apigateway import API_GATEWAY
from srtui.services.apigatewayv2 import API_GATEWAY_V2
from srtui.services.apprunner import APP_RUNNER
from srtui.services.arc_zonal_shift import ZONAL_SHIFT
from srtui.services.artifact import ARTIFACT
from srtui.services.auditmanager import AUDIT_MANAGER
from srtui.services.autoscaling import AUTO_SCALING
from srtui.services.backup import BACKUP
from srtui.services.batch import BATCH
from srtui.services.bedrock import BEDROCK
from srtui.services.bedrock_agent import BEDROCK_AGENT
from srtui.services.budgets import BUDGETS
from srtui.services.ce import COST_EXPLORER
from srtui.services.cloudformation import CLOUDFORMATION
from srtui.services.cloudfront import CLOUDFRONT
from srtui.services.cloudtrail import CLOUDTRAIL
from srtui.services.cloudwatch import CLOUDWATCH
from srtui.services.codebuild import CODEBUILD
from srtui.services.codedeploy import CODEDEPLOY
from srtui.services.cognito_identity import COGNITO_IDENTITY
from srtui.services.cognito_idp import USER_POOLS
from srtui.services.config import CONFIG
from srtui.services.declare import Answer, Call, CallContext, Service
from srtui.services.detective import DETECTIVE
from srtui.services.directconnect import DIRECT_CONNECT
from srtui.services.dms import DMS
from srtui.services.dynamodb import DYNAMODB
from srtui.services.ec2 import EC2
from srtui.services.ecr import ECR
from srtui.services.ecs import ECS
from srtui.services.efs import EFS
from srtui.services.eks import EKS
from srtui.services.elasticache import ELASTICACHE
from srtui.services.elasticbeanstalk import BEANSTALK
from srtui.services.elbv2 import ELBV2
from srtui.services.emr import EMR
from srtui.services.events import EVENTS
from srtui.services.fms import FIREWALL_MANAGER
from srtui.services.glacier import GLACIER
from srtui.services.glue import GLUE
from srtui.services.guardduty import GUARDDUTY
from srtui.services.health import HEALTH
from srtui.services.iam import IAM
from srtui.services.inspector2 import INSPECTOR
from srtui.services.iot import IOT
from srtui.services.kms import KMS
from srtui.services.lambda_ import LAMBDA
from srtui.services.logs import LOGS
from srtui.services.macie2 import MACIE
from srtui.services.memorydb import MEMORYDB
from srtui.services.mwaa import MWAA
from srtui.services.opensearch import OPENSEARCH
from srtui.services.organizations import ORGANIZATIONS
from srtui.services.outposts import OUTPOSTS
from srtui.services.ram import RAM
from srtui.services.rds import RDS
from srtui.services.redshift import REDSHIFT
from srtui.services.resiliencehub import RESILIENCE_HUB
from srtui.services.rolesanywhere import ROLES_ANYWHERE
from srtui.services.route53 import ROUTE53
from srtui.services.route53domains import ROUTE53_DOMAINS
from srtui.services.route53resolver import ROUTE53_RESOLVER
from srtui.services.s3 import S3
from srtui.services.s3control import MULTI_REGION, S3CONTROL
from srtui.services.sagemaker import SAGEMAKER
from srtui.services.secretsmanager import SECRETS_MANAGER
from srtui.services.security_ir import SECURITY_IR
from srtui.services.securityhub import SECURITY_HUB
from srtui.services.service_quotas import SERVICE_QUOTAS
from srtui.services.shield import SHIELD
from srtui.services.sns import SNS
from srtui.services.sqs import SQS
from srtui.services.ssm import SSM
from srtui.services.sso_admin import IDENTITY_CENTER
from srtui.services.stepfunctions import STEP_FUNCTIONS
from srtui.services.storagegateway import STORAGE_GATEWAY
from srtui.services.sts import STS
from srtui.services.support import SUPPORT
from srtui.services.trustedadvisor import TRUSTED_ADVISOR
from srtui.services.wafv2 import WAF
from srtui.services.wellarchitected import WELL_ARCHITECTED
from srtui.services.workspaces import WORKSPACES

#: Modules that declare more calls of a service of another module: importing them is what declares the calls.
PARTS: Final = (
    ec2_network,
    ec2_compute,
    cloudtrail_events,
    iam_more,
    iam_access,
    kms_grants,
    organization_accounts,
    sns_topics,
    ssm_patching,
    rds_more,
)

#: In the order of collection: who and where first, then what the interface shows first.
SERVICES: Final[tuple[Service, ...]] = (
    STS,
    EC2,
    IAM,
    ACCOUNT,
    ORGANIZATIONS,
    S3,
    S3CONTROL,
    MULTI_REGION,
    CLOUDTRAIL,
    GUARDDUTY,
    ACCESS_ANALYZER,
    CONFIG,
    SECURITY_HUB,
    LOGS,
    CLOUDWATCH,
    SNS,
    MACIE,
    DETECTIVE,
    SUPPORT,
    HEALTH,
    TRUSTED_ADVISOR,
    ARTIFACT,
    BUDGETS,
    COST_EXPLORER,
    ACM,
    DIRECT_CONNECT,
    AUDIT_MANAGER,
    FIREWALL_MANAGER,
    WELL_ARCHITECTED,
    SECURITY_IR,
    RESILIENCE_HUB,
    ZONAL_SHIFT,
    SERVICE_QUOTAS,
    OUTPOSTS,
    STORAGE_GATEWAY,
    LAMBDA,
    KMS,
    RDS,
    ECS,
    EKS,
    APP_RUNNER,
    BATCH,
    GLUE,
    SAGEMAKER,
    EMR,
    MWAA,
    CODEBUILD,
    CODEDEPLOY,
    CLOUDFORMATION,
    STEP_FUNCTIONS,
    AUTO_SCALING,
    SSM,
    COGNITO_IDENTITY,
    ROLES_ANYWHERE,
    IOT,
    IDENTITY_CENTER,
    BEDROCK_AGENT,
    AGENTCORE,
    ROUTE53_RESOLVER,
    API_GATEWAY,
    API_GATEWAY_V2,
    CLOUDFRONT,
    USER_POOLS,
    DMS,
    BEANSTALK,
    ELBV2,
    ROUTE53,
    ROUTE53_DOMAINS,
    SHIELD,
    WAF,
    WORKSPACES,
    SECRETS_MANAGER,
    SQS,
    EVENTS,
    EFS,
    DYNAMODB,
    GLACIER,
    BACKUP,
    RAM,
    ECR,
    INSPECTOR,
    REDSHIFT,
    ELASTICACHE,
    MEMORYDB,
    OPENSEARCH,
    BEDROCK,
)

#: What reading an answer without the members that its service promises raises.
SHAPE_ERRORS: Final = (KeyError, TypeError, AttributeError, ValueError, IndexError)
_log = logging.getLogger(__name__)

_BY_ID: Final[dict[tuple[str, str], Call]] = {call.id: call for service in SERVICES for call in service.calls}

_CHILDREN: Final[dict[tuple[str, str], list[Call]]] = {}
for _call in _BY_ID.values():
    if _call.for_each is not None:
        _CHILDREN.setdefault(_call.for_each.id, []).append(_call)


def declared_calls() -> Iterator[Call]:
    """Every declared call, in declaration order."""
    return iter(_BY_ID.values())


def call_named(service: str, operation: str) -> Call | None:
    """The declaration of an operation, or None if srtui never makes that call."""
    return _BY_ID.get((service, operation))


def following(
    call: Call, response: Mapping[str, Any], context: CallContext
) -> Iterator[tuple[Call, str, dict[str, Any]]]:
    """The calls that one page of an answer leads to: declaration, region, parameters. `context` is of the parent."""
    children = _CHILDREN.get(call.id, ())
    items = list(call.items_in(response)) if children else []
    for child in children:
        for item in items:
            for region, params in child.asked_for(item, context.region, context):
                yield child, region, params


def apply(account: Account, evidence: Evidence) -> None:
    """Let one piece of evidence change the account; undeclared operations (of newer bundles) are ignored."""
    call = _BY_ID.get((evidence.service, evidence.operation))
    if call is None:
        return
    if not account.id and evidence.account:
        account.id = evidence.account
    error = evidence.error
    absent = error is not None and call.means_none(error)
    offered = error is None or error.kind != "not-offered"
    account.record(
        Outcome(
            key=evidence.key,
            at=evidence.at,
            params=evidence.params,
            error=None if absent or not offered else error,
            complete=not evidence.more,
            offered=offered,
        )
    )
    if absent:
        call.read(account, Answer(evidence, {}, absent=True))
    elif evidence.response is not None:
        call.read(account, Answer(evidence, evidence.response))
        _expect(account, call, evidence.response, evidence)


def _expect(account: Account, call: Call, response: Mapping[str, Any], evidence: Evidence) -> None:
    """Note which calls an answer leads to, so that one that was never made is missed."""
    context = CallContext(account.id, account.partition, evidence.region, evidence.params)
    try:
        for child, region, params in following(call, response, context):
            account.due.setdefault(child.id, set()).add(call_key(*child.id, region, params))
    except SHAPE_ERRORS:
        # Who collects records the call as failed then; a bundle of other hands may leave members out.
        _log.info("no calls can follow from an answer of %r", call)


def build_account(evidence: Iterable[Evidence]) -> Account:
    """The account that this evidence, in this order, describes."""
    account = Account()
    for item in evidence:
        apply(account, item)
    return account
