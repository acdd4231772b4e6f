import { createHash } from 'node:crypto';

/** Changes with a value, of which what only a deployment knows counts as nothing. It may stand in a name or a label. */
export const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value).replaceAll(/\$\{Token\[.*?\]\}/g, ''))
    .digest('hex')
    .slice(0, 8);
