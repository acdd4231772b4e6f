import type { Json } from '../../doctor/plan';

/** A deployed stack: what it has made of its template, and what it reads of other stacks. */
export interface Made {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** Physical ids by logical ids. */
  readonly ids: Readonly<Record<string, string>>;
  /** Types of the resources by logical ids. */
  readonly types: Readonly<Record<string, string>>;
  /** Exports of the region by their names. */
  readonly exports: Readonly<Record<string, string>>;
  /** An output of any stack of the environment. */
  readonly output: (stack: string, region: string, name: string) => string | undefined;
}

/** A value that CloudFormation gave while it deployed, and that nobody tells afterwards. */
export class Unresolved extends Error {}

/**
 * Attributes that are the physical id of their resource. CloudFormation tells no other attribute of a deployed resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html: Ref gives the id in a VPC.
 */
const IS_PHYSICAL_ID: ReadonlySet<string> = new Set(['AWS::EC2::SecurityGroup.GroupId', 'AWS::EC2::VPC.VpcId']);

const partitionOf = (region: string): string => (region.startsWith('cn-') ? 'aws-cn' : 'aws');

const pseudo = ({ stack, account, region }: Made, name: string): string | undefined =>
  ({
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partitionOf(region),
    'AWS::URLSuffix': region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::StackName': stack,
  })[name];

const known = (value: Json, what: string): Json => {
  if (value === undefined) throw new Unresolved(`nobody tells ${what}`);
  return value;
};

/** The intrinsic functions that templates of the platform use. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, (argument: Json, made: Made) => Json>> = {
  Ref: (name, made) => known(pseudo(made, name) ?? made.ids[name], `the id of ${name}`),
  'Fn::ImportValue': (name, made) => known(made.exports[resolve(name, made)], `the export ${name}`),
  'Fn::GetStackOutput': ({ StackName, Region, OutputName }, made) =>
    known(made.output(StackName, Region ?? made.region, OutputName), `the output ${OutputName} of ${StackName}`),
  'Fn::GetAtt': ([id, attribute], made) =>
    known(IS_PHYSICAL_ID.has(`${made.types[id]}.${attribute}`) ? made.ids[id] : undefined, `${id}.${attribute}`),
  'Fn::Join': ([separator, parts], made) => resolve(parts, made).join(separator),
  'Fn::Split': ([separator, text], made) => resolve(text, made).split(separator),
  'Fn::Select': ([index, list], made) => known(resolve(list, made)[index], `element ${index} of a list`),
};

/** A value of a template as it was deployed. Throws `Unresolved` where nobody tells it. */
export const resolve = (value: Json, made: Made): Json => {
  if (Array.isArray(value)) return value.map((each) => resolve(each, made));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<Json>(value);
  const [[key, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && FUNCTIONS[key] !== undefined) return FUNCTIONS[key](argument, made);
  if (entries.length === 1 && key.startsWith('Fn::'))
    throw new Unresolved(`${key} is not known to verify/drift/resolve.ts`);
  return Object.fromEntries(entries.map(([name, each]) => [name, resolve(each, made)]));
};
