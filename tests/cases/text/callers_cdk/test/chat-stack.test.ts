import { ChatStack } from "../lib/chat-stack";

// What a test passes is no choice of the stack.
test("an agent", () => {
  new ChatStack(app, "Test", { stage: "test", modelId: "us.amazon.nova-lite-v1:0" });
});
