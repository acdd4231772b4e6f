import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Upper bounds of the duration of a request, in seconds (docs/metrics.md). */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The type of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics of the service, in the format of Prometheus. */
export const metrics = () => {
  const lag = monitorEventLoopDelay();
  lag.enable();
  /** @type {Map<string, number>} */
  const requests = new Map();
  /** @type {Map<string, { buckets: number[], sum: number, count: number }>} */
  const durations = new Map();

  return {
    /** @param {{ method: string, route: string, code: number, seconds: number }} request */
    count: ({ method, route, code, seconds }) => {
      const labels = `method="${method}",route="${route}"`;
      const counted = `${labels},code="${code}"`;
      requests.set(counted, (requests.get(counted) ?? 0) + 1);
      const known = durations.get(labels) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
      durations.set(labels, {
        buckets: known.buckets.map((value, at) => value + (seconds <= (BUCKETS[at] ?? 0) ? 1 : 0)),
        sum: known.sum + seconds,
        count: known.count + 1,
      });
    },
    text: () =>
      [
        ...family(
          'http_requests_total',
          'counter',
          'answered requests, without probes and metrics',
          [...requests].map(([labels, value]) => `{${labels}} ${value}`),
        ),
        ...family(
          'http_request_duration_seconds',
          'histogram',
          'duration of requests',
          [...durations].flatMap(([labels, { buckets, sum, count }]) => [
            ...buckets.map((value, at) => `_bucket{${labels},le="${BUCKETS[at]}"} ${value}`),
            `_bucket{${labels},le="+Inf"} ${count}`,
            `_sum{${labels}} ${sum}`,
            `_count{${labels}} ${count}`,
          ]),
        ),
        ...single('process_cpu_seconds_total', 'counter', 'CPU time of the process', cpuSeconds()),
        ...single('process_resident_memory_bytes', 'gauge', 'memory of the process', process.memoryUsage.rss()),
        ...single('nodejs_heap_size_used_bytes', 'gauge', 'memory of the objects', process.memoryUsage().heapUsed),
        ...single('nodejs_eventloop_lag_p99_seconds', 'gauge', 'slowest 1 % of events', lagSeconds(lag)),
        '',
      ].join('\n'),
  };
};

/** @param {string} name @param {string} type @param {string} help @param {readonly string[]} samples */
const family = (name, type, help, samples) => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...samples.map((sample) => `${name}${sample}`),
];

/** @param {string} name @param {string} type @param {string} help @param {number} value */
const single = (name, type, help, value) => family(name, type, help, [` ${value}`]);

/** Since the last time that somebody asked, as prom-client has it. @param {import('node:perf_hooks').IntervalHistogram} lag */
const lagSeconds = (lag) => {
  const seconds = lag.percentile(99) / 1e9;
  lag.reset();
  return seconds;
};

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
