import type { Behaviour, Binding, Distribution, Origin, RequestPath, Rule, TargetGroup } from './request-path';

/** Where a request arrives: at the bucket of its origin, or at pods. */
export type Arrival = ReturnType<typeof arrivalOf>;

/** The value that a look finds, or the message of its failure. */
export const attempt = <T>(look: () => T): { readonly found?: T; readonly fault?: string } => {
  try {
    return { found: look() };
  } catch (error) {
    return { fault: (error as Error).message };
  }
};

const the = <T>(value: T | undefined, missing: string): T => {
  if (value === undefined) throw new Error(missing);
  return value;
};

/** The distribution to which DNS leads a host. Throws at the first link that is missing, as the other steps do. */
export const distributionOf = (host: string, { records, distributions }: RequestPath): Distribution => {
  const own = distributions.find(({ domain }) => domain === host);
  if (own) return own;
  const behind = (type: string): Distribution | undefined => {
    const record = records.find((each) => each.name === host && each.type === type);
    return (
      record &&
      the(
        distributions.find(({ domain }) => domain === record.alias),
        `its ${type} record leads to ${record.alias}, which no distribution has`,
      )
    );
  };
  const first = the(behind('A'), 'no zone has an A record of it');
  const second = behind('AAAA');
  if (first.ipv6) the(second, 'no zone has an AAAA record of it');
  else if (second) throw new Error('it has an AAAA record, and its distribution no addresses of IPv6');
  if (second && first.id !== second.id) throw new Error('its A and AAAA records lead to two distributions');
  if (!first.aliases.includes(host)) throw new Error(`the distribution ${first.id} does not have this name`);
  const other = distributions.find((each) => each !== first && each.aliases.includes(host));
  if (other) throw new Error(`the distribution ${other.id} has this name too`);
  if (!first.enabled) throw new Error(`the distribution ${first.id} is not enabled`);
  return first;
};

/** The behaviour that CloudFront takes for a path: the first whose pattern it is like. */
export const behaviourOf = ({ id, behaviours }: Distribution, path: string): Behaviour =>
  the(
    behaviours.find((each) => isLike(`/${each.path.replace(/^\//, '')}`, path)),
    `the distribution ${id} has no behaviour for ${path}`,
  );

/** Throws if the targets of a group are not as they should be for the pods of a binding. */
type Assertion = (group: TargetGroup, binding: Binding) => void;

/** Where a request for a host arrives that a behaviour of a distribution takes. By default, every pod has to be a healthy target. */
export const arrivalOf = (
  host: string,
  distribution: Distribution,
  behaviour: Behaviour,
  parts: RequestPath,
  assertion: Assertion = assertTargets,
) => {
  const origin = the(
    distribution.origins.find(({ id }) => id === behaviour.origin),
    `the distribution ${distribution.id} has no origin ${behaviour.origin}`,
  );
  if (origin.unreadable !== null) throw new Error(origin.unreadable);
  const seen = behaviour.forwardsHost ? host : origin.domain;
  return { origin, pods: origin.bucket === null ? behindBalancer(origin, seen, parts, assertion) : undefined };
};

/** The pods to which an origin leads a request with this Host. */
const behindBalancer = (origin: Origin, host: string, parts: RequestPath, assertion: Assertion) => {
  const vpcOrigin = the(
    parts.vpcOrigins.find(({ id }) => id === origin.vpcOrigin),
    `the origin ${origin.domain} is neither a bucket nor a VPC origin that exists`,
  );
  const balancer = the(
    parts.loadBalancers.find(({ arn }) => arn === vpcOrigin.balancer),
    `the VPC origin ${vpcOrigin.id} leads to ${vpcOrigin.balancer}, which does not exist`,
  );
  const [protocol, port] =
    vpcOrigin.protocol === 'http-only' ? ['HTTP', vpcOrigin.httpPort] : ['HTTPS', vpcOrigin.httpsPort];
  const listener = the(
    balancer.listeners.find((each) => each.protocol === protocol && each.port === port),
    `the load balancer ${balancer.name} has no listener for ${protocol} on port ${port}`,
  );
  if (!listener.open) throw new Error(`no security group of ${balancer.name} lets CloudFront in on port ${port}`);
  if (protocol === 'HTTPS' && !listener.names.some((name) => covers(name, host)))
    throw new Error(
      `the certificate of ${balancer.name} is for ${listener.names.join(', ') || 'nothing'}, not ${host}`,
    );
  const rule = listener.rules.find((each) => matches(each, host, origin.headers));
  const said = Object.entries(origin.headers).map(([name, value]) => `, ${name}: ${value}`);
  const [first, ...others] = (rule?.targetGroups ?? [])
    .filter(({ weight }) => weight > 0)
    .map(({ arn }) => shareOf(arn, parts, assertion));
  const { targetGroup, binding } = the(first, `no rule of ${balancer.name} forwards the host ${host}${said.join('')}`);
  return { balancer, listener, rule: rule!, targetGroup, binding, others };
};

/** A target group that gets requests, and what registers its targets. */
const shareOf = (arn: string, parts: RequestPath, assertion: Assertion) => {
  const targetGroup = the(
    parts.targetGroups.find((each) => each.arn === arn),
    `the target group ${arn} does not exist`,
  );
  const [binding, another] = parts.bindings.filter((each) => each.targetGroup === arn);
  if (another)
    throw new Error(
      `the TargetGroupBindings ${binding!.name} and ${another.name} name the target group ${targetGroup.name}`,
    );
  assertion(targetGroup, the(binding, `no TargetGroupBinding names the target group ${targetGroup.name}`));
  return { targetGroup, binding: binding! };
};

/** That the targets of a group are the pods of its Service, and healthy. */
const assertTargets = ({ name, targets }: TargetGroup, { service, addresses }: Binding): void => {
  const strange = targets.map(({ address }) => address).filter((address) => !addresses.includes(address));
  if (strange.length > 0) throw new Error(`${strange.join(', ')} of ${name} is no pod of the Service ${service}`);
  if (addresses.length === 0) throw new Error(`the Service ${service} has no pods`);
  for (const address of addresses) {
    const target = the(
      targets.find((each) => each.address === address),
      `the pod ${address} of ${service} is not a target of ${name}`,
    );
    if (target.fault) throw new Error(`the target ${address}:${target.port} of ${name} is unhealthy: ${target.fault}`);
  }
};

/** Whether a rule is for a request; one without conditions is for every. Other conditions than these two are for none. */
const matches = ({ conditions }: Rule, host: string, headers: Origin['headers']): boolean =>
  conditions.every(({ field, header, values }) => {
    const given = { 'host-header': host, 'http-header': headers[header] }[field];
    return given !== undefined && values.some((value) => isLike(value, given, 'i'));
  });

/** Whether a text is like a pattern, in which `*` is any text and `?` any character. */
export const isLike = (pattern: string, given: string, flags = ''): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    flags,
  ).test(given);

/** Whether a name of a certificate covers a host: an asterisk stands for one label. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
