{ modelId } = , new CfnAgent({ foundationModel: modelId
