import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AssembledStack } from './cdk';
import type { Cluster } from './cluster';

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
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/iam/aws4_request` },
      body: new URLSearchParams({ ...action, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    });
    if (!response.ok) throw new Error(`creating the role ${arn}: ${await response.text()}`);
  }
  return [...arns].map((arn) => `IAM role ${arn}`);
};

/** Makes the Secrets that the stacks' outputs ask of the operator, with random values; says which. */
export const provideSecrets = async ({ kubectl }: Cluster, outputs: string): Promise<readonly string[]> => {
  const values: Record<string, { SecretsToProvide?: string }> = JSON.parse(await readFile(outputs, 'utf8'));
  const secrets = Object.values(values).flatMap(({ SecretsToProvide }) => SecretsToProvide?.split('; ') ?? []);
  for (const secret of secrets) {
    const [, namespace = '', name = '', keys = ''] = /^(.+)\/(.+): (.+)$/.exec(secret) ?? [];
    const literals = keys.split(', ').map((key) => `--from-literal=${key}=${randomBytes(16).toString('hex')}`);
    await kubectl(['create', 'secret', 'generic', name, `--namespace=${namespace}`, ...literals]);
  }
  return secrets.map((secret) => `Secret ${secret.split(':')[0]}`);
};
