import datetime as dt
import json
import os

import boto3

ENVIRONMENT = os.environ["ENVIRONMENT"]
PIPELINE = os.environ["PIPELINE"]


def handler(event, context):
    kind, execution = event["kind"], event["execution"]
    pipeline = Pipeline(boto3.client("codepipeline"))
    own = pipeline.execution(execution)
    target = own.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
    is_rollback = target is not None
    actions = pipeline.actions(execution)
    commit = commit_of(actions if target is None else pipeline.actions(target))
    now = dt.datetime.fromisoformat(event["time"])
    if kind == "Ended":
        kind = "RolledBack" if is_rollback else "Deployed"
    figures = {}
    if kind == "Deployed":
        figures["Deployments"] = 1, "Count"
        if commit["date"]:
            figures["LeadTime"] = (now - commit["date"]).total_seconds(), "Seconds"
    if kind in ("Deployed", "RolledBack"):
        since = pipeline.failing_since(execution)
        if since:
            figures["TimeToRestore"] = (now - since).total_seconds(), "Seconds"
    if kind == "Failed" and event["stage"] == ENVIRONMENT and not is_rollback:
        figures["FailedDeployments"] = 1, "Count"
    if kind == "RollsBack" and own["trigger"]["triggerType"] == "ManualRollback":
        figures["FailedDeployments"] = 1, "Count"
    text = message(kind, event, commit["text"], actions, minutes(beginning(actions), now))
    if figures:
        put(figures, now)
    # Last: AWS calls the function again if anything before fails, and people hear of it once.
    tell(text, f"{os.environ['CONSOLE']}/{PIPELINE}/executions/{execution}/timeline?region={os.environ['AWS_REGION']}")


class Pipeline:
    def __init__(self, client):
        self.client = client

    def execution(self, execution):
        answer = self.client.get_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=execution)
        return answer["pipelineExecution"]

    def actions(self, execution):
        pages = self.client.get_paginator("list_action_executions").paginate(
            pipelineName=PIPELINE, filter={"pipelineExecutionId": execution}
        )
        return [action for page in pages for action in page["actionExecutionDetails"]]

    def failing_since(self, execution):
        """When the first deployment after the last one that succeeded began, if one failed."""
        pages = self.client.get_paginator("list_pipeline_executions").paginate(pipelineName=PIPELINE)
        since, passed = None, False
        for one in (one for page in pages for one in page["pipelineExecutionSummaries"]):
            if not passed:  # newest first
                passed = one["pipelineExecutionId"] == execution
            elif one["status"] == "Succeeded":
                break
            elif one["status"] == "Failed":
                actions = self.actions(one["pipelineExecutionId"])
                if went_on(actions):  # it deployed the environment, and failed later
                    break
                since = beginning(actions) or since
        return since


def commit_of(actions):
    for action in actions:
        if action["input"]["actionTypeId"]["category"] == "Source":
            variables = action.get("output", {}).get("outputVariables", {})
            if "CommitId" in variables:
                [line, *_] = variables.get("CommitMessage", "").splitlines() or [""]
                date = variables.get("AuthorDate")
                text = f'{variables["CommitId"][:8]} "{line[:80]}"'
                return {"text": text, "date": dt.datetime.fromisoformat(date) if date else None}
    return {"text": "a commit", "date": None}


def beginning(actions):
    """When an execution began to deploy the environment."""
    times = [action["startTime"] for action in actions if action["stageName"] == ENVIRONMENT]
    return min(times, default=None)


def went_on(actions):
    """Whether an execution left the stage of the environment: a later stage began."""
    began = beginning(actions)
    return began is not None and any(
        action["stageName"] != ENVIRONMENT and action["startTime"] > began for action in actions
    )


def minutes(since, now):
    count = round((now - since).total_seconds() / 60) if since else 0
    return f"{count} minute{'' if count == 1 else 's'}"


def approver(actions):
    """The approver, without the path of the role."""
    found = [
        action["updatedBy"].split("/")[-1]
        for action in actions
        if action["input"]["actionTypeId"]["category"] == "Approval" and action.get("updatedBy")
    ]
    return f" {found[0]} approved it." if found else ""


def failures(actions, stage):
    found = []
    for action in actions:
        if action["stageName"] == stage and action["status"] == "Failed":
            result = action.get("output", {}).get("executionResult", {})
            found.append(f"{action['actionName']}: {result.get('externalExecutionSummary', 'no reason')[:300]}")
    return f": {'; '.join(found)}" if found else ", by its condition" if stage == ENVIRONMENT else ""


def message(kind, event, commit, actions, took):
    if kind == "Started":
        return f"A deployment of {ENVIRONMENT} began: {commit}."
    if kind == "Waits":
        review = os.environ["REVIEW"].replace("EXECUTION", event["execution"])
        return f"{commit} waits for you before it reaches {ENVIRONMENT}. Read the review, then approve or reject it: {review}"
    if kind == "Deployed":
        return f"{commit} is deployed to {ENVIRONMENT}, in {took}.{approver(actions)}"
    if kind == "Failed":
        return f"{commit} failed in the stage {event['stage']} of {ENVIRONMENT}{failures(actions, event['stage'])}."
    if kind == "RollsBack":
        return f"{ENVIRONMENT} goes back to {commit}."
    return f"{ENVIRONMENT} is back at {commit}, in {took}."


def tell(text, console):
    sns = boto3.client("sns")
    sns.publish(TopicArn=os.environ["MAIL"], Message=f"{text} {console}")
    if os.environ.get("CHAT"):
        # https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
        content = {"textType": "client-markdown", "title": text, "description": console}
        shown = {"version": "1.0", "source": "custom", "content": content}
        sns.publish(TopicArn=os.environ["CHAT"], Message=json.dumps(shown))


def put(figures, now):
    boto3.client("cloudwatch").put_metric_data(
        Namespace=os.environ["NAMESPACE"],
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "Environment", "Value": ENVIRONMENT}],
                "Timestamp": now,
                "Value": value,
                "Unit": unit,
            }
            for name, (value, unit) in figures.items()
        ],
    )
