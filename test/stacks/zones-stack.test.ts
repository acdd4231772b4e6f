import { SAMPLES } from '../sample';
import { once, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const NAMES = ['dev.platform.example', 'api-dev.platform.example'];
const made = once({
  ...SAMPLES.dev,
  domain: {
    hosts: { app: NAMES[0]!, api: NAMES[1]! },
    zones: NAMES.map((name) => ({ name })),
  },
});
const zones = resourcesOf(made, 'zones');
const stack = made.stacks.find(({ stackName }) => stackName.endsWith('-zones'))!;

test('every zone without an id is made, and stays when its stack goes: another would have other name servers', () => {
  const found = propertiesOf(zones, 'AWS::Route53::HostedZone');
  expect(found.map(({ Name }) => Name)).toEqual(NAMES.map((name) => `${name}.`));
  for (const { id } of found)
    expect(zones[id]).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test('outputs say what to delegate to', () => {
  const outputs = Object.values<Json>(stack.template.Outputs).filter(({ Description }) => Description);
  expect(outputs.map(({ Description }) => Description)).toEqual(
    NAMES.map((name) => `Delegate ${name} to these name servers`),
  );
  for (const { Value } of outputs) expect(Value['Fn::Join'][1]['Fn::GetAtt'][1]).toBe('NameServers');
});

test('certificates and records of a host are in its own zone', () => {
  const records = propertiesOf(resourcesOf(made, 'edge'), 'AWS::Route53::RecordSet');
  const ids = propertiesOf(zones, 'AWS::Route53::HostedZone').map(({ id }) => id);
  for (const { Name, HostedZoneId } of records)
    expect(HostedZoneId['Fn::GetStackOutput'].OutputName).toContain(ids[NAMES.indexOf(Name.replace(/\.$/, ''))]);
  expect(records).toHaveLength(4);
});

test('where all zones exist, there is no such stack', () => {
  expect(sample('prod').stacks.map(({ stackName }) => stackName)).not.toContain('platform-prod-zones');
});
