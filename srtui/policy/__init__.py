"""The IAM policy language: documents, conditions, decisions, and the actions that a set of policies allows.

`evaluate_request` decides one request given as a dictionary; see `srtui.policy.evaluate` for its fields.
"""

from srtui.policy.evaluate import evaluate_request

__all__ = ["evaluate_request"]
