from emulator.services.eventbridge import RULE
from emulator.services.sns import TOPIC
from test.support.alarms import MonitoringTest
from test.support.emulated import change, make, remove


class Rules(MonitoringTest):
    """A rule notifies a topic that lets it, of what there is."""

    def test_a_rule_tells_a_topic_whose_key_lets_events_publish_of_what_rds_tells(self):
        def rule(topic: str, category: str) -> dict:
            pattern = {"source": ["aws.rds"], "detail": {"EventCategories": [category]}}
            return {"EventPattern": pattern, "Targets": [{"Id": "topic", "Arn": topic}]}

        with self.refused("events.amazonaws.com cannot publish"):
            make(
                RULE, **rule(make(TOPIC, TopicName="closed", KmsMasterKeyId=self.key("s3.amazonaws.com"))[0], "failure")
            )
        topic = self.topic("events.amazonaws.com")
        with self.refused("RDS publishes no event fail-over"):
            make(RULE, **rule(topic, "fail-over"))
        name = make(RULE, **rule(topic, "failover"))[0]
        with self.refused("RDS publishes no event fail-over"):
            change(RULE, name, rule(topic, "failover"), rule(topic, "fail-over"))
        remove(RULE, name)
