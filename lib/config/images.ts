/** An image of somebody else. */
export interface UpstreamImage {
  /** Where it comes from. */
  readonly source: string;
  readonly tag: string;
}

/**
 * Images of others, which the README has copied to `platform/NAME` in the registry of each account: nodes in the data subnets
 * reach no other registry, and what runs does not change with somebody else's.
 */
export const UPSTREAM_IMAGES = {
  /** The client that sets databases up; as old as the oldest server of the version table. */
  mysql: { source: 'public.ecr.aws/docker/library/mysql', tag: '8.4.8' },
} as const satisfies Readonly<Record<string, UpstreamImage>>;
