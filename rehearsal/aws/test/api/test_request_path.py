import inspect

from emulator.api import request_path
from emulator.core.seams import cloudfront, provisioners
from test.support.emulated import make
from test.support.target_groups import ControllerTest, pod

ALL_VIEWER, EXCEPT_HOST = "216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


class Parts(ControllerTest):
    """Each link of a request's path as the emulated services hold it."""

    def setUp(self):
        super().setUp()
        self.bucket = f"files-{self.account}"

    def held(self, part: str) -> dict:
        (found,) = [
            one
            for one in request_path.parts()[part]
            if one.get("account", self.account) == self.account and self.account in one.get("arn", self.account)
        ]
        return found

    def distribution(self, access: str | None = "oac", ipv6: bool = True, **policies) -> dict:
        behaviour = {"ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": NO_CACHE, **policies}
        self.make_unchecked(
            "AWS::CloudFront::Distribution",
            DistributionConfig={
                "Enabled": True,
                "IPV6Enabled": ipv6,
                "Aliases": ["example.com"],
                "DefaultCacheBehavior": {"TargetOriginId": "lb", **behaviour},
                "CacheBehaviors": [{"PathPattern": "/assets/*", "TargetOriginId": "files", **behaviour}],
                "Origins": [
                    {
                        "Id": "lb",
                        "DomainName": "lb.internal",
                        "VpcOriginConfig": {"VpcOriginId": "vo_1"},
                        "OriginCustomHeaders": [{"HeaderName": "X-Site", "HeaderValue": "app"}],
                    },
                    {
                        "Id": "files",
                        "DomainName": f"{self.bucket}.s3.eu-central-1.amazonaws.com",
                        "OriginAccessControlId": access,
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    },
                ],
            },
        )
        return self.held("distributions")

    def make_unchecked(self, kind: str, **properties) -> None:
        """Make a resource of the emulated service itself: its links lead to nothing, which the checks would refuse."""
        inspect.unwrap(provisioners.RESOURCE_HANDLERS[kind]["create"])("Resource", properties, "stack")

    def test_a_distribution(self):
        found = self.distribution(OriginRequestPolicyId=ALL_VIEWER)
        self.assertEqual((found["aliases"], found["enabled"]), (["example.com"], True))
        self.assertEqual(
            [tuple(one.values()) for one in found["behaviours"]], [("/assets/*", "files", True), ("*", "lb", True)]
        )
        balanced = found["origins"][0]
        self.assertEqual((balanced["headers"], balanced["vpcOrigin"]), ({"x-site": "app"}, "vo_1"))
        self.assertEqual([one["bucket"] for one in found["origins"]], [None, self.bucket])

    def test_whether_it_has_addresses_of_ipv6(self):
        for given in (True, False):
            self.assertEqual(self.distribution(ipv6=given)["ipv6"], given)
            self.forget()

    def test_the_host_is_forwarded_only_if_a_policy_says_so(self):
        for policy, forwarded in ((ALL_VIEWER, True), (EXCEPT_HOST, False), (None, False)):
            given = {"OriginRequestPolicyId": policy} if policy else {}
            self.assertEqual(self.distribution(**given)["behaviours"][1]["forwardsHost"], forwarded, policy)
            self.forget()

    def forget(self) -> None:
        cloudfront.distributions.clear()

    def unreadable(self) -> str | None:
        return self.held("distributions")["origins"][1]["unreadable"]

    def test_a_bucket_is_readable_by_its_policy(self):
        found = self.distribution()
        self.assertEqual(self.unreadable(), f"the bucket {self.bucket} does not exist")
        make("AWS::S3::Bucket", BucketName=self.bucket)
        denied = f"the policy of the bucket {self.bucket} does not let the distribution {found['id']} read"
        self.assertEqual(self.unreadable(), denied)
        for source, told in (
            (f"arn:aws:cloudfront::{self.account}:distribution/*", None),
            ("arn:aws:cloudfront::1:distribution/*", denied),
        ):
            make(
                "AWS::S3::BucketPolicy",
                Bucket=self.bucket,
                PolicyDocument={
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudfront.amazonaws.com"},
                            "Action": "s3:GetObject",
                            "Resource": f"arn:aws:s3:::{self.bucket}/*",
                            "Condition": {"ArnLike": {"aws:SourceArn": source}},
                        }
                    ],
                },
            )
            self.assertEqual(self.unreadable(), told)

    def test_a_bucket_is_not_readable_without_access_control(self):
        make("AWS::S3::Bucket", BucketName=self.bucket)
        self.distribution(access=None)
        self.assertEqual(self.unreadable(), "the origin files has no origin access control")

    def test_a_load_balancer_and_its_rules(self):
        make(
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            ListenerArn=self.listener,
            Priority=1,
            Conditions=[
                {"Field": "host-header", "HostHeaderConfig": {"Values": ["example.com"]}},
                {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Site", "Values": ["app"]}},
            ],
            Actions=[{"Type": "forward", "TargetGroupArn": self.group_arn}],
        )
        found = self.held("loadBalancers")
        (listener,) = found["listeners"]
        self.assertEqual(
            (found["arn"], listener["port"], listener["protocol"], listener["open"], listener["names"]),
            (self.balancer, 80, "HTTP", False, []),
        )
        first, default = listener["rules"]
        self.assertEqual(
            first,
            {
                "targetGroups": [{"arn": self.group_arn, "weight": 1}],
                "conditions": [
                    {"field": "host-header", "header": "", "values": ["example.com"]},
                    {"field": "http-header", "header": "x-site", "values": ["app"]},
                ],
            },
        )
        self.assertEqual(default["conditions"], [])

    def test_a_load_balancer_is_open_to_the_prefix_list(self):
        make(
            "AWS::EC2::SecurityGroupIngress",
            GroupId=self.front,
            IpProtocol="tcp",
            FromPort=80,
            ToPort=80,
            SourcePrefixListId="pl-1",
        )
        self.assertTrue(self.held("loadBalancers")["listeners"][0]["open"])

    def test_the_targets_with_what_is_wrong_with_them(self):
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2", path="/other"))
        targets = self.held("targetGroups")["targets"]
        self.assertEqual(
            [(one["address"], one["port"], bool(one["fault"])) for one in targets],
            [("10.0.0.1", 3000, False), ("10.0.0.2", 3000, True)],
        )
