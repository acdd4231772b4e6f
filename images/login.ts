import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { registryHost, type Registry } from '../lib/model/images';

interface DockerConfig {
  readonly auths?: Readonly<Record<string, unknown>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** The logins that the user has: a registry of others may ask who pulls. */
const ownConfig = async (): Promise<DockerConfig> =>
  JSON.parse(
    await readFile(join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json'), 'utf8').catch(
      () => '{}',
    ),
  );

/** A token of the credentials of this process: it opens the registries of a region that they may use, of any account. */
const tokenOf = async (region: string): Promise<string> => {
  const { authorizationData = [] } = await new ECRClient({ region }).send(new GetAuthorizationTokenCommand({}));
  return authorizationData[0]!.authorizationToken!;
};

/** Lets work happen with a folder in the place of `~/.docker`, whose credentials open registries of ECR. It is gone afterwards. */
export const loggedIn = async <T>(
  registries: readonly Registry[],
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-images-'));
  try {
    const config = await ownConfig();
    const tokens = await Promise.all(
      registries.map(async (registry) => [registryHost(registry), await tokenOf(registry.region)] as const),
    );
    const auths = Object.fromEntries(tokens.map(([host, auth]) => [host, { auth }]));
    // A store of credentials that the user has would be asked first: an empty name takes it away for a registry.
    const credHelpers = Object.fromEntries(tokens.map(([host]) => [host, '']));
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({
        ...config,
        auths: { ...config.auths, ...auths },
        credHelpers: { ...config.credHelpers, ...credHelpers },
      }),
      { mode: 0o600 },
    );
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
