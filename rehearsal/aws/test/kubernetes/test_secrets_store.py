import json
import unittest

from emulator.core.ministack_api import Refused
from emulator.kubernetes import addons, rollout
from test.kubernetes.test_addons import TAINT, TOLERATION, pod, rendered
from test.kubernetes.test_rollout import node
from test.support.fakes import FakePlane

SECRETS = "aws-secrets-store-csi-driver-provider"
DRIVER = "secrets-store-csi-driver"


class SecretsStore(unittest.TestCase):
    """The Secrets Store CSI driver, whose chart is configured within that of its provider for AWS."""

    def held(self, **driver) -> set[str]:
        objects = addons.render(SECRETS, json.dumps({DRIVER: driver}))
        return {f"{obj['kind']}/{obj['metadata']['name']}" for obj in objects}

    def refused(self, values: dict, *told: str) -> None:
        with self.assertRaises(Refused) as raised:
            addons.render(SECRETS, json.dumps(values))
        for text in told:
            self.assertIn(text, str(raised.exception))

    def arguments(self, container: str, **values) -> list[str]:
        workload = DRIVER if container == "secrets-store" else SECRETS
        containers = pod(SECRETS, "DaemonSet", workload, **values)["containers"]
        return next(one["args"] for one in containers if one["name"] == container)

    def test_the_driver_may_make_secrets_only_where_it_is_told_to(self):
        roles = {"ClusterRole/secretprovidersyncing-role", "ClusterRoleBinding/secretprovidersyncing-rolebinding"}
        self.assertEqual(self.held() & roles, set())
        self.assertEqual(self.held(syncSecret={"enabled": False}), self.held())
        self.assertEqual(self.held(syncSecret={"enabled": True}) - self.held(), roles)

    def test_the_driver_can_be_left_out(self):
        gone = self.held() - self.held(install=False)
        self.assertEqual(self.held(install=True), self.held())
        self.assertLessEqual(
            {
                f"DaemonSet/{DRIVER}",
                "CSIDriver/secrets-store.csi.k8s.io",
                "CustomResourceDefinition/secretproviderclasses.secrets-store.csi.x-k8s.io",
            },
            gone,
        )
        self.assertIn(f"DaemonSet/{SECRETS}", self.held(install=False))

    def test_rotation_republishes_volumes_and_is_an_argument(self):
        def republishes(**driver) -> bool:
            values = {DRIVER: driver}
            return rendered(SECRETS, "CSIDriver", "secrets-store.csi.k8s.io", **values)["spec"]["requiresRepublish"]

        self.assertEqual((republishes(), republishes(enableSecretRotation=True)), (False, True))
        rotation = {"enableSecretRotation": True, "rotationPollInterval": "1h30m"}
        added = ["--enable-secret-rotation=true", "--rotation-poll-interval=1h30m"]
        default = self.arguments("secrets-store")
        self.assertEqual(self.arguments("secrets-store", **{DRIVER: rotation}), [*default, *added])

    def test_the_providers_options_are_arguments(self):
        given = {"podIdentityHttpTimeout": "5s", "k8sThrottlingParams": {"qps": 10, "burst": 20}}
        self.assertEqual(
            self.arguments("provider-aws-installer", **given)[1:],
            ["--pod-identity-http-timeout=5s", "--qps=10", "--burst=20"],
        )

    def test_tolerations_of_either_are_those_that_are_given(self):
        given = {"tolerations": [TOLERATION], DRIVER: {"linux": {"tolerations": []}}}
        self.assertEqual(pod(SECRETS, "DaemonSet", SECRETS, **given)["tolerations"], [TOLERATION])
        self.assertEqual(pod(SECRETS, "DaemonSet", DRIVER, **given)["tolerations"], [])

    def test_the_driver_tolerates_everything_by_default_and_the_provider_nothing(self):
        self.assertEqual(pod(SECRETS, "DaemonSet", DRIVER)["tolerations"], [{"operator": "Exists"}])
        self.assertNotIn("tolerations", pod(SECRETS, "DaemonSet", SECRETS))

    def test_a_typo_in_the_drivers_options_is_refused_though_aws_ignores_it(self):
        self.refused({DRIVER: {"syncSecrets": {"enabled": True}}}, f"$['{DRIVER}']", "'syncSecrets' was unexpected")
        self.refused({DRIVER: {"syncSecret": {"enable": True}}}, "'enable' was unexpected")
        self.refused({DRIVER: {"linux": {"toleration": []}}}, "'toleration' was unexpected")

    def test_a_duration_is_one_of_go(self):
        self.refused({DRIVER: {"rotationPollInterval": "1 hour"}}, "rotationPollInterval", "does not match")
        self.refused({DRIVER: {"rotationPollInterval": 60}}, "is not of type 'string'")

    def test_waits_until_its_kinds_are_served(self):
        plane, rounds = FakePlane(), []
        apply, ask = plane.apply, plane.rounds
        definitions = [obj for obj in addons.render(SECRETS, None) if obj["kind"] == "CustomResourceDefinition"]
        plane.apply = lambda obj: (
            apply(obj) | {"status": plane.named(obj["kind"], obj["metadata"]["name"]).pop("status")}
        )

        def served() -> dict:
            rounds.append(1)
            for obj in definitions[: len(rounds)]:
                apply(obj)
            return ask()

        plane.rounds = served
        rollout.bring(plane, SECRETS, definitions)
        self.assertEqual(len(rounds), len(definitions))
        plane.rounds = ask
        with self.assertRaisesRegex(Refused, "the API server does not serve secretprovider"):
            rollout.bring(plane, SECRETS, definitions)

    def test_the_definition_of_provider_classes_knows_what_the_provider_knows(self):
        definition = rendered(SECRETS, "CustomResourceDefinition", "secretproviderclasses.secrets-store.csi.x-k8s.io")
        schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        self.assertEqual(
            set(schema["parameters"]["properties"]),
            {"objects", "region", "failoverRegion", "pathTranslation", "usePodIdentity", "preferredAddressType"},
        )
        self.assertNotIn("additionalProperties", schema["parameters"])
        self.assertEqual(schema["provider"]["enum"], ["aws"])


class Taints(unittest.TestCase):
    """Either DaemonSet has to tolerate every node group's taint, or nothing can be mounted there."""

    def install(self, values: dict) -> None:
        """Install on a node with a taint and one without, with DaemonSets where their tolerations let them be."""
        nodes = [node("a"), node("b", TAINT)]
        plane = FakePlane(*nodes)
        kept = plane.apply

        def apply(obj: dict) -> dict:
            applied = kept(obj)
            if obj["kind"] == "DaemonSet":
                count = sum(rollout.tolerates(obj["spec"]["template"]["spec"], one) for one in nodes)
                applied["status"] |= {
                    "desiredNumberScheduled": count,
                    "updatedNumberScheduled": count,
                    "numberAvailable": count,
                }
            return applied

        plane.apply = apply
        rollout.bring(plane, SECRETS, addons.render(SECRETS, json.dumps(values)))

    def assert_refused(self, values: dict, daemon_set: str) -> None:
        told = f"DaemonSet {daemon_set} runs on 1 of 2 nodes: it does not tolerate all of their taints$"
        with self.assertRaisesRegex(Refused, f"^Add-on {SECRETS}: {told}"):
            self.install(values)

    def test_both_that_tolerate_it_are_fine(self):
        self.install({"tolerations": [TOLERATION]})
        self.install({"tolerations": [TOLERATION], DRIVER: {"linux": {"tolerations": [TOLERATION]}}})

    def test_the_provider_without_tolerations_is_refused(self):
        self.assert_refused({}, SECRETS)
        self.assert_refused({DRIVER: {"linux": {"tolerations": [TOLERATION]}}}, SECRETS)

    def test_the_driver_with_too_few_tolerations_is_refused(self):
        other = {**TOLERATION, "value": "other"}
        for tolerations in ([], [other]):
            self.assert_refused({"tolerations": [TOLERATION], DRIVER: {"linux": {"tolerations": tolerations}}}, DRIVER)
