"""ECR: repositories with their images, signing, and the replication of a registry."""
