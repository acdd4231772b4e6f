import type { AssembledStack } from '../../rehearsal/cdk';
import { valuesToProvide } from '../../rehearsal/operator';

const stack = (name: string, Outputs: Record<string, { Value: unknown }>): AssembledStack => ({
  name,
  id: name,
  account: '1',
  region: 'r',
  terminationProtection: false,
  template: { Outputs },
});

test('finds the secrets that outputs ask the operator for', () => {
  const asking = stack('secrets', {
    DsnToProvide: { Value: 'aws secretsmanager put-secret-value --secret-id a/b --secret-string VALUE' },
    Other: { Value: 'x' },
  });
  expect(valuesToProvide([stack('network', {}), asking])).toEqual([{ stack: asking, secret: 'a/b' }]);
});

test('an output that asks for it knows not what is refused', () => {
  expect(() => valuesToProvide([stack('secrets', { DsnToProvide: { Value: 'please' } })])).toThrow(
    'the output DsnToProvide of secrets names no secret: please',
  );
});
