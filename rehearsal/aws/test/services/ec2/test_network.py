from emulator.core.ministack_api import query
from emulator.core.seams import ec2
from test.support.emulated import REGION, EmulatorTest, change, deploy, make, reasons, remove, resource

BLOCK = "AWS::EC2::VPCCidrBlock"
SUBNET = "AWS::EC2::Subnet"


class Blocks(EmulatorTest):
    """Address blocks of a VPC and of its subnets."""

    def setUp(self):
        super().setUp()
        self.vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")[0]

    def subnet(self, cidr: str, vpc: str = "") -> str:
        return make(SUBNET, VpcId=vpc or self.vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}a")[0]

    def block(self, cidr: str) -> str:
        return make(BLOCK, VpcId=self.vpc, CidrBlock=cidr)[0]

    def described(self) -> str:
        return query(ec2.describe_vpcs, VpcId=[self.vpc])

    def test_refuses_a_subnet_outside_of_the_blocks_of_the_vpc(self):
        told = "The CIDR '100.64.0.0/18' is invalid: it is in none of the VPC's blocks; order it after its block."
        with self.refused(told):
            self.subnet("100.64.0.0/18")

    def test_accepts_a_subnet_of_a_further_block(self):
        self.block("100.64.0.0/16")
        self.assertTrue(self.subnet("100.64.0.0/18"))

    def test_refuses_a_subnet_that_is_larger_than_its_block(self):
        with self.refused("in none of the VPC's blocks"):
            self.subnet("10.0.0.0/15")

    def test_refuses_a_subnet_that_overlaps_another_one(self):
        self.subnet("10.0.0.0/20")
        with self.refused("The CIDR '10.0.8.0/24' conflicts with another subnet (10.0.0.0/20)"):
            self.subnet("10.0.8.0/24")

    def test_subnets_of_another_vpc_do_not_conflict(self):
        self.subnet("10.0.0.0/24")
        self.assertTrue(self.subnet("10.0.0.0/24", make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")[0]))

    def test_refuses_a_subnet_of_no_vpc(self):
        with self.refused("The vpc ID 'vpc-missing' does not exist"):
            self.subnet("10.0.0.0/24", "vpc-missing")

    def test_refuses_a_block_that_overlaps_another_one(self):
        with self.refused("The CIDR '10.0.128.0/17' conflicts with another block of the VPC"):
            self.block("10.0.128.0/17")

    def test_refuses_a_sixth_block(self):
        for i in range(4):
            self.block(f"100.{64 + i}.0.0/16")
        with self.refused(f"This network '{self.vpc}' has met its maximum number of allowed CIDRs: 5"):
            self.block("100.68.0.0/16")

    def test_further_blocks_are_shown_until_they_are_deleted(self):
        key = self.block("100.64.0.0/16")
        self.assertIn("<cidrBlock>100.64.0.0/16</cidrBlock>", self.described())
        remove(BLOCK, key, VpcId=self.vpc, CidrBlock="100.64.0.0/16")
        self.assertNotIn("100.64.0.0/16", self.described())

    def test_refuses_to_delete_a_block_that_a_subnet_uses(self):
        key, subnet = self.block("100.64.0.0/16"), self.subnet("100.64.0.0/18")
        with self.refused(f"The block 100.64.0.0/16 is in use by {subnet} and cannot be disassociated"):
            remove(BLOCK, key, VpcId=self.vpc, CidrBlock="100.64.0.0/16")

    def test_refuses_a_block_of_ipv6_with_a_clear_message(self):
        with self.refused("AWS::EC2::VPCCidrBlock needs a CidrBlock: the rehearsal knows neither IPv6"):
            make(BLOCK, VpcId=self.vpc, AmazonProvidedIpv6CidrBlock=True)

    def test_a_stack_fails_with_the_reason(self):
        properties = {"VpcId": self.vpc, "CidrBlock": "100.64.0.0/18", "AvailabilityZone": f"{REGION}a"}
        stack = deploy("stack", {"Resources": {"Subnet": {"Type": SUBNET, "Properties": properties}}})
        self.assertIn("it is in none of the VPC's blocks", reasons(stack))


class Routing(EmulatorTest):
    """Addresses, gateways and access lists refer to what exists."""

    def setUp(self):
        super().setUp()
        self.subnet, _ = self.network()

    def test_an_address_is_known_by_its_allocation(self):
        address, attributes = make("AWS::EC2::EIP", Domain="vpc")
        self.assertEqual(ec2.addresses[attributes["AllocationId"]]["PublicIp"], address)
        self.attach_internet_gateway()
        gateway, _ = make("AWS::EC2::NatGateway", SubnetId=self.subnet, AllocationId=attributes["AllocationId"])
        self.assertIn(gateway, ec2.nat_gateways)
        remove("AWS::EC2::EIP", address)
        self.assertNotIn(attributes["AllocationId"], ec2.addresses)

    def attach_internet_gateway(self) -> str:
        gateway = make("AWS::EC2::InternetGateway")[0]
        make("AWS::EC2::VPCGatewayAttachment", VpcId=self.vpc, InternetGatewayId=gateway)
        return gateway

    def no_gateway(self):
        return self.refused(f"Network {self.vpc} has no Internet gateway attached")

    def test_refuses_a_nat_gateway_without_an_internet_gateway(self):
        with self.no_gateway():
            make("AWS::EC2::NatGateway", SubnetId=self.subnet)
        self.assertTrue(make("AWS::EC2::NatGateway", SubnetId=self.subnet, ConnectivityType="private")[0])

    def test_refuses_a_route_through_an_internet_gateway_that_is_not_attached(self):
        table = make("AWS::EC2::RouteTable", VpcId=self.vpc)[0]
        route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
        with self.no_gateway():
            make("AWS::EC2::Route", **route, GatewayId=make("AWS::EC2::InternetGateway")[0])
        make("AWS::EC2::Route", **route, NatGatewayId="nat-1")
        self.assertTrue(make("AWS::EC2::Route", **route, GatewayId=self.attach_internet_gateway())[0])

    def test_what_uses_the_internet_gateway_is_ordered_after_its_attachment(self):
        vpc = {"VpcId": {"Ref": "Vpc"}}
        base = {
            "Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
            "Subnet": resource(SUBNET, **vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=f"{REGION}a"),
            "Gateway": resource("AWS::EC2::InternetGateway"),
            "Attachment": resource("AWS::EC2::VPCGatewayAttachment", **vpc, InternetGatewayId={"Ref": "Gateway"}),
            "Table": resource("AWS::EC2::RouteTable", **vpc),
        }
        for used in (
            resource("AWS::EC2::NatGateway", SubnetId={"Ref": "Subnet"}),
            resource(
                "AWS::EC2::Route",
                RouteTableId={"Ref": "Table"},
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId={"Ref": "Gateway"},
            ),
        ):
            self.assert_refused_in_every_order({**base, "Used": used}, "has no Internet gateway attached")
            self.assert_deployed_in_every_order({**base, "Used": {**used, "DependsOn": "Attachment"}})

    def test_refuses_a_nat_gateway_without_its_subnet_or_address(self):
        for properties, missing in (
            ({"SubnetId": "subnet-1"}, "subnet-1"),
            ({"SubnetId": self.subnet, "AllocationId": "eipalloc-1"}, "eipalloc-1"),
        ):
            with self.refused(f"'{missing}' does not exist"):
                make("AWS::EC2::NatGateway", **properties)

    def test_a_flow_log_comes_and_goes(self):
        log, _ = make(
            "AWS::EC2::FlowLog",
            ResourceId=self.vpc,
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::logs",
        )
        self.assertIn(log, ec2.flow_logs)
        remove("AWS::EC2::FlowLog", log)
        self.assertNotIn(log, ec2.flow_logs)

    def test_tags_of_an_address_follow_the_template(self):
        old, new = ({"Tags": [{"Key": "Name", "Value": value}]} for value in ("a", "b"))
        address, attributes = make("AWS::EC2::EIP", **old)
        self.assertEqual(change("AWS::EC2::EIP", address, old, new)[0], address)
        self.assertEqual(ec2.tags[attributes["AllocationId"]], new["Tags"])

    def test_an_access_list_has_entries_and_subnets(self):
        acl = make("AWS::EC2::NetworkAcl", VpcId=self.vpc)[0]
        entry = {"NetworkAclId": acl, "RuleNumber": 100, "Protocol": -1, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
        number, _ = make("AWS::EC2::NetworkAclEntry", **entry)
        association, _ = make("AWS::EC2::SubnetNetworkAclAssociation", NetworkAclId=acl, SubnetId=self.subnet)

        def held() -> tuple[bool, list[str]]:
            record = ec2.network_acls[acl]
            numbers = [int(entry["RuleNumber"]) for entry in record["Entries"]]
            return 100 in numbers, [association["SubnetId"] for association in record["Associations"]]

        self.assertEqual(held(), (True, [self.subnet]))
        remove("AWS::EC2::SubnetNetworkAclAssociation", association, NetworkAclId=acl)
        remove("AWS::EC2::NetworkAclEntry", number, **entry)
        self.assertEqual(held(), (False, []))

    def test_refuses_an_association_with_a_missing_access_list(self):
        with self.refused("The network ACL 'acl-1' does not exist"):
            make("AWS::EC2::SubnetNetworkAclAssociation", NetworkAclId="acl-1", SubnetId=self.subnet)
