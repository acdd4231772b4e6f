import { SAMPLES } from './sample';
import { assembly, once, propertiesOf, resourcesOf, sample, type Json } from './synth';
import { allHostsOf, OPEN_SITES, sitesOf } from './sites';
import { ENVIRONMENT_NAMES, environment } from './fixtures';
import { configOf } from './stacks/distributions';

/** Every place of a template that reads from another stack: how, from which, and what reads. */
const reads = (stack: { readonly stackName: string; readonly template: Json }): string[] => {
  const found: string[] = [];
  const walk = (value: Json) => {
    if (value === null || typeof value !== 'object') return;
    const weak = value['Fn::GetStackOutput'];
    if (weak) found.push(`${stack.stackName} <- ${weak.StackName} in ${weak.Region}`);
    Object.values(value).forEach(walk);
  };
  walk(stack.template);
  return found;
};
const weak = (of: ReturnType<typeof once>) =>
  [...new Set(of.stacks.flatMap(reads))].filter((read) => !WATCHES.test(read)).toSorted();
/** Stacks that only watch hold no strong reference (docs/adr/0015). */
const WATCHES = /^platform-[a-z]+-(edge-)?monitoring <- /;

describe('weak references between stacks', () => {
  test.each(ENVIRONMENT_NAMES)(
    '%s: across regions, to zones, which are never deleted, and to a site that may go',
    (name) => {
      const config = environment(name);
      const { region } = config;
      const made = config.domain!.zones.some(({ id }) => id === undefined);
      const grafana = sitesOf(config).includes('grafana');
      expect(weak(assembly(name))).toEqual(
        [
          `platform-${name}-edge <- platform-${name}-edge-security in us-east-1`,
          ...(grafana ? [`platform-${name}-edge <- platform-${name}-grafana-firewall in us-east-1`] : []),
          ...(made ? [`platform-${name}-edge <- platform-${name}-zones in ${region}`] : []),
          `platform-${name}-edge-logs <- platform-${name}-edge in ${region}`,
          ...(made ? [`platform-${name}-edge-security <- platform-${name}-zones in ${region}`] : []),
          ...(grafana ? [`platform-${name}-grafana <- platform-${name}-load-balancer in ${region}`] : []),
          ...(made ? [`platform-${name}-load-balancer <- platform-${name}-zones in ${region}`] : []),
          ...(config.recovery
            ? ['mysql', 'secrets', 'storage'].map(
                (stack) => `platform-${name}-${stack} <- platform-${name}-recovery in ${config.recovery!.region}`,
              )
            : []),
        ].toSorted(),
      );
    },
  );

  test('what watches reads weakly only: nothing is held because an alarm looks at it', () => {
    for (const stack of assembly('prod').stacks.filter(({ stackName }) => stackName.endsWith('monitoring')))
      expect(JSON.stringify(stack.template)).not.toContain('Fn::ImportValue');
  });

  test('an environment in us-east-1 has those to zones and to the certificate, which may be replaced; and as many stacks', () => {
    const there = once({
      ...SAMPLES.dev,
      region: 'us-east-1',
      network: { ...SAMPLES.dev.network, availabilityZones: ['a', 'b', 'c'].map((letter) => `us-east-1${letter}`) },
      domain: { ...SAMPLES.dev.domain!, zones: [{ name: 'platform.example' }] },
    });
    expect(weak(there)).toEqual([
      'platform-dev-edge <- platform-dev-edge-security in us-east-1',
      ...['edge', 'edge-security', 'load-balancer'].map(
        (stack) => `platform-dev-${stack} <- platform-dev-zones in us-east-1`,
      ),
    ]);
    for (const site of OPEN_SITES) {
      const { ViewerCertificate, WebACLId } = configOf(resourcesOf(there, 'edge'), site);
      expect(ViewerCertificate.AcmCertificateArn['Fn::GetStackOutput']).toBeDefined();
      expect(WebACLId['Fn::ImportValue']).toBeDefined();
    }
    expect(there.stacks.map(({ stackName }) => stackName)).toEqual(
      expect.arrayContaining(sample('dev').stacks.map(({ stackName }) => stackName)),
    );
    const records = propertiesOf(resourcesOf(there, 'edge'), 'AWS::Route53::RecordSet');
    expect(records).toHaveLength(2 * allHostsOf(SAMPLES.dev).length);
  });
});
