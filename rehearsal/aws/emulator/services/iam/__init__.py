"""IAM: identity providers, and what it would answer."""
