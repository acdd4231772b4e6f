"""ElastiCache: replication groups, users and user groups."""
