/** Those of some things whose titles the command is given, or all of them. Throws if there is none of a title. */
export const chosen = <T extends { readonly title: string }>(all: readonly T[], kind: string): readonly T[] => {
  const titles = process.argv.slice(2);
  const unknown = titles.filter((title) => !all.some((one) => one.title === title));
  if (unknown.length > 0)
    throw new Error(`no ${kind} is called ${unknown.join(', ')}: choose ${all.map(({ title }) => title).join(', ')}`);
  return titles.length === 0 ? all : all.filter(({ title }) => titles.includes(title));
};
