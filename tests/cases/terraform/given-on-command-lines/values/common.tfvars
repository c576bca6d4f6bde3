name            = "search"
embedding_model = "cohere.embed-english-v3"
owner           = "search-team"
