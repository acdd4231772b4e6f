"""CloudWatch Logs: the delivery of a distribution's access logs, which MiniStack has as an API but not in
CloudFormation."""

from ministack.core.responses import get_account_id, get_region

from ...core.ministack_api import Refused, result, tags
from ...core.seams import cloudfront, cloudwatch_logs, s3
from ..cloudformation import StandIn, register
from .access import WRITER, require_bucket

SOURCE, DESTINATION, DELIVERY = "AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination", "AWS::Logs::Delivery"
HOME = "us-east-1"
"""The only region that delivers logs of CloudFront."""

FIELDS = frozenset(
    """
date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query
cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for
ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port
time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end
timestamp timestamp(ms) DistributionId origin-fbl origin-lbl asn c-country cache-behavior-path-pattern
""".split()
)
"""Fields that CloudFront can put into a record."""


def install() -> None:
    """Register the types."""
    register(TYPES)


def _create_source(properties: dict, _name: str) -> str:
    _refuse_source(properties)
    result(cloudwatch_logs.put_delivery_source(_source(properties)))
    return properties["Name"]


def _source(properties: dict) -> dict:
    return {
        "name": properties["Name"],
        "resourceArn": properties["ResourceArn"],
        "logType": properties.get("LogType"),
        "tags": tags(properties),
    }


def _refuse_source(properties: dict) -> None:
    """Refuse a source that is no distribution, elsewhere than in its region, or the second of one. CloudFront is the
    only service whose logs the rehearsal delivers."""
    arn = properties["ResourceArn"]
    if get_region() != HOME:
        raise Refused(f"Logs of CloudFront are delivered in {HOME} only, not in {get_region()}: {arn}")
    if arn not in [held["ARN"] for held in cloudfront.distributions.values()]:
        raise Refused(f"Resource not found: {arn} is no distribution of this account.")
    if properties.get("LogType") != "ACCESS_LOGS":
        raise Refused(f"LogType of {arn} must be ACCESS_LOGS, not {properties.get('LogType')}.")
    for name, held in cloudwatch_logs.delivery_sources.items():
        if name != properties["Name"] and arn in held["resourceArns"]:
            raise Refused(f"This ResourceId has already been used in another Delivery Source in this account: {name}")


def _update_source(_physical_id: str, _old: dict, new: dict) -> None:
    _refuse_source(new)
    result(cloudwatch_logs.put_delivery_source(_source(new)))


def _delete_source(physical_id: str, _properties: dict) -> None:
    _refuse_use(physical_id, "deliverySourceName", physical_id)
    if physical_id in cloudwatch_logs.delivery_sources:
        result(cloudwatch_logs.delete_delivery_source({"name": physical_id}))


def _refuse_use(name: str, member: str, value: str) -> None:
    """Refuse the deletion of what a delivery needs."""
    for key, held in cloudwatch_logs.deliveries.items():
        if held[member] == value:
            raise Refused(f"{name} is in use by the delivery {key} and cannot be deleted (ConflictException).")


def _bucket(arn: str) -> tuple[str, str]:
    """The bucket of a destination, and the folder of the logs in it: AWS adds its own to that of the ARN."""
    name, _, prefix = arn.rpartition(":")[2].partition("/")
    folder, given = f"AWSLogs/{get_account_id()}/CloudFront", prefix.strip("/")
    return name, given if given.endswith(folder) else f"{given}/{folder}".lstrip("/")


def _destination(properties: dict) -> dict:
    arn = properties["DestinationResourceArn"]
    if ":s3:" in arn and _bucket(arn)[0] not in s3.buckets:
        raise Refused(f"The specified destination bucket does not exist: {arn}")
    wanted = {
        "name": properties["Name"],
        "deliveryDestinationConfiguration": {"destinationResourceArn": arn},
        "outputFormat": properties.get("OutputFormat"),
        "tags": tags(properties),
    }
    return {key: value for key, value in wanted.items() if value is not None}


def _create_destination(properties: dict, _name: str) -> str:
    result(cloudwatch_logs.put_delivery_destination(_destination(properties)))
    return properties["Name"]


def _delete_destination(physical_id: str, _properties: dict) -> None:
    held = cloudwatch_logs.delivery_destinations.get(physical_id)
    if held is not None:
        _refuse_use(physical_id, "deliveryDestinationArn", held["arn"])
        result(cloudwatch_logs.delete_delivery_destination({"name": physical_id}))


def _delivery(properties: dict) -> dict:
    """A delivery under the API's names."""
    wanted = {
        "deliverySourceName": properties["DeliverySourceName"],
        "deliveryDestinationArn": properties["DeliveryDestinationArn"],
        "recordFields": properties.get("RecordFields"),
        "fieldDelimiter": properties.get("FieldDelimiter"),
        "s3DeliveryConfiguration": {
            "suffixPath": properties.get("S3SuffixPath", ""),
            "enableHiveCompatiblePath": properties.get("S3EnableHiveCompatiblePath", False),
        },
        "tags": tags(properties),
    }
    return {key: value for key, value in wanted.items() if value is not None}


def _refuse_delivery(properties: dict) -> None:
    """Refuse fields that CloudFront does not have, and a bucket that takes no logs from the source."""
    unknown = sorted(set(properties.get("RecordFields") or []) - FIELDS)
    if unknown:
        raise Refused(f"RecordFields has what CloudFront cannot record: {', '.join(unknown)}")
    arn = properties["DeliveryDestinationArn"]
    held = next((one for one in cloudwatch_logs.delivery_destinations.values() if one["arn"] == arn), None)
    source = cloudwatch_logs.delivery_sources.get(properties["DeliverySourceName"])
    if held and source and held["deliveryDestinationType"] == "S3":
        name, folder = _bucket(held["deliveryDestinationConfiguration"]["destinationResourceArn"])
        require_bucket(name, WRITER, f"{folder}/example.gz", source["arn"])


def _create_delivery(properties: dict, _name: str) -> str:
    _refuse_delivery(properties)
    return result(cloudwatch_logs.create_delivery(_delivery(properties)))["delivery"]["id"]


def _update_delivery(physical_id: str, _old: dict, new: dict) -> None:
    _refuse_delivery(new)
    cloudwatch_logs.deliveries[physical_id].update(_delivery(new))


def _delete_delivery(physical_id: str, _properties: dict) -> None:
    if physical_id in cloudwatch_logs.deliveries:
        result(cloudwatch_logs.delete_delivery({"id": physical_id}))


TYPES = {
    SOURCE: StandIn(
        _create_source,
        _delete_source,
        lambda i, p: {
            "Arn": cloudwatch_logs.delivery_sources[i]["arn"],
            "Service": cloudwatch_logs.delivery_sources[i]["service"],
        },
        mutable=frozenset({"LogType", "ResourceArn"}),
        update=_update_source,
    ),
    DESTINATION: StandIn(
        _create_destination,
        _delete_destination,
        lambda i, p: {"Arn": cloudwatch_logs.delivery_destinations[i]["arn"]},
        mutable=frozenset({"OutputFormat"}),
        update=lambda i, old, new: result(cloudwatch_logs.put_delivery_destination(_destination(new))) and None,
    ),
    DELIVERY: StandIn(
        _create_delivery,
        _delete_delivery,
        lambda i, p: {
            "Arn": cloudwatch_logs.deliveries[i]["arn"],
            "DeliveryId": i,
            "DeliveryDestinationType": cloudwatch_logs.deliveries[i]["deliveryDestinationType"],
        },
        mutable=frozenset({"RecordFields", "FieldDelimiter", "S3SuffixPath", "S3EnableHiveCompatiblePath"}),
        update=_update_delivery,
    ),
}
