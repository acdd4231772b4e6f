#!/usr/bin/env bash
# MiniStack 1.5.33, a stack with an export that another stack imports.
#
# Guess: CloudFormation's rule holds in both places where AWS has it: the exporting stack can be neither deleted nor updated without
# the export, and a second stack cannot export the name.
# Seen: the deletion is refused. The update that removes the export is accepted, and so is a second export of the name. The order in
# which a CDK app has to give up a reference between two stacks ("deadly embrace") cannot be rehearsed.
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

cat >exports.py <<'PY'
import json
import time

import boto3
from botocore.exceptions import ClientError

cloudformation = boto3.client("cloudformation")
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
EXPORT = {**TOPIC, "Outputs": {"It": {"Value": {"Ref": "Topic"}, "Export": {"Name": "it"}}}}
IMPORT = {"Resources": {"It": {"Type": "AWS::SSM::Parameter",
                               "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "it"}}}}}


def attempt(call, name, template=None):
    try:
        call(StackName=name, **({"TemplateBody": json.dumps(template)} if template else {}))
    except ClientError as error:
        return f"refused ({error.response['Error']['Message']})"
    while (status := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        time.sleep(0.5)
    return status


create, update, delete = cloudformation.create_stack, cloudformation.update_stack, cloudformation.delete_stack
print("export", attempt(create, "producer", EXPORT))
print("import", attempt(create, "consumer", IMPORT))
print("delete", attempt(delete, "producer"))
print("second", attempt(create, "another", EXPORT))
print("remove", attempt(update, "producer", TOPIC))
PY
seen=$(env/bin/python exports.py)
echo "$seen"
[ "$seen" = 'export CREATE_COMPLETE
import CREATE_COMPLETE
delete refused (Export it is imported by stack consumer)
second CREATE_COMPLETE
remove UPDATE_COMPLETE' ] || { echo 'changed'; exit 1; }
echo 'ok: MiniStack 1.5.33 guards an export in use against deletion, and not against an update'
