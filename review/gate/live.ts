import type { Json, Stack } from '../assembly';
import type { Changes } from '../changes';
import { objectsOf } from '../objects';
import type { Loss } from './gate';

/** Labels of pods: of a service, and of one of its colors (docs/services.md, "Blue-green"). */
const APP = 'app';
const COLOR = 'color';

const selectorOf = (object: Json): Json => object.spec?.selector ?? {};

/** The colors that a Service of the name of its app leads to, `NAMESPACE/APP/COLOR`. */
const liveColors = (stacks: readonly Stack[]): ReadonlySet<string> =>
  new Set(
    objectsOf(stacks)
      .map(({ object }): Json => object)
      .filter(({ kind, metadata, ...object }) => kind === 'Service' && metadata.name === selectorOf(object)[APP])
      .map((object) => [object.metadata.namespace, selectorOf(object)[APP], selectorOf(object)[COLOR]].join('/')),
  );

const imagesOf = (object: Json): string =>
  JSON.stringify((object.spec.template.spec.containers as Json[]).map(({ image }) => image));

/**
 * Releases that users meet and that a deployment replaces in place, so that the other color is no way back. A proposal of a build is
 * such a change if it was made before a switch and is merged after it.
 */
export const replacedReleases = (before: readonly Stack[], { objects }: Changes): readonly Loss[] => {
  const live = liveColors(before);
  return objects.flatMap(({ file, kind, before: old, after: next }: Json): readonly Loss[] => {
    if (kind !== 'Deployment' || !old || !next) return [];
    const { namespace } = old.metadata;
    const { [APP]: app, [COLOR]: color } = old.spec.selector.matchLabels;
    return color !== undefined && live.has([namespace, app, color].join('/')) && imagesOf(old) !== imagesOf(next)
      ? [{ name: file, type: 'Deployment', fate: 'is the color that users meet, and gets another image' }]
      : [];
  });
};
