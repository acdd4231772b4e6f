"""A control plane with nodes, what add-ons and charts bring into it, and waiting for it by facts."""
