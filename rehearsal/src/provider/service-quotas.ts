import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A quota of Service Quotas. */
export interface ServiceQuota {
  /** As Service Quotas calls it; its page may word it otherwise. */
  readonly name: string;
  /** The default of every account, before AWS grants more. An account that is new may have less. */
  readonly default: number;
  /** The page of AWS that has the default. */
  readonly source: string;
}

/**
 * The quotas by `SERVICE/CODE`, compared with their pages in November 2026; copies of the pages are of April to September. Most pages
 * link the code, which the names here belong to. Codes that no page links come from published output of
 * `aws service-quotas list-aws-default-service-quotas`. The emulated AWS reads the same file.
 */
export const serviceQuotas = (): Readonly<Record<string, ServiceQuota>> =>
  (read ??= JSON.parse(readFileSync(join(__dirname, 'quotas.json'), 'utf8')));
let read: Readonly<Record<string, ServiceQuota>> | undefined;

/** One of them. Throws where the file lacks it. */
export const serviceQuota = (service: string, code: string): ServiceQuota => {
  const found = serviceQuotas()[`${service}/${code}`];
  if (!found)
    throw new Error(`rehearsal/src/provider/quotas.json has no ${service}/${code}: add its name, default and page`);
  return found;
};
