import { always, grows, one, type AlertCase } from './alert-case';

/** Alerts of nodes and of the API server. */
export const NODES: Readonly<Record<string, AlertCase>> = {
  NodeNotReady: one(
    'kube_node_status_condition{node="ip-10-0-1-1", condition="Ready", status="true"}',
    'nodes',
    always(0),
    `0x8 ${always(1)}`,
  ),
  NodeUnderPressure: one(
    'kube_node_status_condition{node="ip-10-0-1-1", condition="DiskPressure", status="true"}',
    'nodes',
    always(1),
    always(0),
  ),
  NodeMemoryShort: {
    fires: {
      'node_memory_MemAvailable_bytes{node="ip-10-0-1-1"}': always(4),
      'node_memory_MemTotal_bytes{node="ip-10-0-1-1"}': always(100),
    },
    for: { nodes: 1 },
    quiet: {
      'node_memory_MemAvailable_bytes{node="ip-10-0-1-1"}': always(6),
      'node_memory_MemTotal_bytes{node="ip-10-0-1-1"}': always(100),
    },
  },
  NodeDiskFilling: {
    fires: {
      'node_filesystem_avail_bytes{node="ip-10-0-1-1", mountpoint="/"}': always(14),
      'node_filesystem_size_bytes{node="ip-10-0-1-1", mountpoint="/"}': always(100),
    },
    for: { nodes: 1 },
    quiet: {
      'node_filesystem_avail_bytes{node="ip-10-0-1-1", mountpoint="/boot/efi"}': always(14),
      'node_filesystem_size_bytes{node="ip-10-0-1-1", mountpoint="/boot/efi"}': always(100),
    },
  },
  NodeCertificateExpires: one(
    'kubelet_certificate_manager_server_ttl_seconds{node="ip-10-0-1-1"}',
    'nodes',
    always(71 * 3600),
    always(73 * 3600),
  ),
  ApiServerErrors: {
    fires: {
      'apiserver_request_total{job="kubernetes-apiservers", code="200"}': grows(96),
      'apiserver_request_total{job="kubernetes-apiservers", code="500"}': grows(4),
    },
    for: { 'api-server': 1 },
    quiet: {
      'apiserver_request_total{job="kubernetes-apiservers", code="200"}': grows(98),
      'apiserver_request_total{job="kubernetes-apiservers", code="500"}': grows(2),
    },
  },
};
