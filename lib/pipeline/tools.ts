/** Runtimes of CodeBuild's image: by default, it runs a Node that the library no longer supports. */
export const RUNTIMES = { nodejs: '22', python: '3.12' };

/**
 * Programs that builds fetch, each of one version and with its digest. Those of Trivy are of the release's own list of checksums:
 * https://github.com/aquasecurity/trivy/releases/tag/v0.74.0
 */
const TRIVY = { version: '0.74.0', sha256: '2ae6fe3ee734b7fdf11335663e18c75ea12dccc76062f09f164a3b0f8be4371a' };

/** The builder of images: BuildKit. The one in CodeBuild's image cannot attest. */
export const BUILDKIT =
  'docker.io/moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea';

/** Lets the machine, which is amd64, run the programs of an image for arm64. */
export const EMULATOR =
  'docker.io/tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0';

/** Lists what is in an image (SBOM). */
export const SBOM_GENERATOR =
  'docker.io/docker/buildkit-syft-scanner:1.12.0@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9';

const ARCHIVE = `trivy_${TRIVY.version}_Linux-64bit.tar.gz`;

/** Fetches Trivy into a folder of its own, and stops if the archive is another one. */
export const INSTALL_TRIVY = [
  'TOOLS=$(mktemp -d)',
  `curl --fail --silent --show-error --location --retry 3 --output "$TOOLS/${ARCHIVE}" https://github.com/aquasecurity/trivy/releases/download/v${TRIVY.version}/${ARCHIVE}`,
  `echo "${TRIVY.sha256}  $TOOLS/${ARCHIVE}" | sha256sum --check --strict`,
  `tar --extract --file "$TOOLS/${ARCHIVE}" --directory "$TOOLS" trivy && export PATH="$TOOLS:$PATH"`,
];

/** A scan stops at the same severities as `npm audit --audit-level=high`. */
const STOPS = '--exit-code 1 --severity HIGH,CRITICAL --skip-version-check --disable-telemetry';

/** Stops at packages of lock files with a vulnerability, and at secrets. */
export const SCAN_FILES = `trivy filesystem ${STOPS} --no-progress --scanners vuln,secret --skip-dirs node_modules .`;

/** Stops at faults of the templates in a cloud assembly, by the checks that this version of Trivy has in itself. */
export const scanTemplates = (assembly: string): string =>
  `trivy config ${STOPS} --skip-check-update --ignorefile .trivyignore.yaml ${assembly}`;

/** Stops at a vulnerability of an image in a registry that an update mends: of another one, nobody can get rid by a build. */
export const scanImage = (image: string, platform: string): string =>
  `trivy image ${STOPS} --no-progress --scanners vuln --ignore-unfixed --image-src remote --platform ${platform} "${image}"`;
