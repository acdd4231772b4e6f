#!/usr/bin/env bash
# MiniStack 1.5.33, a stack that names what is there already: left by a deleted stack that retained it, or of another stack.
#
# Guess: the stack fails with "already exists", as on AWS, for every type alike.
# Seen: a parameter of SSM fails. A role, a log group, a secret and a repository are taken over: the log group and the secret lose
# what they held, and all four are gone when the stack is deleted. So a rehearsal shows no leftovers that stop the next attempt.
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

cat >stacks.py <<'PY'
import json
import time

import boto3

client = boto3.client
cloudformation, logs = client("cloudformation"), client("logs")
policy = {"Version": "2012-10-17", "Statement": []}
client("iam").create_role(RoleName="it", AssumeRolePolicyDocument=json.dumps(policy))
logs.create_log_group(logGroupName="it")
logs.create_log_stream(logGroupName="it", logStreamName="stream")
client("secretsmanager").create_secret(Name="it", SecretString="old")
client("ecr").create_repository(repositoryName="it")
client("ssm").put_parameter(Name="it", Type="String", Value="old")
TYPES = {
    "role": ("AWS::IAM::Role", {"RoleName": "it", "AssumeRolePolicyDocument": policy}),
    "group": ("AWS::Logs::LogGroup", {"LogGroupName": "it"}),
    "secret": ("AWS::SecretsManager::Secret", {"Name": "it", "SecretString": "new"}),
    "repository": ("AWS::ECR::Repository", {"RepositoryName": "it"}),
    "parameter": ("AWS::SSM::Parameter", {"Name": "it", "Type": "String", "Value": "new"}),
}
READ = {
    "role": lambda: client("iam").get_role(RoleName="it") and "there",
    "group": lambda: f"{len(logs.describe_log_streams(logGroupName='it')['logStreams'])} streams",
    "secret": lambda: client("secretsmanager").get_secret_value(SecretId="it")["SecretString"],
    "repository": lambda: client("ecr").describe_repositories(repositoryNames=["it"]) and "there",
    "parameter": lambda: client("ssm").get_parameter(Name="it")["Parameter"]["Value"],
}


def settled(name):
    while (status := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        time.sleep(0.5)
    return status


def found(name):
    try:
        return READ[name]()
    except Exception:
        return "gone"


for name, (kind, properties) in TYPES.items():
    template = {"Resources": {"It": {"Type": kind, "Properties": properties}}}
    stack = cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))["StackId"]
    status, held = settled(stack), found(name)
    cloudformation.delete_stack(StackName=name)
    settled(stack)
    print(f"{name}: {status}, {held}, then {found(name)}")
PY
seen=$(env/bin/python stacks.py)
echo "$seen"
[ "$seen" = 'role: CREATE_COMPLETE, there, then gone
group: CREATE_COMPLETE, 0 streams, then gone
secret: CREATE_COMPLETE, new, then gone
repository: CREATE_COMPLETE, there, then gone
parameter: ROLLBACK_COMPLETE, old, then old' ] || { echo 'changed'; exit 1; }
echo 'ok: a stack of MiniStack 1.5.33 takes over four types of five, and deletes them'
