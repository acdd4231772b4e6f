#!/usr/bin/env bash
# MiniStack 1.5.33, DescribeSecurityGroupRules of a rule for a prefix list.
#
# Guess: the rule has its PrefixListId, as AWS documents it.
# Seen: it has no peer at all, so it looks like a rule for nobody. rehearsal/aws/emulator/services/ec2/security_groups.py adds it.
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

cat >rules.py <<'PY'
import boto3

ec2 = boto3.client("ec2")
group = ec2.create_security_group(GroupName="group", Description="group")["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]}
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
[found] = [one for one in rules if not one["IsEgress"]]
print(sorted(found.keys() & {"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"}))
PY
seen=$(env/bin/python rules.py)
echo "$seen"
[ "$seen" = '[]' ] || { echo 'changed'; exit 1; }
echo 'ok: MiniStack 1.5.33 tells no prefix list of a rule'
