import type { AlertingRule } from './rule';

/** Alerts on nodes, whoever's pods run there. A zone that is lost is one message. */
export const NODE_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'NodeNotReady',
    severity: 'warning', // its pods move; what that takes away from users is another alert
    service: 'nodes',
    for: '10m',
    expr: 'kube_node_status_condition{condition="Ready", status="true"} == 0',
    summary: 'The node {{ $labels.node }} is not ready',
    description: '{{ $labels.node }} accepts no pods, and its pods move to other nodes.',
  },
  {
    alert: 'NodeUnderPressure',
    severity: 'warning',
    service: 'nodes',
    for: '5m',
    expr: 'kube_node_status_condition{condition=~"(Memory|Disk|PID)Pressure", status="true"} == 1',
    summary: 'The node {{ $labels.node }} reports {{ $labels.condition }}',
    description:
      'The kubelet of {{ $labels.node }} evicts pods until enough memory, disk or process IDs are free again.',
  },
  {
    alert: 'NodeMemoryShort',
    severity: 'warning',
    service: 'nodes',
    for: '15m',
    expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05',
    summary: 'The node {{ $labels.node }} has little memory left',
    description:
      '{{ $value | humanizePercentage }} of the memory of {{ $labels.node }} is free. When it runs out, the kubelet evicts pods.',
  },
  {
    alert: 'NodeDiskFilling',
    severity: 'warning',
    service: 'nodes',
    for: '15m',
    expr: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} < 0.15',
    summary: 'The disk of the node {{ $labels.node }} is filling up',
    description:
      '{{ $value | humanizePercentage }} of the disk of {{ $labels.node }} is free. If it fills further, the kubelet evicts pods.',
  },
  {
    alert: 'NodeCertificateExpires',
    severity: 'warning',
    service: 'nodes',
    for: '1h',
    // Of what it serves with: to the API server, a node of EKS shows its identity in AWS, and no certificate.
    expr: 'kubelet_certificate_manager_server_ttl_seconds < 72 * 3600',
    summary: 'The serving certificate of the node {{ $labels.node }} expires soon',
    description:
      'The kubelet of {{ $labels.node }} has failed to renew its certificate. In {{ $value | humanizeDuration }}, its logs and metrics become unavailable.',
  },
];

/** Alerts on the control plane, as those see it who use it. */
export const API_SERVER_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'ApiServerErrors',
    severity: 'warning',
    service: 'api-server',
    for: '10m',
    expr:
      'sum(rate(apiserver_request_total{job="kubernetes-apiservers", code=~"5.."}[5m])) / ' +
      'sum(rate(apiserver_request_total{job="kubernetes-apiservers"}[5m])) > 0.03',
    summary: 'The Kubernetes API server returns errors',
    description:
      '{{ $value | humanizePercentage }} of the requests to the API server fail. Deployments and controllers stall.',
  },
];
