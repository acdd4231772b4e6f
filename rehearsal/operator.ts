import { randomBytes } from 'node:crypto';
import { callAws } from './aws-api';
import type { AssembledStack } from './cdk';

/** Makes the IAM roles that access entries name and no template creates; says which. */
export const createRoles = async (endpoint: string, stacks: readonly AssembledStack[]): Promise<readonly string[]> => {
  const arns = new Set(
    stacks
      .flatMap(({ template }) => Object.values(template.Resources ?? {}))
      .filter(({ Type }) => Type === 'AWS::EKS::AccessEntry')
      .flatMap(({ Properties }) => Properties?.PrincipalArn ?? [])
      .filter((arn) => typeof arn === 'string'),
  );
  for (const arn of arns) {
    const [, account, path, name] = /^arn:[^:]+:iam::(\d{12}):role(\/.*\/|\/)([^/]+)$/.exec(arn) ?? [];
    if (!account || !path || !name) throw new Error(`an access entry names "${arn}", which is not the ARN of a role`);
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } }],
    };
    const action = { Action: 'CreateRole', Version: '2010-05-08', RoleName: name, Path: path };
    const body = new URLSearchParams({ ...action, AssumeRolePolicyDocument: JSON.stringify(trust) });
    const response = await callAws(endpoint, { account, service: 'iam' }, body);
    if (!response.ok) throw new Error(`creating the role ${arn}: ${await response.text()}`);
  }
  return [...arns].map((arn) => `IAM role ${arn}`);
};

/** The stacks that ask the operator for values of secrets, by outputs that say how: `… --secret-id NAME …`. */
export const valuesToProvide = (stacks: readonly AssembledStack[]): readonly ValueToProvide[] =>
  stacks.flatMap((stack) =>
    Object.entries(stack.template.Outputs ?? {})
      .filter(([key]) => key.endsWith('ToProvide'))
      .map(([key, { Value }]) => {
        const [, secret] = /put-secret-value --secret-id (\S+) /.exec(String(Value)) ?? [];
        if (secret === undefined)
          throw new Error(`the output ${key} of ${stack.name} names no secret: ${String(Value)}`);
        return { stack, secret };
      }),
  );

/** A secret that has no value until the operator puts one in. */
export interface ValueToProvide {
  readonly stack: AssembledStack;
  readonly secret: string;
}

/** Puts random values in; says where. */
export const provideValues = async (
  endpoint: string,
  values: readonly ValueToProvide[],
): Promise<readonly string[]> => {
  for (const { stack, secret } of values) {
    const response = await callAws(
      endpoint,
      { account: stack.account, region: stack.region, service: 'secretsmanager' },
      JSON.stringify({ SecretId: secret, SecretString: randomBytes(16).toString('hex') }),
      { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.PutSecretValue' },
    );
    if (!response.ok) throw new Error(`giving the secret ${secret} a value: ${await response.text()}`);
  }
  return values.map(({ secret }) => `a value of the secret ${secret}`);
};
