import { imagesOf } from '../lib/config/derive/deployments';
import { SERVICE_NAMES, type EnvironmentConfig } from '../lib/config/environment';
import { imageRepository, upstreamImages, type ImageVersion } from '../lib/model/images';

/** An image that the registry of an environment must have before it is deployed. */
export interface WantedImage extends ImageVersion {
  /** Its repository in the registry of the environment. */
  readonly repository: string;
  /** Where its digest is written down. */
  readonly written: string;
  /** The repository that it is copied from. @default - people, or their builds, push it */
  readonly from?: string | undefined;
  /** Whether it is one of the platform's own. */
  readonly own: boolean;
}

/** The file with the digests of images of others. */
export const DIGESTS_FILE = 'lib/model/upstream-digests.json';

/**
 * The images of an environment. Those of others come from where others publish them. The platform's own come from the registry of the
 * environment that a commit passes before, because what was tried there is what runs here.
 */
export const wantedImages = (
  config: EnvironmentConfig,
  before: EnvironmentConfig | undefined,
): readonly WantedImage[] => [
  ...Object.entries(upstreamImages(config.cluster.kubernetesVersion)).map(([name, { source, tag, digest }]) => ({
    repository: imageRepository(config, name),
    tag,
    digest,
    written: DIGESTS_FILE,
    from: source,
    own: false,
  })),
  ...SERVICE_NAMES.flatMap((name) =>
    imagesOf(config.releases, name).map(({ tag, digest }) => ({
      repository: imageRepository(config, name),
      tag,
      digest,
      written: `lib/config/releases/${config.name}.json`,
      from: before && imageRepository(before, name),
      own: true,
    })),
  ),
];
