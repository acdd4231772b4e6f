import { isDeepStrictEqual } from 'node:util';
import { record } from '../../images/record';
import type { UpstreamImage } from '../../lib/model/images';
import type { Registries } from './cases';

/** A trial of the record of digests, and the claims that do not hold. */
interface RecordCase {
  readonly title: string;
  readonly faults: (registries: Registries) => Promise<readonly string[]>;
}

const FILE = 'digests.json';

/** Two images of others, whose tags nothing before has moved. */
const upstream = ({ images }: Registries): readonly [UpstreamImage, UpstreamImage] => {
  const [one, other] = ['mysql', 'alertmanager'].map((name) => {
    const { from, tag, digest } = images.find(({ repository }) => repository.endsWith(`/${name}`))!;
    return { source: from!, tag, digest };
  });
  return [one!, other!];
};

const nameOf = ({ source, tag }: UpstreamImage) => `${source}:${tag}`;

const unlike = (found: unknown, expected: unknown): readonly string[] =>
  isDeepStrictEqual(found, expected) ? [] : [`gives ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];

/** In this order: the last moves a tag. */
export const RECORDS: readonly RecordCase[] = [
  {
    title: 'a digest that is not known is recorded, another one stays',
    faults: async (registries) => {
      const [one, other] = upstream(registries);
      const found = await record([other, { ...one, digest: undefined }], registries.crane, FILE);
      const digests = Object.fromEntries(
        [one, other].map((image) => [nameOf(image), image.digest] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
      return [...unlike(found, { digests, problems: [] }), ...unlike(Object.keys(found.digests), Object.keys(digests))];
    },
  },
  {
    title: 'a tag that there is not is named',
    faults: async (registries) => {
      const [one] = upstream(registries);
      const found = await record([{ ...one, tag: 'none', digest: undefined }], registries.crane, FILE);
      return unlike(found, { digests: {}, problems: [`${one.source}:none does not exist`] });
    },
  },
  {
    title: 'a tag that its publisher has moved is named, and its digest stays',
    faults: async (registries) => {
      const [one] = upstream(registries);
      const now = await registries.pushOther(nameOf(one));
      const { digests, problems } = await record([one], registries.crane, FILE);
      const says = `${nameOf(one)} is ${now}, but was ${one.digest} when it was recorded. `;
      return [
        ...unlike(digests, { [nameOf(one)]: one.digest }),
        ...(problems.length === 1 && problems[0]!.startsWith(says) ? [] : [`says ${problems.join()}, not ${says}`]),
      ];
    },
  },
];
