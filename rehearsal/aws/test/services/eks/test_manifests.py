from test.support.manifests import ManifestTest


class Manifests(ManifestTest):
    """The CDK's function applies a manifest when it has access and the namespace is there."""

    def test_it_comes_after_the_access_entry_of_the_function_behind_the_framework(self):
        told = "the function that applies manifests has no access yet: order Chart after the access entry Entry"
        for kind in (self.KIND, "Custom::AWSCDK-EKS-KubernetesPatch"):
            self.assert_refused_in_every_order(self.resources(Chart=self.manifest(order=["Other"], kind=kind)), told)
            self.assert_deployed_in_every_order(self.resources(Chart=self.manifest(order=["Entry"], kind=kind)))

    def test_an_access_entry_of_another_stack_is_enough(self):
        resources = self.resources(Manifest=self.manifest())
        self.assert_deployed_in_every_order({key: value for key, value in resources.items() if key != "Entry"})

    def test_it_comes_after_its_namespace(self):
        namespace = {"kind": "Namespace", "metadata": {"name": "app"}}
        inside = {"kind": "Service", "metadata": {"name": "web", "namespace": "app"}}
        first = self.manifest(namespace, order=["Entry"])
        told = 'namespaces "app" not found: order Inside after Space, which creates it'
        self.assert_refused_in_every_order(
            self.resources(Space=first, Inside=self.manifest(inside, order=["Entry"])), told
        )
        self.assert_deployed_in_every_order(
            self.resources(Space=first, Inside=self.manifest(inside, order=["Entry", "Space"]))
        )

    def test_a_manifest_may_bring_its_own_namespace_or_need_none(self):
        namespace = {"kind": "Namespace", "metadata": {"name": "app"}}
        inside = {"kind": "Service", "metadata": {"name": "web", "namespace": "app"}}
        cluster_wide = {"kind": "StorageClass", "metadata": {"name": "ssd"}}
        self.assert_deployed_in_every_order(
            self.resources(
                Both=self.manifest(namespace, inside, order=["Entry"]),
                Too=self.manifest(namespace, inside, order=["Entry"]),
                Wide=self.manifest(cluster_wide, order=["Entry"]),
            )
        )
