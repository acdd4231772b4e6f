import { call, done, wherePythonIs } from './inline-function';

const CLIENT = `
class Client:
    def describe_secret(self, SecretId):
        if versions == "gone":
            raise Exception("not found")
        return {"VersionIdsToStages": versions}
`;

const answer = (kind: 'Create' | 'Update' | 'Delete', versions: unknown) =>
  call({
    file: 'provided-value.py',
    fakes: `versions = json.loads('${JSON.stringify(versions)}')\n${CLIENT}`,
    kind,
    properties: { Name: 'a/b' },
  })[0] as [string, string, unknown];

wherePythonIs('the function that looks for a value', () => {
  test.each(['Create', 'Update'] as const)('%s succeeds when the secret has a value', (kind) => {
    expect(answer(kind, { v: ['AWSCURRENT'] })).toEqual(['PUT', 'https://answer/', done('a/b')]);
  });

  test.each([
    ['Create', null],
    ['Create', {}],
    ['Create', { v: ['AWSPENDING'] }],
    ['Update', {}],
  ] as const)('%s fails on the versions %j, and says what to do', (kind, versions) => {
    expect(answer(kind, versions)[2]).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('aws secretsmanager put-secret-value --secret-id a/b --secret-string VALUE'),
    });
  });

  test('Create fails, and answers, when the secret cannot be read', () => {
    expect(answer('Create', 'gone')[2]).toMatchObject({ Status: 'FAILED', Reason: 'a/b: not found' });
  });

  test.each([{}, 'gone'])('Delete succeeds whatever there is: %j', (versions) => {
    expect(answer('Delete', versions)[2]).toEqual(done('a/b'));
  });
});
