/** The problem, unless the condition holds. */
export const unless = (holds: boolean, problem: string): readonly string[] => (holds ? [] : [problem]);
