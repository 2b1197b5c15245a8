"""Amazon EC2 Auto Scaling: groups, and the launch configurations of those that have no template."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.fleets import AutoScalingGroup, LaunchConfiguration
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

AUTO_SCALING = Service("autoscaling", title="Auto Scaling")


@AUTO_SCALING.call("DescribeAutoScalingGroups", page_size=100)
def groups(account: Account, answer: Answer) -> None:
    """Auto Scaling groups."""
    for entry in answer.response.get("AutoScalingGroups") or ():
        arn = entry["AutoScalingGroupARN"]
        mixed = (entry.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
        template = entry.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification") or {}
        account.table(AutoScalingGroup)[arn] = AutoScalingGroup(
            arn=arn,
            name=entry["AutoScalingGroupName"],
            region=answer.region,
            tags=tags_of(entry),
            launch_template=template.get("LaunchTemplateId") or "",
            # Without a version the default one is used (Auto Scaling API Reference, LaunchTemplateSpecification).
            launch_template_version=template.get("Version") or ("$Default" if template else ""),
            launch_configuration=entry.get("LaunchConfigurationName") or "",
            instances=tuple(one["InstanceId"] for one in entry.get("Instances") or ()),
            zones=tuple(entry.get("AvailabilityZones") or ()),
            health_check=entry.get("HealthCheckType") or "",
            load_balanced=bool(entry.get("LoadBalancerNames") or entry.get("TargetGroupARNs")),
        )


@AUTO_SCALING.call("DescribeLaunchConfigurations", page_size=100)
def launch_configurations(account: Account, answer: Answer) -> None:
    """Launch configurations."""
    for entry in answer.response.get("LaunchConfigurations") or ():
        arn = entry["LaunchConfigurationARN"]
        tokens = (entry.get("MetadataOptions") or {}).get("HttpTokens")
        account.table(LaunchConfiguration)[arn] = LaunchConfiguration(
            arn=arn,
            name=entry["LaunchConfigurationName"],
            region=answer.region,
            instance_profile=entry.get("IamInstanceProfile") or "",
            imdsv2_required=tokens == "required" if tokens else None,
            public_ip=entry.get("AssociatePublicIpAddress"),
            user_data=entry.get("UserData") or "",
        )
