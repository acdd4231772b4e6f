import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Cluster } from '../cluster/cluster';
import type { Distribution, Origin, RequestPath, Rule } from './request-path';
import type { Outcome } from '../outcome';
import { settle } from '../cluster/patience';
import { selects } from '../cluster/selector';

/** Whether a request to every public host arrives at something: walks what is deployed, link by link. */
export const requests = async (cluster: Cluster, lookUp: () => Promise<RequestPath>): Promise<Outcome> => {
  const { found } = await settle(cluster.loops, async () => {
    const parts = await lookUp();
    const pods = parts.targetGroups.length > 0 ? await bound(cluster) : [];
    const walks = publicHosts(parts).map((host) => walkFrom(host, parts, pods));
    const faults = walks.flatMap((walk) => walk.faults); // targets are registered a moment after their pods run
    const line = walks.map((walk) => walk.line).join('; ') || 'nothing is public';
    return { found: { faults, line }, settled: faults.length === 0, state: faults };
  });
  return found;
};

/** A TargetGroupBinding with its Service and the pods that this selects. */
interface Bound {
  readonly targetGroup: string;
  readonly service: string;
  readonly addresses: readonly string[];
}

interface Binding {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly targetGroupARN: string; readonly serviceRef: { readonly name: string } };
}

const bound = async ({ get }: Cluster): Promise<readonly Bound[]> => {
  const services = await get<Service>('services');
  const pods = await get<Pod>('pods');
  return (await get<Binding>('targetgroupbindings')).map(({ metadata: { namespace }, spec }) => {
    const { name } = spec.serviceRef;
    const service = services.find((each) => each.metadata?.namespace === namespace && each.metadata?.name === name);
    const selector = service?.spec?.selector && { matchLabels: service.spec.selector };
    const own = pods.filter(
      ({ metadata }) =>
        metadata?.namespace === namespace && !metadata?.deletionTimestamp && selects(selector, metadata?.labels),
    );
    const addresses = own.flatMap(({ status }) => status?.podIP ?? []);
    return { targetGroup: spec.targetGroupARN, service: name, addresses };
  });
};

/** The names of alias records and of distributions; without any, the distributions' own. */
const publicHosts = ({ records, distributions }: RequestPath): readonly string[] => {
  const named = [
    ...records.filter(({ alias }) => alias.endsWith('.cloudfront.net')).map(({ name }) => name),
    ...distributions.flatMap(({ aliases }) => aliases),
  ];
  return [...new Set(named.length > 0 ? named : distributions.map(({ domain }) => domain))];
};

/** What a request to a host meets, and the links that are missing. */
const walkFrom = (host: string, parts: RequestPath, pods: readonly Bound[]): Outcome => {
  const { found, fault } = attempt(`https://${host}`, () => distributionOf(host, parts));
  if (found === undefined) return { faults: [fault!], line: '' };
  const ends = found.behaviours.map(({ path, origin: id, forwardsHost }) => ({
    path,
    ...attempt(`https://${host}/${path.replace(/^\//, '')}`, () => {
      const origin = the(
        found.origins.find((each) => each.id === id),
        `the distribution ${found.id} has no origin ${id}`,
      );
      return origin.bucket === null
        ? behindBalancer(origin, forwardsHost ? host : origin.domain, parts, pods)
        : readable(origin.bucket, origin);
    }),
  }));
  const { found: usual } = ends.find(({ path }) => path === '*') ?? {};
  const others = ends.filter((end) => end.found !== usual).map((end) => `${end.path} → ${end.found}`);
  return {
    faults: ends.flatMap((end) => end.fault ?? []),
    line: [`https://${host} → ${usual}`, ...others].join(', '),
  };
};

/** What a look finds, or what it missed, with what was looked for. */
const attempt = <T>(what: string, look: () => T): { readonly found?: T; readonly fault?: string } => {
  try {
    return { found: look() };
  } catch (error) {
    return { fault: `${what}: ${(error as Error).message}` };
  }
};

const the = <T>(value: T | undefined, missing: string): T => {
  if (value === undefined) throw new Error(missing);
  return value;
};

const distributionOf = (host: string, { records, distributions }: RequestPath): Distribution => {
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
  if (!first.enabled) throw new Error(`the distribution ${first.id} is not enabled`);
  return first;
};

const readable = (bucket: string, { unreadable }: Origin): string => {
  if (unreadable !== null) throw new Error(unreadable);
  return `bucket ${bucket}`;
};

/** The Service to which an origin leads a request with this Host: `frontend (5 pods)`. */
const behindBalancer = (origin: Origin, host: string, parts: RequestPath, pods: readonly Bound[]): string => {
  const endpoint = the(
    parts.vpcOrigins.find(({ id }) => id === origin.vpcOrigin),
    `the origin ${origin.domain} is neither a bucket nor a VPC origin that exists`,
  );
  const balancer = the(
    parts.loadBalancers.find(({ arn }) => arn === endpoint.balancer),
    `the VPC origin ${endpoint.id} leads to ${endpoint.balancer}, which does not exist`,
  );
  const [protocol, port] =
    endpoint.protocol === 'http-only' ? ['HTTP', endpoint.httpPort] : ['HTTPS', endpoint.httpsPort];
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
  const [arn] = rule?.targetGroups ?? [];
  const said = Object.entries(origin.headers).map(([name, value]) => `, ${name}: ${value}`);
  const group = the(
    parts.targetGroups.find((each) => each.arn === arn),
    `no rule of ${balancer.name} forwards the host ${host}${said.join('')}`,
  );
  const to = the(
    pods.find(({ targetGroup }) => targetGroup === arn),
    `no TargetGroupBinding names the target group ${group.name}`,
  );
  const held = new Map(group.targets.map((target) => [target.address, target]));
  const strange = [...held.keys()].filter((address) => !to.addresses.includes(address));
  if (strange.length > 0)
    throw new Error(`${strange.join(', ')} of ${group.name} is no pod of the Service ${to.service}`);
  if (to.addresses.length === 0) throw new Error(`the Service ${to.service} has no pods`);
  for (const address of to.addresses) {
    const target = the(held.get(address), `the pod ${address} of ${to.service} is not a target of ${group.name}`);
    if (target.fault)
      throw new Error(`the target ${address}:${target.port} of ${group.name} is unhealthy: ${target.fault}`);
  }
  return `${to.service} (${to.addresses.length} ${to.addresses.length === 1 ? 'pod' : 'pods'})`;
};

/** Whether a rule is for a request; one without conditions is for every. Other conditions than these two are for none. */
const matches = ({ conditions }: Rule, host: string, headers: Origin['headers']): boolean =>
  conditions.every(({ field, header, values }) => {
    const given = { 'host-header': host, 'http-header': headers[header] }[field];
    return given !== undefined && values.some((value) => wildcard(value).test(given));
  });

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );

/** Whether a name of a certificate covers a host: an asterisk stands for one label. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
