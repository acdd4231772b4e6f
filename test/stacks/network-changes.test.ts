import { ResourceImpact, fullDiff } from '@aws-cdk/cloudformation-diff';
import { Construct } from 'constructs';
import { MAX_ZONES } from '../../lib/model/subnets';
import type { DeployedConfig, EnvironmentConfig, NetworkConfig } from '../../lib/config/environment';
import { problems } from '../../lib/config/validation';
import { NetworkStack } from '../../lib/stacks/network-stack';
import { newApp, templateOf } from '../assemblies/synthesize';
import { deployedAs } from '../deployed';
import { SAMPLES } from '../sample';
import { propertiesOf, type Json } from '../synth';

const { prod } = SAMPLES;
const ZONES = ['a', 'b', 'c', 'd'].map((letter) => `${prod.region}${letter}`);
const BLOCKS = ['10.0.0.0/16', '10.0.0.0/17', '10.0.64.0/18'];

const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const withNetwork = (network: NetworkConfig, deployed?: DeployedConfig): EnvironmentConfig => ({
  ...prod,
  network,
  deployed,
});

const isValid = (network: NetworkConfig) => problems(withNetwork(network)).length === 0;

/** Networks that validation lets pass: of every number of zones, pod blocks and NAT gateways. */
const networks = (vpcCidr: string): readonly NetworkConfig[] =>
  range(MAX_ZONES + 1)
    .flatMap((zones) => range(MAX_ZONES).map((pods) => ({ zones, pods })))
    .flatMap((sizes) => range(sizes.zones).map((natGateways) => ({ ...sizes, natGateways })))
    .flatMap((sizes) =>
      (sizes.natGateways === sizes.zones ? [1, sizes.zones] : [1]).map((endpointZones) => ({
        ...sizes,
        endpointZones,
      })),
    )
    .map(({ zones, pods, natGateways, endpointZones }) => ({
      vpcCidr,
      podCidrs: prod.network.podCidrs.slice(0, pods),
      availabilityZones: ZONES.slice(0, zones),
      natGateways,
      endpointZones,
      flowLogRetentionDays: natGateways === 1 ? 30 : 90,
    }))
    .filter(isValid);

const templates = new Map<string, Json>();
const templateFor = (config: NetworkConfig): Json => {
  const key = JSON.stringify(config);
  if (!templates.has(key)) {
    const env = { account: prod.account, region: prod.region };
    const stack = new NetworkStack(new Construct(newApp(), 'prod'), 'Network', {
      env,
      config: { network: config, retainLogs: true },
    });
    templates.set(key, templateOf(stack).toJSON());
  }
  return templates.get(key);
};

/** The parts of a network that a change may take away: those of a NAT gateway, when there are fewer. */
const OF_NAT = /NATGateway|EIP/;

/** Resources that one change would replace, and those of a zone that it would remove. */
const lost = (before: NetworkConfig, after: NetworkConfig): readonly string[] =>
  Object.entries(fullDiff(templateFor(before), templateFor(after)).resources.changes)
    .filter(
      ([id, { changeImpact }]) =>
        changeImpact === ResourceImpact.WILL_REPLACE ||
        changeImpact === ResourceImpact.MAY_REPLACE ||
        ((changeImpact === ResourceImpact.WILL_DESTROY || changeImpact === ResourceImpact.WILL_ORPHAN) &&
          !OF_NAT.test(id)),
    )
    .map(([id, { changeImpact }]) => `${changeImpact} ${id}`);

test('no change of a running network that validation lets pass replaces anything, or takes a zone away', () => {
  const all = networks(BLOCKS[0]!);
  const pairs = all.flatMap((before) => all.map((after) => ({ before, after })));
  const allowed = pairs.filter(
    ({ before, after }) =>
      problems(withNetwork(after, deployedAs(withNetwork(before)))).length === 0 && before !== after,
  );
  const harmful = allowed
    .map((pair) => ({ ...pair, lost: lost(pair.before, pair.after) }))
    .filter((pair) => pair.lost.length > 0);
  expect(harmful).toEqual([]);
  const grows = ({ before, after }: (typeof pairs)[number]) =>
    after.availabilityZones.length > before.availabilityZones.length;
  expect(allowed.some(grows)).toBe(true);
  expect(allowed.some((pair) => !grows(pair))).toBe(true);
});

test.each(BLOCKS)('a zone has the same blocks however many there are, each within %s', (vpcCidr) => {
  const smallest = { ...prod.network, vpcCidr, natGateways: 1, endpointZones: 1 };
  const subnets = range(MAX_ZONES)
    .map((count) => templateFor({ ...smallest, availabilityZones: ZONES.slice(0, count) }))
    .map((template) =>
      propertiesOf(template.Resources, 'AWS::EC2::Subnet').map(
        ({ id, AvailabilityZone, CidrBlock }) => `${id} ${AvailabilityZone} ${CidrBlock}`,
      ),
    );
  const last = subnets.at(-1)!;
  expect(last).toHaveLength(4 * MAX_ZONES);
  for (const [index, fewer] of subnets.entries()) {
    expect(fewer).toHaveLength(4 * (index + 1));
    expect(last).toEqual(expect.arrayContaining(fewer));
  }
});

test('a zone that is taken away is refused, with what to do', () => {
  const before = { ...prod.network, availabilityZones: ZONES };
  expect(problems(withNetwork(prod.network, deployedAs(withNetwork(before))))).toEqual([
    `prod: network.availabilityZones is "${ZONES.slice(0, 3)}", but the environment runs with "${ZONES}": ` +
      'keep these first and in this order, because subnets in use would be replaced or deleted, and add others behind them',
  ]);
});
