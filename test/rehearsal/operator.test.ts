import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AssembledStack } from '../../rehearsal/cdk';
import { provideValues, valuesToProvide } from '../../rehearsal/operator';

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

/** What comes of giving a secret its value when AWS answers with this status, and what AWS was asked for. */
const provide = async (status: number) => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(`${request.headers['x-amz-target']} ${JSON.parse((await request.toArray()).join('')).SecretId}`);
    response.writeHead(status).end('the answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const values = [{ stack: stack('secrets', {}), secret: 'a/b' }];
  const outcome = await provideValues(`http://127.0.0.1:${port}`, values).catch(String);
  server.close();
  return { outcome, asked };
};

test('puts values in, and says where', async () => {
  expect(await provide(200)).toEqual({
    outcome: ['a value of the secret a/b'],
    asked: ['secretsmanager.PutSecretValue a/b'],
  });
});

test('a value that AWS refuses is told', async () => {
  expect((await provide(400)).outcome).toBe('Error: giving the secret a/b a value: the answer');
});
