"""EC2: networks, security groups, network ACLs, zones, and what a region has."""
