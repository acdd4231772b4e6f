import type { Binding, TargetGroup } from '../../rehearsal/src/drills/request-path';
import { bindingsOf } from '../../rehearsal/src/drills/requests';
import { attempt } from '../../rehearsal/src/drills/walk';
import type { Kind, ObjectOf } from '../kinds';
import { objectsIn, type Place, type Templates } from '../references';
import { assertIs, only } from './links';

/** The bindings of templates. A Deployment stands for its pods: their address is its name. */
export const bindingsIn = (templates: Templates): readonly Binding[] => {
  const pods = objectsIn(templates, 'Deployment').map(({ metadata: { namespace, name }, spec }) => ({
    metadata: { namespace, labels: spec.template.metadata.labels },
    status: { podIP: name },
  }));
  return bindingsOf(objectsIn(templates, 'TargetGroupBinding'), objectsIn(templates, 'Service'), pods);
};

const find = <K extends Kind>(templates: Templates, wanted: K, namespace: string, name: string): ObjectOf<K> =>
  only(
    objectsIn(templates, wanted).filter(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    `${wanted} ${namespace}/${name}`,
  );

/** The Deployment behind a binding. */
export const deploymentOf = (
  templates: Templates,
  { namespace, service, addresses }: Binding,
): ObjectOf<'Deployment'> =>
  find(templates, 'Deployment', namespace, only(addresses, `Deployment behind the Service ${service}`));

/** The targets that a binding registers in a target group. */
export const targetsOf = (templates: Templates, group: Place, binding: Binding): TargetGroup['targets'] =>
  binding.addresses.map((address) => ({
    address,
    port: group.Properties.Port,
    fault: attempt(() => assertHealthy(templates, group, binding)).fault ?? null,
  }));

/** That pods answer the health check of their target group where the kubelet asks them too. */
const assertHealthy = (templates: Templates, { id, Properties }: Place, binding: Binding): void => {
  const { namespace, name, service } = binding;
  const { serviceRef, targetType } = find(templates, 'TargetGroupBinding', namespace, name).spec;
  assertIs(`the target type of ${name}`, targetType, 'ip');
  assertIs(`the target type of ${id}`, Properties.TargetType, 'ip');
  const { targetPort } = only(
    find(templates, 'Service', namespace, service).spec.ports.filter(({ port }) => port === serviceRef.port),
    `port ${serviceRef.port} of the Service ${service}`,
  );
  const { containers } = deploymentOf(templates, binding).spec.template.spec;
  const { readinessProbe } = only(
    containers.filter(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === targetPort)),
    `container of ${service} on port ${targetPort}`,
  );
  assertIs(`the port of ${id}`, Properties.Port, targetPort);
  assertIs(`the port of the readiness probe of ${service}`, readinessProbe.httpGet.port, targetPort);
  assertIs(`the health check of ${id}`, Properties.HealthCheckPath, readinessProbe.httpGet.path);
};
