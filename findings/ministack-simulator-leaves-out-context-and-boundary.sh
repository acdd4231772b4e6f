#!/usr/bin/env bash
# MiniStack 1.5.33, IAM's policy simulator.
#
# Guess: SimulateCustomPolicy answers as on AWS: with the context, the boundary and each of the resources that the request names.
# Seen: the request's context is left out, so an Allow with a condition is always a denial, and a Deny of plain HTTP always denies;
# a permissions boundary takes nothing away; and of several resources the first alone is answered.
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

cat >simulate.py <<'PY'
import json

import boto3

iam = boto3.client("iam")
document = lambda *statements: json.dumps({"Version": "2012-10-17", "Statement": statements})
allow = lambda action, **more: {"Effect": "Allow", "Action": action, "Resource": "*", **more}
context = lambda name, kind, value: [{"ContextKeyName": name, "ContextKeyType": kind, "ContextKeyValues": [value]}]


def simulate(what, policy, action, **more):
    results = iam.simulate_custom_policy(PolicyInputList=[policy], ActionNames=[action], **more)["EvaluationResults"]
    print(f"{what}:", *(result["EvalDecision"] for result in results))


linked = {"StringEquals": {"iam:AWSServiceName": "eks.amazonaws.com"}}
simulate("condition met", document(allow("iam:CreateServiceLinkedRole", Condition=linked)), "iam:CreateServiceLinkedRole",
         ContextEntries=context("iam:AWSServiceName", "string", "eks.amazonaws.com"))
plain = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
simulate("over TLS", document(allow("s3:*"), plain), "s3:GetObject",
         ContextEntries=context("aws:SecureTransport", "boolean", "true"))
simulate("outside the boundary", document(allow("s3:*")), "s3:GetObject",
         PermissionsBoundaryPolicyInputList=[document(allow("ec2:*"))])
simulate("two resources", document(allow("s3:*")), "s3:GetObject", ResourceArns=["arn:aws:s3:::a/it", "arn:aws:s3:::b/it"])
PY
seen=$(env/bin/python simulate.py)
echo "$seen"
[ "$seen" = 'condition met: implicitDeny
over TLS: explicitDeny
outside the boundary: allowed
two resources: allowed' ] || { echo 'changed'; exit 1; }
echo 'ok: the simulator of MiniStack 1.5.33 knows no context, no boundary and one resource'
