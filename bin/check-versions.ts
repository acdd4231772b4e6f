import { environment } from '../lib/config';
import { ENVIRONMENT_NAMES } from '../lib/config/environment';
import { aging } from '../lib/config/versions';

// A warning, not a failure: that time passes breaks no build.
const versions = ENVIRONMENT_NAMES.map((name) => environment(name).cluster.kubernetesVersion);
const warnings = aging(new Date(), versions);
for (const warning of warnings) console.warn(`warning: ${warning}`);
if (warnings.length === 0) console.log('every version in use is supported for months to come');
