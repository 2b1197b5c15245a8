"""What can go wrong when a policy or a request is read."""

from __future__ import annotations


class PolicyError(ValueError):
    """A policy document that cannot be evaluated; the text is a sentence that names the element."""


class RequestError(ValueError):
    """A request that cannot be understood; the text is a sentence for a person."""
