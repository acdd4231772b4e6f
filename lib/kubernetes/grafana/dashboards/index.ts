import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { aws } from './aws';
import type { DashboardProps } from './board';
import { cluster } from './cluster';
import { monitoring } from './monitoring';
import { mysql } from './mysql';
import { overview } from './overview';
import { redis } from './redis';
import { services } from './services';
import { tenants } from './tenants';

/** Every dashboard of an environment, in the order in which people would look at them. */
export const dashboards = (props: DashboardProps): readonly Dashboard[] =>
  [overview, services, tenants, cluster, mysql, redis, monitoring, aws].map((make) => make(props));
