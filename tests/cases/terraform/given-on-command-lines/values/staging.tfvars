embedding_model = "amazon.titan-embed-text-v2:0"
owner           = "search-team"
