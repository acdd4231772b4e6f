import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of a resource in its ARN, where IAM reads it. */
export interface Naming {
  /** The resource types of IAM that a resource is: `rds:db`. None: it belongs to another resource, or has no ARN. */
  readonly resources: readonly string[];
  /** Path of the property with its name: `DBInstanceIdentifier`. @default - it has none */
  readonly name?: string;
  /**
   * The form of a name that no property gives, e.g. of stack `platform-dev-mysql` and logical id `Primary`. AWS documents few of these
   * forms: test/rehearsal/naming.test.ts has the names that they were read from. @default - unknown: a template has to give the name
   *
   * - `stack`: `platform-dev-mysql-Primary-RANDOM`, as CloudFormation names nearly everything. Of 64 characters at most (roles,
   *   functions), a long stack's name is cut
   * - `short`: `platfo-Prima-RANDOM`, five or six characters of each, where few fit (load balancers, parameter groups of ElastiCache)
   * - `logical`: `Primary-RANDOM` (secrets) or `Primary` (Lambda layers)
   * - `project`: `Primary-RANDOM` of at most 40 characters, so the logical id is cut after 27 (CodeBuild projects)
   * - `ssm`: `CFN-Primary-RANDOM`
   * - `id`: whatever the service chooses
   */
  readonly generated?: 'stack' | 'short' | 'logical' | 'project' | 'ssm' | 'id';
  /** The service stores the name in lower case, whoever gives it. */
  readonly lowerCase?: true;
}

/** How each resource type is named. The emulated AWS reads the same file. */
export const namings = (): Readonly<Record<string, Naming>> =>
  JSON.parse(readFileSync(join(__dirname, 'names.json'), 'utf8'));

/** Characters of the stack's name that any name has at least, and a short one; of the logical id that a project's name has at most. */
const [LONG, SHORT, PROJECT] = [24, 5, 27];

/** The beginning of a generated name, as far as every name has it. Undefined: nobody knows. */
export const generatedName = (
  { generated, lowerCase }: Naming,
  stack: string,
  logicalId: string,
): string | undefined => {
  if (generated === undefined) return undefined;
  const name = {
    stack: `${stack}-`.slice(0, LONG),
    short: stack.slice(0, SHORT),
    logical: logicalId,
    project: logicalId.slice(0, PROJECT),
    ssm: `CFN-${logicalId}-`,
    id: '',
  }[generated];
  return lowerCase ? name.toLowerCase() : name;
};

/** The value at a path of the properties. */
export const at = (properties: unknown, path: string): unknown =>
  path
    .split('/')
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], properties);
