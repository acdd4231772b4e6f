import { ConfigurationError, environment } from '../lib/config';
import { imageReference, upstreamImages } from '../lib/config/images';

/** The commands that copy the images of others to the registry of an environment, and the images that are its owners' to push. */
const commands = (name: string): readonly string[] => {
  const config = environment(name);
  const images = upstreamImages(config.cluster.kubernetesVersion);
  const copies = Object.entries(images).map(([image, { source, tag }]) => {
    const target = imageReference(config, image, tag);
    // A tag that is there stays what it is, so a second run copies what is missing.
    return `docker buildx imagetools inspect ${target} > /dev/null 2>&1 || docker buildx imagetools create --tag ${target} ${source}:${tag}`;
  });
  const own = Object.entries(config.services).map(
    ([image, { imageTag }]) => `# ${imageReference(config, image, imageTag)}`,
  );
  return ['set -e', ...copies, '# Yours to build and push:', ...own];
};

try {
  console.log(commands(process.argv[2] ?? '').join('\n'));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(`${error.message.replace('-c env', 'the environment')}\nusage: npm run --silent images -- ENVIRONMENT`);
  process.exitCode = 1;
}
