import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path, { join } from 'node:path';
import { prepareAccounts } from './emulator/account';
import { bootstrap } from './app/bootstrap';
import { assembledStacks, deploy, destroy, diff, synthesize, type AssembledStack, type CdkProps } from './app/cdk';
import { PROJECT } from './folders';
import { connect, type Cluster } from './cluster/cluster';
import { startEmulator, type Emulator, type Resource } from './emulator/emulator';
import { deletable, remains, unprotectedStacks } from './steps/destruction';
import { exposed } from './steps/exposure';
import { announceBinaries, kubernetesBinaries } from './cluster/kubernetes-binaries';
import {
  createRoles,
  createZones,
  describeImage,
  describeValue,
  describeZone,
  importedZones,
  imagesToPush,
  provideValues,
  pushImages,
  valuesToProvide,
  zonesToDelegate,
} from './steps/operator';
import { Steps, type Report } from './report/progress';
import { placements } from './cluster/placements';
import { hasPreflight, preflight } from './app/preflight';
import { replacements, surprises } from './provider/replacement';
import { pythonEnvironment } from './emulator/python-environment';
import { brokenReferences } from './steps/references';
import { openRegistry } from './steps/registry';
import { summary } from './report/report';
import { staleReaders } from './steps/stale-readers';
import { notStored } from './steps/stored';
import { resourceSpans, type Timeline } from './report/timeline';
import { trials, type Attempt } from './drills/trials';
import { openVault } from './steps/vault';
import { awaitWorkloads } from './cluster/workloads';

export interface RehearsalProps {
  /** What the rehearsal is called in its report: an environment, `pipeline`, the folder of an app. */
  readonly target: string;
  /** Folder of the app. @default - this project */
  readonly project?: string | undefined;
  /** Context of the synthesis. @default - `{ env: TARGET }`, and none for the pipeline */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Leave everything running at the end, to look around. */
  readonly keep: boolean;
  /** Order of the resources that nothing orders. */
  readonly seed: number;
  /** Folder with an app that is deployed first; this one is then an update of it. @default - nothing is deployed before */
  readonly update: string | undefined;
  /** Folder with an app whose deployment has to fail; this one is then tried over what that leaves behind. @default - none */
  readonly afterFailure?: string | undefined;
  /** Folder with the Kubernetes binaries. @default - the cache */
  readonly kubernetes: string | undefined;
  /** File for a copy of the timeline. @default - it is in the rehearsal's folder only, and gone with it */
  readonly timeline?: string | undefined;
  /** What else is tried on the cluster. @default - what every rehearsal tries */
  readonly trials?: readonly Attempt[];
  /** Ends the rehearsal early. */
  readonly signal: AbortSignal;
}

/** Takes an environment through its whole life: deployed, looked at, compared, destroyed. Throws at the first fault. */
export const rehearse = async (props: RehearsalProps): Promise<void> => {
  const { target, project = PROJECT, keep, seed, update, afterFailure, kubernetes, trials: more = [] } = props;
  console.log(`rehearsing ${target} with seed ${seed}`);
  const emulation = new AbortController();
  const signal = AbortSignal.any([props.signal, emulation.signal]);
  const steps = new Steps();
  const folder = await mkdtemp(join(tmpdir(), 'platform-rehearsal-'));
  const output = join(folder, 'cdk.out');
  const context: Readonly<Record<string, string>> = props.context ?? (target === 'pipeline' ? {} : { env: target });
  let emulator: Emulator | undefined;
  let announced: Promise<void> | undefined;
  const keepTimeline = async (aws: Emulator) => {
    const resources = resourceSpans(await aws.events(), steps.origin);
    const file = join(folder, 'timeline.json');
    await writeFile(file, JSON.stringify({ target, steps: steps.spans, resources } satisfies Timeline, null, 1));
    if (props.timeline !== undefined) await copyFile(file, props.timeline);
  };
  let finished = false;
  try {
    const own = { project, context, output, signal };
    const first = update ?? afterFailure;
    const earlier = first && { ...own, project: path.resolve(first), output: join(folder, 'earlier.out') };
    const [stacks, earlierStacks] = await steps.step('synthesize', async (report) => {
      if (earlier) await synthesize(earlier, report);
      await synthesize(own, report);
      return [await assembledStacks(output), earlier ? await assembledStacks(earlier.output) : []];
    });
    const [{ account, region }] = stacks as [(typeof stacks)[number]];
    // What needs no cluster is deployed while Kubernetes is fetched or built.
    const binaries = [...stacks, ...earlierStacks].some(hasCluster)
      ? steps.beside('Kubernetes', (report) =>
          kubernetesBinaries(kubernetes, report, signal).catch((error: Error) => {
            emulation.abort(error);
            throw error;
          }),
        )
      : Promise.reject(
          new Error('no stack of the app had a cluster when the rehearsal began, so there is no Kubernetes'),
        );
    announced = announceBinaries(folder, binaries).catch((error: Error) => emulation.abort(error));
    const python = await steps.step('Python', (report) => pythonEnvironment(report, signal));
    const aws = await steps.step('emulated AWS', () =>
      startEmulator({
        python,
        folder,
        charts: join(project, 'rehearsal', 'charts'),
        seed,
        signal,
        onEnd: (error) => emulation.abort(error),
      }),
    );
    emulator = aws;
    const app: CdkProps = { ...own, endpoint: aws.endpoint, account, region };

    const [existing, before] = await steps.step('bootstrap', async (report) => {
      const all = [...earlierStacks, ...stacks];
      await bootstrap(app, all, report);
      const made = [...(await createRoles(aws.endpoint, all)), ...(await prepareAccounts(aws.endpoint, all))];
      return [[...made, ...(await createZones(aws.endpoint, importedZones(all)))], await aws.holdings()];
    });
    const provided = [...existing];
    const examine = async (version: CdkProps, title: string) => {
      if (context.env === undefined || !(await hasPreflight(version))) return;
      const nameServer = await aws.nameServer();
      await steps.step(title, (report) => preflight(version, target, nameServer, report));
    };
    // What only people bring: delegations of hosted zones, the values of secrets, and images. What is there stays.
    const bring = async (version: CdkProps, of: readonly AssembledStack[]) => {
      const zones = zonesToDelegate(of).filter((zone) => !provided.includes(describeZone(zone)));
      const values = valuesToProvide(of).filter((value) => !provided.includes(describeValue(value)));
      const images = imagesToPush(of).filter((image) => !provided.includes(describeImage(image)));
      if (zones.length + values.length + images.length > 0)
        await steps.step('what people bring', async (report) => {
          await deploy(version, [...new Set([...zones, ...values, ...images].map(({ stack }) => stack.id))], report);
          provided.push(...zones.map(describeZone));
          provided.push(...(await provideValues(aws.endpoint, values)), ...(await pushImages(aws.endpoint, images)));
        });
    };
    const deployStacks = async (version: CdkProps, report: Report) => {
      await deploy(version, ['--all'], report);
      refuse(await staleReaders(aws));
    };
    const deployAll = async (version: CdkProps, of: readonly AssembledStack[], title: string) => {
      await bring(version, of);
      await examine(version, 'nothing is missing');
      return steps.step(title, async (report) => {
        await deployStacks(version, report);
        refuse(await aws.endedNodes());
        const names = new Set(of.map(({ name }) => name));
        const resources = await aws.resources();
        return [
          resources.filter(({ stack }) => names.has(stack)),
          resources.filter(({ stack }) => !names.has(stack)),
        ] as const;
      });
    };
    const failing = async (version: CdkProps) => {
      await bring(version, earlierStacks);
      await steps.step('a deployment that fails', async (report) => {
        const failure = await deploy(version, ['--all'], report).then(
          () => undefined,
          (error: Error) => error,
        );
        if (failure === undefined || signal.aborted)
          throw (
            failure ??
            new Error(
              `the deployment of the app in ${afterFailure} succeeded, but --after-failure needs one that fails`,
            )
          );
        console.log(failure.message);
      });
    };
    if (earlier && update === undefined) await failing({ ...app, ...earlier });
    const [updated] =
      earlier && update !== undefined
        ? await deployAll({ ...app, ...earlier }, earlierStacks, 'deploy what is updated')
        : [];
    const [deployed, bootstrapped] = await deployAll(app, stacks, updated ? 'update' : 'deploy');

    const clusterName = deployed.find(({ type }) => type === 'AWS::EKS::Cluster')?.physicalId;
    const kubeconfig = clusterName && aws.kubeconfig(account, region, clusterName);
    const cluster = kubeconfig ? await connect(kubeconfig, aws.loops, signal) : undefined;
    const looked = cluster
      ? await steps.step('workloads', async (report) => {
          const references = async () => {
            const vault = await openVault(aws.endpoint, { account, region, cluster: clusterName! });
            refuse(await brokenReferences(cluster, vault, await openRegistry(aws.endpoint, account)));
          };
          await awaitWorkloads(cluster, report).catch(async (error: Error) => {
            await references(); // which may be why
            throw error;
          });
          await references();
          return { placements: await placements(cluster), objects: await countObjects(cluster) };
        })
      : { placements: [], objects: {} };
    if (cluster) await steps.step('what is applied is stored', async () => refuse(await notStored(cluster)));
    const tried = cluster ? await trials(steps, cluster, aws, more, signal) : [];
    await examine(app, 'nothing is missing afterwards');
    await steps.step('no differences', (report) => diff(app, report));

    await steps.step('no secret is exposed', async () =>
      refuse(await exposed({ endpoint: aws.endpoint, account, folder, cluster, templates: stacks })),
    );

    let retained: readonly Resource[] | undefined;
    if (!keep) {
      const guarded = stacks.filter(({ terminationProtection }) => terminationProtection);
      const doomed = guarded.length > 0 ? unprotected(app, folder) : app;
      if (guarded.length > 0) {
        await steps.step('refuse to be destroyed', async (report) => {
          await refusesDestruction(app, guarded[0]!.id, report);
          refuse(await unprotectedStacks(aws.endpoint, guarded)); // the CLI takes two seconds for each
          refuse(await deletable(aws.endpoint, stacks, deployed));
        });
        await steps.step('lift protection', async (report) => {
          await synthesize(doomed, report);
          await deployStacks(doomed, report);
        });
      }
      retained = await steps.step('destroy', async (report) => {
        await destroy(doomed, ['--all'], report);
        const kept = deployed.filter(({ deletionPolicy }) => deletionPolicy !== 'Delete');
        refuse(remains(kept, [...bootstrapped, ...outlived(updated, earlierStacks)], before, await aws.holdings()));
        return kept;
      });
      await steps.step('stop', async () => {
        await keepTimeline(aws);
        await aws.stop();
      });
    }
    const replaced = updated && replacedResources(updated, deployed);
    const notes = [...(await aws.notes()), ...surprises(replacements(earlierStacks, stacks), replaced ?? [])];
    const findings = {
      target,
      seed,
      stacks,
      resources: deployed,
      replaced,
      ...looked,
      tried,
      provided,
      notes,
      retained,
    };
    console.log(`\n${summary({ ...findings, seconds: steps.spans })}`);
    finished = true;
    if (keep) {
      await keepTimeline(aws);
      console.log(howToLook(aws.endpoint, account, region, kubeconfig, folder));
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    }
  } finally {
    emulation.abort(); // of what is still fetched or built
    await announced;
    await emulator?.stop().catch((error: Error) => console.error(`the emulated AWS does not stop: ${error.message}`));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    if (!finished && !props.signal.aborted)
      console.log(`to repeat it: npm run rehearse -- ${again(props)} --seed ${seed}`);
  }
};

/** Arguments of the same rehearsal. */
const again = ({ target, project, context = {} }: RehearsalProps): string =>
  project === undefined
    ? target
    : [`--app ${project}`, ...Object.entries(context).map(([key, value]) => `--context ${key}=${value}`)].join(' ');

const hasCluster = ({ template }: AssembledStack): boolean =>
  Object.values(template.Resources ?? {}).some(({ Type }) => Type === 'AWS::EKS::Cluster');

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Error(problems.join('\n  '));
};

/** The tear-down of docs/teardown.md. */
const unprotected = (app: CdkProps, folder: string): CdkProps => ({
  ...app,
  context: { ...app.context, deletionProtection: 'false' },
  output: join(folder, 'unprotected.out'),
});

/** Throws when a protected stack can be destroyed all the same. */
const refusesDestruction = async (app: CdkProps, stack: string, report: Report) => {
  const refusal = await destroy(app, ['--exclusively', stack], report).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (refusal === undefined) throw new Error(`the protected stack ${stack} could be destroyed`);
  if (!/TerminationProtection/i.test(refusal)) throw new Error(refusal);
};

/** Kinds that workloads and add-ons bring; what the control plane makes for itself is left out. */
const KINDS = [
  'namespaces',
  'deployments',
  'daemonsets',
  'statefulsets',
  'services',
  'persistentvolumeclaims',
  'storageclasses',
  'nodes',
];

const countObjects = async ({ get }: Cluster) => {
  const counts: Record<string, number> = {};
  for (const { kind } of await get<{ kind: string }>(...KINDS)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const howToLook = (
  endpoint: string,
  account: string,
  region: string,
  kubeconfig: string | undefined,
  folder: string,
) => `
Everything still runs; Ctrl-C ends it. To look around, or to deploy a change, in a second terminal:

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  unset AWS_PROFILE AWS_SESSION_TOKEN; export AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=test
  aws cloudformation describe-stacks --query 'Stacks[].[StackName,StackStatus]' --output table
${kubeconfig === undefined ? '' : `\n  export KUBECONFIG=${kubeconfig}\n  kubectl get pods -A -o wide\n`}
Logs: ${folder}`;

/** What has another physical id after an update. Custom resources are left out, whose provider may choose one at every change. */
const replacedResources = (before: readonly Resource[], after: readonly Resource[]) =>
  after.filter(
    ({ stack, logicalId, type, physicalId }) =>
      !type.startsWith('Custom::') &&
      before.some(
        (old) =>
          old.stack === stack && old.logicalId === logicalId && old.type === type && old.physicalId !== physicalId,
      ),
  );

/** What an update leaves behind, as the templates before it say. */
const outlived = (before: readonly Resource[] = [], stacks: readonly AssembledStack[]) =>
  before.filter(({ stack, logicalId, deletionPolicy }) => {
    const template = stacks.find(({ name }) => name === stack)?.template;
    return deletionPolicy !== 'Delete' || template?.Resources?.[logicalId]?.UpdateReplacePolicy === 'Retain';
  });
