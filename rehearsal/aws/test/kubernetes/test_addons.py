import itertools
import json
import re
import unittest

from emulator.core import settings
from emulator.core.ministack_api import Refused
from emulator.kubernetes import addons, patience, rollout
from emulator.kubernetes.objects import path_of
from test.fakes import FakePlane

TOLERATION = {"key": "dedicated", "operator": "Equal", "value": "system", "effect": "NoSchedule"}
PENDING = {"apiVersion": "v1", "kind": "Pod", "status": {"conditions": [
    {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: untolerated taint"}]},
    "metadata": {"name": "coredns-0", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}}
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
    """What is configured is found in the objects; the rest stays as the add-on's default."""

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
        for name, kind, obj in (("coredns", "Deployment", "coredns"), ("vpc-cni", "DaemonSet", "aws-node"),
                                ("metrics-server", "Deployment", "metrics-server")):
            self.assertEqual(pod(name, kind, obj, tolerations=[TOLERATION])["tolerations"], [TOLERATION], name)

    def test_what_is_for_one_part_comes_before_what_is_for_all_in_any_order(self):
        mine = {"agent": {"tolerations": [TOLERATION]}}
        for values in ({**mine, "tolerations": []}, {"tolerations": [], **mine}):
            for name, expected in (("cloudwatch-agent", [TOLERATION]), ("fluent-bit", [])):
                self.assertEqual(pod("amazon-cloudwatch-observability", "DaemonSet", name, **values)["tolerations"], expected)

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
        made = pod("aws-ebs-csi-driver", "Deployment", "ebs-csi-controller", controller={"topologySpreadConstraints": given})
        self.assertEqual(made["topologySpreadConstraints"],
                         [{"maxSkew": 1, "labelSelector": {"matchLabels": {"app": "ebs-csi-controller"}}}])

    def test_configuration_may_be_yaml(self):
        self.assertEqual(addons.render("coredns", "replicaCount: 3"), addons.render("coredns", '{"replicaCount": 3}'))


class Installation(unittest.TestCase):
    """Objects come and go with the add-on, which fails where its pods cannot run."""

    def test_refuses_when_a_deployment_does_not_become_available_and_says_why(self):
        with self.assertRaisesRegex(Refused, "coredns is degraded .* Deployment coredns .* untolerated taint"):
            rollout.bring(FakePlane(PENDING, healthy=False), "coredns", addons.render("coredns", None))

    def test_waits_as_long_as_something_changes(self):
        plane, looks = FakePlane(PENDING, healthy=False), []
        rounds = plane.rounds

        def changing() -> dict:
            looks.append(len(looks))
            if len(looks) < 50:
                plane.objects[path_of(PENDING)] = {**PENDING, "status": {**PENDING["status"], "look": len(looks)}}
            return rounds()

        plane.all_rounds = changing
        with self.assertRaises(Refused):
            rollout.bring(plane, "coredns", addons.render("coredns", None))
        self.assertGreater(len(looks), 50 + patience.ROUNDS)

    def test_removes_what_the_former_configuration_had_beyond_the_present_one(self):
        objects = addons.render("coredns", None)
        plane = FakePlane(*objects)
        rollout.bring(plane, "coredns", objects[1:], replaced=objects)
        self.assertEqual([o["kind"] for o in objects[1:]], [o["kind"] for o in plane.objects.values()])

    def test_a_deployment_counts_once_its_present_generation_is_rolled_out(self):
        status = {"observedGeneration": 1, "updatedReplicas": 2, "availableReplicas": 2}
        deployment = {"metadata": {"generation": 1}, "spec": {"replicas": 2}, "status": status}
        self.assertTrue(rollout.available(deployment))
        self.assertFalse(rollout.available(deployment | {"metadata": {"generation": 2}}))
        self.assertFalse(rollout.available(deployment | {"status": status | {"availableReplicas": 1}}))
        self.assertFalse(rollout.available(deployment | {"status": {}}))


def node(name: str, *taints: dict) -> dict:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {"taints": list(taints)},
            "status": {}}


class DaemonSets(unittest.TestCase):
    """A DaemonSet of an add-on has to run on every node."""

    def setUp(self):
        self.objects = addons.render("aws-ebs-csi-driver", None)
        named = {obj["metadata"]["name"]: obj for obj in self.objects}
        named["ebs-csi-node"]["spec"]["template"]["spec"]["tolerations"] = []

    def plane(self, *nodes: dict, **status: int) -> FakePlane:
        """A cluster with those nodes, whose DaemonSets get that status."""
        plane = FakePlane(*nodes)
        kept = plane.apply

        def apply(obj: dict) -> dict:
            applied = kept(obj)
            if obj["kind"] == "DaemonSet":
                applied["status"] |= status
            return applied

        plane.apply = apply
        return plane

    def install(self, plane: FakePlane) -> None:
        rollout.bring(plane, "aws-ebs-csi-driver", self.objects)

    def assert_refused(self, plane: FakePlane, told: str) -> None:
        with self.assertRaisesRegex(Refused, told):
            self.install(plane)

    def test_is_fine_on_all_nodes_and_without_nodes(self):
        self.install(self.plane(node("a"), node("b", TAINT)))
        self.install(self.plane())
        self.install(self.plane(desiredNumberScheduled=0, observedGeneration=0))

    def test_is_refused_where_it_does_not_tolerate_the_taints_of_some_nodes(self):
        plane = self.plane(node("a"), node("b"), node("c", TAINT), desiredNumberScheduled=2, updatedNumberScheduled=2,
                           numberAvailable=2)
        self.assert_refused(plane, "^Add-on aws-ebs-csi-driver: DaemonSet ebs-csi-node runs on 2 of 3 nodes: "
                                   "it tolerates not all of their taints$")

    def test_is_refused_where_it_runs_on_no_node(self):
        plane = self.plane(node("a", TAINT), desiredNumberScheduled=0, updatedNumberScheduled=0, numberAvailable=0)
        self.assert_refused(plane, "runs on 0 of 1 nodes: it tolerates not all of their taints$")

    def test_is_refused_where_it_does_not_select_some_nodes(self):
        plane = self.plane(node("a"), node("b"), desiredNumberScheduled=1, updatedNumberScheduled=1, numberAvailable=1)
        self.assert_refused(plane, "runs on 1 of 2 nodes: it does not select all of them$")

    def test_is_degraded_where_its_pods_are_not_available(self):
        for count in ("numberAvailable", "updatedNumberScheduled"):
            self.assert_refused(self.plane(node("a"), node("b"), **{count: 1}),
                                "is degraded .* DaemonSet ebs-csi-node is not available, and nothing changes")

    def test_the_status_of_an_earlier_generation_does_not_count(self):
        for desired in (1, 2):
            self.assert_refused(self.plane(node("a"), node("b"), observedGeneration=0, desiredNumberScheduled=desired),
                                "DaemonSet ebs-csi-node is not available, and nothing changes")

    def test_a_status_that_does_not_count_a_new_node_yet_is_waited_for(self):
        plane = self.plane(node("a"), node("b"), desiredNumberScheduled=1)
        rounds = plane.rounds

        def counted() -> dict:
            plane.named("DaemonSet", "ebs-csi-node")["status"]["desiredNumberScheduled"] = 2
            return rounds()

        plane.all_rounds = counted
        rollout.bring(plane, "aws-ebs-csi-driver", [o for o in self.objects if o["kind"] == "DaemonSet"])

    def test_tolerations_as_kubernetes_reads_them(self):
        other, execute = TAINT | {"value": "other"}, TAINT | {"effect": "NoExecute"}
        for tolerations, taint, tolerated in (
                ([], TAINT, False), ([TOLERATION], TAINT, True), ([TOLERATION], other, False),
                ([TOLERATION], execute, False), ([{"key": "dedicated", "operator": "Exists"}], execute, True),
                ([{"operator": "Exists"}], TAINT, True), ([{"key": "x", "operator": "Exists"}], TAINT, False),
                ([{"operator": "Exists", "effect": "NoExecute"}], TAINT, False),
                ([], TAINT | {"effect": "PreferNoSchedule"}, True),
                ([], {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}, True)):
            pod_spec = {"tolerations": tolerations}
            self.assertEqual(rollout.tolerates(pod_spec, node("a", taint)), tolerated, (tolerations, taint))
