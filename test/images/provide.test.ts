import { provide } from '../../images/provide';
import { wantedImages, type WantedImage } from '../../images/wanted';
import type { Crane } from '../../images/crane';
import { imagesOf } from '../../lib/config/derive/deployments';
import { environment } from '../fixtures';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const IMAGE: WantedImage = {
  repository: 'prod/platform/shop',
  tag: '1',
  digest: digest('1'),
  written: 'prod.json',
  from: 'staging/platform/shop',
  own: true,
};

/** Registries that hold digests by their references. Copying adds one, or what `breaks` says. */
const registries = (held: Readonly<Record<string, string>>, breaks?: string) => {
  const all = new Map(Object.entries(held));
  const copied: string[] = [];
  const crane: Crane = {
    digest: async (reference) => {
      const [, repository, asked] = /^(.*)@(.*)$/.exec(reference) ?? [];
      if (asked === undefined) return all.get(reference);
      return [...all].some(([name, there]) => name.startsWith(`${repository}:`) && there === asked) ? asked : undefined;
    },
    copy: async (from, to) => {
      copied.push(`${from} → ${to}`);
      all.set(to, breaks ?? from.split('@')[1]!);
    },
  };
  return { crane, copied };
};

const provided = async (
  held: Readonly<Record<string, string>>,
  {
    image = IMAGE,
    refused,
    othersBy,
    breaks,
  }: {
    image?: WantedImage;
    refused?: (repository: string, asked: string) => Promise<string | undefined>;
    othersBy?: string;
    breaks?: string;
  } = {},
) => {
  const { crane, copied } = registries(held, breaks);
  const problems = await provide([image], { crane, refused, othersBy, say: () => {} });
  return { copied, problems };
};

test('copies an image that is not there, by its digest', async () => {
  expect(await provided({ 'staging/platform/shop:1': digest('1') })).toEqual({
    copied: [`staging/platform/shop@${digest('1')} → prod/platform/shop:1`],
    problems: [],
  });
});

test('leaves an image alone that is there', async () => {
  expect(await provided({ 'prod/platform/shop:1': digest('1') })).toEqual({ copied: [], problems: [] });
});

test.each<[string, Readonly<Record<string, string>>, Parameters<typeof provided>[1], string]>([
  [
    'a tag that is another image',
    { 'prod/platform/shop:1': digest('2') },
    {},
    `prod/platform/shop:1 is ${digest('2')}, but prod.json says ${digest('1')}. A tag never becomes another image: push the right one under a new tag, and write that tag and its digest there`,
  ],
  [
    'a source that has another image under the tag',
    { 'staging/platform/shop:1': digest('2') },
    {},
    `staging/platform/shop has no ${digest('1')}, which prod.json says of 1. Its 1 is ${digest('2')}: find out which of the two is right, and correct the file or push a new tag`,
  ],
  [
    'a source that does not have the image',
    {},
    {},
    `staging/platform/shop has no ${digest('1')}, which prod.json says of 1. It has no 1 either: push it there, or correct the file`,
  ],
  [
    'an image that nobody has pushed',
    {},
    { image: { ...IMAGE, from: undefined } },
    `Nobody has pushed prod/platform/shop:1@${digest('1')}. Build it and push it`,
  ],
  [
    'an image of others that another command copies',
    { 'staging/platform/shop:1': digest('1') },
    { image: { ...IMAGE, own: false }, othersBy: 'npm run images' },
    `prod/platform/shop:1@${digest('1')} is not there. Copy it with npm run images`,
  ],
  [
    'an image without a digest',
    { 'prod/platform/shop:1': digest('1') },
    { image: { ...IMAGE, digest: undefined, own: false } },
    'No digest is recorded of staging/platform/shop:1. Record it with npm run --silent images -- --record, and commit prod.json',
  ],
  [
    'a copy that is not what was copied',
    { 'staging/platform/shop:1': digest('1') },
    { breaks: digest('3') },
    `prod/platform/shop:1 is ${digest('3')}, but prod.json says ${digest('1')}. A tag never becomes another image: push the right one under a new tag, and write that tag and its digest there`,
  ],
])('names %s', async (_, held, how, problem) => {
  expect((await provided(held, how)).problems).toEqual([problem]);
});

test('asks for the signature where the image comes from, and copies none that lacks it', async () => {
  const asked: string[] = [];
  const refused = async (...about: string[]) => {
    asked.push(about.join('@'));
    return 'it has no signature';
  };
  const there = { 'staging/platform/shop:1': digest('1') };
  expect(await provided(there, { refused })).toEqual({ copied: [], problems: ['it has no signature'] });
  // Somebody may have brought it here by hand.
  const found = await provided({ ...there, 'prod/platform/shop:1': digest('1') }, { refused });
  expect(found.problems).toEqual(['it has no signature']);
  expect(asked).toEqual([`staging/platform/shop@${digest('1')}`, `staging/platform/shop@${digest('1')}`]);
});

test('goes on after a registry that does not answer, and tells what it said', async () => {
  const { crane } = registries({ 'staging/platform/shop:1': digest('1') });
  const broken: Crane = {
    ...crane,
    digest: async (reference) => {
      if (reference.startsWith('prod/platform/other')) throw new Error('no route');
      return crane.digest(reference);
    },
  };
  const images = [{ ...IMAGE, repository: 'prod/platform/other' }, IMAGE];
  const lines: string[] = [];
  expect(await provide(images, { crane: broken, say: (line) => void lines.push(line) })).toEqual([
    'prod/platform/other:1 is not there. no route',
  ]);
  expect(lines.at(-1)).toBe('✔ prod/platform/shop:1');
});

test('an environment takes the images of its services from the one before it, and those of others from their publishers', () => {
  const [staging, prod] = [environment('staging'), environment('prod')];
  const images = wantedImages(prod, staging);
  const sourceOf = (name: string) => images.find(({ repository }) => repository.endsWith(`/${name}`));
  expect(sourceOf('frontend')).toEqual({
    repository: '333333333333.dkr.ecr.ap-southeast-1.amazonaws.com/platform/frontend',
    ...imagesOf(prod.releases, 'frontend')[0]!,
    written: 'lib/config/releases/prod.json',
    from: '222222222222.dkr.ecr.ap-southeast-1.amazonaws.com/platform/frontend',
    own: true,
  });
  expect(sourceOf('mysql')).toMatchObject({ from: 'docker.io/library/mysql', own: false });
  expect(
    wantedImages(staging, undefined)
      .filter(({ own }) => own)
      .map(({ from }) => from),
  ).toEqual(Object.keys(staging.releases).map(() => undefined));
});
