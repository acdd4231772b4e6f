"""Controllers beside every cluster, as EKS, add-ons and charts have them."""
