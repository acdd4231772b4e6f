import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { allOf, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { traffic } from '../traffic';
import { broken, only, referred } from './links';

/** Pods that answer on a port. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

/** Every Kubernetes object, references in it as `text` calls them. */
const objectsOf = (templates: Templates): readonly Json[] =>
  allOf(templates, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ stack, Properties }) =>
    JSON.parse(text(templates, stack, Properties.Manifest)),
  );

/** The pods that are registered in a target group, and the objects by which they are. */
export const bound = (templates: Templates, { stack, id, Properties }: Place) => {
  const objects = objectsOf(templates);
  const binding = only(
    objects.filter(({ kind, spec }) => kind === 'TargetGroupBinding' && spec.targetGroupARN === `\${${stack}.${id}}`),
    `TargetGroupBinding of ${id}`,
  );
  const { namespace } = binding.metadata;
  const { serviceRef, targetType } = binding.spec;
  if (targetType !== 'ip' || Properties.TargetType !== 'ip') broken(`${id} registers machines, no pods`);
  const inNamespace = objects.filter((each) => each.metadata.namespace === namespace);
  const service = only(
    inNamespace.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === serviceRef.name),
    `Service ${namespace}/${serviceRef.name}`,
  );
  const port = only<Json>(
    service.spec.ports.filter((each: Json) => each.port === serviceRef.port),
    `port ${serviceRef.port} of the Service ${serviceRef.name}`,
  ).targetPort;
  const deployment = only(
    inNamespace.filter(
      ({ kind, spec }) => kind === 'Deployment' && isSelected(service.spec.selector, spec.template.metadata.labels),
    ),
    `Deployment behind the Service ${serviceRef.name}`,
  );
  const { metadata, spec } = deployment.spec.template;
  const container = only<Json>(
    spec.containers.filter(({ ports = [] }: Json) => ports.some((each: Json) => each.containerPort === port)),
    `container of ${deployment.metadata.name} on port ${port}`,
  );
  if (Properties.Port !== port) broken(`${id} is for port ${Properties.Port}, its pods answer on ${port}`);
  const { path, port: probed } = container.readinessProbe.httpGet;
  if (Properties.HealthCheckPath !== path || probed !== port)
    broken(`${id} asks ${Properties.HealthCheckPath} whether a pod is ready, the kubelet ${path} on ${probed}`);
  const gate = `target-health.elbv2.k8s.aws/${binding.metadata.name}`;
  if (!spec.readinessGates?.some(({ conditionType }: Json) => conditionType === gate))
    broken(`the pods of ${deployment.metadata.name} do not wait for ${gate}`);
  const pods: Pods = { namespace, labels: metadata.labels, port };
  return { service: serviceRef.name as string, pods };
};

const isSelected = (selector: Pods['labels'], labels: Pods['labels']): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** That the network policies let every address of the load balancer reach the pods. */
export const reached = (templates: Templates, balancer: Place, pods: Pods): void => {
  const objects = objectsOf(templates);
  const lets = traffic(
    objects.filter((each): each is NetworkPolicy => each.kind === 'NetworkPolicy'),
    Object.fromEntries(
      objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata: { name, labels } }) => [name, labels]),
    ),
  );
  for (const value of balancer.Properties.Subnets) {
    const subnet = referred(templates, balancer, value, 'AWS::EC2::Subnet', 'a subnet');
    const address = subnet.Properties.CidrBlock.split('/')[0];
    if (!lets(address, pods, pods.port))
      broken(`no network policy lets ${subnet.id} reach ${pods.labels.app} on ${pods.port}`);
  }
};
