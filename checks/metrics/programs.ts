import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from '../../rehearsal/src/cluster/cluster';
import { run } from '../../rehearsal/src/process';
import type { Place } from '../../rehearsal/src/drills/drills';
import { ALERTMANAGER, MONITORING, PROMETHEUS } from '../../lib/kubernetes/prometheus/services';
import { findProgram } from '../servers/install';
import { start, type Started } from '../servers/server';
import type { Asked, Ports } from './declared';
import { ACCOUNT, unpack } from './pod';

/** The fields to change of a scrape job, or of an Alertmanager's address. */
interface Client {
  job_name?: string;
  proxy_url?: string;
  readonly kubernetes_sd_configs?: readonly object[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
}

/** The fields to change of prometheus.yml. */
interface PrometheusFile {
  readonly global: object;
  readonly alerting: { readonly alertmanagers: readonly Client[] };
  readonly scrape_configs: readonly Client[];
}

/** The fields to change of a rule file. */
interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { for?: string; keep_firing_for?: string }[] }[];
}

/** The fields to change of alertmanager.yml. */
interface AlertmanagerFile {
  readonly route: { group_wait: string };
  readonly receivers: readonly {
    readonly name: string;
    readonly sns_configs: readonly { readonly topic_arn: string; api_url?: string }[];
  }[];
}

/** How often it scrapes and works out its rules. */
const SOON = '1s';

export interface ProgramProps {
  readonly program: string;
  /** Folder that stands for the root of its files. */
  readonly root: string;
  /** Through what it reaches others. */
  readonly proxy: string;
  readonly ports: Ports;
}

export interface PrometheusProps extends ProgramProps {
  /** Certificates of kubelets, which it trusts. */
  readonly kubelets: Buffer;
  /** Called with the servers of which it will ask exporters, before it starts. */
  readonly onConfigured: (asked: Asked) => void;
}

export interface Prometheus extends Started {
  /** Asks its API. */
  readonly ask: <T>(path: string) => Promise<T>;
}

const tokenOf = async (api: ApiServer, account: string): Promise<string> => {
  const { status, body } = await api.send('POST', `/api/v1/namespaces/${MONITORING}/serviceaccounts/${account}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  if (status !== 201) throw new Error(`${MONITORING}/${account} gets no token: ${body.message}`);
  return (body as { readonly status: { readonly token: string } }).status.token;
};

/** Lets alerts fire at once. */
const hurry = ({ groups }: RuleFile) => {
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    delete rule.for;
    delete rule.keep_firing_for; // an alert with it fires before the first scrape
  }
};

/** A certificate for the addresses of kubelets, which signs itself. */
export const kubeletCertificate = async (folder: string, addresses: readonly string[], signal: AbortSignal) => {
  const program = findProgram('openssl');
  if (!program) throw new Error('openssl is not installed: install it');
  const [key, cert] = [join(folder, 'kubelet.key'), join(folder, 'kubelet.pem')];
  const names = `subjectAltName=${addresses.map((address) => `IP:${address}`).join(',')}`;
  const type = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const args = ['req', '-x509', ...type, '-subj', '/CN=kubelets', '-addext', names, '-keyout', key, '-out', cert];
  await run(program, args, { signal });
  return { key: readFileSync(key), cert: readFileSync(cert) };
};

/**
 * Starts Prometheus with the files, the arguments and the service account of its Deployment. It is told where the API server is,
 * as a pod's environment would, to go through the proxy, and to hurry.
 */
export const startPrometheus = async (
  { cluster, signal }: Place,
  { program, root, proxy, ports, kubelets, onConfigured }: PrometheusProps,
): Promise<Prometheus> => {
  const { url: server, authority } = cluster.server;
  const [ca_file, credentials_file] = ['ca.crt', 'token'].map((file) => join(root, ACCOUNT, file)) as [string, string];
  const asked: Record<keyof Asked, readonly string[]> = { mysql: [], redis: [] };
  const configure = ({ global, alerting, scrape_configs }: PrometheusFile) => {
    Object.assign(global, { scrape_interval: SOON, evaluation_interval: SOON });
    for (const one of [...scrape_configs, ...alerting.alertmanagers]) one.proxy_url = proxy;
    for (const discovery of scrape_configs.flatMap((job) => job.kubernetes_sd_configs ?? []))
      Object.assign(discovery, { api_server: server, authorization: { credentials_file }, tls_config: { ca_file } });
    for (const { job_name, static_configs = [] } of scrape_configs)
      if (job_name === 'mysql' || job_name === 'redis')
        asked[job_name] = static_configs.flatMap(({ targets }) => targets);
  };
  const { args, serviceAccount } = await unpack(cluster, {
    kind: 'deployments',
    namespace: MONITORING,
    name: PROMETHEUS.host,
    root,
    changes: { '/etc/prometheus/prometheus.yml': configure, '/etc/prometheus/rules/platform.yml': hurry },
  });
  writeFileSync(ca_file, `${authority}\n${kubelets}`);
  writeFileSync(credentials_file, await tokenOf(cluster, serviceAccount));
  onConfigured(asked);
  const url = `http://127.0.0.1:${ports.prometheus}`;
  const address = `--web.listen-address=127.0.0.1:${ports.prometheus}`;
  const resend = `--rules.alert.resend-delay=${SOON}`; // an alert that fires before it finds Alertmanager is lost until then
  const started = await start(program, [...args, address, resend], () => ready(url), signal);
  const ask = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`${url}/api/v1/${path}`, { signal })).json()) as { data: T }).data;
  return { ...started, ask };
};

/** An Alertmanager that runs. */
export interface Alertmanager extends Started {
  /** ARN of the topic that each receiver tells. */
  readonly topics: Readonly<Record<string, string>>;
  /** Waits for an answer that it begins afterwards. */
  readonly answer: () => Promise<void>;
}

/** Starts Alertmanager with the files and arguments of its StatefulSet; the proxy is its AWS, and it does not wait for more alerts. */
export const startAlertmanager = async (
  { cluster, signal }: Place,
  { program, root, proxy, ports }: ProgramProps,
): Promise<Alertmanager> => {
  const topics: Record<string, string> = {};
  const configure = ({ route, receivers }: AlertmanagerFile) => {
    route.group_wait = '0s';
    for (const { name, sns_configs } of receivers)
      for (const topic of sns_configs) {
        topics[name] = topic.topic_arn;
        topic.api_url = proxy;
      }
  };
  const { args } = await unpack(cluster, {
    kind: 'statefulsets',
    namespace: MONITORING,
    name: ALERTMANAGER.host,
    root,
    changes: { '/etc/alertmanager/alertmanager.yml': configure },
  });
  const url = `http://127.0.0.1:${ports.alertmanager}`;
  const [account] = Object.values(topics).map((arn) => arn.split(':')[4]!);
  const env = { PATH: process.env.PATH, HOME: root, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'test' };
  const address = `--web.listen-address=127.0.0.1:${ports.alertmanager}`;
  const answer = () => ready(url);
  return { ...(await start(program, [...args, address], answer, signal, env)), topics, answer };
};

const ready = async (url: string) => {
  const { ok, status } = await fetch(`${url}/-/ready`);
  if (!ok) throw new Error(`it answers ${status}`);
};
