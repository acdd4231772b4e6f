"""Helpers of the tests of load balancers, and of CloudFront with its parts."""

import functools

from ministack.core.responses import request_scope

from emulator.core.seams import alb
from emulator.services import acm
from emulator.services.cloudfront import aliases, distributions, vpc_origins
from emulator.services.elbv2 import listeners, load_balancers
from emulator.services.logs import delivery
from emulator.services.route53 import hosted_zones
from emulator.services.wafv2 import ip_sets, web_acls
from test.support import data_tiers
from test.support.emulated import REGION, EmulatorTest, make

VIRGINIA = "us-east-1"
DOMAIN = "example.com"
CERTIFICATE, ZONE = "AWS::CertificateManager::Certificate", "AWS::Route53::HostedZone"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
VPC_ORIGIN, DISTRIBUTION = "AWS::CloudFront::VpcOrigin", "AWS::CloudFront::Distribution"


@functools.cache
def install() -> None:
    """Put the seams of the edge in, which must happen once."""
    data_tiers.install()
    for module in (
        hosted_zones,
        acm,
        load_balancers,
        listeners,
        ip_sets,
        web_acls,
        delivery,
        vpc_origins,
        distributions,
        aliases,
    ):
        module.install()


class EdgeTest(EmulatorTest):
    """A test of the parts between a viewer and a load balancer."""

    def setUp(self):
        super().setUp()
        install()

    def region(self, name: str = VIRGINIA):
        """Run the body of `with` in that region."""
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


class VirginiaTest(EdgeTest):
    """A test of resources that CloudFront takes from us-east-1 only."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.region())


def origin_of(balancer: str, name: str = "origin") -> dict:
    """Properties of a VPC origin."""
    return {
        "VpcOriginEndpointConfig": {
            "Name": name,
            "Arn": balancer,
            "OriginProtocolPolicy": "https-only",
            "OriginSSLProtocols": ["TLSv1.2"],
        }
    }


def certificate_of(zone: str, *names: str) -> dict:
    """Properties of a certificate."""
    return {
        "DomainName": names[0],
        "SubjectAlternativeNames": list(names[1:]),
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": name, "HostedZoneId": zone} for name in names],
    }


def policy_of(bucket: str, service: str, key: str, **condition) -> dict:
    """Properties of a bucket's policy."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/{key}",
    }
    return {
        "Bucket": bucket,
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{**statement, "Condition": condition} if condition else statement],
        },
    }


def attributes(**given: str) -> list[dict]:
    """Attributes, with __ in place of the dots."""
    return [{"Key": key.replace("__", "."), "Value": value} for key, value in given.items()]


def api(action: str, **parameters: str) -> tuple[int, str]:
    """The status and the body of the API's answer."""
    status, _, body = alb.ACTION_MAP[action]({name: [value] for name, value in parameters.items()})
    return status, body.decode() if isinstance(body, bytes) else body


DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own policy that caches nothing."""
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""CloudFront's own policy that forwards everything, Host too."""


def behavior(**properties) -> dict:
    """A cache behavior that sends requests to the origin `app`."""
    return {
        "TargetOriginId": "app",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": DISABLED,
        **properties,
    }


def distribution_of(**config) -> dict:
    """Properties of a distribution with one origin."""
    origin = {"Id": "app", "DomainName": "app.internal", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    return {"DistributionConfig": {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior(), **config}}


def distribution(**config) -> tuple[str, dict]:
    """A distribution: its id and attributes."""
    return make(DISTRIBUTION, **distribution_of(**config))
