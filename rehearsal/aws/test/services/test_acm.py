from emulator.core.seams import acm, alb
from test.support.edge import CERTIFICATE, DOMAIN, ZONE, EdgeTest, certificate_of
from test.support.emulated import change, make, remove

ENDLESS = "The certificate would wait forever for its validation: DomainValidationOptions must give"


class Certificates(EdgeTest):
    """CloudFormation validates a certificate by itself, or never."""

    def setUp(self):
        super().setUp()
        self.zone = make(ZONE, Name=DOMAIN)[0]

    def test_is_issued_when_each_name_has_its_zone(self):
        arn = make(CERTIFICATE, **certificate_of(self.zone, DOMAIN, f"www.{DOMAIN}", f"*.{DOMAIN}"))[0]
        self.assertEqual(acm.certificates[arn]["Status"], "ISSUED")

    def test_refuses_a_name_without_a_zone(self):
        for properties in (
            {**certificate_of(self.zone, DOMAIN), "DomainValidationOptions": []},
            {**certificate_of(self.zone, DOMAIN), "SubjectAlternativeNames": [f"www.{DOMAIN}"]},
            certificate_of("Z0", DOMAIN),
            certificate_of(self.zone, "example.org"),
            certificate_of(self.zone, f"not-{DOMAIN}"),
        ):
            with self.refused(ENDLESS):
                make(CERTIFICATE, **properties)

    def test_refuses_validation_by_mail_which_is_the_default(self):
        properties = certificate_of(self.zone, DOMAIN)
        del properties["ValidationMethod"]
        with self.refused("set ValidationMethod to DNS."):
            make(CERTIFICATE, **properties)

    def test_refuses_a_change_too(self):
        arn = make(CERTIFICATE, **certificate_of(self.zone, DOMAIN))[0]
        with self.refused(ENDLESS):
            change(CERTIFICATE, arn, certificate_of(self.zone, DOMAIN), certificate_of(self.zone, "example.org"))

    def test_stays_while_a_listener_has_it(self):
        arn = make(CERTIFICATE, **certificate_of(self.zone, DOMAIN))[0]
        alb.listeners["listener"] = {"Certificates": [arn]}
        with self.refused(f"Certificate {arn} is in use by listener (ResourceInUseException)."):
            remove(CERTIFICATE, arn)
        alb.listeners.clear()
        remove(CERTIFICATE, arn)
