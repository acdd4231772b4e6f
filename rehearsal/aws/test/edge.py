"""What the tests of load balancers, CloudFront and what belongs to it share."""

import functools

from test import data_tiers
from test.emulator import REGION, EmulatorTest, make

VIRGINIA = "us-east-1"
DOMAIN = "example.com"
CERTIFICATE, ZONE = "AWS::CertificateManager::Certificate", "AWS::Route53::HostedZone"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
VPC_ORIGIN, DISTRIBUTION = "AWS::CloudFront::VpcOrigin", "AWS::CloudFront::Distribution"


@functools.cache
def install() -> None:
    """Put the seams of the edge in, which must happen once."""
    import certificates
    import cloudfront
    import hosted_zones
    import ip_sets
    import listeners
    import load_balancers
    import log_delivery
    import vpc_origins
    import web_acls

    data_tiers.install()
    for module in (hosted_zones, certificates, load_balancers, listeners, ip_sets, web_acls, log_delivery, vpc_origins,
                   cloudfront):
        module.install()


class EdgeTest(EmulatorTest):
    """What stands between a viewer and a load balancer."""

    def setUp(self):
        super().setUp()
        install()

    def region(self, name: str = VIRGINIA):
        """What happens inside is in that region."""
        from ministack.core.responses import request_scope

        return request_scope(self.account, name)

    def bucket(self, name: str = "logs") -> str:
        """A bucket; names of buckets are everyone's."""
        return make("AWS::S3::Bucket", BucketName=f"{name}-{self.account}")[0]

    def allow(self, bucket: str, service: str, key: str, **condition) -> None:
        """Give a bucket the policy that lets a service write under a key."""
        make("AWS::S3::BucketPolicy", **policy_of(bucket, service, key, **condition))

    def certificate(self, *names: str, region: str = REGION, zone: str = "") -> str:
        """The ARN of a certificate with the names, validated in a zone of DOMAIN."""
        zone = zone or make(ZONE, Name=DOMAIN)[0]
        with self.region(region):
            return make(CERTIFICATE, **certificate_of(zone, *names))[0]

    def balancer(self, **properties) -> str:
        """The ARN of an internal load balancer in a network with an internet gateway."""
        subnets = self.network()
        gateway = make("AWS::EC2::InternetGateway")[0]
        make("AWS::EC2::VPCGatewayAttachment", VpcId=self.vpc, InternetGatewayId=gateway)
        return make(BALANCER, **{"Name": "balancer", "Scheme": "internal", "Subnets": subnets, **properties})[0]

    def vpc_origin(self, balancer: str, name: str = "origin", **properties) -> str:
        """The id of a VPC origin."""
        return make(VPC_ORIGIN, **origin_of(balancer, name), **properties)[0]


def origin_of(balancer: str, name: str = "origin") -> dict:
    """Properties of a VPC origin."""
    return {"VpcOriginEndpointConfig": {"Name": name, "Arn": balancer, "OriginProtocolPolicy": "https-only",
                                        "OriginSSLProtocols": ["TLSv1.2"]}}


def certificate_of(zone: str, *names: str) -> dict:
    """Properties of a certificate."""
    return {"DomainName": names[0], "SubjectAlternativeNames": list(names[1:]), "ValidationMethod": "DNS",
            "DomainValidationOptions": [{"DomainName": name, "HostedZoneId": zone} for name in names]}


def policy_of(bucket: str, service: str, key: str, **condition) -> dict:
    """Properties of a bucket's policy."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "s3:PutObject",
                 "Resource": f"arn:aws:s3:::{bucket}/{key}"}
    return {"Bucket": bucket, "PolicyDocument": {
        "Version": "2012-10-17", "Statement": [{**statement, "Condition": condition} if condition else statement]}}


def attributes(**given: str) -> list[dict]:
    """Attributes, with __ in place of the dots."""
    return [{"Key": key.replace("__", "."), "Value": value} for key, value in given.items()]


def api(action: str, **parameters: str) -> tuple[int, str]:
    """The status and the body of the API's answer."""
    from ministack.services import alb

    status, _, body = alb._ACTION_MAP[action]({name: [value] for name, value in parameters.items()})
    return status, body.decode() if isinstance(body, bytes) else body


DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own policy that caches nothing."""
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""CloudFront's own policy that forwards everything, Host too."""


def behavior(**properties) -> dict:
    """A cache behavior that sends requests to the origin `app`."""
    return {"TargetOriginId": "app", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": DISABLED,
            **properties}


def distribution_of(**config) -> dict:
    """Properties of a distribution with one origin."""
    origin = {"Id": "app", "DomainName": "app.internal", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    return {"DistributionConfig": {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior(), **config}}


def distribution(**config) -> tuple[str, dict]:
    """A distribution: its id and attributes."""
    return make(DISTRIBUTION, **distribution_of(**config))
