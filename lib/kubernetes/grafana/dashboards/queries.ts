/** The namespaces of the platform, as matchers name them. */
export const OURS = 'namespace=~"platform-(core|apps|monitoring)"';

/** A quantile of how long requests take, by service; of those of a selector. */
export const latency = (quantile: number, selector: string): string =>
  `histogram_quantile(${quantile}, sum by (app, le) ` +
  `(rate(http_request_duration_seconds_bucket{job="platform-services", ${selector}}[$__rate_interval])))`;

/** Share of the CPU of nodes that is in use, by a label of theirs. */
export const cpuOfNodes = (label: 'node_type' | 'node'): string =>
  `1 - avg by (${label}) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))`;

/** Share of the memory of nodes that is in use, by a label of theirs. */
export const memoryOfNodes = (label: 'node_type' | 'node'): string =>
  `1 - sum by (${label}) (node_memory_MemAvailable_bytes) / sum by (${label}) (node_memory_MemTotal_bytes)`;

/** CPU that containers use, by a label of theirs, in cores. */
export const cpuOf = (label: string, selector: string): string =>
  `sum by (${label}) (rate(container_cpu_usage_seconds_total{${selector}}[$__rate_interval]))`;

/** Memory that containers use, by a label of theirs. */
export const memoryOf = (label: string, selector: string): string =>
  `sum by (${label}) (container_memory_working_set_bytes{${selector}})`;
