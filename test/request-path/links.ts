import { allOf, nameOf, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';

/** Says which link of a path is missing or another one. */
export const broken = (problem: string): never => {
  throw new Error(problem);
};

/** That a link is what it should be. */
export const assertIs = (what: string, is: unknown, wanted: unknown): void => {
  if (is !== wanted) broken(`${what} is ${is}, not ${wanted}`);
};

/** The one thing that was looked for. */
export const only = <T>(found: readonly T[], what: string): T =>
  found.length === 1
    ? found[0]!
    : broken(found.length === 0 ? `there is no ${what}` : `there is more than one ${what}`);

/** The resource of a type that a property refers to. */
export const referred = (templates: Templates, from: Place, value: Json, type: string, what: string): Place => {
  const found = target(templates, from.stack, value);
  return found?.Type === type
    ? found
    : broken(`${what} of ${from.id} is ${value === undefined ? 'nothing' : text(templates, from.stack, value)}`);
};

/** The names in a certificate. */
export const namesOf = ({ Properties: { DomainName, SubjectAlternativeNames = [] } }: Place): readonly string[] => [
  DomainName,
  ...SubjectAlternativeNames,
];

export const securityGroupsOf = (templates: Templates, { stack, Properties }: Place): readonly string[] =>
  Properties.SecurityGroups.map((value: Json) => text(templates, stack, value));

/** Whether one of some security groups lets one of some peers through to a port. */
export const lets = (
  templates: Templates,
  direction: 'Ingress' | 'Egress',
  groups: readonly string[],
  peers: readonly string[],
  port: number,
): boolean => {
  const end = direction === 'Ingress' ? 'Source' : 'Destination';
  const within = allOf(templates, 'AWS::EC2::SecurityGroup')
    .filter((group) => groups.includes(nameOf(group, 'GroupId')))
    .flatMap(({ stack, Properties: { [`SecurityGroup${direction}`]: rules = [] } }) =>
      rules.map((rule: Json) => ({ stack, rule })),
    );
  const beside = allOf(templates, `AWS::EC2::SecurityGroup${direction}`)
    .filter(({ stack, Properties }) => groups.includes(text(templates, stack, Properties.GroupId)))
    .map(({ stack, Properties: rule }) => ({ stack, rule }));
  return [...within, ...beside].some(
    ({ stack, rule }) =>
      peers.includes(text(templates, stack, rule[`${end}SecurityGroupId`] ?? rule[`${end}PrefixListId`])) &&
      rule.IpProtocol === 'tcp' &&
      rule.FromPort <= port &&
      port <= rule.ToPort,
  );
};
