import { fakeCluster } from '../rehearsal/fake-cluster';
import { SERVICES } from '../../lib/model/services';
import { serviceMetrics } from '../../checks/metrics/exposition';
import { declared, look } from '../../checks/metrics/declared';
import { errorsIn, faultsOfRules, faultsOfTargets } from '../../checks/metrics/faults';
import type { Target } from '../../checks/metrics/target';

const pod = (namespace: string, name: string, labels: Record<string, string>, ports: readonly object[], more = {}) => ({
  metadata: { namespace, name, labels },
  spec: { nodeName: 'node', containers: [{ name, ports }], ...more },
  status: { phase: 'Running', podIP: '10.0.0.1', hostIP: '10.2.0.1' },
});
const METRICS = [{ name: 'metrics', containerPort: 9090 }];
const PODS = Object.keys(SERVICES).map((name) => pod('platform-core', `${name}-1`, { app: name }, METRICS));
const service = (namespace: string, name: string, ports: readonly object[], annotations = {}) => ({
  metadata: { namespace, name, annotations },
  spec: { selector: { app: name }, ports },
});

const targetsOf = async (held: Readonly<Record<string, readonly object[]>>): Promise<readonly Target[]> => {
  const asked = { mysql: ['mysql:3306'], redis: [] };
  return declared(await look(fakeCluster({ pods: PODS, ...held })), asked, { prometheus: 1, alertmanager: 2 });
};
const of = (job: string, targets: readonly Target[]) => targets.filter((target) => target.job === job);

describe('what is declared', () => {
  test('a pod of a service is asked at its port for metrics, whatever the Service says', async () => {
    const api = service('platform-core', 'api-gateway', [{ name: 'http' }], { 'prometheus.io/port': '1' });
    const targets = of('platform-services', await targetsOf({ services: [api] }));
    expect(targets.map(({ url }) => url)).toEqual(PODS.map(() => 'http://10.0.0.1:9090/metrics'));
    expect(targets.find(({ labels }) => labels.app === 'api-gateway')?.what).toBe(
      'pod platform-core/api-gateway-1 (Service api-gateway: ports http; prometheus.io/port: 1)',
    );
    expect(of('platform-services', await targetsOf({}))[0]!.what).toMatch('no Service selects it');
  });

  test('every service has a pod', async () => {
    await expect(targetsOf({ pods: PODS.slice(1) })).rejects.toThrow(/^no pod of the service \S+ runs$/);
  });

  test('an exporter is asked at the port of its Service, if that leads to one of its pod', async () => {
    const exporter = pod('platform-monitoring', 'it', { app: 'mysql-exporter' }, [{ name: 'a', containerPort: 9104 }]);
    const urls = async (targetPort: number | string) => {
      const services = [service('platform-monitoring', 'mysql-exporter', [{ port: 80, targetPort }])];
      return of('mysql', await targetsOf({ pods: [...PODS, exporter], services })).map(({ url }) => url);
    };
    expect(await urls(9104)).toEqual(['http://mysql-exporter:80/probe?target=mysql%3A3306']);
    expect(await urls('a')).toEqual(['http://mysql-exporter:80/probe?target=mysql%3A3306']);
    expect((await urls(1))[0]).toMatch('undefined');
  });
});

const faultsIn = (...rules: readonly object[]) =>
  faultsOfRules(
    { ask: async <T>(path: string) => (path === 'rules' ? { groups: [{ rules }] } : ['known']) as T },
    'Watchdog',
  );

describe('what is wrong', () => {
  const target: Target = {
    job: 'platform-services',
    url: 'http://10.0.0.1:9090/metrics',
    what: 'pod a',
    labels: { app: 'a' },
    answer: 'itself',
  };
  const up = { scrapePool: target.job, scrapeUrl: target.url, labels: { app: 'a' }, health: 'up', lastError: '' };
  const faults = (...activeTargets: readonly object[]) =>
    faultsOfTargets({ ask: async <T>() => ({ activeTargets }) as T }, [target]);

  test('nothing, when each target is there once and up', async () => {
    expect(await faults(up)).toEqual([]);
  });

  test('a target that is missing, there twice, without its label, down, or declared by nobody', async () => {
    expect(await faults()).toEqual([expect.stringMatching('pod a declares .* has no such target')]);
    expect(await faults(up, up)).toEqual([expect.stringMatching('has 2 such target')]);
    expect(await faults({ ...up, labels: {} })).toEqual([expect.stringMatching('has app="", not "a"')]);
    expect(await faults({ ...up, health: 'down', lastError: 'refused' })).toEqual([
      expect.stringMatching('is not up: refused'),
    ]);
    expect(await faults(up, { ...up, scrapePool: 'mysql' })).toEqual([expect.stringMatching('which nothing declares')]);
  });

  test('a rule that fails, a record without a value, and an alert but the one that always fires', async () => {
    const ok = { health: 'ok' };
    const alert = (name: string, state: string) => ({ ...ok, type: 'alerting', name, state });
    expect(
      await faultsIn(
        { ...ok, type: 'recording', name: 'known' },
        alert('Watchdog', 'firing'),
        alert('TargetDown', 'inactive'),
      ),
    ).toEqual([]);
    expect(
      await faultsIn(
        { health: 'err', lastError: 'many-to-many', type: 'recording', name: 'known' },
        { ...ok, type: 'recording', name: 'unknown' },
        alert('Watchdog', 'inactive'),
        alert('TargetDown', 'firing'),
      ),
    ).toEqual([
      'the rule known is err: many-to-many',
      'the record unknown has no value',
      'the alert Watchdog is inactive, though all is well',
      'the alert TargetDown is firing, though all is well',
    ]);
  });

  test('what a log complains of, once', () => {
    const lines = ['INFO', 'WARN', 'ERROR'].map((level, count) => `level=${level} msg="no \\"list\\"" count=${count}`);
    expect(errorsIn(lines.join('\n'))).toEqual([`"no 'list'" count=2`]);
  });
});

test('a service that keeps to the contract has every metric of it, and what is not its own not', () => {
  expect(serviceMetrics('api-gateway')).toMatch(/^tenant_requests_total\{tenant="acme",outcome="success"\} \d/m);
  expect(serviceMetrics('frontend')).not.toMatch('tenant_requests_total');
  expect(serviceMetrics('frontend')).toMatch(/^http_request_duration_seconds_bucket\{.*le="0.5"\} \d/m);
});
