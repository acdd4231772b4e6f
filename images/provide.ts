import type { Crane } from './crane';
import type { WantedImage } from './wanted';

/** The means to provide images. */
export interface Means {
  readonly crane: Crane;
  /** Why an image of a repository may not be used, if it may not. @default - every image may */
  readonly refused?: ((repository: string, digest: string) => Promise<string | undefined>) | undefined;
  /** The command that also copies images of others. @default - this one does */
  readonly othersBy?: string | undefined;
  readonly say: (line: string) => void;
}

/** A tag that is another image. */
const moved = ({ repository, tag, digest, written, own }: WantedImage, there: string): string =>
  `${repository}:${tag} is ${there}, but ${written} says ${digest}. ${
    own
      ? 'A tag never becomes another image: push the right one under a new tag, and write that tag and its digest there'
      : 'Find out who pushed it. If the file is right, delete that image from the registry, and run this again'
  }`;

/** An image that its source does not have. */
const missing = async ({ tag, digest, written, from }: WantedImage, crane: Crane): Promise<string> => {
  const there = await crane.digest(`${from}:${tag}`);
  return `${from} has no ${digest}, which ${written} says of ${tag}. ${
    there === undefined
      ? `It has no ${tag} either: push it there, or correct the file`
      : `Its ${tag} is ${there}: find out which of the two is right, and correct the file or push a new tag`
  }`;
};

/** Brings one image into the registry, or finds it there; what is wrong, if it is not there afterwards. */
const provideOne = async (
  image: WantedImage,
  { crane, refused, othersBy, say }: Means,
): Promise<string | undefined> => {
  const { repository, tag, digest, from, own } = image;
  if (digest === undefined)
    return `No digest is recorded of ${from}:${tag}. Record it with npm run --silent images -- --record, and commit ${image.written}`;
  const target = `${repository}:${tag}`;
  const there = await crane.digest(target);
  if (there !== undefined && there !== digest) return moved(image, there);
  if (there === undefined) {
    if (!own && othersBy !== undefined) return `${target}@${digest} is not there. Copy it with ${othersBy}`;
    if (from === undefined) return `Nobody has pushed ${target}@${digest}. Build it and push it`;
    if ((await crane.digest(`${from}@${digest}`)) === undefined) return missing(image, crane);
  }
  const reason = own ? await refused?.(from ?? repository, digest) : undefined;
  if (reason !== undefined) return reason;
  if (there === undefined) {
    say(`  ${target}: copying it from ${from}`);
    await crane.copy(`${from}@${digest}`, target);
    const copied = await crane.digest(target);
    if (copied !== digest) return moved(image, copied ?? 'nothing');
  }
  say(`✔ ${target}`);
  return undefined;
};

/** Brings every image into the registry. What is wrong with those that are not there afterwards, a line each. */
export const provide = async (images: readonly WantedImage[], means: Means): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const image of images) {
    const problem = await provideOne(image, means).catch(
      ({ message }: Error) => `${image.repository}:${image.tag} is not there. ${message}`,
    );
    if (problem === undefined) continue;
    means.say(`✖ ${problem}`);
    problems.push(problem);
  }
  return problems;
};
