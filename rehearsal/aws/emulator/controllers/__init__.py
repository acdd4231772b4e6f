"""What works beside every cluster, as EKS, add-ons and charts would."""
