"""Stacks, launch templates and scaling groups of the practice account, made through the API."""

from __future__ import annotations

import json
from typing import Any, Final

from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME

_TEMPLATE: Final = json.dumps(
    {"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}, sort_keys=True
)


def seed(clients: Any) -> None:
    """Create everything, in an order that gives the same ids every time."""
    stacks = clients("cloudformation", HOME)
    stacks.create_stack(
        StackName="network",
        TemplateBody=_TEMPLATE,
        RoleARN=f"arn:aws:iam::{ACCOUNT}:role/service/cfn-execution",
    )
    stacks.create_stack(StackName="web-assets", TemplateBody=_TEMPLATE)
    stacks.create_stack_set(StackSetName="baseline", TemplateBody=_TEMPLATE)
    _fleet(clients("ec2", HOME), clients("autoscaling", HOME))


def _fleet(ec2: Any, scaling: Any) -> None:
    image = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])[
        "Images"
    ][0]["ImageId"]
    ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "t3.small",
            "IamInstanceProfile": {"Name": "web-instance"},
            "MetadataOptions": {"HttpTokens": "required"},
        },
    )
    scaling.create_launch_configuration(
        LaunchConfigurationName="batch-2019",
        ImageId=image,
        InstanceType="t3.small",
        IamInstanceProfile="worker-instance",
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="batch-2019",
        LaunchConfigurationName="batch-2019",
        MinSize=0,
        MaxSize=0,
        DesiredCapacity=0,
        AvailabilityZones=[f"{HOME}a"],
    )
