"""CloudFront: distributions, VPC origins, aliases, and what is measured."""
