import { EC2Client, RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { few } from './check';
import { templateDifferences } from './checks/deployment';
import { ACTS } from './checks/drift';
import type { Facts } from './facts';
import type { StackDrift } from './facts/drifts';
import { throughKubectl, type Answered, type Send } from './facts/kubectl';
import type { AddedObject, ObjectDrift } from './facts/objects';
import type { World } from './facts/reader';
import type { AddedRule } from './facts/rules';
import type { Target } from './target';

/** Everything that a person has changed, as far as it is known. */
type Drifted = Partial<Pick<Facts, 'drifts' | 'rules' | 'objects' | 'templates'>>;

interface MendProps {
  readonly world: World;
  readonly target: Target;
  readonly drifted: Drifted;
  /** Names of added things to remove. */
  readonly removed: readonly string[];
  /** Cloud assembly for the CDK CLI. @default - it synthesizes */
  readonly assembly: string | undefined;
  readonly say: (line: string) => void;
}

/** Kinds that others need, first; the rest has no order that a running cluster needs. */
const FIRST = ['Namespace', 'StorageClass', 'PriorityClass', 'ServiceAccount', 'ClusterRole', 'Role', 'ConfigMap'];
const rank = ({ kind }: ObjectDrift): number => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);

/** Whether `--mend` puts an object back. */
const isMendable = ({ state, kind, path }: ObjectDrift): boolean =>
  state === 'changed' || (state === 'missing' && path !== '' && !ACTS.has(kind));

/** How a request ended: the message of a refusal. */
const outcome = ({ status, body }: Answered): string => (status < 300 ? 'done' : `refused: ${body.message ?? status}`);

/** Puts an object in place of the one that is there, whose version it has to name. */
const put = async (send: Send, { path, wanted }: ObjectDrift): Promise<Answered> => {
  for (;;) {
    const there = await send('GET', path);
    if (there.status >= 300) return there;
    const { resourceVersion } = there.body.metadata;
    const answer = await send('PUT', path, { ...wanted, metadata: { ...wanted.metadata, resourceVersion } });
    if (answer.status !== 409) return answer; // else a controller was faster
  }
};

const mendObjects = async (
  { world, target, say }: MendProps,
  drifted: readonly ObjectDrift[],
  added: readonly AddedObject[],
) => {
  if (drifted.length + added.length === 0) return;
  await throughKubectl(world, target, async (send) => {
    for (const one of drifted.toSorted((first, other) => rank(first) - rank(other))) {
      const { name, state, list, wanted } = one;
      const sent = state === 'missing' ? await send('POST', list, wanted) : await put(send, one);
      say(`${state === 'missing' ? 'create' : 'put back'} ${name}: ${outcome(sent)}`);
    }
    for (const { name, path } of added) say(`remove ${name}: ${outcome(await send('DELETE', path))}`);
  });
};

const removeRule = async ({ world: { aws }, say }: MendProps, { id, region, group, isEgress }: AddedRule) => {
  const rule = { GroupId: group, SecurityGroupRuleIds: [id] };
  const client = aws.client(EC2Client, region);
  await (isEgress
    ? client.send(new RevokeSecurityGroupEgressCommand(rule))
    : client.send(new RevokeSecurityGroupIngressCommand(rule)));
  say(`remove the rule ${id} of ${group}: done`);
};

/**
 * Lets CloudFormation put resources back by a drift-aware change set, through the CDK CLI, which takes the roles of the bootstrap.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
const mendStack = async ({ target, drifted, assembly, world: { signal }, say }: MendProps, { stack }: StackDrift) => {
  const there = drifted.templates?.[stack.name];
  const others = there === undefined ? ['it is not known'] : templateDifferences(there, stack.template);
  if (others.length > 0) {
    say(
      `put back the resources of ${stack.name}: not done, because the deployed template is not of this commit (${few(others)})`,
    );
    return;
  }
  const source = assembly === undefined ? ['-c', `env=${target.name}`] : ['--app', assembly];
  const args = ['cdk', 'deploy', stack.id, '--exclusively', '--revert-drift', ...source];
  // Its output goes where it leaves --json alone.
  const [code] = await once(spawn('npx', args, { stdio: ['inherit', 2, 'inherit'], signal }), 'exit');
  say(`npx ${args.join(' ')}: ${code === 0 ? 'done' : `ended with ${code}`}`);
};

/** Puts back what a person has changed or deleted, and removes the added things that are named. Says what it does, a line each. */
export const mend = async (props: MendProps): Promise<void> => {
  const { drifted, removed, say } = props;
  const { rules = [], drifts = [], objects } = drifted;
  const attempt = async (what: string, work: () => Promise<void>) => {
    await work().catch((error: Error) => say(`${what}: ${error.message}`));
  };
  for (const one of drifts.filter(({ resources }) => resources.length > 0))
    await attempt(`put back the resources of ${one.stack.name}`, () => mendStack(props, one));
  for (const rule of rules.filter(({ id }) => removed.includes(id)))
    await attempt(`remove the rule ${rule.id}`, () => removeRule(props, rule));
  const added = (objects?.added ?? []).filter(({ name }) => removed.includes(name));
  await attempt('put back objects', () => mendObjects(props, (objects?.drifted ?? []).filter(isMendable), added));
  const known = new Set([...rules.map(({ id }) => id), ...(objects?.added ?? []).map(({ name }) => name)]);
  for (const name of removed.filter((one) => !known.has(one)))
    say(`remove ${name}: not done, because nothing of that name was found that no template holds`);
};
