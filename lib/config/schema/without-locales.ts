/** zod loads its messages in 64 languages, which takes nearly as long as all the rest of it. The schema has messages of its own. */
require.cache[require.resolve('zod/v4/locales')] = Object.assign(Object.create(module), { exports: {}, loaded: true });
