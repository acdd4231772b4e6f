import functools
import json
from unittest import mock

from emulator.controllers import load_balancer_controller
from emulator.services.eks.manifests import MANIFEST
from test.services.eks.test_helm import NAME
from test.support.emulated import remove, resource
from test.support.target_groups import ControllerTest, pod, service


class Targets(ControllerTest):
    """The pods of the Service are targets, at the port that it leads to."""

    def test_the_pods_of_the_service_and_no_others(self):
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"), pod("other", "10.0.0.3", app="job"))
        self.assertEqual(self.targets(), {"10.0.0.1": 3000, "10.0.0.2": 3000})
        self.assertEqual([self.told("a"), self.told("b"), self.told("other")], ["", "", None])
        self.assertEqual(self.finalizers(), [load_balancer_controller.FINALIZER])

    def test_one_that_is_gone_is_deregistered(self):
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"))
        self.plane.delete(pod("a", ""))
        self.step()
        self.assertEqual(self.targets(), {"10.0.0.2": 3000})

    def test_another_port_replaces_the_first(self):
        self.step(pod("a", "10.0.0.1"))
        self.plane.apply(service(target=8080))
        self.step()
        self.assertEqual(self.targets(), {"10.0.0.1": 8080})
        self.assertEqual(self.told(), "no container listens on port 8080")

    def test_a_pod_without_a_gate_is_a_target_too(self):
        plain = pod("a", "10.0.0.1")
        del plain["spec"]["readinessGates"]
        self.step(plain)
        self.assertEqual((self.targets(), self.told()), ({"10.0.0.1": 3000}, None))

    def test_a_binding_that_goes_takes_them_along(self):
        self.step(pod("a", "10.0.0.1"))
        self.bind(deletionTimestamp="now", finalizers=[load_balancer_controller.FINALIZER])
        self.step()
        self.assertEqual((self.targets(), self.finalizers()), ({}, []))


class Faults(ControllerTest):
    """The gates name the lack of a binding; nothing is registered."""

    def refused_as(self, told: str) -> None:
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual((self.told(), self.targets()), (told, {}))

    def test_a_port_of_the_service(self):
        self.bind(port=8080)
        self.refused_as("TargetGroupBinding web names the port 8080 of the Service web, which does not exist")

    def test_a_service(self):
        self.plane.delete(service())
        self.refused_as("TargetGroupBinding web names the port 80 of the Service web, which does not exist")

    def test_addresses(self):
        self.group_arn = self.target_group(Name="nodes", TargetType="instance")
        self.permit(self.group_arn)
        self.bind()
        self.refused_as("the target group nodes takes instance targets, not addresses")

    def test_a_listener(self):
        self.group_arn = self.target_group(Name="unused")
        self.permit(self.group_arn)
        self.bind()
        self.refused_as("no listener forwards to the target group unused")

    def test_a_right(self):
        self.permit(self.group_arn, load_balancer_controller.DEREGISTER)
        self.refused_as(
            f"the AWS Load Balancer Controller lacks {load_balancer_controller.REGISTER} of {self.group_arn}"
        )

    def test_the_right_to_another_target_group_is_none(self):
        self.permit(self.target_group(Name="other"))
        self.refused_as(
            "the AWS Load Balancer Controller lacks "
            + ", ".join(
                f"{action} of {self.group_arn}"
                for action in (load_balancer_controller.REGISTER, load_balancer_controller.DEREGISTER)
            )
        )

    def test_a_flag(self):
        self.plane.named("Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]["args"].pop()
        self.refused_as(f"the AWS Load Balancer Controller lacks --aws-vpc-id={self.vpc}")

    def test_a_controller(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual((self.told(), self.targets(), self.finalizers()), (None, {}, []))


@functools.cache
def check_manifests() -> None:
    """Put the seams in, which must happen once."""
    load_balancer_controller.check_manifests()


class Manifests(ControllerTest):
    """A manifest with a binding, as a stack makes and deletes it."""

    def setUp(self):
        super().setUp()
        check_manifests()
        for seam in (
            mock.patch("emulator.services.eks.manifests.refuse_without_access"),
            mock.patch(
                "ministack.services.cloudformation.custom_resource.invoke_custom_resource",
                lambda *args, **kwargs: ("manifest", {}),
            ),
        ):
            seam.start()
            self.addCleanup(seam.stop)
        self.properties = {"ClusterName": "cluster", "Manifest": json.dumps([self.bind()])}

    def resources(self, action: str, *needs: str) -> dict:
        statement = {"Effect": "Allow", "Action": [action], "Resource": self.group_arn}
        policy = resource(
            "AWS::IAM::Policy", PolicyName="late", Roles=["trusting"], PolicyDocument={"Statement": [statement]}
        )
        return {"Policy": policy, "Binding": {**resource(MANIFEST, **self.properties), "DependsOn": list(needs)}}

    def test_comes_after_the_right_to_deregister(self):
        told = "order Binding after Policy: otherwise its deletion hangs, because the controller loses the permission"
        self.assert_refused_in_every_order(self.resources(load_balancer_controller.DEREGISTER), told)
        self.assert_deployed_in_every_order(self.resources(load_balancer_controller.DEREGISTER, "Policy"))
        self.assert_deployed_in_every_order(self.resources("s3:GetObject"))

    def test_goes_before_its_controller(self):
        self.step()
        remove(MANIFEST, "manifest", **self.properties)
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        with self.refused("TargetGroupBinding shop/web cannot be deleted"):
            remove(MANIFEST, "manifest", **self.properties)


class Deletion(ControllerTest):
    """The end of a binding that nobody can finish is refused, where kubectl would wait."""

    def setUp(self):
        super().setUp()
        self.step()

    def hangs(self, told: str):
        return self.refused(
            "TargetGroupBinding shop/web cannot be deleted: nothing removes its finalizer "
            f"{load_balancer_controller.FINALIZER}, because the AWS Load Balancer Controller {told}. Delete bindings "
            "first."
        )

    def delete(self) -> None:
        load_balancer_controller.refuse_hanging("cluster", self.plane.named("TargetGroupBinding", "web"))

    def test_with_its_controller(self):
        self.delete()

    def test_after_its_controller(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        with self.hangs("is not available"):
            self.delete()

    def test_after_the_right_to_deregister(self):
        self.permit("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/other/1")
        with self.hangs(f"lacks {load_balancer_controller.DEREGISTER} of {self.group_arn}"):
            self.delete()

    def test_one_that_no_controller_has_seen(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        self.bind()
        self.delete()
