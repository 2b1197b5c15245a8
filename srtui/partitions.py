"""The partitions of AWS: what differs between aws, aws-cn and aws-us-gov."""

from collections.abc import Mapping
from typing import Final

#: Where each partition keeps its global endpoints (AWS General Reference, "AWS service endpoints").
GLOBAL_REGIONS: Final[Mapping[str, str]] = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
}
