import type { Crane } from '../../images/crane';
import type { WantedImage } from '../../images/wanted';

/** The registries, which a case may change before images are provided. */
export interface Registries {
  readonly images: readonly WantedImage[];
  readonly crane: Crane;
  /** Pushes another image under a tag, whatever is there; its digest. */
  readonly pushOther: (reference: string) => Promise<string>;
}

/** A fault of some images, and the messages about it. */
export interface Case {
  readonly title: string;
  /** The images that are then provided. */
  readonly plant: (registries: Registries) => Promise<readonly WantedImage[]> | readonly WantedImage[];
  /** One for each image that is not provided. */
  readonly says: readonly RegExp[];
  /** How many images are copied. */
  readonly copies: number | 'all';
}

const changed = (images: readonly WantedImage[], part: string, change: Partial<WantedImage>): readonly WantedImage[] =>
  images.map((image) => (image.repository.endsWith(`/${part}`) ? { ...image, ...change } : image));
const of = (images: readonly WantedImage[], part: string) =>
  images.find(({ repository }) => repository.endsWith(`/${part}`))!;

const NOBODY = `sha256:${'b'.repeat(64)}`;

/** In this order: each begins with what the one before it left. */
export const CASES: readonly Case[] = [
  { title: 'an empty registry gets every image', plant: ({ images }) => images, says: [], copies: 'all' },
  { title: 'a second time, there is nothing to do', plant: ({ images }) => images, says: [], copies: 0 },
  {
    title: 'a tag that the publisher has moved since changes nothing',
    plant: async ({ images, pushOther }) => {
      const { from, tag } = of(images, 'grafana');
      await pushOther(`${from}:${tag}`);
      return images;
    },
    says: [],
    copies: 0,
  },
  {
    title: 'an image that the publisher has under another tag only is copied by its digest',
    plant: async ({ images, pushOther }) => {
      const { from } = of(images, 'prometheus');
      await pushOther(`${from}:moved`);
      return changed(images, 'prometheus', { tag: 'again' });
    },
    says: [],
    copies: 1,
  },
  {
    title: 'a tag of the registry that somebody has moved, and an image that nobody has',
    plant: async ({ images, pushOther }) => {
      const { repository, tag } = of(images, 'mysql');
      await pushOther(`${repository}:${tag}`);
      return changed(images, 'redis-exporter', { tag: 'next', digest: NOBODY });
    },
    says: [
      /\/platform\/mysql:\S+ is sha256:\w{64}, but lib\/model\/upstream-digests\.json says sha256:\w{64}\. Find out who pushed it\./,
      /\/redis_exporter has no sha256:b{64}, which lib\/model\/upstream-digests\.json says of next\. It has no next either: push it there, or correct the file/,
    ],
    copies: 0,
  },
  {
    title: 'a digest that is not that of the tag',
    plant: ({ images }) =>
      changed(
        images.filter(({ repository }) => !repository.endsWith('/mysql')),
        'frontend',
        { digest: NOBODY },
      ),
    says: [
      /\/platform\/frontend:1\.0\.0 is sha256:\w{64}, but lib\/config\/releases\/prod\.json says sha256:b{64}\. A tag never becomes another image: push the right one under a new tag/,
    ],
    copies: 0,
  },
  {
    title: 'a release of which the environment before has another image under the tag',
    plant: async ({ images, pushOther }) => {
      const { from } = of(images, 'frontend');
      await pushOther(`${from}:1.1.0`);
      return changed([of(images, 'frontend')], 'frontend', { tag: '1.1.0', digest: NOBODY });
    },
    says: [
      /\/platform\/frontend has no sha256:b{64}, which lib\/config\/releases\/prod\.json says of 1\.1\.0\. Its 1\.1\.0 is sha256:\w{64}: find out which of the two is right/,
    ],
    copies: 0,
  },
  {
    title: 'an image without a recorded digest',
    plant: ({ images }) => changed([of(images, 'grafana')], 'grafana', { digest: undefined }),
    says: [/^No digest is recorded of \S+\/grafana:\S+\. Record it with npm run --silent images -- --record/],
    copies: 0,
  },
  {
    title: 'a release that nobody has pushed, where there is no environment before',
    plant: ({ images }) => changed([of(images, 'frontend')], 'frontend', { tag: '2.0.0', from: undefined }),
    says: [/^Nobody has pushed \S+\/platform\/frontend:2\.0\.0@sha256:\w{64}\. Build it and push it/],
    copies: 0,
  },
];
