package bedrock

import (
	"fmt"
	"strings"
)

const modelID = "cohere.embed-english-v3"

func kind(model string) string {
	if strings.HasPrefix(model, "amazon.titan-embed") {
		return "titan"
	} else if strings.Contains(model, "cohere.embed-english-v3") {
		return "cohere"
	}
	fmt.Printf("neither %s nor %s", "amazon.titan-embed-text-v2:0", model)
	return ""
}
