import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { ConfigMap, Container, PodSpec, Secret } from 'kubernetes-types/core/v1';
import { SERVICE_METRICS } from '../../lib/kubernetes/metrics';
import { IDLE_TIMEOUT } from '../../lib/model/origin';
import { SERVICES } from '../../lib/model/services';
import { assembly, manifestsOf } from '../synth';

const FOLDER = join(__dirname, '..', '..', 'examples', 'service');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const DOCKERFILE = read('Dockerfile');
const SCRIPTS = JSON.parse(read('package.json')).scripts;

const ofKind = <T>(kind: 'ConfigMap' | 'Deployment' | 'Job'): T[] =>
  manifestsOf(assembly('prod'), kind).map(([, object]) => object as T);
const deployments = ofKind<Deployment>('Deployment').filter(({ metadata }) =>
  Object.hasOwn(SERVICES, metadata!.labels!.app!),
);
const migrations = ofKind<Job>('Job').filter(({ metadata }) => /-migrate-/.test(metadata!.name!));
const podOf = ({ spec }: Deployment | Job): PodSpec => spec!.template.spec!;
const containerOf = (workload: Deployment | Job): Container => podOf(workload).containers[0]!;
const named = deployments.map((deployment) => [deployment.metadata!.labels!.app!, deployment] as const);

/** The variables of a container, as the kubelet composes them. A secret has its key as its value. */
const variables = ({ env = [], envFrom = [] }: Container): Record<string, string> => {
  const shared = envFrom.flatMap(({ configMapRef }) =>
    Object.entries(
      ofKind<ConfigMap & Secret>('ConfigMap').find(({ metadata }) => metadata!.name === configMapRef!.name)!.data!,
    ),
  );
  const all: Record<string, string> = Object.fromEntries(shared);
  for (const { name, value, valueFrom } of env)
    all[name] = (value ?? valueFrom!.secretKeyRef!.key).replaceAll(/\$\((\w+)\)/g, (_, other) => all[other]!);
  return all;
};

const running: ChildProcess[] = [];
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts the program as a pod does, except for the ports, which this machine chooses. */
const start = async (container: Container) => {
  const child = spawn(process.execPath, ['src/main.js'], {
    cwd: FOLDER,
    env: { ...variables(container), NODE_EXTRA_CA_CERTS: undefined, PORT: '0', METRICS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(line) as { readonly port: number; readonly metricsPort: number };
};

test('every service of the platform has a deployment', () => {
  expect(named.map(([name]) => name).toSorted()).toEqual(Object.keys(SERVICES).toSorted());
});

test.each(named)('%s: the example answers the probes and the metrics of its pod', async (name, deployment) => {
  const container = containerOf(deployment);
  const { port, metricsPort } = await start(container);
  for (const probe of [container.livenessProbe, container.readinessProbe]) {
    const response = await fetch(`http://127.0.0.1:${port}${probe!.httpGet!.path}`);
    expect({ path: probe!.httpGet!.path, status: response.status }).toEqual({
      path: probe!.httpGet!.path,
      status: 200,
    });
    expect(await response.json()).toMatchObject({ service: name });
  }
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  const { annotations } = deployment.spec!.template.metadata!;
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}${annotations!['prometheus.io/path']}`);
  const text = await metrics.text();
  const due = Object.entries(SERVICE_METRICS).filter(
    ([metric, { by }]) => metric !== 'tenant_requests_total' && (by as readonly string[]).includes(name),
  );
  expect(due.filter(([metric, { type }]) => !text.includes(`# TYPE ${metric} ${type}\n`))).toEqual([]);
  for (const [metric, { labels }] of due)
    for (const label of Object.keys(labels)) expect(text).toMatch(new RegExp(`^${metric}\\w*\\{.*\\b${label}="`, 'm'));
});

test('the example reads the data tiers of a pod', async () => {
  const container = containerOf(deployments.find(({ metadata }) => metadata!.name === 'auth-service')!);
  const env = variables(container);
  const script =
    'import("./src/settings.js").then(({ settings }) => console.log(JSON.stringify(settings(process.env))))';
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: FOLDER, env, encoding: 'utf8' });
  const { mysql, redis, ...rest } = JSON.parse(stdout);
  expect(rest).toMatchObject({ name: 'auth-service', port: 3000, metricsPort: 9090, migrates: true });
  expect(mysql).toMatchObject({ user: 'auth', database: 'auth' });
  expect(redis).toMatchObject({ user: 'auth-service' });
});

test('the example needs a migration where the platform migrates', () => {
  const script =
    'import("./src/settings.js").then(({ settings }) => console.log(process.argv.slice(1).filter((name) => settings({ SERVICE_NAME: name }).migrates).join()))';
  const { stdout } = spawnSync(process.execPath, ['-e', script, ...Object.keys(SERVICES)], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  const migrated = Object.entries(SERVICES).flatMap(([name, { migrates }]) => (migrates ? [name] : []));
  expect(stdout.trim().split(',')).toEqual(migrated);
});

test('the Jobs run a script that the example has', () => {
  expect(migrations.length).toBeGreaterThan(0);
  for (const job of migrations) {
    const [npm, run, script] = containerOf(job).command!;
    expect([npm, run]).toEqual(['npm', 'run']);
    expect(existsSync(join(FOLDER, /^node (\S+)$/.exec(SCRIPTS[script!])![1]!))).toBe(true);
  }
});

test.each(named)('%s: the image has the user, the ports and the folders of its pod', (_, deployment) => {
  const container = containerOf(deployment);
  const user = podOf(deployment).securityContext!.runAsUser;
  expect(DOCKERFILE).toContain(`\nUSER ${user}:${user}\n`);
  expect(DOCKERFILE).toContain(`\nEXPOSE ${container.ports!.map(({ containerPort }) => containerPort).join(' ')}\n`);
  expect(container.securityContext!.readOnlyRootFilesystem).toBe(true);
  const [, home = '', cache = ''] = /HOME=(\S+) npm_config_cache=(\S+)/.exec(DOCKERFILE)!;
  const writable = container.volumeMounts!.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
  for (const folder of [home, cache])
    expect(writable.some((path) => `${folder}/`.startsWith(`${path}/`)) ? [] : folder).toEqual([]);
});

test('the base image has one fixed version, and the package no dependency at run time', () => {
  expect(DOCKERFILE).toMatch(/^FROM \S+:\d+\.\d+\.\d+-[\w-]+$/m);
  expect(JSON.parse(read('package.json')).dependencies).toBeUndefined();
});

test('the example keeps idle connections longer than the load balancer', () => {
  const [, milliseconds = ''] = /KEEP_ALIVE = ([\d_]+)/.exec(read('src/main.js'))!;
  expect(Number(milliseconds.replaceAll('_', ''))).toBeGreaterThan(IDLE_TIMEOUT * 1000);
});
