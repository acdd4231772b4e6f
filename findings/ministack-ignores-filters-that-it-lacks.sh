#!/usr/bin/env bash
# MiniStack 1.5.33, filters of EC2's Describe calls, all of AWS's documentation.
#
# Guess: a filter that matches nothing finds nothing, and one that the emulator lacks is an error.
# Seen: a filter that it lacks is ignored, and the call finds everything. What cleans up by a filter cleans up the account.
set -eu
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BIND_HOST=127.0.0.1 GATEWAY_PORT=$port HOME=$folder env/bin/python -m ministack >log 2>&1 &
server=$!
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=eu-west-1
for _ in $(seq 120); do
  python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && break
  sleep 1
done

cat >filters.py <<'PY'
import boto3

ec2 = boto3.client("ec2")
FILTERS = [
    ("describe_subnets", "Subnets", "cidr-block", "192.0.2.0/24"),
    ("describe_subnets", "Subnets", "availability-zone-id", "euw1-az9"),
    ("describe_security_groups", "SecurityGroups", "ip-permission.cidr", "192.0.2.1/32"),
    ("describe_route_tables", "RouteTables", "route.nat-gateway-id", "nat-0123456789abcdef0"),
    ("describe_network_acls", "NetworkAcls", "entry.cidr", "192.0.2.0/24"),
    ("describe_vpcs", "Vpcs", "dhcp-options-id", "dopt-0123456789abcdef0"),
]
for call, key, name, value in FILTERS:
    every = len(getattr(ec2, call)()[key])
    found = len(getattr(ec2, call)(Filters=[{"Name": name, "Values": [value]}])[key])
    print(name, "everything" if found == every > 0 else "nothing" if found == 0 else found)
PY
seen=$(env/bin/python filters.py)
echo "$seen"
[ "$seen" = 'cidr-block nothing
availability-zone-id everything
ip-permission.cidr everything
route.nat-gateway-id everything
entry.cidr everything
dhcp-options-id everything' ] || { echo 'changed'; exit 1; }
echo 'ok: MiniStack 1.5.33 ignores the filters that it lacks'
