"""Fails the deployment while a secret that people provide has no value."""

import boto3


def act(properties):
    name = properties["Name"]
    versions = boto3.client("secretsmanager").describe_secret(SecretId=name).get("VersionIdsToStages") or {}
    if not any("AWSCURRENT" in stages for stages in versions.values()):
        raise Exception(f"The secret {name} has no value. Enter it, then deploy again: "
                        f"aws secretsmanager put-secret-value --secret-id {name} --secret-string VALUE")
