from emulator.core.seams import cloudfront, provisioners
from test.support.edge import BALANCER, DISTRIBUTION, VPC_ORIGIN, EdgeTest, distribution, distribution_of, origin_of
from test.support.emulated import change, make, remove

TAGS = [{"Key": "Owner", "Value": "a"}]


class VpcOrigins(EdgeTest):
    """A VPC origin is one of CloudFront's."""

    def use(self, origin: str) -> str:
        """A distribution that uses the origin."""
        return distribution(Origins=[self.part(origin)])[0]

    def part(self, origin: str) -> dict:
        return {"Id": "app", "DomainName": "app.internal", "VpcOriginConfig": {"VpcOriginId": origin}}

    def held(self) -> dict:
        return cloudfront.vpc_origins

    def tags(self, arn: str) -> list:
        return cloudfront.tags.get(arn)

    def test_comes_and_goes(self):
        origin, attributes = make(VPC_ORIGIN, **origin_of(self.balancer()), Tags=TAGS)
        self.assertRegex(origin, "^vo_[A-Za-z0-9]{22}$")
        self.assertEqual(attributes["Id"], origin)
        self.assertEqual(attributes["Arn"], f"arn:aws:cloudfront::{self.account}:vpcorigin/{origin}")
        self.assertEqual(attributes["Status"], "Deployed")
        self.assertTrue(attributes["CreatedTime"])
        config = self.held()[origin]["VpcOriginEndpointConfig"]
        self.assertEqual((config["HTTPPort"], config["HTTPSPort"]), (80, 443))
        self.assertEqual(config["OriginSslProtocols"], ["TLSv1.2"])
        self.assertEqual(self.tags(attributes["Arn"]), TAGS)
        remove(VPC_ORIGIN, origin)
        remove(VPC_ORIGIN, origin)
        self.assertNotIn(origin, self.held())

    def test_refuses_a_load_balancer_that_is_not_there(self):
        with self.refused("The parameter VpcOriginEndpointConfig Arn LoadBalancerNotFound."):
            self.vpc_origin(f"arn:aws:elasticloadbalancing:eu-central-1:{self.account}:loadbalancer/app/a/1")

    def test_refuses_a_load_balancer_that_is_not_internal(self):
        with self.refused("must be of an internal load balancer"):
            self.vpc_origin(self.balancer(Scheme="internet-facing"))

    def test_refuses_a_network_without_an_internet_gateway(self):
        balancer = make(BALANCER, Name="other", Scheme="internal", Subnets=self.network())[0]
        with self.refused(f"The VPC {self.vpc} of {balancer} needs an internet gateway for a VPC origin."):
            self.vpc_origin(balancer)

    def test_refuses_a_name_that_is_taken(self):
        balancer = self.balancer()
        self.vpc_origin(balancer)
        with self.refused("Another vpc origin with the same name already exists within the aws account."):
            self.vpc_origin(balancer)
        self.assertTrue(self.vpc_origin(balancer, "other"))

    def test_changes_while_no_distribution_uses_it(self):
        balancer = self.balancer()
        origin = self.vpc_origin(balancer)
        change(VPC_ORIGIN, origin, origin_of(balancer), {**origin_of(balancer, "other"), "Tags": TAGS})
        self.assertEqual(self.held()[origin]["VpcOriginEndpointConfig"]["Name"], "other")
        self.assertEqual(self.tags(self.held()[origin]["Arn"]), TAGS)

    def test_refuses_every_change_and_deletion_while_a_distribution_uses_it(self):
        balancer = self.balancer()
        origin = self.vpc_origin(balancer)
        used = self.use(origin)
        for new in (origin_of(balancer, "other"), {**origin_of(balancer), "Tags": TAGS}):
            with self.refused(f"before updating or deleting: {origin} (409 CannotUpdateEntityWhileInUse)"):
                change(VPC_ORIGIN, origin, origin_of(balancer), new)
        with self.refused("currently associated with one or more distributions"):
            remove(VPC_ORIGIN, origin)
        second = self.vpc_origin(balancer, "second")
        change(
            DISTRIBUTION,
            used,
            distribution_of(Origins=[self.part(origin)]),
            distribution_of(Origins=[self.part(second)]),
        )
        remove(VPC_ORIGIN, origin)
        self.assertEqual(list(self.held()), [second])

    def test_tags_of_a_stack_reach_it(self):
        self.assertEqual(provisioners.STACK_TAG_PROPERTY[VPC_ORIGIN], ("Tags", "list"))
