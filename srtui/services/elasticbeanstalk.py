"""AWS Elastic Beanstalk: environments, and whether their platform is updated."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.platforms import BeanstalkEnvironment
from srtui.services.declare import Answer, Service

BEANSTALK = Service("elasticbeanstalk", title="Elastic Beanstalk")


def _arn(account: Account, region: str, application: str, name: str) -> str:
    return f"arn:{account.partition}:elasticbeanstalk:{region}:{account.id}:environment/{application}/{name}"


@BEANSTALK.call("DescribeEnvironments", variants=[{"IncludeDeleted": False}], items="Environments")
def environments(account: Account, answer: Answer) -> None:
    """Environments."""
    for entry in answer.response.get("Environments") or ():
        application, name = entry.get("ApplicationName") or "", entry.get("EnvironmentName") or ""
        arn = _arn(account, answer.region, application, name)
        account.table(BeanstalkEnvironment)[arn] = BeanstalkEnvironment(
            arn=arn,
            name=name,
            region=answer.region,
            application=application,
            host=str(entry.get("CNAME") or "").lower(),
            platform=entry.get("PlatformArn") or entry.get("SolutionStackName") or "",
            status=entry.get("Status") or "",
        )


@BEANSTALK.call(
    "DescribeConfigurationSettings",
    for_each=environments,
    params=lambda environment, _: {
        "ApplicationName": environment["ApplicationName"],
        "EnvironmentName": environment["EnvironmentName"],
    },
)
def settings(account: Account, answer: Answer) -> None:
    """Managed platform updates of an environment; its variables are redacted."""
    arn = _arn(account, answer.region, answer.params["ApplicationName"], answer.params["EnvironmentName"])
    environment = account.table(BeanstalkEnvironment).get(arn)
    deployed = [
        one
        for one in answer.response.get("ConfigurationSettings") or ()
        if one.get("DeploymentStatus") in (None, "deployed")
    ]
    if environment is None or not deployed:
        return
    options = [
        one.get("Value")
        for one in deployed[0].get("OptionSettings") or ()
        if one.get("Namespace") == "aws:elasticbeanstalk:managedactions"
        and one.get("OptionName") == "ManagedActionsEnabled"
    ]
    environment.managed_updates = "true" in options
