import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';

type Json = ReturnType<typeof JSON.parse>;

/** A vulnerability as Trivy lists it. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** Empty: no update mends it. */
  readonly fixed: string;
  readonly severity: 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

/** Answers about a commit from services that this machine does not reach. */
export interface Answers {
  /** Vulnerabilities that the registry of packages knows, by the name of a package. */
  readonly advisories: Readonly<Record<string, readonly Json[]>>;
  /** A package whose signature is not the registry's. */
  readonly unsigned: string | undefined;
  /** Findings of Trivy in the lock file, and in the image for each platform. */
  readonly files: readonly Finding[];
  readonly images: Readonly<Record<string, readonly Finding[]>>;
  /** The archive that comes when the build fetches Trivy. */
  readonly archive: 'pinned' | 'altered';
  /** Answers of ECR about the signature, one call after the other; the last one stays. Empty: no rule signs the repository. */
  readonly signing: readonly ('IN_PROGRESS' | 'COMPLETE' | 'FAILED')[];
  /** The registry has an image under the tag of the commit. */
  readonly isTagged: boolean;
  /** The service has colors, of which users meet green. */
  readonly isColored: boolean;
  /** The releases of the environment name the service. */
  readonly isReleased: boolean;
}

/** Everybody is content. */
export const GOOD: Answers = {
  advisories: {},
  unsigned: undefined,
  files: [],
  images: {},
  archive: 'pinned',
  signing: ['IN_PROGRESS', 'COMPLETE'],
  isTagged: false,
  isColored: false,
  isReleased: true,
};

/** The digest of the image that the stand-in of Docker says it pushed. */
export const DIGEST = `sha256:${'5'.repeat(64)}`;
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
});

export interface Registries {
  readonly endpoint: string;
  /** The digests that ECR has under a tag. */
  readonly tags: ReadonlyMap<string, string>;
  readonly stop: () => void;
}

/**
 * Starts the two registries on this machine: of packages, as far as `npm audit` asks; and ECR, as far as the commands do. They answer in the
 * shapes of the real ones, and write each call of ECR into a file.
 */
export const startRegistries = async (
  { advisories, signing, isTagged }: Answers,
  tag: string,
  called: string,
): Promise<Registries> => {
  const tags = new Map(isTagged ? [[tag, `sha256:${'0'.repeat(64)}`]] : []);
  let asked = 0;
  const ecr: Readonly<Record<string, (input: Json) => Json>> = {
    GetAuthorizationToken: () => ({ authorizationData: [{ authorizationToken: btoa('AWS:recorded') }] }),
    BatchGetImage: ({ imageIds: [{ imageTag, imageDigest = tags.get(imageTag) }] }) =>
      imageDigest === undefined
        ? { images: [], failures: [{ imageId: { imageTag }, failureCode: 'ImageNotFound' }] }
        : { images: [{ imageId: { imageDigest }, imageManifest: MANIFEST }], failures: [] },
    DescribeImageSigningStatus: ({ repositoryName, imageId }) => {
      const status = signing[Math.min(asked++, signing.length - 1)];
      const failureReason = status === 'FAILED' ? 'AccessDeniedException: may not signer:SignPayload' : undefined;
      return { repositoryName, imageId, signingStatuses: status === undefined ? [] : [{ status, failureReason }] };
    },
    PutImage: ({ imageTag, imageDigest }) => {
      tags.set(imageTag, imageDigest);
      return { image: { imageId: { imageTag, imageDigest } } };
    },
  };
  const npm = async (request: IncomingMessage): Promise<Json> => {
    if (request.url !== '/-/npm/v1/security/advisories/bulk') return packument(request.url ?? '');
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    const named = Object.keys((await json(body)) as object);
    return Object.fromEntries(Object.entries(advisories).filter(([name]) => named.includes(name)));
  };
  const server = createServer(async (request, response) => {
    const [, operation] =
      /^AmazonEC2ContainerRegistry_V20150921\.(\w+)$/.exec(`${request.headers['x-amz-target']}`) ?? [];
    if (operation !== undefined) appendFileSync(called, `ecr ${operation}\n`);
    const answer = operation === undefined ? await npm(request) : ecr[operation]?.(await json(request));
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException', message: operation }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tags,
    stop: () => void server.close(),
  };
};

/** The versions of a package: from them, npm tells which one mends a vulnerability. */
const packument = (url: string): Json => {
  const name = decodeURIComponent(url.slice(1));
  const versions = ['1.2.5', '1.2.8'];
  return {
    name,
    'dist-tags': { latest: versions.at(-1) },
    versions: Object.fromEntries(versions.map((version) => [version, { name, version }])),
  };
};
