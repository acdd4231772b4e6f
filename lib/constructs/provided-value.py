"""Fails the deployment while a secret has no value: somebody has to put it in, and this is where it is noticed."""

import json
import urllib.request

import boto3


def handler(event, context):
    name = event["ResourceProperties"]["Name"]
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer.update(Status="SUCCESS", PhysicalResourceId=name)
    if event["RequestType"] != "Delete":
        try:
            versions = boto3.client("secretsmanager").describe_secret(SecretId=name).get("VersionIdsToStages") or {}
            if not any("AWSCURRENT" in stages for stages in versions.values()):
                answer.update(Status="FAILED", Reason=f"The secret {name} has no value. Put it in, then deploy again: "
                              f"aws secretsmanager put-secret-value --secret-id {name} --secret-string VALUE")
        except Exception as error:
            answer.update(Status="FAILED", Reason=f"{name}: {error}")
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"content-type": ""}, method="PUT"))
