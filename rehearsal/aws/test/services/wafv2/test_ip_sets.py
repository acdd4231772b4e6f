from emulator.core.seams import waf
from test.services.wafv2.test_web_acls import ACL, acl_of
from test.support.edge import VirginiaTest
from test.support.emulated import change, make, remove

SET = "AWS::WAFv2::IPSet"


def set_of(*addresses: str, **properties) -> dict:
    """Properties of a set of addresses."""
    return {
        "Name": "people",
        "Scope": "CLOUDFRONT",
        "IPAddressVersion": "IPV4",
        "Addresses": list(addresses),
        **properties,
    }


def allowing(arn: str) -> dict:
    """Properties of an ACL that lets those of a set through."""
    statement = {"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": arn}}}}
    return acl_of({"Name": "others", "Priority": 0, "Action": {"Block": {}}, "Statement": statement})


class Sets(VirginiaTest):
    """A set of addresses."""

    def addresses(self) -> list:
        return [held["Addresses"] for held in waf.ip_sets.values()]

    def test_changes_in_place(self):
        physical_id, attributes = make(SET, **set_of())
        self.assertEqual(self.addresses(), [[]])
        changed, _ = change(SET, physical_id, set_of(), set_of("198.51.100.0/24"))
        self.assertEqual((changed, self.addresses()), (physical_id, [["198.51.100.0/24"]]))
        self.assertIn(":global/ipset/people/", attributes["Arn"])

    def test_for_cloudfront_is_in_virginia(self):
        with self.region("eu-central-1"), self.refused("CLOUDFRONT is in us-east-1 only, not in eu-central-1"):
            make(SET, **set_of())

    def test_refuses_what_is_no_network(self):
        for address in ("198.51.100.0", "198.51.100.1/24", "0.0.0.0/0", "2001:db8::/32"):
            with self.refused(f"The parameter Addresses is not valid: {address}"):
                make(SET, **set_of(address))
        make(SET, **set_of("2001:db8::/32", IPAddressVersion="IPV6"))

    def test_is_there_before_and_after_an_acl_that_looks_into_it(self):
        physical_id, attributes = make(SET, **set_of())
        arn = attributes["Arn"]
        acl, _ = make(ACL, **allowing(arn))
        with self.refused(f"couldn't delete {arn} because it is in use by acl"):
            remove(SET, physical_id, **set_of())
        remove(ACL, acl, **allowing(arn))
        remove(SET, physical_id, **set_of())
        with self.refused(f"because {arn} doesn't exist"):
            make(ACL, **allowing(arn))
