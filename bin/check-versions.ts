import { environment } from '../lib/config';
import { ENVIRONMENT_NAMES } from '../lib/config/environment';
import { aging } from '../lib/config/versions';

// A warning, not a failure: that time passes breaks no build.
const versions = ENVIRONMENT_NAMES.map((name) => environment(name).cluster.kubernetesVersion);
for (const warning of aging(new Date(), versions)) console.warn(`warning: ${warning}`);
