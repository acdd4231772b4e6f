from test.services.rds.test_instances import INSTANCE, PARAMETERS, SUBNETS
from test.support.data_tiers import DataTest, described
from test.support.emulated import change, make, remove


class Groups(DataTest):
    """Groups of subnets and parameters."""

    def group(self, subnets: list[str]) -> dict:
        return {"DBSubnetGroupName": "group", "DBSubnetGroupDescription": "d", "SubnetIds": subnets}

    def test_refuses_subnets_in_one_zone(self):
        one, two = self.group(self.subnets[:1]), self.group(self.subnets)
        told = (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            "eu-central-1a."
        )
        with self.refused(told):
            make(SUBNETS, **one)
        make(SUBNETS, **two)
        with self.refused(told):
            change(SUBNETS, "group", two, one)

    def test_refuses_a_name_that_is_taken(self):
        make(SUBNETS, **self.group(self.subnets))
        with self.refused("DB subnet group group already exists."):
            make(SUBNETS, **self.group(self.subnets))

    def test_refuses_to_delete_what_an_instance_uses(self):
        make(SUBNETS, **self.group(self.subnets))
        make(PARAMETERS, DBParameterGroupName="parameters", Family="mysql8.4", Description="d")
        make(INSTANCE, **self.database(DBSubnetGroupName="group", DBParameterGroupName="parameters"))
        with self.refused("Cannot delete the subnet group 'group' because at least one database instance: main"):
            remove(SUBNETS, "group")
        with self.refused("One or more database instances are still members of this parameter group parameters"):
            remove(PARAMETERS, "parameters")
        remove(INSTANCE, "main")
        remove(SUBNETS, "group")
        remove(PARAMETERS, "parameters")
        for action, name in (("_describe_subnet_groups", "group"), ("_describe_param_groups", "parameters")):
            self.assertNotIn(name + "<", described("rds", action))
