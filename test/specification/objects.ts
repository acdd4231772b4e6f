import type { ServiceName } from '../../lib/config/environment';
import { coloredName, colorsOf } from '../../lib/model/colors';
import { leavesOf, under, type Fields, type Leaves } from './fields';
import { NUMBERS, type Numbers } from './numbers';
import { GRAFANA, PROMETHEUS } from './monitoring';
import { CONTAINER, POD } from './pods';
import { services, type SpecifiedService } from './services';
import { EnvironmentName } from '../fixtures';

/** An object as the specification has it. */
export interface SpecifiedObject {
  /** `KIND NAMESPACE/NAME`, or `KIND NAME` of what has no namespace. */
  readonly key: string;
  /** The same of the object that the application has in its place. @default - it has the same */
  readonly deployedAs?: string;
  /** Its fields; `{name}` and the like stand for its parameters. */
  readonly leaves: Leaves;
  readonly parameters: Readonly<Record<string, string>>;
}

const object = (key: string, fields: Fields, parameters: Readonly<Record<string, string>> = {}): SpecifiedObject => ({
  key,
  leaves: leavesOf(fields),
  parameters,
});

const deployment = (service: SpecifiedService, { replicas, resources }: Numbers): Fields => ({
  apiVersion: 'apps/v1',
  'metadata.labels.app': '{name}',
  ...under('metadata.labels', service.labels),
  'spec.replicas': replicas[service.name]!,
  'spec.strategy': { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  'spec.selector.matchLabels.app': '{name}',
  'spec.template.metadata.labels.app': '{name}',
  ...under('spec.template.metadata.labels', service.labels),
  ...under('spec.template.metadata.annotations', service.annotations),
  ...under(POD, service.pod),
  ...under(CONTAINER, service.container),
  ...under(`${CONTAINER}.resources`, resources[service.name]!),
});

const address = (service: SpecifiedService): Fields => ({
  apiVersion: 'v1',
  'metadata.labels.app': '{name}',
  'spec.type': 'ClusterIP',
  'spec.ports[http]': { port: 80, targetPort: 3000, protocol: 'TCP' },
  'spec.selector.app': '{name}',
  ...service.address,
});

const utilization = (name: string, averageUtilization: number) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});

const autoscaler = ({ minReplicas, maxReplicas }: NonNullable<Numbers['autoscaling']>): Fields => ({
  apiVersion: 'autoscaling/v2',
  'spec.scaleTargetRef': { apiVersion: 'apps/v1', kind: 'Deployment', name: '{name}' },
  'spec.minReplicas': minReplicas,
  'spec.maxReplicas': maxReplicas,
  'spec.metrics': [utilization('cpu', 70), utilization('memory', 80)],
  'spec.behavior.scaleUp.stabilizationWindowSeconds': 60,
  'spec.behavior.scaleUp.policies': [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  'spec.behavior.scaleDown.stabilizationWindowSeconds': 300,
  'spec.behavior.scaleDown.policies': [{ type: 'Percent', value: 10, periodSeconds: 60 }],
});

const service = (specified: SpecifiedService, numbers: Numbers): readonly SpecifiedObject[] => {
  const { name, namespace, database = '' } = specified;
  const parameters = { name, database };
  const [color] = colorsOf(name as ServiceName);
  /** The Deployment of a public service has the name of a color: the specification asks for blue-green, and has one Deployment. */
  const run = (kind: string, end: string, fields: Fields): SpecifiedObject => ({
    ...object(`${kind} ${namespace}/${name}${end}`, fields, parameters),
    deployedAs: `${kind} ${namespace}/${coloredName(name, color)}${end}`,
  });
  return [
    run('Deployment', '', deployment(specified, numbers)),
    object(`Service ${namespace}/${name}`, address(specified), parameters),
    ...(numbers.autoscaling ? [run('HorizontalPodAutoscaler', '-hpa', autoscaler(numbers.autoscaling))] : []),
  ];
};

const namespace = (name: string, environment: string, team: string, securityLevel: string, labels: Fields = {}) =>
  object(`Namespace ${name}`, {
    apiVersion: 'v1',
    'metadata.labels': { environment, team, 'security-level': securityLevel, ...labels },
  });

/** The specification's manifest of a namespace is production's. */
const PRODUCTION = 'production';

const namespaces = ({ environment, ownNamespaces }: Numbers): readonly SpecifiedObject[] => [
  namespace('platform-core', PRODUCTION, 'platform', 'high'),
  namespace('platform-apps', PRODUCTION, 'application', 'medium'),
  namespace('platform-monitoring', PRODUCTION, 'devops', 'medium'),
  ...ownNamespaces.map(([name, team, level]) => namespace(name, environment, team, level)),
];

const tenant = (id: string) => namespace(`tenant-${id}`, PRODUCTION, 'tenant', 'high', { 'tenant-id': id });

const dataTier = (name: string, labels: Fields, ports: Readonly<Record<string, number>>, fields: Fields) =>
  object(`Service platform-core/${name}`, {
    apiVersion: 'v1',
    'metadata.labels': labels,
    'spec.ports': Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
    ...fields,
  });

const HEADLESS: Fields = { 'spec.clusterIP': 'None' };
const MYSQL: Fields = { 'spec.selector': { app: 'mysql', role: 'core' } };

const SHARED: readonly SpecifiedObject[] = [
  dataTier('mysql-core', { app: 'mysql', role: 'core' }, { mysql: 3306 }, { ...HEADLESS, ...MYSQL }),
  dataTier('mysql-primary', { app: 'mysql', role: 'primary' }, { mysql: 3306 }, MYSQL),
  dataTier(
    'redis-cluster',
    { app: 'redis' },
    { client: 6379, gossip: 16379 },
    { ...HEADLESS, 'spec.selector.app': 'redis' },
  ),
  // These are named only.
  object('StorageClass ssd-storage', { apiVersion: 'storage.k8s.io/v1' }),
  object('Secret platform-core/platform-secrets', {}),
  object('Secret platform-core/registry-credentials', {}),
  object('Secret platform-core/mysql-secret', {}),
  object('Secret platform-apps/platform-secrets', {}),
  object('Secret platform-apps/registry-credentials', {}),
];

/** Objects of an environment with these tenants, by the specification. */
export const specified = (environment: EnvironmentName, tenants: readonly string[]): readonly SpecifiedObject[] => [
  ...namespaces(NUMBERS[environment]),
  ...tenants.map(tenant),
  ...services(NUMBERS[environment]).flatMap((one) => service(one, NUMBERS[environment])),
  ...SHARED,
  ...Object.entries(PROMETHEUS).map(([key, fields]) => object(key, fields, { name: 'prometheus' })),
  ...Object.entries(GRAFANA).map(([key, fields]) => object(key, fields, { name: 'grafana' })),
];
