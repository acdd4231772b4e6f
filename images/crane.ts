import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cached, digest as keyOf } from '../rehearsal/src/cache';
import { CommandError, run } from '../rehearsal/src/process';

/** Questions to registries. References are those of https://github.com/google/go-containerregistry/tree/v0.22.1/cmd/crane. */
export interface Crane {
  /** The digest of a manifest or an index. Undefined: the registry has no such image. */
  readonly digest: (reference: string) => Promise<string | undefined>;
  /** Copies an image, or an index with all of its images, with everything that they consist of. */
  readonly copy: (from: string, to: string) => Promise<void>;
}

const FOLDER = join(__dirname, 'crane');
const PACKAGE = 'github.com/google/go-containerregistry/cmd/crane';

/** The path of the program: that of this machine, else the one that go.mod pins, built once. */
export const craneProgram = async (report: (line: string) => void, signal: AbortSignal): Promise<string> => {
  const isThere = await run('crane', ['version'], { signal }).then(
    () => true,
    () => false,
  );
  if (isThere) return 'crane';
  const files = ['go.mod', 'go.sum'].map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const folder = await cached(
    `crane-${keyOf(...files, platform(), arch())}`,
    async (target) => {
      report('building crane, once');
      const build = ['build', '-trimpath', '-buildvcs=false', '-o', `${target}/`, PACKAGE];
      await run('go', build, { cwd: FOLDER, signal }).catch((error) => {
        throw error.code === 'ENOENT' ? new Error('crane copies the images: install it, or Go 1.25 or newer') : error;
      });
    },
    signal,
  );
  return join(folder, 'crane');
};

/** Codes of https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes for what a registry does not have. */
const ABSENT = /\b(MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND)\b|unexpected status code 404/;

/** Asks registries, with the credentials of a folder in the place of `~/.docker`. */
export const craneOf = (program: string, credentials: string | undefined, signal: AbortSignal): Crane => {
  const env = { ...process.env, ...(credentials !== undefined && { DOCKER_CONFIG: credentials }) };
  const crane = (...args: readonly string[]) => run(program, args, { env, signal });
  return {
    digest: (reference) =>
      crane('digest', reference).then(
        (output) => output.trim(),
        (error) => {
          if (error instanceof CommandError && ABSENT.test(error.output.join('\n'))) return undefined;
          throw error;
        },
      ),
    copy: async (from, to) => {
      await crane('copy', from, to);
    },
  };
};
