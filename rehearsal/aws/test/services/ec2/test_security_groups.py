from emulator.core.ministack_api import element, query
from emulator.core.seams import ec2
from test.support.emulated import EmulatorTest, change, make, remove

INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"


class Rules(EmulatorTest):
    """Rules of a security group that are resources of their own."""

    def setUp(self):
        super().setUp()
        self.network()
        self.group = make("AWS::EC2::SecurityGroup", GroupDescription="d", VpcId=self.vpc)[0]

    def rule(self, port: int, **properties) -> dict:
        given = {"GroupId": self.group, "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/16"}
        return {**given, **properties}

    def held(self, kind: str = INGRESS) -> list[tuple[int, str | None]]:
        """Port and description of every rule with a port."""
        rules = ec2.security_groups[self.group]["IpPermissions" if kind == INGRESS else "IpPermissionsEgress"]
        return [(rule["FromPort"], rule["IpRanges"][0].get("Description")) for rule in rules if "FromPort" in rule]

    def test_rules_come_and_go_by_themselves(self):
        first, _ = [make(INGRESS, **self.rule(port))[0] for port in (443, 80)]
        remove(INGRESS, first, **self.rule(443))
        self.assertEqual(self.held(), [(80, None)])

    def test_a_description_changes_in_place(self):
        for kind in (INGRESS, EGRESS):
            physical_id, _ = [make(kind, **self.rule(port, Description="old"))[0] for port in (443, 80)]
            changed = change(kind, physical_id, self.rule(443, Description="old"), self.rule(443, Description="new"))
            self.assertEqual(changed, (physical_id, {"Id": physical_id}))
            self.assertEqual(self.held(kind), [(443, "new"), (80, "old")])
            remove(kind, physical_id, **self.rule(443, Description="new"))
            self.assertEqual(self.held(kind), [(80, "old")])

    def test_the_prefix_list_of_a_rule_is_told(self):
        properties = {**self.rule(443, SourcePrefixListId="pl-1", Description="from there")}
        del properties["CidrIp"]
        made, _ = make(INGRESS, **properties)
        said = query(
            ec2.ACTION_MAP["DescribeSecurityGroupRules"],
            **{"Filter.1.Name": "group-id", "Filter.1.Value": [self.group]},
        )
        [item] = [one for one in said.split("<item>") if made in one]
        self.assertEqual([element(tag, item) for tag in ("prefixListId", "description")], ["pl-1", "from there"])

    def test_another_port_replaces_the_rule(self):
        old, _ = make(INGRESS, **self.rule(443))
        new, _ = change(INGRESS, old, self.rule(443), self.rule(444))
        self.assertEqual((self.held(), old != new), ([(444, None)], True))

    def test_refuses_a_rule_of_a_group_that_does_not_exist(self):
        for properties in ({"GroupId": "sg-1"}, {"GroupId": self.group, "SourceSecurityGroupId": "sg-1"}):
            with self.refused("The security group 'sg-1' does not exist"):
                make(INGRESS, IpProtocol="-1", **properties)

    def test_a_prefix_list_counts_as_many_rules(self):
        listed = {"CidrIp": None, "SourcePrefixListId": "pl-a3a144ca"}
        first, _ = make(INGRESS, **{key: value for key, value in self.rule(443, **listed).items() if value})
        self.assertEqual(
            ec2.security_groups[self.group]["IpPermissions"][0]["PrefixListIds"], [{"PrefixListId": "pl-a3a144ca"}]
        )
        second = {key: value for key, value in self.rule(80, **listed).items() if value}
        with self.refused("The maximum number of rules per security group has been reached: 110 of 60"):
            make(INGRESS, **second)
        with self.refused("110 of 60"):
            make("AWS::EC2::SecurityGroup", GroupDescription="d", VpcId=self.vpc, SecurityGroupIngress=[second] * 2)
        remove(INGRESS, first, **second)
        self.assertTrue(make(INGRESS, **second)[0])
