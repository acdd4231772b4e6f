from emulator.core.seams import acm
from test.support.edge import (
    ALL_VIEWER,
    DISTRIBUTION,
    DOMAIN,
    VIRGINIA,
    EdgeTest,
    behavior,
    distribution,
    distribution_of,
)
from test.support.emulated import change, make, remove

CONTROL = "AWS::CloudFront::OriginAccessControl"


def control_of(name: str = "control") -> dict:
    """Properties of an origin access control."""
    return {
        "OriginAccessControlConfig": {
            "Name": name,
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    }


def headers_of(name: str = "headers") -> dict:
    """Properties of a response headers policy."""
    return {
        "ResponseHeadersPolicyConfig": {
            "Name": name,
            "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
        }
    }


def bucket_origin(**properties) -> dict:
    """An origin that is a bucket."""
    return {
        "Id": "app",
        "DomainName": "assets.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        **properties,
    }


class Certificates(EdgeTest):
    """A distribution has the names that its certificate covers."""

    def named(self, certificate: str, *names: str) -> dict:
        return {
            "Aliases": list(names),
            "ViewerCertificate": {
                "AcmCertificateArn": certificate,
                "SslSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.2_2021",
            },
        }

    def test_takes_names_that_the_certificate_covers(self):
        covering = self.certificate(DOMAIN, f"*.{DOMAIN}", region=VIRGINIA)
        self.assertTrue(distribution(**self.named(covering, DOMAIN, f"www.{DOMAIN}"))[0])

    def test_refuses_a_name_that_it_does_not_cover(self):
        covering = self.certificate(DOMAIN, f"*.{DOMAIN}", region=VIRGINIA)
        with self.refused(f"doesn't cover a.b.{DOMAIN}"):
            distribution(**self.named(covering, f"a.b.{DOMAIN}"))

    def test_refuses_a_certificate_of_another_region(self):
        with self.refused("isn't in us-east-1 region"):
            distribution(**self.named(self.certificate(DOMAIN), DOMAIN))

    def test_refuses_a_certificate_that_does_not_exist_or_is_not_issued(self):
        with self.refused("The specified SSL certificate doesn't exist"):
            distribution(**self.named(f"arn:aws:acm:us-east-1:{self.account}:certificate/none", DOMAIN))
        pending = self.certificate(DOMAIN, region=VIRGINIA)
        with self.region():
            acm.certificates[pending]["Status"] = "PENDING_VALIDATION"
        with self.refused("or isn't valid"):
            distribution(**self.named(pending, DOMAIN))

    def test_refuses_names_without_a_certificate(self):
        with self.refused(f"you must attach a certificate that covers it: {DOMAIN}"):
            distribution(Aliases=[DOMAIN])

    def test_refuses_a_name_of_another_distribution(self):
        covering = self.certificate(DOMAIN, f"www.{DOMAIN}", region=VIRGINIA)
        first, _ = distribution(**self.named(covering, DOMAIN))
        with self.refused(f"already associated with a different resource: {DOMAIN} with {first}"):
            distribution(**self.named(covering, DOMAIN, f"www.{DOMAIN}"))
        both = distribution_of(**self.named(covering, DOMAIN, f"www.{DOMAIN}"))
        self.assertEqual(change(DISTRIBUTION, first, distribution_of(**self.named(covering, DOMAIN)), both)[0], first)

    def test_a_certificate_that_it_uses_stays(self):
        covering = self.certificate(DOMAIN, region=VIRGINIA)
        used, _ = distribution(**self.named(covering, DOMAIN))
        with self.region(), self.refused(f"Certificate {covering} is in use by {used}"):
            remove("AWS::CertificateManager::Certificate", covering)
        remove(DISTRIBUTION, used)
        with self.region():
            remove("AWS::CertificateManager::Certificate", covering)


class Parts(EdgeTest):
    """A distribution refers to what exists."""

    def test_refuses_an_origin_that_it_does_not_have(self):
        for config in (
            {"DefaultCacheBehavior": behavior(TargetOriginId="other")},
            {"CacheBehaviors": [behavior(PathPattern="/a", TargetOriginId="other")]},
        ):
            with self.refused("One or more of your origins or origin groups do not exist: other"):
                distribution(**config)

    def test_refuses_what_does_not_exist(self):
        for config, told in (
            (
                {"Origins": [bucket_origin(OriginAccessControlId="E0")]},
                "The specified origin access control does not exist: E0",
            ),
            (
                {"Origins": [{"Id": "app", "DomainName": "a", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}]},
                "The specified VPC origin does not exist: vo_1",
            ),
            ({"DefaultCacheBehavior": behavior(CachePolicyId="0")}, "The specified CachePolicy does not exist: 0"),
            (
                {"DefaultCacheBehavior": behavior(OriginRequestPolicyId="0")},
                "The specified OriginRequestPolicy does not exist: 0",
            ),
            (
                {"DefaultCacheBehavior": behavior(ResponseHeadersPolicyId="0")},
                "The specified ResponseHeadersPolicy does not exist: 0",
            ),
            (
                {"WebACLId": f"arn:aws:wafv2:us-east-1:{self.account}:global/webacl/a/0"},
                "Web ACL is not accessible by the requester",
            ),
        ):
            with self.refused(told):
                distribution(**config)

    def test_refuses_a_change_too(self):
        used, _ = distribution()
        with self.refused("The specified CachePolicy does not exist: 0"):
            change(
                DISTRIBUTION, used, distribution_of(), distribution_of(DefaultCacheBehavior=behavior(CachePolicyId="0"))
            )

    def test_what_it_uses_stays(self):
        control, headers = (
            make(kind, **properties)[0]
            for kind, properties in ((CONTROL, control_of()), ("AWS::CloudFront::ResponseHeadersPolicy", headers_of()))
        )
        used, _ = distribution(
            Origins=[bucket_origin(OriginAccessControlId=control)],
            DefaultCacheBehavior=behavior(ResponseHeadersPolicyId=headers),
        )
        kinds = ((CONTROL, control), ("AWS::CloudFront::ResponseHeadersPolicy", headers))
        for kind, part in kinds:
            with self.refused(f"The {kind} {part} cannot be deleted because it is in use by the distribution {used}."):
                remove(kind, part)
        remove(DISTRIBUTION, used)
        for kind, part in kinds:
            remove(kind, part)

    def test_refuses_a_name_that_is_taken(self):
        first, _ = make(CONTROL, **control_of())
        with self.refused(f"{CONTROL} control already exists: {first}"):
            make(CONTROL, **control_of())
        make("AWS::CloudFront::ResponseHeadersPolicy", **headers_of())
        with self.refused("headers already exists"):
            make("AWS::CloudFront::ResponseHeadersPolicy", **headers_of())
        described = {"OriginAccessControlConfig": {**control_of()["OriginAccessControlConfig"], "Description": "a"}}
        self.assertEqual(change(CONTROL, first, control_of(), described)[0], first)


class Hosts(EdgeTest):
    """The viewer's Host does not go to a bucket."""

    def request(self, **headers) -> str:
        """An origin request policy with these headers."""
        return make(
            "AWS::CloudFront::OriginRequestPolicy",
            OriginRequestPolicyConfig={
                "Name": f"policy-{len(headers.get('Headers', []))}-{headers['HeaderBehavior']}",
                "HeadersConfig": headers,
                "CookiesConfig": {"CookieBehavior": "none"},
                "QueryStringsConfig": {"QueryStringBehavior": "none"},
            },
        )[0]

    def test_refuses_policies_that_forward_it(self):
        for policy in (
            ALL_VIEWER,
            self.request(HeaderBehavior="whitelist", Headers=["host"]),
            self.request(HeaderBehavior="allExcept", Headers=["Cookie"]),
        ):
            with self.refused("The behavior (default) forwards the header Host to a bucket"):
                distribution(Origins=[bucket_origin()], DefaultCacheBehavior=behavior(OriginRequestPolicyId=policy))

    def test_refuses_a_cache_policy_with_it(self):
        cache = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"  # UseOriginCacheControlHeaders
        with self.refused("forwards the header Host to a bucket"):
            distribution(Origins=[bucket_origin()], DefaultCacheBehavior=behavior(CachePolicyId=cache))

    def test_takes_others_and_other_origins(self):
        without = self.request(HeaderBehavior="allExcept", Headers=["Host"])
        distribution(Origins=[bucket_origin()], DefaultCacheBehavior=behavior(OriginRequestPolicyId=without))
        distribution(DefaultCacheBehavior=behavior(OriginRequestPolicyId=ALL_VIEWER))
