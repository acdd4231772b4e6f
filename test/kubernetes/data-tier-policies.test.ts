import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { dataTierPolicies } from '../../lib/kubernetes/data-tier-policies';

const policies = dataTierPolicies({
  namespaces: ['core', 'apps'],
  dataCidrs: ['10.0.1.0/24', '10.0.2.0/24'],
  tiers: [
    { name: 'mysql', port: 3306, namespace: 'core', clients: ['shop', 'setup'] },
    { name: 'redis', port: 6379, namespace: 'core', clients: ['shop'] },
  ],
}).all as readonly NetworkPolicy[];

/** Whether the policies let a pod reach an address of the data subnets (`data`) or any other, as Kubernetes adds them up. */
const reaches = (namespace: string, app: string, to: 'data' | 'elsewhere', port: number): boolean =>
  policies
    .filter(({ metadata, spec }) => {
      const [expression] = spec?.podSelector.matchExpressions ?? [];
      return metadata?.namespace === namespace && (!expression || expression.values?.includes(app));
    })
    .flatMap(({ spec }) => spec?.egress ?? [])
    .some(
      ({ to: peers = [], ports }) =>
        (!ports || ports.some((each) => each.port === port)) &&
        peers.some(({ ipBlock }) =>
          to === 'data'
            ? ipBlock?.cidr.startsWith('10.0.')
            : ipBlock?.cidr === '0.0.0.0/0' && ipBlock.except?.length === 2,
        ),
    );

test.each([
  ['core', 'shop', 3306, true],
  ['core', 'shop', 6379, true],
  ['core', 'setup', 3306, true],
  ['core', 'setup', 6379, false],
  ['core', 'frontend', 3306, false],
  ['apps', 'shop', 3306, false],
  ['core', 'shop', 22, false],
])('in %s, %s reaches the port %d of the data subnets: %s', (namespace, app, port, expected) => {
  expect(reaches(namespace, app, 'data', port)).toBe(expected);
});

test('everybody reaches everything else, names and other namespaces included', () => {
  for (const namespace of ['core', 'apps']) {
    expect(reaches(namespace, 'frontend', 'elsewhere', 443)).toBe(true);
    const own = policies.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === 'no-data-tiers');
    expect(own?.spec).toMatchObject({ podSelector: {}, policyTypes: ['Egress'] });
    expect(own?.spec?.egress?.[0]).toEqual({ to: [{ namespaceSelector: {} }] });
  }
});
