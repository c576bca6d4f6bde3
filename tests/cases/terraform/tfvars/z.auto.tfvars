embedding = "cohere.embed-english-v3"
