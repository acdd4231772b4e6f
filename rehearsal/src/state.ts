import { join, resolve } from 'node:path';
import { contextOf, homeOf, type AssembledStack, type CdkProps } from './app/cdk';
import type { Cluster } from './cluster/cluster';
import type { Placement } from './cluster/placements';
import type { Drill, DrillResult } from './drills/drills';
import type { Emulator, Holding, Resource } from './emulator/emulator';
import { PROJECT } from './folders';
import { Steps } from './report/progress';

export interface RehearsalProps {
  /** Name of the rehearsal in its report: an environment, `ENVIRONMENT-pipeline`, `ENVIRONMENT-builds`, the folder of an app. */
  readonly target: string;
  /** Folder of the app. @default - this project */
  readonly project?: string | undefined;
  /** Context of the synthesis. @default - `{ env: TARGET }`; `{ pipeline: ENVIRONMENT }` for `ENVIRONMENT-pipeline`, and so on */
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
  /** Drills beside those of every rehearsal. @default - none */
  readonly drills?: readonly Drill[];
  /** Ends the rehearsal early. */
  readonly signal: AbortSignal;
}

/** One app in the rehearsal: this one, or the one that is deployed before it. */
export interface Version {
  readonly app: CdkProps;
  readonly stacks: readonly AssembledStack[];
}

/** A rehearsal and what it has found out so far: each step adds to it. */
export class Life {
  readonly steps = new Steps();
  /** Ends the emulated AWS, and with it the rehearsal. */
  readonly emulation = new AbortController();
  readonly signal: AbortSignal;
  readonly context: Readonly<Record<string, string>>;
  readonly project: string;
  /** Of this app. */
  stacks: readonly AssembledStack[] = [];
  /** Of the app that is deployed before this one, or whose deployment fails first. */
  earlierStacks: readonly AssembledStack[] = [];
  python = '';
  emulator: Emulator | undefined;
  /** Ends when the emulated AWS has heard where Kubernetes is. */
  announced: Promise<void> | undefined;
  /** Resources that the rehearsal made in place of an operator. */
  provided: string[] = [];
  /** Resources of the emulated services before the first deployment. */
  before: readonly Holding[] = [];
  /** Resources of the app before this one. Undefined: this one is no update. */
  updated: readonly Resource[] | undefined;
  deployed: readonly Resource[] = [];
  bootstrapped: readonly Resource[] = [];
  /** Of the app's cluster, as the next two. Undefined: it has none. */
  clusterName: string | undefined;
  kubeconfig: string | undefined;
  cluster: Cluster | undefined;
  placements: readonly Placement[] = [];
  objects: Readonly<Record<string, number>> = {};
  tried: DrillResult[] = [];
  /** Resources that the configuration keeps after the stacks are gone. Undefined: nothing was destroyed. */
  retained: readonly Resource[] | undefined;

  constructor(
    readonly props: RehearsalProps,
    /** Folder with everything that the rehearsal writes. */
    readonly folder: string,
  ) {
    this.signal = AbortSignal.any([props.signal, this.emulation.signal]);
    this.context = props.context ?? contextOf(props.target);
    this.project = props.project ?? PROJECT;
  }

  /** The emulated AWS, once it has started. */
  get aws(): Emulator {
    if (!this.emulator) throw new Error('the emulated AWS has not started');
    return this.emulator;
  }

  /** This app. */
  get own(): Version {
    return { app: this.versionOf(this.project, 'cdk.out'), stacks: this.stacks };
  }

  /** The app that is deployed before this one, or whose deployment fails first. */
  get earlier(): Version | undefined {
    const folder = this.props.update ?? this.props.afterFailure;
    return folder === undefined
      ? undefined
      : { app: this.versionOf(resolve(folder), 'earlier.out'), stacks: this.earlierStacks };
  }

  private versionOf(project: string, output: string): CdkProps {
    const { context, signal } = this;
    const endpoint = this.emulator?.endpoint ?? '';
    return { project, context, output: join(this.folder, output), signal, endpoint, ...homeOf(this.stacks) };
  }
}
