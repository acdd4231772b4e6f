import { NODE_GROUP_NAMES, SERVICE_NAMES } from '../../lib/config/environment';
import { ofKind, type Kind, type ObjectOf } from '../kinds';
import { assembly, objectsOf } from '../synth';
import { COLORS } from '../../lib/model/names';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

type Labels = Readonly<Record<string, string>>;

/** Programs of the monitoring that have a Service of their own. */
const WATCHING = ['prometheus', 'alertmanager', 'grafana', 'mysql-exporter', 'redis-exporter'];

const nameOf = ({ kind, metadata }: ObjectOf): string =>
  [kind, metadata.namespace, metadata.name].filter(Boolean).join(' ');
const selects = (labels: Labels, selector: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

describe.each(ENVIRONMENT_NAMES)('every object of %s', (name) => {
  const objects = objectsOf(assembly(name));
  const of = <K extends Kind>(...kinds: K[]) => ofKind(objects, ...kinds);
  const workloads = of('Deployment', 'Job', 'StatefulSet', 'DaemonSet');
  const has = (kind: string, of_: string, namespace?: string) =>
    objects.some(
      ({ kind: own, metadata }) => own === kind && metadata.name === of_ && metadata.namespace === namespace,
    );
  const podsIn = (namespace: string) =>
    workloads.filter(({ metadata }) => metadata.namespace === namespace).map(({ spec }) => spec.template);

  test('has a name of its own', () => {
    const names = objects.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(80);
  });

  test('that makes pods: restricted, with a root that cannot be written, requests and limits', () => {
    expect(workloads.length).toBeGreaterThan(12);
    for (const workload of workloads) {
      const { securityContext, containers, initContainers = [], ...pod } = workload.spec.template.spec;
      expect([nameOf(workload), securityContext]).toMatchObject([
        nameOf(workload),
        { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ]);
      expect([nameOf(workload), Object.keys(pod).filter((field) => field.startsWith('host'))]).toEqual([
        nameOf(workload),
        [],
      ]);
      for (const container of [...containers, ...initContainers]) {
        expect([nameOf(workload), container.securityContext]).toEqual([
          nameOf(workload),
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        ]);
        const sizes = ['cpu', 'memory', 'ephemeral-storage'];
        for (const kind of ['requests', 'limits'] as const)
          expect([nameOf(workload), Object.keys(container.resources[kind]).toSorted()]).toEqual([
            nameOf(workload),
            sizes.toSorted(),
          ]);
      }
    }
  });

  test('that makes pods: as a service account of its own, on a node group, with a priority', () => {
    for (const workload of workloads) {
      const { serviceAccountName, nodeSelector, tolerations, priorityClassName } = workload.spec.template.spec;
      const { namespace } = workload.metadata;
      expect([nameOf(workload), has('ServiceAccount', serviceAccountName, namespace)]).toEqual([
        nameOf(workload),
        true,
      ]);
      const group = nodeSelector['node-type'];
      expect([nameOf(workload), NODE_GROUP_NAMES]).toEqual([nameOf(workload), expect.arrayContaining([group])]);
      expect(tolerations).toContainEqual(expect.objectContaining({ key: group, effect: 'NoSchedule' }));
      const known =
        /^system-(cluster|node)-critical$/.test(priorityClassName) || has('PriorityClass', priorityClassName);
      expect([nameOf(workload), known]).toEqual([nameOf(workload), true]);
    }
  });

  test('that makes pods which stay: each container says whether it lives and whether it is ready, at a port of its own', () => {
    const staying = of('Deployment', 'StatefulSet', 'DaemonSet');
    expect(staying.length).toBeGreaterThan(10);
    for (const workload of staying)
      for (const { ports, livenessProbe, readinessProbe } of workload.spec.template.spec.containers) {
        const open = new Set<unknown>(ports.map(({ containerPort }) => containerPort));
        const asked = [livenessProbe, readinessProbe].map((probe) => open.has(probe?.httpGet.port));
        expect([nameOf(workload), asked]).toEqual([nameOf(workload), [true, true]]);
      }
  });

  test('that serves: probed, and reachable by the ports that its Service names', () => {
    const services = of('Service').filter(({ spec }) => spec.selector);
    const colors = Object.values(environment(name).releases).flatMap((own) => COLORS.filter((color) => color in own));
    expect(services).toHaveLength(SERVICE_NAMES.length + colors.length + WATCHING.length);
    for (const service of services) {
      const pods = podsIn(service.metadata.namespace).filter(({ metadata }) =>
        selects(metadata.labels, service.spec.selector),
      );
      expect([nameOf(service), pods.length]).toEqual([nameOf(service), 1]); // of one workload
      const container = pods[0]!.spec.containers[0]!;
      const ports: readonly unknown[] = container.ports.map(({ containerPort }) => containerPort);
      for (const { targetPort } of service.spec.ports) expect(ports).toContain(targetPort);
      for (const probe of [container.livenessProbe, container.readinessProbe])
        expect(ports).toContain(probe.httpGet.port);
    }
  });

  test('that selects pods: some, and those that it is about', () => {
    for (const { metadata, spec, ...workload } of of('Deployment'))
      expect([metadata.name, workload.kind, selects(spec.template.metadata.labels, spec.selector.matchLabels)]).toEqual(
        [metadata.name, 'Deployment', true],
      );
    for (const budget of of('PodDisruptionBudget')) {
      const about = podsIn(budget.metadata.namespace).filter(({ metadata }) =>
        selects(metadata.labels, budget.spec.selector.matchLabels),
      );
      expect([nameOf(budget), about.length, budget.spec.maxUnavailable]).toEqual([nameOf(budget), 1, 1]);
    }
    for (const { spec, metadata } of of('HorizontalPodAutoscaler'))
      expect([
        spec.scaleTargetRef.name,
        has(spec.scaleTargetRef.kind, spec.scaleTargetRef.name, metadata.namespace),
      ]).toEqual([spec.scaleTargetRef.name, true]);
  });

  test('that gives rights: a role that is there, to an account that is there, and no wildcard', () => {
    const bindings = of('RoleBinding', 'ClusterRoleBinding');
    expect(bindings.length).toBeGreaterThan(4);
    for (const binding of bindings) {
      const { roleRef, subjects, metadata } = binding;
      const where = roleRef.kind === 'Role' ? metadata.namespace : undefined;
      expect([nameOf(binding), has(roleRef.kind, roleRef.name, where)]).toEqual([nameOf(binding), true]);
      for (const { kind, name: account, namespace } of subjects)
        expect([nameOf(binding), kind, has('ServiceAccount', account, namespace)]).toEqual([
          nameOf(binding),
          'ServiceAccount',
          true,
        ]);
    }
    expect(JSON.stringify(of('Role', 'ClusterRole'))).not.toMatch(/"\*"|impersonate|escalate|"bind"|"secrets"|exec/);
  });

  test('of a namespace: a quota, limits and the refusal of all traffic beside it', () => {
    for (const { metadata } of of('Namespace'))
      for (const [kind, own] of [
        ['ResourceQuota', 'quota'],
        ['LimitRange', 'limits'],
      ] as const)
        expect([metadata.name, kind, has(kind, own, metadata.name)]).toEqual([metadata.name, kind, true]);
    for (const { metadata: namespace } of of('Namespace')) {
      const aboutAll = of('NetworkPolicy').filter(
        ({ metadata, spec }) => metadata.namespace === namespace.name && !spec.podSelector.matchLabels,
      );
      expect([namespace.name, aboutAll.map(({ spec }) => spec.policyTypes)]).toEqual([
        namespace.name,
        [['Ingress', 'Egress']],
      ]);
    }
  });

  test('refers to ConfigMaps, classes and Secrets that are there', () => {
    const made = of('SecretProviderClass').flatMap(({ metadata, spec }) =>
      (spec.secretObjects ?? []).map(({ secretName }) => `${metadata.namespace} ${secretName}`),
    );
    for (const workload of workloads) {
      const { namespace } = workload.metadata;
      const text = JSON.stringify(workload.spec.template.spec);
      const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!);
      for (const found of named(/"configMap(?:Ref|KeyRef)?":\{"name":"([^"]+)"/g))
        expect([nameOf(workload), found, has('ConfigMap', found, namespace)]).toEqual([nameOf(workload), found, true]);
      for (const found of named(/"secretProviderClass":"([^"]+)"/g))
        expect([nameOf(workload), found, has('SecretProviderClass', found, namespace)]).toEqual([
          nameOf(workload),
          found,
          true,
        ]);
      for (const found of named(/"secretKeyRef":\{"name":"([^"]+)"/g)) expect(made).toContain(`${namespace} ${found}`);
    }
  });
});
