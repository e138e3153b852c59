export const handler = async (): Promise<number> => 1;
