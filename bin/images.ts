import { choice, command } from '../rehearsal/src/command-line';
import { environment, environmentNames } from '../lib/config';
import { deploymentsOf } from '../lib/config/derive/deployments';
import { SERVICE_NAMES } from '../lib/config/environment';
import { imageReference, upstreamImages } from '../lib/model/images';

/** The commands that copy the images of others to the registry of an environment, and the images that are its owners' to push. */
const commands = (name: string): readonly string[] => {
  const config = environment(name);
  const images = upstreamImages(config.cluster.kubernetesVersion);
  const copies = Object.entries(images).map(([image, { source, tag }]) => {
    const target = imageReference(config, image, tag);
    // A tag that is there stays what it is, so a second run copies what is missing.
    return `docker buildx imagetools inspect ${target} > /dev/null 2>&1 || docker buildx imagetools create --tag ${target} ${source}:${tag}`;
  });
  const own = SERVICE_NAMES.flatMap((service) =>
    deploymentsOf(config.releases, service).map(({ release }) => `# ${imageReference(config, service, release.tag)}`),
  );
  return ['set -e', ...copies, '# Build and push these yourself:', ...new Set(own)];
};

const USAGE = `usage: npm run --silent images -- ENVIRONMENT

  ENVIRONMENT   ${environmentNames.join(', ')}

Prints the commands that copy the upstream images to its registry, and lists the images that you build and push.`;

void command({ usage: USAGE, takes: [1, 1] }, ({ positionals: [name] }) =>
  console.log(commands(choice('ENVIRONMENT', name!, environmentNames)).join('\n')),
);
