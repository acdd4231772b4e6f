"""RDS: instances, groups of subnets and of parameters, proxies, and what it sells."""
