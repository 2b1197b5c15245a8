"""Benchmarks: each prints the figures an issue asks for. They report; they never fail a test run."""
