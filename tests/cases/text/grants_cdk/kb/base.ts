import { bedrock } from "@cdklabs/generative-ai-cdk-constructs";

const config = { modelId: "cohere.embed-multilingual-v3", dimension: 1024 };
// A model that the library has no constant for.
const embedding = new bedrock.BedrockFoundationModel(config.modelId, { supportsKnowledgeBase: true });
export const base = new bedrock.VectorKnowledgeBase(this, "Base", { embeddingsModel: embedding });
