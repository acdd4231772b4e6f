/** Milliseconds in which the API has to answer a page. */
const LIMIT = 5_000;

/**
 * The page of the frontend. Browsers get the settings from it, because values that are built in would be the same everywhere.
 * @param {import('./settings.js').Settings} settings
 */
export const page = async ({ browser, api }) => `<!doctype html>
<html lang="en">
<title>Service management platform</title>
<h1>Service management platform</h1>
<p>The API ${await state(api)}.</p>
<script id="settings" type="application/json">${JSON.stringify(browser).replaceAll('<', String.raw`\u003c`)}</script>
</html>
`;

/** Asked inside the cluster: through the public name, all readers would share one address. @param {string | undefined} api */
const state = async (api) => {
  if (!api) return 'has no address (API_URL)';
  try {
    const { status } = await fetch(new URL('/health', api), { signal: AbortSignal.timeout(LIMIT) });
    return `answers with ${status}`;
  } catch {
    return 'does not answer';
  }
};
