import { CreateKnowledgeBaseCommand, CreatePromptCommand } from "@aws-sdk/client-bedrock-agent";
import { RetrieveAndGenerateCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import * as bedrock from "aws-cdk-lib/aws-bedrock";

const config = { MODEL_ARN: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0" };
const vectors = { embeddingModelArn: `arn:aws:bedrock:${region}::foundation-model/amazon.titan-embed-text-v2:0` };

export const written = () =>
  new RetrieveAndGenerateCommand({
    input: { text: "?" },
    retrieveAndGenerateConfiguration: {
      type: "KNOWLEDGE_BASE",
      knowledgeBaseConfiguration: { knowledgeBaseId: "K", modelArn: config["MODEL_ARN"] },
    },
  });
export const elsewhere = () => {
  const knowledgeBaseConfiguration = { type: "VECTOR", vectorKnowledgeBaseConfiguration: vectors };
  const input = { name: "k", knowledgeBaseConfiguration };
  return [new CreateKnowledgeBaseCommand(input), new CreateKnowledgeBaseCommand({ name: "k", knowledgeBaseConfiguration })];
};
// A knowledge base of another kind embeds nothing.
export const other = (kendra: Kendra) =>
  new CreateKnowledgeBaseCommand({ knowledgeBaseConfiguration: { type: "KENDRA", kendraKnowledgeBaseConfiguration: kendra } });
export const variants = () =>
  new CreatePromptCommand({
    name: "p",
    variants: [
      { name: "a", modelId: "us.amazon.nova-micro-v1:0" },
      { name: "b", modelId: "us.amazon.nova-pro-v1:0" },
    ],
  });
new bedrock.CfnKnowledgeBase(this, "K", {
  name: "k",
  roleArn: role.roleArn,
  knowledgeBaseConfiguration: {
    type: "VECTOR",
    vectorKnowledgeBaseConfiguration: { embeddingModelArn: props.embeddingModelArn },
  },
});
