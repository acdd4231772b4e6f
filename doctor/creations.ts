import { EDGE_REGION } from '../lib/model/edge-region';
import { at, generatedName, namings } from '../rehearsal/src/provider/naming';
import { providerSchemas } from '../rehearsal/src/provider/schemas';
import type { Plan, PlannedResource, PlannedStack } from './plan';

/** One action that an execution role needs without fail. */
export interface Creation {
  readonly role: string;
  readonly action: string;
  /** The resource that it acts on, or `*`. */
  readonly arn: string;
  /** Where it is called. */
  readonly region: string;
}

/** Actions with the name of the type, which every resource needs. Only some resources need the others that its handler may call. */
const MAKES = /^[\w-]+:(?:Create|Put|Request)(\w+)$/;

/** Services that answer in one region, whatever region asks. */
const GLOBAL = /^(cloudfront|iam|route53):/;

/** A role that makes no role at all has a check of its own, and AWS Chatbot answers in regions of its own. */
const LEFT_OUT = /^(iam:CreateRole|chatbot:\w+)$/;

/** Stands where only AWS knows what it will be. */
const ANY = 'EXAMPLE';

/** A name as ARNs have it, which leave out what is there already. */
const inArn = (name: string): string => name.replace(/^(alias\/|\/)/, '');

/** The name that a resource will have. Undefined: the template does not say it. */
const nameOf = (stack: PlannedStack, { type, logicalId, properties }: PlannedResource): string | undefined => {
  const naming = namings()[type];
  const given = naming?.name === undefined ? undefined : at(properties, naming.name);
  if (typeof given === 'string') return naming?.lowerCase ? given.toLowerCase() : given;
  const generated = naming && given === undefined ? generatedName(naming, stack.name, logicalId) : undefined;
  return generated === undefined ? undefined : `${generated}${naming?.lowerCase ? ANY.toLowerCase() : ANY}`;
};

/** The ARN of a resource type of IAM: its first variable that is a name, then anything. */
const arnOf = (
  form: string,
  plan: Plan,
  stack: PlannedStack,
  { properties }: PlannedResource,
  name: string,
): string => {
  const fixed: Readonly<Record<string, string>> = {
    Partition: stack.executionRoleArn.split(':')[1]!,
    Region: stack.region,
    Account: plan.account,
    Scope: properties.Scope === 'CLOUDFRONT' ? 'global' : 'regional',
  };
  const names = [inArn(name)];
  return form.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => fixed[variable] ?? names.shift() ?? ANY);
};

const creationOf = (plan: Plan, stack: PlannedStack, resource: PlannedResource): Creation | undefined => {
  const { types, actions, resources } = providerSchemas();
  const named = resource.type.split('::').at(-1)!.toLowerCase();
  const action = types[resource.type]?.handlers.create?.find((one) => MAKES.exec(one)?.[1]?.toLowerCase() === named);
  const kinds = action === undefined ? undefined : actions[action];
  if (action === undefined || kinds === undefined || LEFT_OUT.test(action)) return undefined;
  const called = { role: stack.executionRoleArn, action, region: GLOBAL.test(action) ? EDGE_REGION : stack.region };
  if (kinds.length === 0) return { ...called, arn: '*' };
  const kind = kinds.find((one) => namings()[resource.type]?.resources.includes(one));
  const name = nameOf(stack, resource);
  const form = kind === undefined ? undefined : resources[kind];
  return form === undefined || name === undefined
    ? undefined
    : { ...called, arn: arnOf(form, plan, stack, resource, name) };
};

/**
 * For each role and type of resource one action that makes it, on the name of the first such resource. Actions that are not known
 * without fail are left out: https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
export const creationsOf = (plan: Plan): readonly Creation[] => {
  const found = new Map<string, Creation>();
  for (const stack of plan.stacks)
    for (const resource of stack.resources) {
      const creation = creationOf(plan, stack, resource);
      const key = `${creation?.role} ${creation?.action}`;
      if (creation && !found.has(key)) found.set(key, creation);
    }
  return [...found.values()];
};
