import type { UpstreamImage } from '../lib/model/images';
import type { Crane } from './crane';

/** The answers of the registries of others about their tags. */
export interface Recorded {
  /** Digests by `SOURCE:TAG`, sorted. */
  readonly digests: Readonly<Record<string, string>>;
  /** Tags that there are not, or that are another image than before. */
  readonly problems: readonly string[];
}

/**
 * Asks the registries for the digest of each image. A digest that is known stays: a tag that has become another image is a problem,
 * which a person looks at.
 */
export const record = async (images: readonly UpstreamImage[], crane: Crane, file: string): Promise<Recorded> => {
  const found = await Promise.all(
    images.map(async ({ source, tag, digest }) => {
      const name = `${source}:${tag}`;
      const now = await crane.digest(name);
      if (now === undefined) return { name, digest, problem: `${name} does not exist` };
      if (digest === undefined || digest === now) return { name, digest: now };
      const problem = `${name} is ${now}, but was ${digest} when it was recorded. If its publisher says why, remove the line from ${file}, and run this again`;
      return { name, digest, problem };
    }),
  );
  const known = found.flatMap(({ name, digest }) => (digest === undefined ? [] : [[name, digest] as const]));
  return {
    digests: Object.fromEntries(known.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    problems: found.flatMap(({ problem }) => problem ?? []),
  };
};
