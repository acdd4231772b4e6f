"""EKS: clusters, who may enter them, node groups, add-ons, manifests and Helm charts."""
