from emulator.services.logs.queries import QUERY
from test.support.alarms import MonitoringTest
from test.support.emulated import make, remove


class Queries(MonitoringTest):
    """A saved query is about log groups that there are."""

    def test_a_query_is_about_a_log_group(self):
        make("AWS::Logs::LogGroup", LogGroupName="/group")
        with self.refused("about /absent, a log group that does not exist"):
            make(QUERY, Name="q", LogGroupNames=["/absent"], QueryString="limit 1")
        remove(QUERY, make(QUERY, Name="q", LogGroupNames=["/group"], QueryString="limit 1")[0])
