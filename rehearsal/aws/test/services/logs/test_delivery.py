from emulator.core.seams import cloudwatch_logs
from emulator.services.logs.access import WRITER
from emulator.services.logs.delivery import DELIVERY, DESTINATION, SOURCE
from test.support.edge import VirginiaTest, distribution, policy_of
from test.support.emulated import change, make, remove, resource


class Deliveries(VirginiaTest):
    """The logs of a distribution go to a bucket."""

    def setUp(self):
        super().setUp()
        self.name = self.bucket()
        self.distribution = distribution()[1]["Arn"]

    def source(self, **properties) -> dict:
        return {"Name": "source", "ResourceArn": self.distribution, "LogType": "ACCESS_LOGS", **properties}

    def destination(self, path: str = "", **properties) -> dict:
        return {
            "Name": "destination",
            "DestinationResourceArn": f"arn:aws:s3:::{self.name}{path}",
            "OutputFormat": "json",
            **properties,
        }

    def delivery(self, **properties) -> dict:
        arn = f"arn:aws:logs:us-east-1:{self.account}:delivery-destination:destination"
        return {"DeliverySourceName": "source", "DeliveryDestinationArn": arn, **properties}

    def ends(self, path: str = "") -> None:
        """Make the source and the destination."""
        make(SOURCE, **self.source())
        make(DESTINATION, **self.destination(path))

    def condition(self) -> dict:
        return {
            "StringEquals": {"aws:SourceAccount": self.account, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{self.account}:delivery-source:*"},
        }

    def test_come_and_go_in_order(self):
        self.allow(self.name, WRITER, f"AWSLogs/{self.account}/*", **self.condition())
        self.ends()
        key, attributes = make(DELIVERY, **self.delivery(RecordFields=["date", "cs(Host)"], S3SuffixPath="{yyyy}"))
        held = cloudwatch_logs.deliveries[key]
        self.assertEqual((attributes["DeliveryId"], attributes["DeliveryDestinationType"]), (key, "S3"))
        self.assertEqual(
            (held["recordFields"], held["s3DeliveryConfiguration"]["suffixPath"]), (["date", "cs(Host)"], "{yyyy}")
        )
        for kind, name in ((SOURCE, "source"), (DESTINATION, "destination")):
            with self.refused(f"{name} is in use by the delivery {key}"):
                remove(kind, name)
        change(DELIVERY, key, self.delivery(RecordFields=["date", "cs(Host)"]), self.delivery(RecordFields=["time"]))
        self.assertEqual(cloudwatch_logs.deliveries[key]["recordFields"], ["time"])
        for kind, name in ((DELIVERY, key), (SOURCE, "source"), (DESTINATION, "destination")) * 2:
            remove(kind, name)
        self.assertFalse(cloudwatch_logs.delivery_sources.values())

    def test_refuses_a_source_outside_of_virginia(self):
        with self.region("eu-central-1"), self.refused("Logs of CloudFront are delivered in us-east-1 only"):
            make(SOURCE, **self.source())

    def test_refuses_a_source_that_is_none(self):
        arn = f"{self.distribution}0"
        for given, told in (
            ({"ResourceArn": arn}, f"{arn} is no distribution of this account"),
            ({"LogType": "ALL"}, "must be ACCESS_LOGS, not ALL"),
        ):
            with self.refused(told):
                make(SOURCE, **self.source(**given))

    def test_a_distribution_has_one_source(self):
        make(SOURCE, **self.source())
        with self.refused("already been used in another Delivery Source in this account: source"):
            make(SOURCE, **self.source(Name="other"))

    def test_refuses_a_bucket_that_does_not_exist(self):
        self.name = "none"
        with self.refused("The specified destination bucket does not exist: arn:aws:s3:::none"):
            make(DESTINATION, **self.destination())

    def test_refuses_a_bucket_that_takes_no_logs(self):
        self.ends()
        told = f"its policy must let {WRITER} s3:PutObject on arn:aws:s3:::{self.name}/AWSLogs/{self.account}/"
        for key, service, condition in (
            ("*", "s3.amazonaws.com", {}),
            ("other/*", WRITER, {}),
            ("*", WRITER, {"StringEquals": {"aws:SourceAccount": "1"}}),
            ("*", WRITER, {"ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-central-1:*"}}),
            ("*", WRITER, {"StringEquals": {"s3:x-amz-acl": "private"}}),
        ):
            self.allow(self.name, service, key, **condition)
            with self.refused(told):
                make(DELIVERY, **self.delivery())

    def test_a_folder_that_aws_adds_is_not_added_again(self):
        self.ends(f"/edge/AWSLogs/{self.account}/CloudFront")
        self.allow(self.name, WRITER, f"edge/AWSLogs/{self.account}/CloudFront/*.gz")
        self.assertTrue(make(DELIVERY, **self.delivery())[0])
        self.allow(self.name, WRITER, f"edge/AWSLogs/{self.account}/CloudFront/AWSLogs/*")
        with self.refused(f"arn:aws:s3:::{self.name}/edge/AWSLogs/{self.account}/CloudFront/example.gz"):
            make(DELIVERY, **self.delivery(DeliverySourceName="source"))

    def test_a_prefix_of_the_bucket_comes_first(self):
        self.ends("/edge/")
        self.allow(self.name, WRITER, "AWSLogs/*")
        with self.refused(f"arn:aws:s3:::{self.name}/edge/AWSLogs/{self.account}/CloudFront/"):
            make(DELIVERY, **self.delivery())

    def test_refuses_what_cannot_be_recorded(self):
        self.ends()
        with self.refused("RecordFields has what CloudFront cannot record: cs(Authorization)"):
            make(DELIVERY, **self.delivery(RecordFields=["date", "cs(Authorization)"]))

    def test_the_policy_is_there_before(self):
        resources = {
            "Policy": resource("AWS::S3::BucketPolicy", **policy_of(self.name, WRITER, "AWSLogs/*")),
            "Source": resource(SOURCE, **self.source()),
            "Destination": resource(DESTINATION, **self.destination()),
            "Delivery": {**resource(DELIVERY, **self.delivery()), "DependsOn": ["Source", "Destination"]},
        }
        self.assert_refused_in_every_order(resources, "order the source of its logs after Policy")
        resources["Delivery"]["DependsOn"].append("Policy")
        self.assert_deployed_in_every_order(resources)
