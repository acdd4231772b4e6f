"""S3: buckets, and the replication of their objects."""
