"""The additional metrics of CloudFront, which MiniStack lacks."""

from ...core.ministack_api import Refused
from ...core.seams import cloudfront
from ..cloudformation import StandIn, register

MEASURED = "AWS::CloudFront::MonitoringSubscription"


def install() -> None:
    """Register the type."""
    register({MEASURED: StandIn(_measure, _measure_no_more)})


def _measure(properties: dict, _name: str) -> str:
    held = cloudfront.distributions.get(properties["DistributionId"])
    if held is None:
        raise Refused(f"NoSuchDistribution: {properties['DistributionId']} does not exist.")
    held["MonitoringSubscription"] = properties["MonitoringSubscription"]["RealtimeMetricsSubscriptionConfig"]
    return properties["DistributionId"]


def _measure_no_more(physical_id: str, _properties: dict) -> None:
    cloudfront.distributions.get(physical_id, {}).pop("MonitoringSubscription", None)
