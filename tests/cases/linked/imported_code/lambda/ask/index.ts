import { converse } from "../../shared";

export const handler = async (event: { text: string }) => converse(event.text);
