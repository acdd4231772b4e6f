import { dashboards as all } from '../../../lib/kubernetes/grafana/dashboards';
import { table } from '../markdown';

/** The dashboards of Grafana. */
export const dashboards = (): string =>
  table(
    ['dashboard', 'what it shows'],
    all({ runbookUrl: 'https://example.com', retentionDays: 15 }).map(({ title = '', description = '' }) => [
      title,
      description,
    ]),
  ).join('\n');
