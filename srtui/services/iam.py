"""AWS IAM (being written)."""

from srtui.services.declare import Service

IAM = Service("iam", title="IAM", scope="global", concurrency=4)
