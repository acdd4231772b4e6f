import type { ConfigMap, Service } from 'kubernetes-types/core/v1';
import { CORE_NAMESPACE } from '../model/namespaces';
import type { Manifest } from './manifest';
import { configMap } from './objects/config-map';

const NAMESPACE = CORE_NAMESPACE;

/** ConfigMap with the data tiers' endpoints, for whole environments of containers. */
export const PLATFORM_CONFIG = 'platform-config';

/** Where the data tiers are. */
export interface DataEndpoints {
  /** Host that takes writes: the proxy where there is one. */
  readonly mysqlWriter: string;
  /** Host of the primary itself. */
  readonly mysqlPrimary: string;
  /** Hosts to read from, a moment behind. */
  readonly mysqlReaders: readonly string[];
  readonly mysqlPort: number;
  /** Configuration endpoint of the cluster. */
  readonly redis: string;
  readonly redisPort: number;
}

/**
 * The names of the data tiers inside the cluster, and a ConfigMap with their real ones.
 *
 * Clients that verify certificates use the real ones: no certificate names `mysql-core`.
 */
export const dataEndpoints = (props: DataEndpoints): readonly Manifest[] => [
  alias('mysql-core', props.mysqlWriter),
  alias('mysql-primary', props.mysqlPrimary),
  alias('redis-cluster', props.redis),
  platformConfig(props),
];

const alias = (name: string, externalName: string): Manifest<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NAMESPACE },
  spec: { type: 'ExternalName', externalName },
});

const platformConfig = (props: DataEndpoints): Manifest<ConfigMap> =>
  configMap({
    name: PLATFORM_CONFIG,
    namespace: NAMESPACE,
    data: {
      DATABASE_HOST: props.mysqlWriter,
      DATABASE_READER_HOSTS: props.mysqlReaders.join(','),
      DATABASE_PORT: `${props.mysqlPort}`,
      REDIS_HOST: props.redis,
      REDIS_PORT: `${props.redisPort}`,
    },
  });
