import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchDeleteImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DIGESTS_FILE } from '../../images/wanted';
import {
  allUpstreamImages,
  imageRepository,
  registryHost,
  repositoryName,
  upstreamImages,
  type Registry,
} from '../../lib/model/images';
import { SERVICE_NAMES } from '../../lib/model/names';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { run } from '../../rehearsal/src/process';
import { imagesToPush, pushImages } from '../../rehearsal/src/steps/operator';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import { environment } from '../../test/fixtures';
import { pushIndex } from '../images/registry';
import { replaceIn } from '../rehearsed-copy';
import type { Registries } from './registries';
import { tokenOf, type Services } from './services';

/** Changes of images between an approval and the deployment. Each gives a function that takes it back. */
export interface TrialImages {
  /** Digest of what every service runs. */
  readonly digest: string;
  readonly removeFromStaging: () => Promise<() => Promise<unknown>>;
  readonly pushOtherToProduction: () => Promise<() => Promise<unknown>>;
  /** Takes an image of others out of production's registry. */
  readonly removeOther: () => Promise<() => Promise<unknown>>;
  /** Sets ECR's answer about every signature, which is `COMPLETE` otherwise: none without a status. */
  readonly sign: (status?: 'FAILED') => Promise<() => Promise<unknown>>;
}

/** Digests for the images of others that have none yet, so that nothing but what is planted stops an execution. */
export const withDigests = (folder: string): void => {
  const file = join(folder, DIGESTS_FILE);
  const known: Readonly<Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  const missing = allUpstreamImages().map(({ source, tag }) => [`${source}:${tag}`, `sha256:${'c'.repeat(64)}`]);
  writeFileSync(file, JSON.stringify({ ...Object.fromEntries(missing), ...known }));
};

/** Lets every service run an image. */
export const withReleases = (folder: string, digest: string): void =>
  replaceIn(join(folder, 'test', 'fixtures', 'services.ts'), "`sha256:${'0'.repeat(64)}`", `'${digest}'`);

const isOwn = (repository: string) => SERVICE_NAMES.some((name) => repository === repositoryName(name));

/** Puts a program into a folder of programs that runs crane, with the way to the registries. */
export const installCrane = (folder: string, crane: string, { env }: Registries): string => {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'crane');
  const given = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(program, `#!/bin/sh\n${given.join(' ')} exec '${crane}' "$@"\n`);
  chmodSync(program, 0o755);
  return program;
};

/**
 * Pushes the services' images to the registry of the environment before, with real content, and tells both registries of the images of others, whose
 * content nobody here has.
 */
export const pushTrialImages = async (
  folder: string,
  crane: string,
  emulator: Emulator,
  services: Services,
  stacks: readonly AssembledStack[],
): Promise<TrialImages> => {
  const [before, own] = [environment('staging'), environment('prod')];
  const work = join(folder, 'images');
  const hosts = [before, own].map(registryHost);
  const credentials = ({ account }: Registry): NodeJS.ProcessEnv => {
    const config = join(work, account);
    mkdirSync(config, { recursive: true });
    const auths = Object.fromEntries(hosts.map((host) => [host, { auth: tokenOf(account) }]));
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
    return { ...process.env, DOCKER_CONFIG: config };
  };
  const [asBefore, asOwn] = [credentials(before), credentials(own)];
  const push = (to: Registry, env: NodeJS.ProcessEnv, name: string, text: string) =>
    pushIndex(crane, work, `${imageRepository(to, name)}:1.0.0`, text, env);
  const remove = (from: Registry, env: NodeJS.ProcessEnv, name: string, digest: string) =>
    run(crane, ['delete', `${imageRepository(from, name)}@${digest}`], { env });

  let digest = '';
  for (const name of SERVICE_NAMES) digest = await push(before, asBefore, name, 'a service');
  const named = imagesToPush(stacks).filter(({ repository }) => !isOwn(repository));
  // No object runs kubectl as long as no tenant is suspended.
  const unused = [before, own].map(({ account, region, cluster }) => {
    const { source: _, ...version } = upstreamImages(cluster.kubernetesVersion).kubectl;
    return { account, region, repository: repositoryName('kubectl'), ...version, stack: named[0]!.stack };
  });
  const others = [...named, ...unused];
  await pushImages(emulator.endpoint, others);
  const sign = (status?: 'COMPLETE' | 'FAILED') => {
    const signingProfileArn = `arn:aws:signer:${before.region}:${before.account}:/signing-profiles/platform`;
    const failed = status === 'FAILED' && { failureCode: 'PROFILE', failureReason: 'the profile is revoked' };
    services.sign(status === undefined ? [] : [{ signingProfileArn, status, ...failed }]);
  };
  sign('COMPLETE');
  return {
    digest,
    removeFromStaging: async () => {
      await remove(before, asBefore, 'frontend', digest);
      return () => push(before, asBefore, 'frontend', 'a service');
    },
    pushOtherToProduction: async () => {
      const other = await push(own, asOwn, 'frontend', 'another service');
      return () => remove(own, asOwn, 'frontend', other);
    },
    removeOther: async () => {
      const image = others.find(
        (each) => each.account === own.account && each.repository === repositoryName('grafana'),
      )!;
      const imageIds = [{ imageTag: image.tag }];
      const asked = new BatchDeleteImageCommand({ repositoryName: image.repository, imageIds });
      await new ECRClient({ region: image.region }).send(asked);
      return () => pushImages(emulator.endpoint, [image]);
    },
    sign: async (status) => {
      sign(status);
      return async () => sign('COMPLETE');
    },
  };
};
