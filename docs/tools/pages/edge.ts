import { environment } from '../../../test/fixtures';
import { templatesOf } from '../../../test/references';
import { answers } from '../../../test/request-path';
import { picture } from '../../../test/request-path/picture';
import type { Synthesize } from '../synthesize';

/** The ways of requests through the templates of production, as a picture. */
export const requestPaths = (synthesize: Synthesize): string => {
  const config = environment('prod');
  return picture(answers(templatesOf(synthesize.environment(config)), config));
};
