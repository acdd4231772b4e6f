import { check, few, findings, type Finding } from '../check';
import { told } from '../drift/differences';

const mend = (name: string) => `npm run drift -- ${name} --mend`;
const remove = (environment: string, name: string) =>
  `put it into the code, or remove it: npm run drift -- ${environment} --mend --remove "${name}"`;

/** Kinds that are not applied again, because they act. */
export const ACTS: ReadonlySet<string> = new Set(['Job']);

export const RESOURCES = check({
  title: 'Every resource is as its stack says',
  facts: ['drifts'],
  find: (target, { drifts }) =>
    drifts.flatMap(({ stack, isThere, resources, unknown }): readonly Finding[] => {
      if (!isThere)
        return [
          {
            what: `The stack ${stack.name} does not exist in ${stack.region}`,
            remedy: `npx cdk deploy ${stack.id} -c env=${target.name}`,
          },
        ];
      return [
        ...resources.map(({ logicalId, type, id, differences }) => ({
          what: `${type} ${id} (${logicalId} of ${stack.name}) ${differences.length === 0 ? 'is deleted' : `is changed: ${few(differences)}`}`,
          remedy: mend(target.name),
        })),
        ...(unknown.length === 0
          ? []
          : [
              {
                unasked: true,
                what: `CloudFormation could not compare ${few(unknown)} in ${stack.name}`,
                remedy: 'give the caller the rights to read it, and ask again when no deployment runs (docs/drift.md)',
              },
            ]),
      ];
    }),
});

export const RULES = check({
  title: 'No security group has a rule that no template holds',
  facts: ['rules'],
  find: (target, { rules }) =>
    findings(rules, ({ id, group, isEgress, protocol, from, to, peer, description }) => {
      const ports = protocol === '-1' ? 'everything' : `${protocol} ${from === to ? from : `${from} to ${to}`}`;
      return {
        what: `The rule ${id} of ${group} lets ${ports} ${isEgress ? 'out to' : 'in from'} ${peer}${description === '' ? '' : ` ("${description}")`}, and no template holds it`,
        remedy: remove(target.name, id),
      };
    }),
});

export const OBJECTS = check({
  title: 'Every Kubernetes object is as its manifest says',
  facts: ['objects'],
  find: (target, { objects: { drifted } }) =>
    findings(drifted, ({ name, kind, stack, state, differences, reason }) => {
      const deploy = `npx cdk deploy ${stack} -c env=${target.name}`;
      if (state === 'unknown')
        return {
          unasked: true,
          what: `${name} of ${stack} could not be compared: ${reason}`,
          remedy: `compare it by hand: npx cdk diff ${stack} -c env=${target.name}`,
        };
      if (state === 'fixed')
        return {
          what: `${name} is changed in a field that Kubernetes does not change back: ${reason}`,
          remedy: `delete it if nothing is lost, then ${mend(target.name)}; or put the change into the code`,
        };
      if (state === 'missing')
        return {
          what: `${name} does not exist${reason === '' ? '' : `: ${reason}`}`,
          remedy: ACTS.has(kind)
            ? `--mend does not run it again: it runs with the next change of it (${deploy})`
            : mend(target.name),
        };
      const isSecret = kind === 'Secret';
      return {
        what: `${name} is changed: ${few(differences.map((one) => told(one, isSecret)))}`,
        remedy: mend(target.name),
      };
    }),
});

export const ADDED = check({
  title: 'No object is there that no template holds',
  facts: ['objects'],
  find: (target, { objects: { added } }) =>
    findings(added, ({ name }) => ({
      what: `${name} is in no template, and no controller owns it`,
      remedy: remove(target.name, name),
    })),
});
