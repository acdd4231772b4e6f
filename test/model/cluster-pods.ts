import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { bytes, millicores } from '../../lib/model/quantities';
import { flat, objectsOf, propertiesOf, resourcesOf, type Json } from '../synth';

/** Requests of a pod: millicores, bytes. */
export interface Requested {
  readonly cpu: number;
  readonly memory: number;
}

/** A Deployment or a DaemonSet of the cluster's own. */
export interface ClusterWorkload {
  readonly kind: string;
  readonly name: string;
  readonly replicas: number;
  readonly pod: Requested;
  /** Values of `node-type` that its pods ask for. */
  readonly nodes: string | undefined;
}

const KUBERNETES = join(__dirname, '..', '..', 'rehearsal', 'kubernetes');
const RUNS = ['Deployment', 'DaemonSet'] as const;

const sum = (containers: readonly Json[]): Requested =>
  containers
    .map(({ resources: { requests = {} } = {} }) => requests)
    .reduce(
      (all: Requested, { cpu, memory }: Json) => ({
        cpu: all.cpu + (cpu === undefined ? 0 : millicores(`${cpu}`)!),
        memory: all.memory + (memory === undefined ? 0 : bytes(`${memory}`)!),
      }),
      { cpu: 0, memory: 0 },
    );

/** Requests as the scheduler counts them: all containers together, or the largest of those that run before them. */
export const podRequests = ({ containers, initContainers = [] }: Json): Requested => {
  const [together, ...before] = [sum(containers), ...initContainers.map((each: Json) => sum([each]))];
  return {
    cpu: Math.max(together.cpu, ...before.map(({ cpu }) => cpu)),
    memory: Math.max(together.memory, ...before.map(({ memory }) => memory)),
  };
};

const workload = ({ kind, metadata: { name }, spec: { replicas = 1, template } }: Json): ClusterWorkload => ({
  kind,
  name,
  replicas,
  pod: podRequests(template.spec),
  nodes: template.spec.nodeSelector?.['node-type'],
});

/** Puts a value at a path in which the name of a container stands for its place. */
const put = (object: Json, path: readonly string[], value: Json): void => {
  const [key, ...rest] = path;
  const at = Array.isArray(object) ? object.findIndex(({ name }) => name === key) : key!;
  if (rest.length === 0) object[at] = value;
  else put((object[at] ??= {}), rest, value);
};

/** Carries out what configuration says of numbers, requests and places; the keys of the schema say where each belongs. */
const configure = (objects: readonly Json[], schema: Json, values: Json): void => {
  for (const [key, value] of Object.entries<Json>(values)) {
    const described = schema.properties?.[key] ?? {};
    const targets: readonly string[] = [described['x-sets'] ?? []].flat();
    for (const target of targets.filter((each) => /\.(replicas|resources|nodeSelector)$/.test(each))) {
      const [place = '', path = ''] = target.split(' ');
      const object = objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === place);
      put(object, path.split('.'), value);
    }
    if (targets.length === 0 && typeof value === 'object' && value !== null) configure(objects, described, value);
  }
};

/** Workloads of an add-on or a chart, as it is configured. */
const installed = (folder: string, name: string, values: Json): readonly ClusterWorkload[] => {
  const file = join(KUBERNETES, folder, `${name}.yaml`);
  if (!existsSync(file)) throw new Error(`${file} is not there: nobody knows what ${name} requests`);
  const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
  configure(objects, parse(readFileSync(file.replace(/yaml$/, 'schema.yaml'), 'utf8')), values);
  return objects.filter((object) => RUNS.includes(object?.kind)).map(workload);
};

/** Every Deployment and DaemonSet outside of the platform's namespaces: of add-ons, charts and manifests. */
export const clusterWorkloads = (of: CloudAssembly): readonly ClusterWorkload[] => {
  const cluster = resourcesOf(of, 'cluster');
  const addons = propertiesOf(cluster, 'AWS::EKS::Addon').flatMap(({ AddonName, ConfigurationValues }) =>
    installed('addons', AddonName, JSON.parse(flat(ConfigurationValues))),
  );
  const charts = of.stacks
    .flatMap(({ template }) => propertiesOf(template.Resources, 'Custom::AWSCDK-EKS-HelmChart'))
    .flatMap(({ Chart, Values }) => installed('charts', Chart, JSON.parse(flat(Values))));
  const own = objectsOf(of, ...RUNS).filter(({ metadata }) => metadata.namespace === 'kube-system');
  return [...addons, ...charts, ...own.map(workload)];
};
