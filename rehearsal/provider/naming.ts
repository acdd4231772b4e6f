import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a resource is called where IAM reads it: in its ARN. */
export interface Naming {
  /** The resource types of IAM that a resource is: `rds:db`. None: it belongs to another resource, or has no ARN. */
  readonly resources: readonly string[];
  /** Path of the property with its name: `DBInstanceIdentifier`. @default - it has none */
  readonly name?: string;
  /**
   * What the name is when no property says it, of stack `platform-dev-mysql` and logical id `Primary`:
   *
   * - `stack`: `platform-dev-mysql-Primary-RANDOM`, as CloudFormation names nearly everything
   * - `short`: `platf-Prima-RANDOM`, where a name has at most 32 characters (load balancers, target groups)
   * - `logical`: `Primary-RANDOM` (secrets, CodeBuild projects) or `Primary` (Lambda layers)
   * - `ssm`: `CFN-Primary-RANDOM`
   * - `id`: whatever the service chooses
   */
  readonly generated: 'stack' | 'short' | 'logical' | 'ssm' | 'id';
}

/** How each resource type is named. The emulated AWS reads the same file. */
export const namings = (): Readonly<Record<string, Naming>> =>
  JSON.parse(readFileSync(join(__dirname, 'names.json'), 'utf8'));

/** The beginning of a generated name. */
export const generatedName = ({ generated }: Naming, stack: string, logicalId: string): string =>
  ({ stack: `${stack}-`, short: `${stack.slice(0, 5)}-`, logical: logicalId, ssm: `CFN-${logicalId}-`, id: '' })[
    generated
  ];

/** The value at a path of the properties. */
export const at = (properties: unknown, path: string): unknown =>
  path
    .split('/')
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], properties);
