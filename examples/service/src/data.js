import { withMysql } from './mysql.js';
import { pingRedis } from './redis.js';
import { NEEDED, versionOf } from './schema.js';

/** Milliseconds between two looks at the data tiers. */
const INTERVAL = 5_000;

/**
 * Looks at the data tiers again and again, and keeps what they said last.
 * @param {import('./settings.js').Settings} settings
 */
export const watchData = ({ mysql, redis, migrates }) => {
  /** @type {Record<string, string>} */
  const said = {};
  /** Undefined until MySQL has answered: a service takes requests while the database is away (docs/services.md). */
  let version = /** @type {number | undefined} */ (undefined);
  const looks = {
    ...(mysql && {
      mysql: () =>
        withMysql(mysql, async (query) => {
          if (migrates) version = await versionOf(query);
          else await query('SELECT 1');
        }),
    }),
    ...(redis && { redis: () => pingRedis(redis) }),
  };
  const look = async () => {
    for (const [name, ask] of Object.entries(looks))
      said[name] = await ask().then(
        () => 'reached',
        (error) => `not reached: ${error.message || error.code}`,
      );
  };
  for (const name of Object.keys(looks)) said[name] = 'not asked yet';
  const first = look();
  const timer = setInterval(look, INTERVAL);
  return {
    first,
    said,
    /** Why no request can be answered, if none can. */
    obstacle: () =>
      version !== undefined && version < NEEDED
        ? `the schema has version ${version}, and this program needs ${NEEDED}: run npm run migrate`
        : undefined,
    end: () => clearInterval(timer),
  };
};
