"""AWS, live: credentials, the guarded client pool and the collector. Nothing else in srtui talks to AWS."""

from srtui.aws.live import LiveFeed
from srtui.aws.settings import AwsSettings, CredentialsError, endpoint_override

__all__ = ["AwsSettings", "CredentialsError", "LiveFeed", "endpoint_override"]
