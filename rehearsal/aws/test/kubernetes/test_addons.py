import itertools
import json
import re
import unittest

from emulator.core import settings
from emulator.core.ministack_api import Refused
from emulator.kubernetes import addons

TOLERATION = {"key": "dedicated", "operator": "Equal", "value": "system", "effect": "NoSchedule"}
TAINT = {"key": "dedicated", "value": "system", "effect": "NoSchedule"}
NAMES = sorted(f.name.removesuffix(".schema.yaml") for f in settings.ADDONS.glob("*.schema.yaml"))


def rendered(name: str, kind: str, obj: str, **values) -> dict:
    objects = addons.render(name, json.dumps(values))
    return next(one for one in objects if (one["kind"], one["metadata"]["name"]) == (kind, obj))


def pod(name: str, kind: str, obj: str, **values) -> dict:
    return rendered(name, kind, obj, **values)["spec"]["template"]["spec"]


class Schema(unittest.TestCase):
    """Configuration that the add-on would not accept on AWS is refused, with its name and key."""

    def refused(self, name: str, configuration: str, *told: str) -> None:
        with self.assertRaises(Refused) as raised:
            addons.render(name, configuration)
        for text in (f"add-on {name}", *told):
            self.assertIn(text, str(raised.exception))

    def test_refuses_an_unknown_key(self):
        self.refused("coredns", '{"replicas": 2}', "'replicas' was unexpected")

    def test_refuses_an_unknown_key_at_depth(self):
        self.refused("aws-ebs-csi-driver", '{"controller": {"replicas": 2}}', "$.controller", "'replicas'")

    def test_refuses_a_boolean_where_vpc_cni_wants_a_string(self):
        self.refused("vpc-cni", '{"enableNetworkPolicy": true}', "$.enableNetworkPolicy: True is not of type 'string'")
        self.refused("vpc-cni", '{"env": {"ENABLE_PREFIX_DELEGATION": true}}', "$.env.ENABLE_PREFIX_DELEGATION")

    def test_accepts_the_string_true_there(self):
        env = {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
        self.assertTrue(addons.render("vpc-cni", json.dumps({"enableNetworkPolicy": "true", "env": env})))

    def test_refuses_an_unknown_variable_of_vpc_cni(self):
        self.refused("vpc-cni", '{"env": {"ENABLE_PREFIX_DELEGATIONS": "true"}}', "ENABLE_PREFIX_DELEGATIONS")

    def test_refuses_a_string_where_a_number_is_wanted(self):
        self.refused("coredns", '{"replicaCount": "2"}', "$.replicaCount", "'2' is not of type 'integer'")

    def test_refuses_a_toleration_with_an_unknown_effect(self):
        self.refused("coredns", '{"tolerations": [{"effect": "NO_SCHEDULE"}]}', "$.tolerations[0].effect")

    def test_names_every_problem(self):
        self.refused("coredns", '{"replicaCount": -1, "replicas": 2}', "'replicas'", "$.replicaCount")

    def test_refuses_what_is_no_map(self):
        self.refused("coredns", '"text"', "is not of type 'object'")

    def test_refuses_what_is_neither_json_nor_yaml(self):
        self.refused("coredns", '{"replicaCount": ', "neither JSON nor YAML")

    def test_says_how_to_add_an_unknown_addon(self):
        with self.assertRaisesRegex(Refused, re.escape("rehearsal/kubernetes/addons/snapshots.yaml")):
            addons.render("snapshots", None)


class Configuration(unittest.TestCase):
    """Configured values are found in the objects; the rest stays as the add-on's default."""

    def test_every_target_of_every_schema_exists(self):
        for name in NAMES:
            objects, schema = addons.load(name)
            held = {f"{obj['kind']}/{obj['metadata']['name']}" for obj in objects}
            targets = re.findall(r'"([A-Z]\w+/[\w.-]+)(?: [\w.-]+)?"', json.dumps(schema))
            self.assertLessEqual(set(targets), held, name)

    def test_every_addon_can_be_installed_without_configuration(self):
        for name, none in itertools.product(NAMES, (None, "", "{}")):
            objects, schema = addons.load(name)
            absent = set(addons.left_out(schema, {}))
            default = [obj for obj in objects if f"{obj['kind']}/{obj['metadata']['name']}" not in absent]
            self.assertEqual(addons.render(name, none), default, name)

    def test_coredns_tolerates_no_tainted_group_by_default(self):
        keys = {toleration["key"] for toleration in pod("coredns", "Deployment", "coredns")["tolerations"]}
        self.assertEqual(keys, {"node-role.kubernetes.io/control-plane", "CriticalAddonsOnly"})

    def test_tolerations_replace_the_default(self):
        for name, kind, obj in (
            ("coredns", "Deployment", "coredns"),
            ("vpc-cni", "DaemonSet", "aws-node"),
            ("metrics-server", "Deployment", "metrics-server"),
        ):
            self.assertEqual(pod(name, kind, obj, tolerations=[TOLERATION])["tolerations"], [TOLERATION], name)

    def test_what_is_for_one_part_comes_before_what_is_for_all_in_any_order(self):
        mine = {"agent": {"tolerations": [TOLERATION]}}
        for values in ({**mine, "tolerations": []}, {"tolerations": [], **mine}):
            for name, expected in (("cloudwatch-agent", [TOLERATION]), ("fluent-bit", [])):
                self.assertEqual(
                    pod("amazon-cloudwatch-observability", "DaemonSet", name, **values)["tolerations"], expected
                )

    def test_replicas_are_set(self):
        controller = rendered("aws-ebs-csi-driver", "Deployment", "ebs-csi-controller", controller={"replicaCount": 3})
        self.assertEqual(controller["spec"]["replicas"], 3)
        self.assertEqual(rendered("coredns", "Deployment", "coredns")["spec"]["replicas"], 2)

    def test_variables_become_the_containers_list(self):
        containers = pod("vpc-cni", "DaemonSet", "aws-node", env={"WARM_IP_TARGET": "5"})["containers"]
        self.assertEqual(containers[0]["env"], [{"name": "WARM_IP_TARGET", "value": "5"}])
        self.assertNotIn("env", containers[1])

    def test_maps_are_merged_with_the_default(self):
        resources = {"limits": {"memory": "300Mi"}}
        container = pod("coredns", "Deployment", "coredns", resources=resources)["containers"][0]
        self.assertEqual(container["resources"], {"requests": {"cpu": "100m", "memory": "70Mi"}, **resources})

    def test_a_map_replaces_the_default_where_the_chart_does_not_merge_it(self):
        objects, schema = addons.read(settings.CHARTS / "aws-load-balancer-controller.yaml")
        made = addons.configured(objects, schema, {"affinity": {"nodeAffinity": {}}})
        deployment = next(obj for obj in made if obj["kind"] == "Deployment")
        self.assertEqual(deployment["spec"]["template"]["spec"]["affinity"], {"nodeAffinity": {}})

    def test_every_item_gets_what_the_chart_gives_each(self):
        given = [{"maxSkew": 1, "labelSelector": {"matchLabels": {"app": "misspelt"}}}]
        made = pod(
            "aws-ebs-csi-driver", "Deployment", "ebs-csi-controller", controller={"topologySpreadConstraints": given}
        )
        self.assertEqual(
            made["topologySpreadConstraints"],
            [{"maxSkew": 1, "labelSelector": {"matchLabels": {"app": "ebs-csi-controller"}}}],
        )

    def test_configuration_may_be_yaml(self):
        self.assertEqual(addons.render("coredns", "replicaCount: 3"), addons.render("coredns", '{"replicaCount": 3}'))
