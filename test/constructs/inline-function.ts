import { spawnSync } from 'node:child_process';
import { inlineCode } from '../../lib/constructs/inline-resource';

/** Calls the function, with an AWS and an internet that remember what they are asked. */
const CALL = `
import json, sys, types, urllib.request
code, fakes, request = json.load(sys.stdin)
asked = []
exec(fakes)
sys.modules["boto3"] = types.SimpleNamespace(client=lambda name: Client())
urllib.request.urlopen = lambda request: asked.append([request.method, request.full_url, json.loads(request.data)])
names = {}
exec(code, names)
event = {"StackId": "s", "RequestId": "r", "LogicalResourceId": "l", "ResponseURL": "https://answer/"}
names["handler"]({**event, **request}, None)
print(json.dumps(asked))
`;

export interface InlineCall {
  readonly file: string;
  /** Python that defines `Client`, the client of AWS. It may append to `asked` what it is asked. */
  readonly fakes: string;
  readonly kind: 'Create' | 'Update' | 'Delete';
  readonly properties: Readonly<Record<string, string>>;
}

/** All that a function of a custom resource asks of AWS, and its answer to CloudFormation at the end. */
export const call = ({ file, fakes, kind, properties }: InlineCall): unknown[] => {
  const input = JSON.stringify([inlineCode(file), fakes, { RequestType: kind, ResourceProperties: properties }]);
  const { stdout, stderr } = spawnSync('python3', ['-c', CALL], { encoding: 'utf8', input });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

/** The message to CloudFormation about a resource of this name that has succeeded. */
export const done = (name: string) => ({
  StackId: 's',
  RequestId: 'r',
  LogicalResourceId: 'l',
  PhysicalResourceId: name,
  Status: 'SUCCESS',
});

/** A Mac or a Windows machine that has no Python runs the rest of the tests. */
export const wherePythonIs = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;
