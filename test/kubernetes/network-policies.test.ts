import { DATABASES, SERVICES, type ServiceDefinition } from '../../lib/model/services';
import { SITES } from '../../lib/model/sites';
import { ofKind, type Kind } from '../kinds';
import { assembly, objectsOf, propertiesOf, resourcesOf, type Json } from '../synth';
import { traffic, type Pod } from '../traffic';
import { sitesOf } from '../sites';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

const SERVICE = 3000;
const METRICS = 9090;

/** Pods of the services that use something, and of what migrates their schemas. */
const users = (uses: (service: ServiceDefinition) => boolean) =>
  Object.entries(SERVICES)
    .filter(([, service]) => uses(service))
    .flatMap(([app, { migrates }]) => [app, ...(migrates ? [`${app}-migrate`] : [])]);

const subset = (some: Readonly<Record<string, string>> = {}, all: Readonly<Record<string, string>>) =>
  Object.entries(some).every(([key, value]) => all[key] === value);

describe.each(ENVIRONMENT_NAMES)('in %s', (name) => {
  const objects = objectsOf(assembly(name)).filter(({ metadata }) => metadata.namespace !== 'kube-system');
  const of = <K extends Kind>(...kinds: K[]) => ofKind(objects, ...kinds);
  const namespaces = Object.fromEntries(of('Namespace').map(({ metadata }) => [metadata.name, metadata.labels]));
  const all = { ...namespaces, 'kube-system': {}, 'kube-state-metrics': {}, elsewhere: {} };
  const reaches = traffic(of('NetworkPolicy'), all);

  /** The pods of a Deployment or a Job, by label `app`. */
  const pods: Record<string, Pod> = Object.fromEntries(
    of('Deployment', 'StatefulSet', 'Job').map(({ metadata, spec }) => [
      spec.template.metadata.labels.app,
      { namespace: metadata.namespace, labels: spec.template.metadata.labels },
    ]),
  );
  const pod = (app: string) => pods[app]!;
  const everyPod = Object.entries(pods);
  const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  const prometheus = { namespace: 'platform-monitoring', labels: { app: 'prometheus' } };
  const stranger = { namespace: 'elsewhere', labels: { app: 'api-gateway' } };
  const addressesIn = (subnet: string) =>
    propertiesOf(resourcesOf(assembly(name), 'network'), 'AWS::EC2::Subnet')
      .filter(({ id }) => id.includes(`${subnet}Subnet`))
      .map(({ CidrBlock }) => CidrBlock.replace(/\.\d+\/\d+$/, '.9'));
  const data = addressesIn('Data');
  const balancer = addressesIn('Private'); // the load balancer, the AWS endpoints, the API server
  const clientsOf = (to: string, port: number) =>
    everyPod.filter(([, from]) => reaches(from, to, port)).map(([app]) => app);

  test('every pod asks the cluster for names', () => {
    expect(everyPod.length).toBeGreaterThan(10);
    for (const [app, from] of everyPod)
      expect([app, reaches(from, dns, 53, 'UDP'), reaches(from, dns, 53)]).toEqual([app, true, true]);
  });

  test('every namespace refuses what no path has', () => {
    for (const namespace of Object.keys(namespaces)) {
      const unknown = { namespace, labels: { app: 'unknown' } };
      for (const port of [22, 80, 3000, 9090]) {
        expect([namespace, port, reaches(unknown, stranger, port)]).toEqual([namespace, port, false]);
        expect([namespace, port, reaches(stranger, unknown, port)]).toEqual([namespace, port, false]);
      }
      expect([namespace, ...data.map((to) => reaches(unknown, to, 3306))]).toEqual([namespace, false, false, false]);
    }
  });

  test('the gateway reaches each microservice, and nobody else does', () => {
    const microservices = Object.entries(SERVICES).filter(([, { labels }]) => 'service-type' in labels);
    expect(microservices.length).toBeGreaterThan(2);
    for (const [app] of microservices) {
      const callers = everyPod.filter(([other, from]) => other !== app && reaches(from, pod(app), SERVICE));
      expect([app, callers.map(([other]) => other)]).toEqual([app, ['api-gateway']]);
      expect([app, reaches(stranger, pod(app), SERVICE)]).toEqual([app, false]);
    }
  });

  test('what renders pages reaches the gateway for them, and no other pod does', () => {
    const callers = everyPod.filter(
      ([app, from]) => app !== 'api-gateway' && reaches(from, pod('api-gateway'), SERVICE),
    );
    expect(callers.map(([app]) => app).toSorted()).toEqual(users(({ publicUrls }) => publicUrls === true).toSorted());
  });

  test('whoever may reach the pods of a Service may reach its address, as the VPC CNI finds it', () => {
    const behind = of('Service').filter(({ spec }) => spec.selector);
    const peers = of('NetworkPolicy').flatMap(({ metadata, spec }) =>
      (spec.egress ?? [])
        .flatMap(({ to }: Json) => to)
        .flatMap(({ podSelector, namespaceSelector }: Json) =>
          behind
            .filter((service) => {
              const { namespace, labels } = pods[service.spec.selector.app!]!;
              const inNamespace = namespaceSelector
                ? subset(namespaceSelector.matchLabels, {
                    'kubernetes.io/metadata.name': namespace,
                    ...namespaces[namespace],
                  })
                : podSelector !== undefined && namespace === metadata.namespace;
              return inNamespace && subset(podSelector?.matchLabels, labels);
            })
            .map((service) => ({
              policy: metadata.name,
              service: service.metadata.name,
              asked: podSelector?.matchLabels,
              selects: service.spec.selector,
            })),
        ),
    );
    expect(peers.map(({ service }) => service)).toEqual(expect.arrayContaining(['auth-service', 'tenant-service']));
    expect(peers.filter(({ asked, selects }) => !subset(asked, selects))).toEqual([]);
  });

  test('the load balancer reaches what answers the public sites', () => {
    const answering = sitesOf(environment(name)).map((site) => SITES[site].target.name);
    for (const from of balancer)
      expect(everyPod.filter(([, to]) => reaches(from, to, SERVICE)).map(([app]) => app)).toEqual(answering.toSorted());
    for (const from of [...data, ...addressesIn('Public'), '203.0.113.9'])
      expect(reaches(from, pod('api-gateway'), SERVICE)).toBe(false);
  });

  test('every service admits Prometheus to its metrics, and only there', () => {
    // Its own policy comes with it.
    const others = of('NetworkPolicy').filter(({ metadata }) => metadata.namespace !== prometheus.namespace);
    const admits = traffic(others, all);
    for (const app of Object.keys(SERVICES)) {
      expect([app, admits(prometheus, pod(app), METRICS)]).toEqual([app, true]);
      expect([app, admits(prometheus, pod(app), SERVICE)]).toEqual([app, false]);
      expect([app, admits(stranger, pod(app), METRICS)]).toEqual([app, false]);
    }
  });

  test('the pods that use a data tier reach it, and no others', () => {
    const setups = DATABASES.map((database) => `database-setup-${database}`);
    for (const to of data) {
      expect(clientsOf(to, 3306).toSorted()).toEqual(
        [...users(({ database }) => !!database), ...setups, 'database-setup-monitor', 'mysql-exporter'].toSorted(),
      );
      expect(clientsOf(to, 6379).toSorted()).toEqual([...users(({ redis }) => redis), 'redis-exporter'].toSorted());
      expect(clientsOf(to, 22)).toEqual([]);
    }
    for (const to of balancer) expect([to, clientsOf(to, 3306), clientsOf(to, 6379)]).toEqual([to, [], []]);
  });

  test('the API server answers those with a role in Kubernetes', () => {
    const automounting = of('Deployment', 'Job')
      .filter(({ spec }) => spec.template.spec.automountServiceAccountToken)
      .map(({ spec }) => spec.template.metadata.labels.app);
    expect(automounting).toContain('tenant-service');
    expect(clientsOf('172.30.0.1', 443).toSorted()).toEqual(automounting.toSorted());
    // The endpoints of AWS stand beside it.
    for (const to of balancer)
      expect(clientsOf(to, 443).toSorted()).toEqual([...automounting, 'alertmanager', 'grafana'].toSorted());
  });

  test('the internet is there for Sentry, where it is used', () => {
    const reporting = Object.entries(SERVICES)
      .filter(([, { sentryVariable }]) => sentryVariable && environment(name).sentry)
      .map(([app]) => app);
    expect(clientsOf('203.0.113.9', 443).toSorted()).toEqual(reporting.toSorted());
    expect(clientsOf('203.0.113.9', 80)).toEqual([]);
    // Not by way of the internet: neither the metadata of the node, nor other pods, nor what stands in the VPC.
    for (const to of ['169.254.169.254', '10.128.0.9', balancer[0], '172.30.9.9'])
      expect([to, reaches(pod('frontend'), to, 443)]).toEqual([to, false]);
  });

  test('the pods of a tenant reach each other and AWS, and are reached by the gateway and Prometheus', () => {
    const tenants = Object.keys(namespaces).filter((namespace) => namespace.startsWith('tenant-'));
    expect(tenants.length).toBeGreaterThan(1);
    const others = of('NetworkPolicy').filter(({ metadata }) => metadata.namespace !== prometheus.namespace);
    const admits = traffic(others, all);
    for (const [index, namespace] of tenants.entries()) {
      const own = { namespace, labels: { app: 'shop' } };
      const neighbour = { namespace: tenants[index === 0 ? 1 : 0]!, labels: { app: 'shop' } };
      expect(reaches(own, { namespace, labels: { app: 'another' } }, 8080)).toBe(true);
      expect([reaches(own, neighbour, SERVICE), reaches(neighbour, own, SERVICE)]).toEqual([false, false]);
      expect([reaches(own, dns, 53, 'UDP'), reaches(own, '169.254.170.23', 80)]).toEqual([true, true]);
      for (const to of [...balancer, '203.0.113.9']) expect([to, reaches(own, to, 443)]).toEqual([to, true]);
      for (const to of ['169.254.169.254', ...data]) expect([to, reaches(own, to, 80)]).toEqual([to, false]);
      for (const to of data) expect([reaches(own, to, 3306), reaches(own, to, 6379)]).toEqual([false, false]);
      const callers = everyPod.filter(([, from]) => reaches(from, own, SERVICE)).map(([app]) => app);
      expect(callers).toEqual(['api-gateway']);
      expect([admits(prometheus, own, METRICS), admits(prometheus, own, SERVICE)]).toEqual([true, false]);
      for (const [app, to] of everyPod) expect([app, reaches(own, to, SERVICE)]).toEqual([app, false]);
    }
  });

  test('Prometheus reaches what it asks, at the ports that the configuration names', () => {
    const monitor = pod('prometheus');
    for (const node of [...data, ...balancer])
      expect([node, [9100, 10250, 22, 3306].map((port) => reaches(monitor, node, port))]).toEqual([
        node,
        [true, true, false, false],
      ]);
    const state = { namespace: 'kube-state-metrics', labels: { 'app.kubernetes.io/name': 'kube-state-metrics' } };
    expect([reaches(monitor, state, 8080), reaches(monitor, stranger, 8080)]).toEqual([true, false]);
    for (const app of Object.keys(SERVICES))
      expect([app, reaches(monitor, pod(app), METRICS), reaches(monitor, pod(app), SERVICE)]).toEqual([
        app,
        true,
        false,
      ]);
    for (const [app, port] of Object.entries({
      alertmanager: 9093,
      grafana: 3000,
      'mysql-exporter': 9104,
      'redis-exporter': 9121,
    })) {
      expect([app, reaches(monitor, pod(app), port), reaches(monitor, pod(app), 80)]).toEqual([app, true, false]);
      expect([app, everyPod.filter(([, from]) => reaches(from, pod(app), port)).map(([other]) => other)]).toEqual([
        app,
        ['prometheus'],
      ]);
    }
    expect(everyPod.filter(([, from]) => reaches(from, monitor, METRICS)).map(([app]) => app)).toEqual(['grafana']);
  });

  test('Alertmanager and Grafana get their identities, and reach AWS without the internet', () => {
    expect(clientsOf('169.254.170.23', 80).toSorted()).toEqual(['alertmanager', 'grafana']);
    for (const app of ['alertmanager', 'grafana']) expect(reaches(pod(app), '203.0.113.9', 443)).toBe(false);
  });

  test('people reach each other, the internet, and nothing of the platform', () => {
    for (const namespace of Object.keys(namespaces).filter((each) => /^platform-(dev|staging)$/.test(each))) {
      const person = { namespace, labels: { app: 'trial' } };
      expect(reaches(person, { namespace, labels: { app: 'another' } }, 8080)).toBe(true);
      expect(reaches(person, '203.0.113.9', 443)).toBe(true);
      for (const [app, to] of everyPod) expect([app, reaches(person, to, SERVICE)]).toEqual([app, false]);
      for (const to of data) expect(reaches(person, to, 3306)).toBe(false);
    }
  });
});
