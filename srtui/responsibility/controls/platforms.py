"""Applications on managed platforms: APIs, Beanstalk, user pools, desktops, replication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.platforms import (
    Api,
    ApiRoute,
    BeanstalkEnvironment,
    ReplicationInstance,
    UserPool,
    Workspace,
)
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, on_off, settled, switched, untold
from srtui.responsibility.openness import readable, stranger_openings
from srtui.services.apigateway import rest_apis, rest_methods, rest_stages
from srtui.services.apigatewayv2 import http_apis, http_routes, http_stages
from srtui.services.cognito_idp import user_pool_settings, user_pools
from srtui.services.dms import replication_instances
from srtui.services.elasticbeanstalk import environments, settings
from srtui.services.workspaces import workspaces

_API: Final = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_DMS: Final = "aws dms modify-replication-instance --region {region} --replication-instance-arn {subject} "


def _deciding(api: Api, routes: tuple[ApiRoute, ...]) -> list[ApiRoute]:
    """The routes whose authorization counts: preflight requests need none, WebSockets ask at the connection."""
    if api.protocol == "WEBSOCKET":
        # Without a route for it every connection is let in.
        return [one for one in routes if one.name == "$connect"] or [ApiRoute("$connect", "NONE")]
    return [one for one in routes if not one.name.startswith("OPTIONS ")]


@control(
    "apigw-authorizer",
    title="Public APIs ask who calls",
    problem="API answers anyone",
    rows=[8, 11],
    severity="medium",
    topic="network",
    needs=[rest_apis, rest_methods, http_apis, http_routes],
    why="Anyone on the internet can call it, and through it the functions and data behind it.",
    fix="Give each method or route an authorizer (IAM, JWT, Cognito, Lambda), or limit the API by resource policy.",
    command="aws apigateway get-resources --region {region} --rest-api-id {name} --embed methods",
    references=[_API + "apigateway-control-access-to-api.html"],
    insecure_default=True,
)
def apigw_authorizer(check: Check) -> Iterator[Result]:
    def judge(api: Api) -> Verdict | None:
        if api.private:
            return None
        if api.routes is UNREAD:
            return untold(rest_methods if api.protocol == "REST" else http_routes)
        deciding = _deciding(api, api.routes)
        if not deciding:
            return None
        anyone = [one for one in deciding if one.authorization == "NONE"]
        if not anyone:
            if any(not one.authorization for one in deciding):
                return untold(rest_methods, reason="AWS does not say how its methods authorize")
            return good(Fact("routes", f"{len(deciding)}, all with an authorizer"))
        if api.policy is UNREAD or (api.policy is not None and not readable(api.policy)):
            return untold(rest_apis, reason="its resource policy could not be read")
        if api.policy is not None and not stranger_openings(api.policy):
            return good(Fact("resource policy", "names who may call"))
        shown = [one.name + (" (API key only)" if one.key_required else "") for one in anyone]
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        return bad(Fact("open to anyone", ", ".join(shown[:5]) + more), Fact("API", api.title))

    yield from each(check, check.account.table(Api).values(), judge)


@control(
    "apigw-logging",
    title="API stages log",
    problem="API stage logs nothing",
    rows=[1, 12],
    severity="low",
    topic="network",
    needs=[rest_apis, rest_stages, http_apis, http_stages],
    why="Who called what shows nowhere else.",
    fix="Switch access logs on for each stage.",
    command="aws apigateway update-stage --region {region} --rest-api-id {name} --stage-name {stage} --patch-operations op=replace,path=/accessLogSettings/destinationArn,value=LOG-GROUP-ARN",
    references=[_API + "set-up-logging.html"],
    insecure_default=True,
    frameworks={"cis-5.0": ["4.10"]},
)
def apigw_logging(check: Check) -> Iterator[Result]:
    def judge(api: Api) -> Verdict | None:
        if api.stages is UNREAD:
            return untold(rest_stages if api.protocol == "REST" else http_stages)
        if not api.stages:
            return None
        silent = [
            one for one in api.stages if not one.access_log and one.execution_log not in ("ERROR", "INFO")
        ]
        facts = [Fact(f"stage {one.name}", "no logs" if one in silent else "logs") for one in api.stages]
        return settled(not silent, *facts, stage=silent[0].name if silent else "")

    yield from each(check, check.account.table(Api).values(), judge)


@control(
    "apigw-waf",
    title="Stages of public REST APIs have a web ACL",
    problem="Public REST API without WAF",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[rest_apis, rest_stages],
    why="Floods of requests and known attacks reach what is behind the API, at your cost.",
    fix="Associate a web ACL with managed rules and a rate limit; HTTP APIs need CloudFront in front for that.",
    command="aws wafv2 associate-web-acl --region {region} --resource-arn {stage_arn} --web-acl-arn ACL",
    references=[_API + "apigateway-control-access-aws-waf.html"],
    insecure_default=True,
)
def apigw_waf(check: Check) -> Iterator[Result]:
    def judge(api: Api) -> Verdict | None:
        if api.protocol != "REST" or api.private:
            return None
        if api.stages is UNREAD:
            return untold(rest_stages)
        if not api.stages:
            return None
        bare = [one for one in api.stages if not one.web_acl]
        facts = [
            Fact(f"stage {one.name}", "no web ACL" if one in bare else "has a web ACL") for one in api.stages
        ]
        return settled(not bare, *facts, stage_arn=f"{api.arn}/stages/{bare[0].name}" if bare else "")

    yield from each(check, check.account.table(Api).values(), judge)


@control(
    "beanstalk-managed-updates",
    title="Beanstalk environments update their platform",
    problem="Beanstalk platform is not updated",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[environments, settings],
    why="AWS patches the platform, but your instances get it only when the environment is updated.",
    fix="Switch managed platform updates on, with a weekly window.",
    command="aws elasticbeanstalk update-environment --region {region} --environment-name {name} --option-settings Namespace=aws:elasticbeanstalk:managedactions,OptionName=ManagedActionsEnabled,Value=true",
    references=[
        "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-platform-update-managed.html"
    ],
    insecure_default=True,
)
def beanstalk_managed_updates(check: Check) -> Iterator[Result]:
    def judge(one: BeanstalkEnvironment) -> Verdict | None:
        if one.status in ("Terminated", "Terminating"):
            return None
        return switched(one.managed_updates, "managed updates", settings)

    yield from each(check, check.account.table(BeanstalkEnvironment).values(), judge)


@control(
    "cognito-mfa",
    title="User pools require MFA",
    problem="User pool does not require MFA",
    rows=[2, 11],
    severity="medium",
    topic="resources",
    needs=[user_pools, user_pool_settings],
    why="Passwords that were used elsewhere, too, open your customers' accounts.",
    fix="Require MFA, or at least adaptive authentication.",
    command="aws cognito-idp set-user-pool-mfa-config --region {region} --user-pool-id {name} --mfa-configuration ON --software-token-mfa-configuration Enabled=true",
    references=["https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html"],
    insecure_default=True,
)
def cognito_mfa(check: Check) -> Iterator[Result]:
    def judge(pool: UserPool) -> Verdict:
        if pool.mfa is UNREAD:
            return untold(user_pool_settings)
        return settled(pool.mfa == "ON", Fact("MFA", pool.mfa.lower()), Fact("pool", pool.title))

    yield from each(check, check.account.table(UserPool).values(), judge)


@control(
    "workspaces-encrypted",
    title="Virtual desktops are encrypted",
    problem="Virtual desktop is not encrypted",
    rows=[7],
    severity="high",
    topic="resources",
    needs=[workspaces],
    why="It can be chosen only when the desktop is made; its snapshots are plain otherwise.",
    fix="Make a new desktop with both volumes encrypted, and move the user.",
    command="aws workspaces describe-workspaces --region {region} --workspace-ids {name}",
    references=["https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html"],
    insecure_default=True,
)
def workspaces_encrypted(check: Check) -> Iterator[Result]:
    def judge(one: Workspace) -> Verdict | None:
        if one.state in ("TERMINATED", "TERMINATING"):
            return None
        facts = (
            Fact("root volume", "encrypted" if one.root_encrypted else "plain"),
            Fact("user volume", "encrypted" if one.user_encrypted else "plain"),
        )
        return settled(one.root_encrypted and one.user_encrypted, *facts)

    yield from each(check, check.account.table(Workspace).values(), judge)


@control(
    "dms-auto-minor",
    title="Replication instances take minor upgrades by themselves",
    problem="Replication takes no minor upgrades",
    rows=[13],
    severity="low",
    topic="databases",
    needs=[replication_instances],
    why="AWS makes the patches; with this off they wait for you.",
    fix="Switch automatic minor version upgrades on.",
    command=_DMS + "--auto-minor-version-upgrade",
    references=["https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html"],
)
def dms_auto_minor(check: Check) -> Iterator[Result]:
    def judge(one: ReplicationInstance) -> Verdict:
        facts = (
            Fact("automatic minor upgrades", on_off(one.auto_minor)),
            Fact("version", one.engine_version),
        )
        return settled(one.auto_minor, *facts)

    yield from each(check, check.account.table(ReplicationInstance).values(), judge)


@control(
    "dms-public",
    title="No replication instance is publicly accessible",
    problem="Replication instance is public",
    rows=[7, 8],
    severity="high",
    topic="databases",
    needs=[replication_instances],
    why="It holds the credentials of two databases, and has an address on the internet.",
    fix="Make it again without public access; it cannot be switched off later.",
    command="aws dms describe-replication-instances --region {region} --filters Name=replication-instance-id,Values={name}",
    references=[
        "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.PublicPrivate.html"
    ],
)
def dms_public(check: Check) -> Iterator[Result]:
    def judge(one: ReplicationInstance) -> Verdict:
        return settled(not one.public, Fact("publicly accessible", "yes" if one.public else "no"))

    yield from each(check, check.account.table(ReplicationInstance).values(), judge)
