import { faultsOf } from '../../rehearsal/src/emulator/faults';
import type { Life } from '../../rehearsal/src/state';
import { edited, inCopy } from '../rehearsed-copy';
import { takeSamples } from '../rollback/samples';
import { release, type Drill } from './drills';
import { callsOf, sceneOf, versionIn, type VersionOfProject } from './scene';
import { changed, stateful } from './stateful';
import { DEPLOY } from './strikes';
import { notRunning, notWanted } from './wanted';

/** How a drill went. */
export interface Drilled {
  readonly faults: readonly string[];
  /** Figures, for the reader. */
  readonly line: string;
}

/** Samples after the command has ended: users have to be served in each. */
const AFTERWARDS = 10;

/** Deploys a changed environment, lets the fault strike in the middle, types the command, and compares. */
export const drilled = (life: Life, drill: Drill, number: number): Promise<Drilled> => {
  const { wanted = [], deployed = [] } = drill;
  const changes = [...release(number), ...wanted];
  return inCopy(edited(changes), (folder) => {
    const version = versionIn(life, folder, `wanted-${number}`);
    if (deployed.length === 0) return strike(life, drill, version, version);
    return inCopy(edited([...changes, ...deployed]), (other) =>
      strike(life, drill, version, versionIn(life, other, `deployed-${number}`)),
    );
  });
};

/** The difference between a fault that ends by itself and one that a command ends. */
const recovery = ([first]: readonly string[]): string =>
  first === undefined
    ? 'nothing is missing before the command: it shows nothing'
    : `something is missing before the command: ${first}`;

/** The context in which a command synthesizes the project last. */
const contextOf = (command: string, environment: string) =>
  callsOf(command).findLast(({ program }) => program === 'cdk')?.context ?? { env: environment };

const strike = async (
  life: Life,
  drill: Drill,
  wanted: VersionOfProject,
  deployed: VersionOfProject,
): Promise<Drilled> => {
  const { cluster, aws: emulator, props } = life;
  const environment = props.target;
  const typed = (command: string) => command.replaceAll('ENV', environment);
  const before = await stateful(cluster!, emulator);
  await Promise.all([wanted.app({ env: environment }), deployed.app({ env: environment })]);
  const samples = await takeSamples(cluster!, emulator);
  try {
    const faults = faultsOf(emulator.endpoint, life.own.app.account);
    await drill.before?.({ faults, stack: (name) => `platform-${environment}-${name}` });
    const deployment = await deployed.begin(typed(DEPLOY));
    const { failure, missing } = await drill.strike(sceneOf(life, wanted, deployment));
    const struck = samples.taken.length;
    const unlike = async (context: Readonly<Record<string, string>>) => [
      ...(await notWanted(await wanted.app(context), cluster!, emulator)),
      ...((await missing?.()) ?? []),
    ];
    const lacked = await unlike({ env: environment });
    const remedy = await wanted.type(typed(drill.command));
    const context = contextOf(typed(drill.command), environment);
    const unwanted = [...(await unlike(context)), ...(await notRunning(cluster!))];
    const ended = samples.taken.length;
    await samples.more(AFTERWARDS);
    await samples.end();
    const lost = samples.taken.filter((sample) => sample.faults.length > 0);
    const after = samples.taken.slice(ended).filter((sample) => sample.faults.length > 0);
    const expected = drill.fails ?? /^$/;
    return {
      faults: [
        ...(expected.test(failure) && (drill.fails === undefined || failure !== '')
          ? []
          : [`the deployment ends with "${failure}", not ${expected}`]),
        ...(remedy === '' ? [] : [`${drill.command} fails: ${remedy}`]),
        ...unwanted,
        ...((drill.recovers ?? false) === (lacked.length === 0) ? [] : [recovery(lacked)]),
        ...changed(before, await stateful(cluster!, emulator)),
        ...(drill.served && lost.length > 0
          ? [`requests are lost in ${lost.length} samples: ${lost[0]!.faults[0]}`]
          : []),
        ...(drill.served === false && lost.length === 0 ? ['no request is lost: the drill shows nothing'] : []),
        ...(after.length > 0 ? [`requests are lost after the command: ${after[0]!.faults[0]}`] : []),
      ],
      line: `${samples.taken.length} samples (${struck} until the command), ${lost.length} with lost requests; ${lacked.length} differences before the command; ${before.identities.size} stateful`,
    };
  } finally {
    await samples.end().catch(() => {});
  }
};
