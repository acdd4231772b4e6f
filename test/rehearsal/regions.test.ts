import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZONES } from '../../doctor/checks/place';
import { ZONAL_SERVICES, zonesOf } from '../../lib/model/availability-zones';
import { SUPPORTED_REGIONS } from '../../lib/model/supported-regions';
import { problems } from '../../lib/config/validation';
import { NetworkStack } from '../../lib/stacks/network-stack';
import { accountOf } from '../../rehearsal/src/emulator/account';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import { newApp, templateOf } from '../assemblies/synthesize';
import { planWith } from '../../checks/doctor/plan';
import { inRegion, SAMPLES } from '../sample';

test('the emulated AWS lacks the services in the zones in which the configuration knows them to be missing', () => {
  const ec2 = join(__dirname, '..', '..', 'rehearsal', 'aws', 'emulator', 'services', 'ec2');
  const lacking = JSON.parse(readFileSync(join(ec2, 'zones_lacking.json'), 'utf8'));
  expect(lacking).toEqual(Object.fromEntries(ZONAL_SERVICES.map(({ name, missingIn }) => [name, missingIn])));
});

/** Ids of the zones of an environment, where its region asks for them: not in the order of the letters, as an account may have them. */
const idsIn = (region: string) => {
  const { whole, lacking } = zonesOf(region);
  return lacking.length === 0 ? undefined : [whole[2]!, whole[0]!, whole[1]!];
};

test.each(SUPPORTED_REGIONS)('an environment in %s finds its zones in the emulated account', (region) => {
  const config = inRegion(SAMPLES.dev, region, idsIn(region));
  expect(problems(config)).toEqual([]);
  const { network, account } = config;
  const stack = new NetworkStack(newApp(), 'Network', {
    config: { network, retainLogs: false },
    env: { account, region },
  });
  const { zones, subnetZones } = accountOf([{ template: templateOf(stack).toJSON() } as AssembledStack]);
  expect(subnetZones).toEqual(network.availabilityZones);
  // Where the account is given no ids, no zone of the region lacks anything (test_zone_ids.py).
  const held = network.availabilityZones.map((name, i) => [name, zones[name] ?? zonesOf(region).whole[i]!] as const);
  const plan = planWith([], { region, ...network });
  expect(
    ZONES.find(plan, {
      zones: Object.fromEntries(held.map(([name, id]) => [name, { id, state: 'available' }])),
    } as never),
  ).toEqual([]);
});
