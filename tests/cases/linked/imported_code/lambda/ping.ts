export const handler = async () => "pong";
