"""Looks for resources that are not as their stacks say, and fails if there are any: the alarm of the function's errors notifies."""

import json
import logging
import os
import re
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

LOG = logging.getLogger()
OWNED = json.loads(os.environ["OWNED"])
RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10})


def handler(event, context):
    detections = [found for found in map(begin, json.loads(os.environ["STACKS"])) if found]
    drifted = [line for detection in detections for line in drift_of(*detection)]
    for line in drifted:
        LOG.warning(line)
    if drifted:
        raise Exception(f"{len(drifted)} resources are not as their stacks say: {'; '.join(drifted[:5])}")
    return {"stacks": len(detections)}


def begin(stack):
    client = boto3.client("cloudformation", region_name=stack["region"], config=RETRIES)
    try:
        return client, stack["name"], client.detect_stack_drift(StackName=stack["name"])["StackDriftDetectionId"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        LOG.warning("%s is not compared: %s", stack["name"], error)  # it is being deployed, or not there yet
        return None


def drift_of(client, name, detection):
    while (
        client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)["DetectionStatus"]
        == "DETECTION_IN_PROGRESS"
    ):
        time.sleep(5)
    asked = {"StackName": name, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
    while True:
        page = client.describe_stack_resource_drifts(**asked)
        for drift in page["StackResourceDrifts"]:
            changes = [one["PropertyPath"] for one in drift.get("PropertyDifferences", []) if not is_owned(drift, one)]
            what = f"{drift['ResourceType']} {drift['LogicalResourceId']} of {name}"
            if drift["StackResourceDriftStatus"] == "DELETED":
                yield f"{what} is deleted"
            elif changes:
                yield f"{what}: {', '.join(changes)}"
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]


def is_owned(drift, change):
    return any(
        row["type"] == drift["ResourceType"]
        and re.search(row["path"], change["PropertyPath"])
        and row.get("difference", change["DifferenceType"]) == change["DifferenceType"]
        for row in OWNED
    )
