"""Secrets Manager: secrets, their policies, and rotation."""
