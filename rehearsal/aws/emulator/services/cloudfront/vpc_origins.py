"""CloudFront's VPC origins, which MiniStack has as an API but not in CloudFormation, with what CloudFront asks of the
load balancer behind one."""

from ministack.core.responses import request_scope

from ...core.ministack_api import Refused, answer, element, tags
from ...core.seams import alb, cloudfront, ec2, provisioners
from ..cloudformation import StandIn, register
from ..ec2 import zone_ids
from ..s3.buckets import xml

ORIGIN = "AWS::CloudFront::VpcOrigin"
FIELDS = ("Name", "Arn", "HTTPPort", "HTTPSPort", "OriginProtocolPolicy")
PORTS = {"HTTPPort": 80, "HTTPSPort": 443}
"""The ports that CloudFormation sends if a template gives none."""


def install() -> None:
    """Register the type. Stack tags reach it too, and are a change like any other."""
    register({ORIGIN: StandIn(_create, _delete, _attributes, mutable=None, update=_update)})
    provisioners.STACK_TAG_PROPERTY[ORIGIN] = ("Tags", "list")


def _config(properties: dict) -> dict:
    """The endpoint's configuration under the API's names and in its order."""
    given = {**PORTS, "OriginProtocolPolicy": "match-viewer", **properties["VpcOriginEndpointConfig"]}
    protocols = given.get("OriginSSLProtocols")
    listed = {"Quantity": len(protocols), "Items": {"SslProtocol": protocols}} if protocols else None
    return {**{name: given.get(name) for name in FIELDS}, "OriginSslProtocols": listed}


def _load_balancer(arn: str) -> dict | None:
    account, region = (arn.split(":") + [""] * 5)[4], (arn.split(":") + [""] * 5)[3]
    return alb.lbs.get_scoped(account, region, arn)


def _refuse_unreachable(properties: dict) -> None:
    """Refuse a load balancer that is not internal, or whose network has no internet gateway: CloudFront asks for one,
    though nothing is routed through it. One that does not exist is refused by MiniStack."""
    arn = properties["VpcOriginEndpointConfig"]["Arn"]
    found = _load_balancer(arn)
    if found is None:
        return
    if found["Scheme"] != "internal":
        raise Refused(
            f"The parameter VpcOriginEndpointConfig Arn must be of an internal load balancer: {arn} is "
            f"{found['Scheme']}."
        )
    if without := _zones_without(found):
        raise Refused(f"The load balancer {arn} is in {', '.join(without)}, where CloudFront has no VPC origins.")
    attached = {
        attachment["VpcId"] for _, gateway in ec2.internet_gateways.all_items() for attachment in gateway["Attachments"]
    }
    if found["VpcId"] not in attached:
        raise Refused(f"The VPC {found['VpcId']} of {arn} needs an internet gateway for a VPC origin.")


def _zones_without(balancer: dict) -> list[str]:
    """Zones of a load balancer that VPC origins do not reach. CloudFront makes interfaces in its subnets; its words are
    not known."""
    region, account = balancer["LoadBalancerArn"].split(":")[3:5]
    with request_scope(account, region):
        subnets = [ec2.subnets[i] for i in zone_ids.lacking(zone_ids.VPC_ORIGINS, balancer["Subnets"])]
    return sorted({f"{subnet['AvailabilityZone']} ({subnet['AvailabilityZoneId']})" for subnet in subnets})


def _create(properties: dict, _name: str) -> str:
    _refuse_unreachable(properties)
    listed = {"Items": {"Tag": [{"Key": key, "Value": value} for key, value in tags(properties).items()]}}
    body = xml("CreateVpcOriginRequest", {"VpcOriginEndpointConfig": _config(properties), "Tags": listed})
    return element("Id", answer(cloudfront.create_vpc_origin(body.encode())))


def _match(physical_id: str) -> dict[str, str]:
    """The header that says which version of an origin is meant: the one that there is."""
    return {"if-match": cloudfront.vpc_origin_etag(cloudfront.vpc_origins[physical_id]["Version"])}


def _update(physical_id: str, _old: dict, new: dict) -> None:
    """CloudFormation's handler sends an update whatever changed, tags too, and CloudFront takes none while a
    distribution uses the origin."""
    if cloudfront.vpc_origin_in_use(physical_id):
        raise Refused(
            f"{cloudfront.VPC_ORIGIN_IN_USE}: {physical_id} (409 CannotUpdateEntityWhileInUse). Create "
            "another origin, and do not change its tags."
        )
    _refuse_unreachable(new)
    body = xml("VpcOriginEndpointConfig", _config(new))
    answer(cloudfront.update_vpc_origin(physical_id, _match(physical_id), body.encode()))
    cloudfront.tags[cloudfront.vpc_origins[physical_id]["Arn"]] = [
        {"Key": key, "Value": value} for key, value in tags(new).items()
    ]


def _delete(physical_id: str, _properties: dict) -> None:
    if physical_id in cloudfront.vpc_origins:
        answer(cloudfront.delete_vpc_origin(physical_id, _match(physical_id)))


def _attributes(physical_id: str, _properties: dict) -> dict:
    origin = cloudfront.vpc_origins[physical_id]
    return {name: origin[name] for name in ("Id", "Arn", "AccountId", "Status", "CreatedTime", "LastModifiedTime")}
