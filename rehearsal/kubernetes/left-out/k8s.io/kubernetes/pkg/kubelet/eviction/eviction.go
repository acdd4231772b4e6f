// Package eviction is what the controller manager takes of the kubelet's. The whole brings cAdvisor and the kubelet's
// managers of containers: 130 packages.
package eviction

import v1 "k8s.io/api/core/v1"

// PodIsEvicted is the function in pkg/kubelet/eviction/helpers.go of Kubernetes 1.36.3.
func PodIsEvicted(status v1.PodStatus) bool {
	return status.Phase == v1.PodFailed && status.Reason == "Evicted"
}
