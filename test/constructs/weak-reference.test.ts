import { CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { READS, weakReference } from '../../lib/constructs/weak-reference';
import { newApp, templateOf } from '../assemblies/synthesize';
import { assembly, type CfnResource as Written } from '../synth';
import { ENVIRONMENT_NAMES } from '../fixtures';

interface Sample {
  readonly display?: string;
  readonly key?: string;
  readonly other?: string;
  readonly refresh?: string;
}

const FIRST: Sample = { display: 'a', key: 'a', other: 'a' };

const topic = (scope: Stack, id: string, properties: object) =>
  new CfnResource(scope, id, { type: 'AWS::SNS::Topic', properties });

/** The fingerprint that a resource holds of its source: a topic that refers to a key, beside another topic. */
const readBy = (
  resource: 'Reader' | 'Beside',
  { display, key, other, refresh }: Sample = FIRST,
): string | undefined => {
  const app = newApp();
  if (refresh !== undefined) app.node.setContext('refresh', refresh);
  const [producer, consumer] = ['Producer', 'Consumer'].map((name) => new Stack(app, name)) as [Stack, Stack];
  const encryption = new CfnResource(producer, 'Key', { type: 'AWS::KMS::Key', properties: { Description: key } });
  const source = topic(producer, 'Source', { DisplayName: display, KmsMasterKeyId: encryption.ref });
  topic(producer, 'Other', { DisplayName: other });
  topic(consumer, 'Reader', { DisplayName: `of ${weakReference(source.ref)}` });
  topic(consumer, 'Beside', { DisplayName: 'b' });
  return templateOf(consumer).toJSON().Resources[resource].Metadata?.[READS];
};

test('what reads of another stack holds a fingerprint of it, and nothing else does', () => {
  expect(readBy('Reader')).toMatch(/^[0-9a-f]{16}$/);
  expect(readBy('Beside')).toBeUndefined();
});

test('it is the same while nothing changes that it reads from', () => {
  expect(readBy('Reader')).toBe(readBy('Reader'));
  expect(readBy('Reader', { ...FIRST, other: 'b' })).toBe(readBy('Reader'));
});

test.each([
  ['what it reads from', { display: 'b' }],
  ['something that this refers to', { key: 'b' }],
  ['the context `refresh`', { refresh: '2026-01-01' }],
])('it changes with %s', (_, change) => {
  expect(readBy('Reader', { ...FIRST, ...change })).not.toBe(readBy('Reader'));
});

/** Fingerprints of topics that each read the one before it, in a stack each. The first may read the last. */
const chain = (display: string, { length = 3, closed = false } = {}): readonly (string | undefined)[] => {
  const app = newApp();
  const stacks = Array.from({ length }, (_, index) => new Stack(app, `Stack${index}`));
  const topics = stacks.map((stack) => topic(stack, 'Topic', {}));
  for (const [index, one] of topics.entries()) {
    const before = topics[index - 1] ?? (closed ? topics.at(-1) : undefined);
    one.addPropertyOverride('DisplayName', before ? `of ${weakReference(before.ref)}` : display);
    if (closed && index === 0) one.addPropertyOverride('TopicName', display);
  }
  const synthesized = app.synth();
  return stacks.map(
    ({ artifactId }) => synthesized.getStackArtifact(artifactId).template.Resources.Topic.Metadata?.[READS],
  );
};

test.each([2, 3, 5])('through %d stacks it changes with the first, in each that follows', (length) => {
  const [changed, same, before] = ['b', 'a', 'a'].map((display) => chain(display, { length })) as [
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  expect(same).toEqual(before);
  expect(before[0]).toBeUndefined();
  expect(changed.slice(1).map((mark, index) => mark === before[index + 1])).toEqual(Array(length - 1).fill(false));
});

test('stacks that read each other are refused, and a stack that reads itself is not', () => {
  expect(() => chain('a', { closed: true })).toThrow('would create a cyclic reference');
  expect(chain('a', { length: 1, closed: true })).toHaveLength(1);
  const app = newApp();
  const stack = new Stack(app, 'Stack');
  const source = topic(stack, 'Source', {});
  topic(stack, 'Reader', { DisplayName: `of ${weakReference(source.ref)}` });
  expect(templateOf(stack).toJSON().Resources.Reader.Properties.DisplayName).toEqual({ 'Fn::Join': expect.anything() });
});

/** Synthesizes an output that reads a topic, in the stack of that topic or in another one. */
const withOutput = (place: 'Producer' | 'Consumer') => {
  const app = newApp();
  const [producer, consumer] = ['Producer', 'Consumer'].map((name) => new Stack(app, name)) as [Stack, Stack];
  const source = topic(producer, 'Source', {});
  topic(consumer, 'Beside', {});
  new CfnOutput(place === 'Producer' ? producer : consumer, 'Name', { value: `of ${weakReference(source.ref)}` });
  return app.synth();
};

test('an output that reads of another stack is refused, because it could hold no fingerprint', () => {
  expect(() => withOutput('Consumer')).toThrow(
    'The output Consumer/Name has a weak reference to another stack, and would keep an old value',
  );
  expect(() => withOutput('Producer')).not.toThrow();
});

test.each(ENVIRONMENT_NAMES)('no output of %s reads weakly', (name) => {
  const outputs = assembly(name).stacks.flatMap(({ template }) => Object.entries(template.Outputs ?? {}));
  expect(outputs.filter(([, output]) => JSON.stringify(output).includes('Fn::GetStackOutput'))).toEqual([]);
});

test('a value that is known is taken as it is', () => {
  expect(weakReference('plain')).toBe('plain');
});

test.each(ENVIRONMENT_NAMES)('each resource of %s that reads weakly has one', (name) => {
  const resources = assembly(name).stacks.flatMap(({ template }) => Object.entries<Written>(template.Resources));
  const reading = resources.filter(([, { Properties }]) =>
    JSON.stringify(Properties ?? {}).includes('Fn::GetStackOutput'),
  );
  expect(reading.length).toBeGreaterThan(0);
  expect(reading.filter(([, { Metadata }]) => Metadata?.[READS] === undefined).map(([id]) => id)).toEqual([]);
});
