import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FUNCTION = join(__dirname, '..', '..', 'lib', 'constructs', 'provided-value.py');

/** Calls the function, with an AWS and an internet that remember what they are asked; argv: file, type, versions. */
const CALL = `
import json, sys, types, urllib.request
path, kind, versions = sys.argv[1:]
class Client:
    def describe_secret(self, SecretId):
        if versions == "gone":
            raise Exception("not found")
        return {"VersionIdsToStages": json.loads(versions)}
sys.modules["boto3"] = types.SimpleNamespace(client=lambda name: Client())
urllib.request.urlopen = lambda request: print(json.dumps([request.method, request.full_url, json.loads(request.data)]))
names = {}
exec(open(path).read(), names)
event = {"StackId": "s", "RequestId": "r", "LogicalResourceId": "l", "ResponseURL": "https://answer/"}
names["handler"]({**event, "RequestType": kind, "ResourceProperties": {"Name": "a/b"}}, None)
`;

const answer = (kind: 'Create' | 'Update' | 'Delete', versions: unknown) => {
  const text = versions === 'gone' ? versions : JSON.stringify(versions);
  const { stdout, stderr } = spawnSync('python3', ['-c', CALL, FUNCTION, kind, text], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};
const done = { StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'a/b', Status: 'SUCCESS' };

/** A Mac or a Windows machine that has no Python runs the rest of the tests. */
const wherePythonIs = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;

wherePythonIs('the function that looks for a value', () => {
  test.each(['Create', 'Update'] as const)('%s succeeds when the secret has a value', (kind) => {
    expect(answer(kind, { v: ['AWSCURRENT'] })).toEqual(['PUT', 'https://answer/', done]);
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
    expect(answer('Delete', versions)[2]).toEqual(done);
  });
});
