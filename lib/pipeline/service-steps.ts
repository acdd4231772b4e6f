import { BUILDKIT, EMULATOR, INSTALL_TRIVY, SBOM_GENERATOR, SCAN_FILES, scanImage } from './tools';

/** A step of the build of a service: its commands run in one shell, and the first that fails ends it. */
export interface ServiceStep {
  readonly name: 'Check' | 'Image' | 'Propose';
  readonly commands: readonly string[];
  /** The thing that its role may change besides its log: the registry, from containers; or a branch of the platform's repository. */
  readonly reaches: 'nothing' | 'registry' | 'platform';
  /** Variables that a later step takes. @default - none */
  readonly gives?: readonly string[];
  /** Variables of earlier steps, as CodePipeline names them. @default - none */
  readonly takes?: Readonly<Record<string, string>>;
}

const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** `npm ci` takes a package without a digest, and believes whatever comes. */
const EVERY_INTEGRITY = `jq --exit-status '[.packages | to_entries[] | select(.key | contains("node_modules/")) | select((.value.link or .value.inBundle) | not) | select(.value.integrity == null).key] | . == [] or ("package-lock.json lacks the integrity of \\(join(", ")): remove it from the file, and run npm install\\n" | halt_error(1))' package-lock.json`;

/** Lints, tests and audits. What its packages do reaches nothing: its role reads the source, and nobody reads what it wrote. */
const CHECK: ServiceStep = {
  name: 'Check',
  reaches: 'nothing',
  commands: [
    'cd "$FOLDER"',
    EVERY_INTEGRITY,
    'npm ci',
    'npm run lint',
    'npm run type-check',
    'npm run test:unit',
    'npm run test:integration',
    'npm audit --audit-level=high',
    'npm audit signatures',
    ...INSTALL_TRIVY,
    SCAN_FILES,
  ],
};

/** Branch and commit. It becomes a label of Kubernetes too: 63 characters, of which the branch gets 50. */
const TAG = `TAG=$(printf %s "$BRANCH" | LC_ALL=C tr -c 'A-Za-z0-9_.' - | sed 's/^[^A-Za-z0-9]*//' | cut -c 1-50)-$(printf %s "$COMMIT" | cut -c 1-12)`;

const INDEX = 'application/vnd.oci.image.index.v1+json';

const SIGNING =
  'aws ecr describe-image-signing-status --repository-name "$REPOSITORY" --image-id imageDigest="$DIGEST"';

/** Waits up to two minutes for the signature that ECR makes after a push. */
const SIGNED = `for ATTEMPT in $(seq 12); do
  STATUS=$(${SIGNING} --query 'signingStatuses[].status' --output text) || break
  case "$STATUS" in *IN_PROGRESS* | "") sleep 10 ;; *) break ;; esac
done
[ "$STATUS" = COMPLETE ] || { ${SIGNING}; echo "$REPOSITORY@$DIGEST is not signed (\${STATUS:-no signing rule}), so it gets no tag"; false; }`;

/**
 * Builds an image for each architecture with a list of what is in it, and pushes their index without a tag. The index gets its tag when
 * every scan has passed: what has a tag can be released, and what has none goes after a week.
 */
const IMAGE: ServiceStep = {
  name: 'Image',
  reaches: 'registry',
  gives: ['TAG', 'DIGEST'],
  commands: [
    TAG,
    `[ "$(aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids imageTag="$TAG" --query 'length(images)' --output text)" = 0 ] || { echo "$REPOSITORY:$TAG is there, and a tag never becomes another image: push a commit, or retry the step Propose of the build that made it"; false; }`,
    ...INSTALL_TRIVY,
    'aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"',
    `docker run --privileged --rm ${EMULATOR} --install arm64`,
    `docker buildx create --use --driver docker-container --driver-opt image=${BUILDKIT}`,
    `docker buildx build --platform ${PLATFORMS.join(',')} --pull --attest type=provenance,mode=max --attest type=sbom,generator=${SBOM_GENERATOR} --label org.opencontainers.image.revision="$COMMIT" --label org.opencontainers.image.version="$TAG" --output type=image,name="$REGISTRY/$REPOSITORY",push-by-digest=true,name-canonical=true,push=true --metadata-file "$TOOLS/image.json" "$FOLDER"`,
    `DIGEST=$(jq --exit-status --raw-output '."containerimage.digest"' "$TOOLS/image.json")`,
    ...PLATFORMS.map((platform) => scanImage('$REGISTRY/$REPOSITORY@$DIGEST', platform)),
    SIGNED,
    `MANIFEST=$(aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids imageDigest="$DIGEST" --accepted-media-types ${INDEX} --query 'images[0].imageManifest' --output text)`,
    `aws ecr put-image --repository-name "$REPOSITORY" --image-tag "$TAG" --image-digest "$DIGEST" --image-manifest "$MANIFEST" --image-manifest-media-type ${INDEX} --query image.imageId --output text`,
    'export TAG DIGEST',
  ],
};

/**
 * Writes the image into the releases of the environment, on a branch of its own. A workflow opens the pull request. A service with
 * colors gets it as the release of the other color, which no user meets before a switch.
 */
const PROPOSE: ServiceStep = {
  name: 'Propose',
  reaches: 'platform',
  takes: { TAG: '#{Image.TAG}', DIGEST: '#{Image.DIGEST}' },
  commands: [
    'git clone --quiet --depth 1 --branch "$PLATFORM_BRANCH" "$PLATFORM" platform && cd platform',
    'git switch --quiet --create "image/$SERVICE/$TAG"',
    `jq --arg service "$SERVICE" --arg tag "$TAG" --arg digest "$DIGEST" '{ tag: $tag, digest: $digest } as $image | if has($service) then .[$service] |= if has("live") then .[if .live == "blue" then "green" else "blue" end] += $image else $image end else "lib/config/releases has no \\($service): add it\\n" | halt_error(1) end' "lib/config/releases/$ENVIRONMENT.json" >released.json && mv released.json "lib/config/releases/$ENVIRONMENT.json"`,
    'git -c user.name="Build of $SERVICE" -c user.email=build@platform.invalid commit --quiet --all --message "$ENVIRONMENT: $SERVICE is $TAG" --message "Built of $SOURCE, commit $COMMIT. Every test and scan has passed. $DIGEST"',
    'git push --quiet --force origin HEAD', // the branch is this build's: a second attempt may replace the first
  ],
};

/** The steps, in their order. */
export const SERVICE_STEPS: readonly ServiceStep[] = [CHECK, IMAGE, PROPOSE];
