const { BedrockRuntimeClient, ConverseCommand } = require("@aws-sdk/client-bedrock-runtime");

exports.ask = (client, messages) =>
  client.send(new ConverseCommand({ modelId: process.env.MODEL_ID ?? "amazon.nova-pro-v1:0", messages }));
