import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { SEVERITIES } from '../../lib/config/environment';
import { WATCHDOG } from '../../lib/kubernetes/alertmanager/config';
import type { Outcome } from '../../rehearsal/src/outcome';
import { settle } from '../../rehearsal/src/cluster/patience';
import type { Report } from '../../rehearsal/src/report/progress';
import type { Place } from '../../rehearsal/src/drills/drills';
import type { Tools } from '../prometheus/tools';
import { declared, look } from './declared';
import { exporterMetrics } from './exposition';
import { errorsIn, faultsOfRules, faultsOfTargets } from './faults';
import { kubeletCertificate, startAlertmanager, startPrometheus } from './programs';
import { roundsOf } from './rounds';
import { startStandIns, type Published } from './stand-ins';
import type { Target } from './target';

/** Jobs whose targets are broken on purpose, and the alert of each severity that has to report it. */
const TROUBLE = {
  critical: { job: 'mysql', alert: 'MysqlUnreachable' },
  warning: { job: 'platform-services', alert: 'TargetDown' },
} as const satisfies Readonly<Record<(typeof SEVERITIES)[number], object>>;

/**
 * Lets the real Prometheus and Alertmanager work with what is deployed: they find every target and no other, get its metrics, work
 * out every rule, and tell each topic of an alert.
 */
export const collection = async ({ servers }: Tools, place: Place, report: Report): Promise<Outcome> => {
  const { cluster, emulator, signal } = place;
  const folder = mkdtempSync(join(tmpdir(), 'platform-collection-'));
  const root = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const running: { stop: () => unknown }[] = [];
  const started = <T extends { stop: () => unknown }>(one: T): T => {
    running.unshift(one);
    return one;
  };
  try {
    const held = await look(cluster);
    const ports = { prometheus: await getPort(), alertmanager: await getPort() };
    const addresses = held.nodes.flatMap(({ status }) => status?.addresses ?? []);
    const ips = addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
    const certificate = await kubeletCertificate(folder, ips, signal);
    let targets: readonly Target[] = [];
    const standIns = started(
      await startStandIns({ targets: () => targets, certificate, api: cluster, aws: emulator.endpoint }),
    );
    const common = { proxy: standIns.url, ports };
    const alertmanager = started(
      await startAlertmanager(place, { program: servers.alertmanager, root: root('alertmanager'), ...common }),
    );
    const prometheus = started(
      await startPrometheus(place, {
        program: servers.prometheus,
        root: root('prometheus'),
        ...common,
        kubelets: certificate.cert,
        onConfigured: (asked) => {
          targets = declared(held, asked, ports);
        },
      }),
    );
    const told = (receiver: string, alert: string, since = 0) =>
      heard(standIns.published.slice(since), alertmanager.topics[receiver], alert);
    const well = async () => {
      const complaints = [...errorsIn(prometheus.output()), ...standIns.refusals];
      const found = [...complaints, ...(await faultsOfTargets(prometheus, targets))];
      if (found.length > 0) return found; // each would show in many rules
      return [...(await faultsOfRules(prometheus, WATCHDOG)), ...told('heartbeat', '')];
    };
    const until = async (find: () => Promise<readonly string[]>, what: string) => {
      const { found } = await settle(roundsOf(prometheus, alertmanager), async () => {
        const left = [...new Set(await find())];
        if (left.length > 0) report(`waiting until ${what}: ${left[0]}`);
        const messages = standIns.published.map(({ topicArn, subject, taken }) => `${topicArn} ${subject} ${taken}`);
        return { found: left, settled: left.length === 0, state: [left, [...new Set(messages)]] };
      });
      return found;
    };
    const faults = await until(well, 'all is well');
    if (faults.length > 0) return { faults, line: '' };

    const before = standIns.published.length;
    const down = targets.find(({ job }) => job === TROUBLE.warning.job)!;
    targets = targets
      .filter((target) => target !== down)
      .map((target) =>
        target.job === TROUBLE.critical.job
          ? { ...target, answer: () => exporterMetrics('mysqld_exporter', { mysql_up: 0 }) }
          : target,
      );
    const tells = async () => SEVERITIES.flatMap((severity) => told(severity, TROUBLE[severity].alert, before));
    const silent = await until(tells, 'alerts reach their topics');
    const since = standIns.published.length;
    await tellOfMany(ports.alertmanager, signal);
    const refused = await until(async () => told('warning', MANY, since), 'a large group reaches its topic');
    const jobs = new Set(targets.map(({ job }) => job));
    const alerts = [...Object.values(TROUBLE).map(({ alert }) => alert), `a group of ${GROUP}`];
    return {
      faults: [...silent, ...refused, ...errorsIn(alertmanager.output())],
      line: `${targets.length + 1} targets of ${jobs.size} jobs found and up; ${[WATCHDOG, ...alerts].join(', ')} reach their topics`,
    };
  } finally {
    for (const one of running) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const MANY = 'ManyAtOnce';
const GROUP = 500;

/** Has Alertmanager tell of many alerts with long names and texts in one message: uncut, it would have a megabyte. */
const tellOfMany = async (port: number, signal: AbortSignal) => {
  const text = 'ü<"'.repeat(700);
  const annotations = { summary: text, description: text, runbook_url: text };
  const labels = { alertname: MANY + 'x'.repeat(200), severity: 'warning', service: 'many' };
  const alerts = Array.from({ length: GROUP }, (_, i) => ({ labels: { ...labels, number: `${i}` }, annotations }));
  const { ok, status } = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(alerts),
    signal,
  });
  if (!ok) throw new Error(`Alertmanager answers ${status} to ${GROUP} alerts`);
};

/** Whether a topic has got a message of an alert. */
const heard = (published: readonly Published[], topic: string | undefined, alert: string): readonly string[] => {
  const messages = published.filter(({ topicArn }) => topicArn === topic);
  if (messages.some(({ subject, taken }) => taken && subject.includes(alert))) return [];
  const refused = messages.some(({ taken }) => !taken) ? ': SNS refused it' : '';
  return [`no message${alert && ` of ${alert}`} has reached ${topic}${refused}`];
};
