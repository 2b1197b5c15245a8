"""srtui: explore a live AWS account through the shared responsibility model."""

__version__ = "0.1.0"
