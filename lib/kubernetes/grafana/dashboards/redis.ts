import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type DashboardProps } from './board';
import { graph, state } from './panels';

/** Redis, as its exporter sees it from where services stand. */
export const redis = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-redis',
      title: 'Redis',
      description: 'The nodes of all shards, as services see them. The dashboard AWS shows what CloudWatch measures.',
      rows: {
        Nodes: [
          state({
            title: 'Nodes',
            description: 'Whether the exporter can log in to each node. If it cannot, services may be cut off too.',
            width: 12,
            height: 7,
            words: ['down', 'up'],
            queries: [{ expr: 'redis_up', legend: '{{instance}}' }],
          }),
          state({
            title: 'Replicas',
            description:
              'Whether each replica follows its primary. A replica that is cut off misses the writes since then.',
            width: 12,
            height: 7,
            words: ['cut off', 'follows'],
            queries: [{ expr: 'redis_master_link_up', legend: '{{instance}}' }],
          }),
        ],
        Load: [
          graph({
            title: 'Commands',
            description: 'Commands that each node executed.',
            unit: 'ops',
            width: 8,
            height: 8,
            queries: [{ expr: 'rate(redis_commands_processed_total[$__rate_interval])', legend: '{{instance}}' }],
          }),
          graph({
            title: 'Hits',
            description: 'Share of the requested keys that existed.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            max: 1,
            queries: [
              {
                expr:
                  'rate(redis_keyspace_hits_total[$__rate_interval]) / (rate(redis_keyspace_hits_total[$__rate_interval]) + ' +
                  'rate(redis_keyspace_misses_total[$__rate_interval]) > 0)',
                legend: '{{instance}}',
              },
            ],
          }),
          graph({
            title: 'Clients',
            description: 'Connections to each node.',
            unit: 'none',
            width: 8,
            height: 8,
            queries: [{ expr: 'redis_connected_clients', legend: '{{instance}}' }],
          }),
        ],
        Memory: [
          graph({
            title: 'Memory',
            description:
              'Memory in use. A full node evicts keys that have an expiry; without such keys, it refuses writes.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            max: 1,
            bad: { warning: 0.8, critical: 0.9 },
            queries: [{ expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0)', legend: '{{instance}}' }],
          }),
          graph({
            title: 'Keys dropped',
            description: 'Keys evicted before they expired, because no memory was left.',
            unit: 'ops',
            width: 12,
            height: 8,
            bad: { warning: 1, critical: 100 },
            queries: [{ expr: 'rate(redis_evicted_keys_total[$__rate_interval])', legend: '{{instance}}' }],
          }),
        ],
      },
    },
    props,
  );
