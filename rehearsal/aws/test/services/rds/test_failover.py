from emulator.core.seams import rds
from emulator.services.rds import failover
from test.support.data_tiers import DataTest
from test.support.emulated import REGION, make

INSTANCE, SUBNETS = "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"


class Failover(DataTest):
    """A database goes on in its other zone."""

    def zones(self, **properties) -> tuple[str, str]:
        """The zones of an instance after the first zone is lost: its own, and that of its standby."""
        make(SUBNETS, DBSubnetGroupName="group", DBSubnetGroupDescription="d", SubnetIds=self.subnets)
        make(INSTANCE, **self.database(DBSubnetGroupName="group", **properties))
        failover.lose(f"{REGION}a")
        held = rds.instances["main"]
        return held["AvailabilityZone"], held.get("SecondaryAvailabilityZone") or ""

    def test_with_a_standby_it_fails_over_and_keeps_its_name(self):
        self.assertEqual(self.zones(MultiAZ=True), (f"{REGION}b", f"{REGION}a"))
        failover.lose(f"{REGION}b")
        self.assertEqual(rds.instances["main"]["AvailabilityZone"], f"{REGION}a")

    def test_without_one_it_stays(self):
        self.assertEqual(self.zones(), (f"{REGION}a", ""))

    def test_the_loss_of_another_zone_changes_nothing(self):
        make(INSTANCE, **self.database(MultiAZ=True))
        failover.lose(f"{REGION}c")
        self.assertEqual(rds.instances["main"]["AvailabilityZone"], f"{REGION}a")
