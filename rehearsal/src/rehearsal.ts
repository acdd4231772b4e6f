import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from './emulator/emulator';
import { live } from './life';
import { Life, type RehearsalProps } from './state';
import { replacements, surprises } from './provider/replacement';
import { summary } from './report/report';
import { keepTimeline } from './steps/end';

/** Takes an environment through its whole life: deployed, looked at, compared, destroyed. Throws at the first fault. */
export const rehearse = async (props: RehearsalProps): Promise<void> => {
  const { target, keep, seed } = props;
  console.log(`rehearsing ${target} with seed ${seed}`);
  const life = new Life(props, await mkdtemp(join(tmpdir(), 'platform-rehearsal-')));
  let finished = false;
  try {
    await live(life);
    console.log(`\n${await report(life)}`);
    finished = true;
    if (keep) {
      await keepTimeline(life);
      console.log(howToLook(life));
      await new Promise<void>((resolve) => life.signal.addEventListener('abort', () => resolve()));
    }
  } finally {
    life.emulation.abort(); // of what is still fetched or built
    await life.announced;
    await life.emulator
      ?.stop()
      .catch((error: Error) => console.error(`the emulated AWS does not stop: ${error.message}`));
    await rm(life.folder, { recursive: true, force: true, maxRetries: 5 });
    if (!finished && !props.signal.aborted)
      console.log(`to repeat it: npm run rehearse -- ${again(props)} --seed ${seed}`);
  }
};

/** The result of a rehearsal. */
const report = async (life: Life): Promise<string> => {
  const { props, stacks, earlierStacks, updated, deployed, steps } = life;
  const replaced = updated && replacedResources(updated, deployed);
  const notes = [...(await life.aws.notes()), ...surprises(replacements(earlierStacks, stacks), replaced ?? [])];
  const { placements, objects, tried, provided, retained } = life;
  const found = { placements, objects, tried, provided, retained, replaced, notes };
  return summary({
    target: props.target,
    seed: props.seed,
    stacks,
    resources: deployed,
    ...found,
    seconds: steps.spans,
  });
};

/** Arguments of the same rehearsal. */
const again = ({ target, project, context = {} }: RehearsalProps): string =>
  project === undefined
    ? target
    : [`--app ${project}`, ...Object.entries(context).map(([key, value]) => `--context ${key}=${value}`)].join(' ');

const howToLook = ({ own, kubeconfig, folder }: Life): string => `
Everything still runs; Ctrl-C ends it. To look around, or to deploy a change, in a second terminal:

  export AWS_ENDPOINT_URL=${own.app.endpoint} AWS_REGION=${own.app.region} AWS_DEFAULT_REGION=${own.app.region}
  unset AWS_PROFILE AWS_SESSION_TOKEN; export AWS_ACCESS_KEY_ID=${own.app.account} AWS_SECRET_ACCESS_KEY=test
  aws cloudformation describe-stacks --query 'Stacks[].[StackName,StackStatus]' --output table
${kubeconfig === undefined ? '' : `\n  export KUBECONFIG=${kubeconfig}\n  kubectl get pods -A -o wide\n`}
Logs: ${folder}`;

/** Resources with another physical id after an update. Custom resources are left out, whose provider may choose one at every change. */
const replacedResources = (before: readonly Resource[], after: readonly Resource[]) =>
  after.filter(
    ({ stack, logicalId, type, physicalId }) =>
      !type.startsWith('Custom::') &&
      before.some(
        (old) =>
          old.stack === stack && old.logicalId === logicalId && old.type === type && old.physicalId !== physicalId,
      ),
  );
