export const service = "typed";
