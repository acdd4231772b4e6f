import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SERVICES } from '../../../lib/model/services';
import { ALERTMANAGER_VERSION, PROMETHEUS_VERSION } from '../../../lib/model/versions';
import { DURATION_BUCKETS, SERVICE_METRICS, type ServiceMetric } from '../../../lib/kubernetes/metrics';
import { prometheusConfig } from '../../../lib/kubernetes/prometheus/config';
import { EXPORTED, type Exporter } from '../../../lib/kubernetes/prometheus/exported';
import { JOBS } from '../../../lib/kubernetes/prometheus/jobs';
import { ALERTS, RECORDS, ruleFile } from '../../../lib/kubernetes/prometheus/rules';
import { OBJECTIVES, PUBLIC_SERVICES } from '../../../lib/kubernetes/prometheus/slo-rules';
import { docs } from '../../../docs/tools/markdown';
import { seriesIn } from '../../promql';
import { longSentences } from '../../sentences';
import { ALERT_CASES } from '../../../checks/prometheus/alerts';

const alerts = Object.values(ALERTS).flat();
const records = Object.values(RECORDS).flat();
const names = [...new Set(alerts.map(({ alert }) => alert))];
const exported = new Set(Object.values(EXPORTED).flat());

test('the parser finds names, and what is no PromQL', () => {
  expect(seriesIn('sum(rate(a_total{b="c"}[5m])) / on (x) group_left d:e > 0.1 and up')).toEqual([
    'a_total',
    'd:e',
    'up',
  ]);
  expect(() => seriesIn('sum(rate(a_total[5m])')).toThrow('no PromQL');
});

test('what checks the rules has the versions that are deployed', () => {
  const [major, minor, patch] = PROMETHEUS_VERSION.split('.');
  const pinned = readFileSync(join(__dirname, '..', '..', '..', 'checks', 'prometheus', 'go.mod'), 'utf8');
  // The module of Prometheus 3.13.4 is v0.313.4.
  expect(pinned).toContain(`\tgithub.com/prometheus/prometheus v0.${major}${minor!.padStart(2, '0')}.${patch} `);
  expect(pinned).toContain(`\tgithub.com/prometheus/alertmanager v${ALERTMANAGER_VERSION} `);
});

test('what rules ask for, a service or a known exporter exports, or an earlier rule records', () => {
  const known = new Set(exported);
  for (const { record, expr } of records) {
    for (const name of seriesIn(expr)) expect([record, name, known.has(name)]).toEqual([record, name, true]);
    known.add(record);
  }
  for (const { alert, expr } of alerts)
    for (const name of seriesIn(expr)) expect([alert, name, known.has(name)]).toEqual([alert, name, true]);
});

test('labels by which rules choose series of services are those of the contract, or of their targets', () => {
  const targets = ['job', 'app', 'pod', 'le'];
  for (const expr of [...records, ...alerts].map((rule) => rule.expr))
    for (const [, name, matchers] of expr.matchAll(/\b(\w+?)(?:_bucket|_count)?\{([^}]*)\}/g)) {
      const metric = (SERVICE_METRICS as Readonly<Record<string, ServiceMetric>>)[name!];
      if (!metric) continue;
      for (const [, label] of matchers!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
        expect([name, label, [...targets, ...Object.keys(metric.labels)]]).toEqual([
          name,
          label,
          expect.arrayContaining([label]),
        ]);
    }
});

test('every alert has a case in which it fires, and every case an alert', () => {
  expect(Object.keys(ALERT_CASES).toSorted()).toEqual(names.toSorted());
});

test('every alert says how much it matters, whom it is about, what it means, and where to read on', () => {
  const { groups } = parse(ruleFile('https://example.com/runbook'));
  const rules = groups.flatMap((group: { rules: { alert?: string }[] }) => group.rules.filter(({ alert }) => alert));
  expect(rules).toHaveLength(alerts.length);
  for (const { alert, labels, annotations } of rules) {
    expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning)$/)]);
    expect([alert, labels.service]).not.toEqual([alert, '']);
    // Messages are by service: of things that fail together there would be as many as there are of them.
    expect([alert, labels.service]).not.toEqual([alert, expect.stringMatching(/labels\.(instance|node|pod|tenant) /)]);
    expect(annotations.runbook_url).toBe(`https://example.com/runbook#${alert.toLowerCase()}`);
    for (const text of [annotations.summary, annotations.description]) {
      expect(text).toMatch(/^\S.{8,}/);
      expect([alert, longSentences(text)]).toEqual([alert, []]);
    }
    expect([alert, annotations.description]).toEqual([alert, expect.stringMatching(/[.]$/)]);
    // SNS takes a subject of a hundred characters: environment and severity at their longest.
    expect(`RESOLVED staging critical: ${alert}`.length).toBeLessThan(100);
  }
});

test('the objectives are those of the public services, and a bound of the histogram', () => {
  expect(PUBLIC_SERVICES.toSorted()).toEqual(
    Object.entries(SERVICES)
      .flatMap(([name, { site }]) => (site ? [name] : []))
      .toSorted(),
  );
  expect(DURATION_BUCKETS).toContain(OBJECTIVES.inTime);
  const burns = alerts.filter(({ alert }) => alert.startsWith('ErrorBudget'));
  expect(burns.map(({ severity, labels, expr }) => [severity, labels?.window, expr.match(/> [\d.]+/g)])).toEqual([
    ['critical', '1h', ['> 0.0144', '> 0.0144', '> 10']],
    ['critical', '6h', ['> 0.006', '> 0.006', '> 10']],
    ['warning', '1d', ['> 0.003', '> 0.003', '> 10']],
    ['warning', '3d', ['> 0.001', '> 0.001', '> 10']],
  ]);
});

const { scrape_configs } = parse(
  prometheusConfig({
    environment: 'prod',
    mysqlServers: { primary: ['a:3306'], replica: [] },
    redisNodes: ['rediss://b:1'],
  }),
);

test('the scrape jobs are those that alerts know', () => {
  expect(scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toEqual([...JOBS]);
});

type Labels = Readonly<Record<string, string>>;

/** Whether a job keeps a series of its targets. */
const keeps = (name: string, labels: Labels): boolean => {
  const { metric_relabel_configs: steps } = scrape_configs.find(
    ({ job_name }: { job_name: string }) => job_name === name,
  );
  return steps.every(
    ({ source_labels, action, regex }: { source_labels: string[]; action: string; regex: string }) =>
      new RegExp(`^(?:${regex})$`).test(source_labels.map((label) => labels[label] ?? '').join(';')) ===
      (action === 'keep'),
  );
};
const sample = (__name__: string, labels: Labels = {}): Labels => ({
  namespace: 'platform-core',
  container: 'api-gateway',
  ...labels,
  __name__,
});

test.each<[string, Exporter, string]>([
  ['kubernetes-kubelet', 'kubelet', 'kubelet_runtime_operations_total'],
  ['kubernetes-containers', 'kubelet, of containers (cAdvisor)', 'container_network_receive_bytes_total'],
  ['kube-state-metrics', 'kube-state-metrics', 'kube_configmap_info'],
])('%s keeps what rules and dashboards use, and nothing else', (job, exporter, other) => {
  for (const name of EXPORTED[exporter]) expect([name, keeps(job, sample(name))]).toEqual([name, true]);
  expect(keeps(job, sample(other))).toBe(false);
});

/** Used series that a job keeps of a tenant. */
const ofTenant = (job: string, exporter: Exporter) =>
  EXPORTED[exporter].filter((name) => keeps(job, sample(name, { namespace: 'tenant-acme' })));
const ofNode = (labels: Labels) => keeps('kubernetes-nodes', sample('node_network_receive_bytes_total', labels));

test('pods of tenants are two series each while they run, and a tenant those of its quotas', () => {
  expect(ofTenant('kube-state-metrics', 'kube-state-metrics').filter((name) => !name.startsWith('kube_node_'))).toEqual(
    ['kube_resourcequota'],
  );
  expect(ofTenant('kubernetes-containers', 'kubelet, of containers (cAdvisor)')).toEqual([
    'container_cpu_usage_seconds_total', // as long as the container runs: sums are made of them
    'container_memory_working_set_bytes',
  ]);
  expect(ofTenant('kubernetes-kubelet', 'kubelet').filter((name) => name.includes('volume'))).toEqual([]);
  expect([{ device: 'eni0a1b2c3d4e5' }, { device: 'ens5' }].map(ofNode)).toEqual([false, true]);
  expect([{ mountpoint: '/run/containerd/x/shm' }, { mountpoint: '/' }].map(ofNode)).toEqual([false, true]);
});

const PART = '## Alerts of Prometheus';

test('docs/runbook.md has a heading for every alert, and no other in its part', () => {
  const [, part = ''] = docs('runbook').split(`${PART}\n`);
  const headings = [...part.split(/^## /m)[0]!.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading!);
  expect(headings.toSorted()).toEqual(names.toSorted());
});
