import json
import urllib.request


def handler(event, context):
    properties = event["ResourceProperties"]
    name = properties["Name"]
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer.update(Status="SUCCESS", PhysicalResourceId=name)
    if event["RequestType"] != "Delete":
        try:
            act(properties)
        except Exception as error:
            answer.update(Status="FAILED", Reason=f"{name}: {error}")
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"content-type": ""}, method="PUT"))
