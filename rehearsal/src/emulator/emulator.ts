import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { during } from '../outcome';
import type { ClusterObject } from '../cluster/cluster';
import { noProgress, STUCK, type ControlLoops } from '../cluster/patience';
import { interruption } from '../process';
import type { AwsParts } from '../drills/request-path';
import type { StackEvent } from '../report/timeline';
import { PACKAGE, PROJECT } from '../folders';

const START = join(PACKAGE, 'aws', 'start.py');
/** Lambda brings the AWS SDK along; the functions' one is a dependency of this project. */
const NODE_MODULES = join(PROJECT, 'node_modules');

/** A resource that CloudFormation made. */
export interface Resource {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Whether an emulated service or Kubernetes holds it, or it was only written down. */
  readonly held: 'service' | 'kubernetes' | 'recorded';
  readonly deletionPolicy?: string;
}

/** A reader of another stack (Fn::GetStackOutput) whose value has changed since it was read. */
export interface Stale {
  readonly stack: string;
  readonly kind: 'resource' | 'output';
  readonly logicalId: string;
  readonly properties: readonly string[];
}

/** Kubernetes objects that a resource of a stack has applied, as CloudFormation knows them. */
interface Applied {
  readonly stack: string;
  readonly logicalId: string;
  readonly objects: readonly (ClusterObject & { readonly apiVersion: string })[];
}

/** A thing that an emulated service holds, whoever made it. */
export interface Holding {
  readonly service: string;
  readonly store: string;
  readonly account: string;
  readonly region: string;
  readonly key: string;
}

export interface EmulatorProps {
  readonly python: string;
  /** Folder for everything that it writes, where `announceBinaries` tells it of Kubernetes' programs. */
  readonly folder: string;
  /** Folder of the Helm charts that the app brings. @default - none */
  readonly charts?: string;
  /** Order of the resources that nothing orders. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called when it ends though nobody stopped it. */
  readonly onEnd: (error: Error) => void;
}

/** The emulated AWS, with Kubernetes behind its EKS. */
export interface Emulator {
  readonly endpoint: string;
  readonly resources: () => Promise<readonly Resource[]>;
  readonly manifests: () => Promise<readonly Applied[]>;
  readonly holdings: () => Promise<readonly Holding[]>;
  readonly requestPath: () => Promise<AwsParts>;
  /** Resources and outputs that hold a value of another stack that is another one by now. */
  readonly stale: () => Promise<readonly Stale[]>;
  /** The control loops of its clusters, and the progress of each. */
  readonly loops: () => Promise<ControlLoops>;
  /** Nodes that updates ended with pods on them, a line each. */
  readonly endedNodes: () => Promise<readonly string[]>;
  /** The address of its public DNS: HOST:PORT. */
  readonly nameServer: () => Promise<string>;
  /** Events of all stacks, those that are gone too, in their order. */
  readonly events: () => Promise<readonly StackEvent[]>;
  /** Differences from AWS that this run had, a line each. */
  readonly notes: () => Promise<readonly string[]>;
  /** Ends every node of a zone, and lets none be made there. */
  readonly loseZone: (zone: string) => Promise<void>;
  /** Gets a lost zone back: node groups have their size and their zones as before. */
  readonly restoreZone: (zone: string) => Promise<void>;
  /** Kubeconfig of the administrator of a cluster. */
  readonly kubeconfig: (account: string, region: string, clusterName: string) => string;
  /** Ends it and everything that it started. */
  readonly stop: () => Promise<void>;
}

/** Starts the emulated AWS on a free port and waits until it answers. */
export const startEmulator = async (props: EmulatorProps): Promise<Emulator> => {
  const { python, folder, charts, seed, signal, onEnd } = props;
  const port = await getPort();
  const log = join(folder, 'emulated-aws.log');
  const output = openSync(log, 'a');
  const child = spawn(python, [START], {
    detached: true, // Ctrl-C reaches it through us, in order
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      NODE_PATH: NODE_MODULES,
      TMPDIR: folder,
      GATEWAY_PORT: String(port),
      EKS_BASE_PORT: String(await getPort()),
      REHEARSAL_STATE: folder,
      REHEARSAL_SEED: String(seed),
      ...(charts !== undefined && existsSync(charts) && { REHEARSAL_CHARTS: charts }),
    },
  });
  let exited = false;
  let stopping = false;
  const exit = new Promise<void>((resolve) => {
    const end = () => {
      exited = true;
      resolve();
      if (!stopping) onEnd(new Error(`the emulated AWS ended:\n${tail(log)}`));
    };
    child.once('error', end);
    child.once('exit', end);
  });

  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    stopping = true;
    if (exited) return;
    child.kill('SIGTERM');
    await Promise.race([exit, sleep(STUCK, undefined, { ref: false })]);
    if (!exited && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  /** Asks for as long as it takes: `fetch` would give up after five minutes. */
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    try {
      const asked = request(`${endpoint}${path}`, { method, signal }).end(body && JSON.stringify(body));
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      const told = (await json(response)) as T & { readonly message?: string };
      if (response.statusCode !== 200) throw new Error(told.message);
      return told;
    } catch (error) {
      throw signal.aborted ? interruption(signal) : error;
    }
  };
  const get = <T>(path: string) => ask<T>('GET', path);
  const changeZone = (zone: string, lost: boolean) =>
    during(`the zone ${zone} is not ${lost ? 'lost' : 'back'}`, () =>
      ask<void>('POST', '/_rehearsal/zones', { zone, lost }),
    );

  const started = Date.now();
  for (;;) {
    const healthy = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) break;
    if (exited || signal.aborted || Date.now() - started > STUCK) {
      await stop();
      if (signal.aborted) throw interruption(signal);
      throw new Error(
        exited ? `the emulated AWS does not start:\n${tail(log)}` : noProgress('the emulated AWS is silent'),
      );
    }
    await sleep(100);
  }

  return {
    endpoint,
    stop,
    resources: () => get('/_rehearsal/resources'),
    manifests: () => get('/_rehearsal/manifests'),
    holdings: () => get('/_rehearsal/inventory'),
    requestPath: () => get('/_rehearsal/request-path'),
    endedNodes: () => get('/_rehearsal/ended'),
    stale: () => get('/_rehearsal/stale'),
    nameServer: async () => (await get<{ readonly address: string }>('/_rehearsal/name-server')).address,
    events: () => get('/_rehearsal/events'),
    loops: () => get('/_rehearsal/rounds'),
    notes: async () => [
      ...new Set((await readFile(join(folder, 'notes.txt'), 'utf8').catch(() => '')).match(/.+/g) ?? []),
    ],
    loseZone: (zone) => changeZone(zone, true),
    restoreZone: (zone) => changeZone(zone, false),
    kubeconfig: (account, region, name) => join(folder, 'kubernetes', `${account}-${region}-${name}`, 'kubeconfig'),
  };
};

/** The last lines of a log. */
const tail = (log: string) => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
