from emulator.core.seams import waf
from emulator.services.logs.access import WRITER
from emulator.services.wafv2.web_acls import capacity
from test.support.edge import DISTRIBUTION, VirginiaTest, distribution
from test.support.emulated import make, remove, resource

ACL, LOGGING = "AWS::WAFv2::WebACL", "AWS::WAFv2::LoggingConfiguration"
GROUP = "aws-waf-logs-app"
NONE = [{"Priority": 0, "Type": "NONE"}]


def managed(name: str, priority: int = 0, **properties) -> dict:
    """A rule with a rule group of AWS."""
    return {
        "Name": name,
        "Priority": priority,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}},
        **properties,
    }


def acl_of(*rules: dict, **properties) -> dict:
    """Properties of an ACL."""
    return {
        "Name": "acl",
        "Scope": "CLOUDFRONT",
        "DefaultAction": {"Allow": {}},
        "Rules": list(rules),
        "VisibilityConfig": {},
        **properties,
    }


class Acls(VirginiaTest):
    """A web ACL."""

    def acl(self, *rules: dict, **properties) -> tuple[str, dict]:
        return make(ACL, **acl_of(*rules, **properties))

    def test_for_cloudfront_is_in_virginia(self):
        self.assertTrue(self.acl())
        with self.region("eu-central-1"):
            with self.refused("CLOUDFRONT is in us-east-1 only, not in eu-central-1"):
                self.acl(Name="other")
            self.assertTrue(self.acl(Scope="REGIONAL"))

    def test_refuses_a_name_that_is_taken(self):
        self.acl()
        with self.refused("the web ACL acl exists already"):
            self.acl()

    def test_stays_while_a_distribution_has_it(self):
        physical_id, attributes = self.acl()
        used, _ = distribution(WebACLId=attributes["Arn"])
        with self.refused(f"couldn't delete {attributes['Arn']} because it is in use by {used}"):
            remove(ACL, physical_id, **acl_of())
        remove(DISTRIBUTION, used)
        remove(ACL, physical_id, **acl_of())

    def test_of_a_region_is_not_for_a_distribution(self):
        arn = self.acl(Scope="REGIONAL")[1]["Arn"]
        with self.refused(f"there is no {arn} with the scope CLOUDFRONT"):
            distribution(WebACLId=arn)

    def test_refuses_rules_with_one_name_or_priority(self):
        name = "AWSManagedRulesSQLiRuleSet"
        for rules, told in (
            ((managed(name), managed(name, 1)), f"Two rules have the same Name: {name}"),
            ((managed(name), managed("AWSManagedRulesCommonRuleSet")), "Two rules have the same Priority: 0"),
        ):
            with self.refused(told):
                self.acl(*rules)

    def test_refuses_the_action_of_the_other_kind_of_rule(self):
        name = "AWSManagedRulesSQLiRuleSet"
        with self.refused(f"The rule {name} must have OverrideAction and not Action."):
            self.acl(managed(name, Action={"Block": {}}))
        with self.refused("The rule own must have Action and not OverrideAction."):
            self.acl(
                {
                    "Name": "own",
                    "Priority": 0,
                    "OverrideAction": {"None": {}},
                    "Statement": {"GeoMatchStatement": {"CountryCodes": ["DE"]}},
                }
            )

    def test_refuses_more_than_its_capacity(self):
        statements = [{"ByteMatchStatement": {"PositionalConstraint": "CONTAINS", "TextTransformations": NONE}}] * 430
        rule = {
            "Name": "own",
            "Priority": 9,
            "Action": {"Block": {}},
            "Statement": {"OrStatement": {"Statements": statements}},
        }
        self.assertTrue(self.acl(managed("AWSManagedRulesCommonRuleSet"), rule))
        with self.refused("The rules of more need 5025 capacity units of at most 5000"):
            self.acl(
                managed("AWSManagedRulesCommonRuleSet"),
                managed("AWSManagedRulesAmazonIpReputationList", 1),
                rule,
                Name="more",
            )

    def test_statements_need_what_is_documented(self):
        lower = [{"Priority": 0, "Type": "LOWERCASE"}]
        exact = {"ByteMatchStatement": {"PositionalConstraint": "EXACTLY", "TextTransformations": lower}}
        for needed, statement in (
            (200, managed("AWSManagedRulesKnownBadInputsRuleSet")["Statement"]),
            (12, exact),
            (1, {"SizeConstraintStatement": {"TextTransformations": NONE}}),
            (2, {"RateBasedStatement": {"AggregateKeyType": "IP"}}),
            (14, {"RateBasedStatement": {"AggregateKeyType": "IP", "ScopeDownStatement": exact}}),
            (12, {"NotStatement": {"Statement": exact}}),
            (24, {"AndStatement": {"Statements": [exact, exact]}}),
            (20, {"SqliMatchStatement": {"TextTransformations": NONE}}),
            (30, {"SqliMatchStatement": {"TextTransformations": NONE, "SensitivityLevel": "HIGH"}}),
        ):
            self.assertEqual(capacity(statement), needed)

    def test_refuses_what_it_does_not_know(self):
        with self.refused("The managed rule group AWS Other does not exist."):
            self.acl(managed("Other"))
        with self.refused("does not know the capacity of a OtherStatement"):
            capacity({"OtherStatement": {}})


class Logging(VirginiaTest):
    """The logs of a web ACL."""

    def setUp(self):
        super().setUp()
        self.acl = make(ACL, **acl_of())[1]["Arn"]
        self.arn = f"arn:aws:logs:us-east-1:{self.account}:log-group:{GROUP}"
        make("AWS::Logs::LogGroup", LogGroupName=GROUP)

    def policy(self, **properties) -> dict:
        """Properties of the policy that lets logs be delivered."""
        return {
            "PolicyName": "logs",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": WRITER},
                        "Resource": f"{self.arn}:log-stream:*",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Condition": {
                            "StringEquals": {"aws:SourceAccount": self.account},
                            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{self.account}:*"},
                        },
                        **properties,
                    }
                ],
            },
        }

    def logging(self, destination: str = "", **properties) -> dict:
        return {"ResourceArn": self.acl, "LogDestinationConfigs": [destination or self.arn], **properties}

    def test_go_to_a_group_whose_policy_lets_them(self):
        make("AWS::Logs::ResourcePolicy", **self.policy())
        redacted = [{"QueryString": {}}, {"SingleHeader": {"Name": "cookie"}}]
        arn, _ = make(LOGGING, **self.logging(RedactedFields=redacted))
        self.assertEqual((arn, list(waf.logging_configurations)), (self.acl, [self.acl]))
        with self.refused(f"The web ACL {self.acl} has a logging configuration already."):
            make(LOGGING, **self.logging())
        remove(LOGGING, arn)
        self.assertEqual(list(waf.logging_configurations), [])

    def test_refuses_a_group_whose_policy_does_not_let_them(self):
        told = f"No resource policy of CloudWatch Logs permits logs to {self.arn}: let {WRITER}"
        with self.refused(told):
            make(LOGGING, **self.logging())
        for given in (
            {"Action": "logs:CreateLogStream"},
            {"Resource": "arn:aws:logs:us-east-1:1:*"},
            {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
            {"Principal": {"Service": "wafv2.amazonaws.com"}},
        ):
            make("AWS::Logs::ResourcePolicy", **self.policy(**given))
            with self.refused(told):
                make(LOGGING, **self.logging())

    def test_refuses_a_group_that_does_not_exist_or_has_another_name(self):
        with self.refused("does not exist in us-east-1: its ARN must end in its name"):
            make(LOGGING, **self.logging(f"{self.arn}:*"))
        with self.refused("does not exist in us-east-1"):
            make(LOGGING, **self.logging(self.arn.replace("us-east-1", "eu-central-1")))
        with self.refused("a log group's name must start with aws-waf-logs-"):
            make(LOGGING, **self.logging(self.arn.replace(GROUP, "app")))

    def test_refuses_fields_that_cannot_be_redacted(self):
        make("AWS::Logs::ResourcePolicy", **self.policy())
        for field in ({"Cookies": {}}, {"SingleHeader": {}}, {"Method": {}, "QueryString": {}}):
            with self.refused("A field of RedactedFields must be one of Method, QueryString, SingleHeader, UriPath"):
                make(LOGGING, **self.logging(RedactedFields=[field]))

    def test_refuses_an_acl_that_does_not_exist(self):
        with self.refused("The web ACL none does not exist in us-east-1."):
            make(LOGGING, **self.logging(ResourceArn="none"))

    def test_the_policy_is_there_before(self):
        resources = {
            "Policy": resource("AWS::Logs::ResourcePolicy", **self.policy()),
            "Logging": resource(LOGGING, **self.logging()),
        }
        self.assert_refused_in_every_order(resources, "order it after Policy")
        self.assert_deployed_in_every_order({**resources, "Logging": {**resources["Logging"], "DependsOn": "Policy"}})
