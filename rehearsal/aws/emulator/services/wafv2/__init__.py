"""WAF: web ACLs, sets of addresses, and logging."""
