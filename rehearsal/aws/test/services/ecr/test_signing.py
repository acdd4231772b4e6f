import asyncio
import functools
import json

from emulator.core.answers import parsed
from emulator.core.seams import app
from emulator.services.ecr import signing
from emulator.services.ecr.signing import PROFILE, SIGNING
from test.support.emulated import EmulatorTest, make, remove


@functools.cache
def install() -> None:
    """Put the seams in, which must happen once."""
    signing.install()


class Signing(EmulatorTest):
    """A registry signs with a profile that there is."""

    def setUp(self):
        super().setUp()
        install()

    def sign(self, profile: str) -> str:
        return make(SIGNING, Rules=[{"SigningProfileArn": profile}])[0]

    def test_takes_one_configuration(self):
        profile, attributes = make(PROFILE, PlatformId="Notation-OCI-SHA384-ECDSA")
        self.assertRegex(attributes["Arn"], r"^arn:aws:signer:eu-central-1:\d{12}:/signing-profiles/\w{2,64}$")
        registry = self.sign(profile)
        self.assertEqual(registry, self.account)
        with self.refused("already has a signing configuration"):
            self.sign(profile)
        remove(SIGNING, registry)
        self.sign(profile)

    def call(self, operation: str, **given) -> tuple:
        headers = {"x-amz-target": f"AmazonEC2ContainerRegistry_V20150921.{operation}SigningConfiguration"}
        asked = app.SERVICE_HANDLERS["ecr"]("POST", "/", headers, json.dumps(given).encode(), {})
        return asyncio.run(asked)

    def test_tells_deletes_and_puts_back_its_configuration(self):
        profile = make(PROFILE, PlatformId="Notation-OCI-SHA384-ECDSA")[0]
        filters = [{"Filter": "platform/*", "FilterType": "WILDCARD_MATCH"}]
        make(SIGNING, Rules=[{"SigningProfileArn": profile, "RepositoryFilters": filters}])
        rules = [
            {
                "signingProfileArn": profile,
                "repositoryFilters": [{"filter": "platform/*", "filterType": "WILDCARD_MATCH"}],
            }
        ]
        held = {"registryId": self.account, "signingConfiguration": {"rules": rules}}
        for operation in ("Get", "Delete"):
            self.assertEqual(parsed("ecr", f"{operation}SigningConfiguration", self.call(operation)), held)
        status, _, body = self.call("Get")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "SigningConfigurationNotFoundException"))
        put = self.call("Put", signingConfiguration={"rules": rules})
        self.assertEqual(
            parsed("ecr", "PutSigningConfiguration", put), {"signingConfiguration": held["signingConfiguration"]}
        )
        self.assertEqual(parsed("ecr", "GetSigningConfiguration", self.call("Get")), held)

    def test_refuses_a_profile_that_signs_no_images(self):
        with self.refused("does not exist: order it first"):
            self.sign("arn:aws:signer:eu-central-1:1:/signing-profiles/absent")
        with self.refused("signs no images"):
            self.sign(make(PROFILE, PlatformId="AWSLambda-SHA384-ECDSA")[0])
