package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// RAMPolicy is the least policy of a RAM user with which this package can do its work: what it calls and nothing else,
// on the studios and the streaming domains of one account. An empty account or no domain stands for any.
func RAMPolicy(account string, domains []string) string {
	account = cmp.Or(account, "*")
	if len(domains) == 0 {
		domains = []string{"*"}
	}
	var resources []string
	on := map[string][]string{}
	for _, a := range actions {
		if on[a.Resource] == nil {
			resources = append(resources, a.Resource)
		}
		on[a.Resource] = append(on[a.Resource], fmt.Sprintf("%q", "live:"+a.Name))
	}
	var statements []string
	for _, r := range resources {
		statements = append(statements, fmt.Sprintf("    {\"Effect\": \"Allow\", \"Resource\": %s, \"Action\": [\n      %s]}",
			filled(r, account, domains), strings.Join(on[r], ",\n      ")))
	}
	return "{\n  \"Version\": \"1\",\n  \"Statement\": [\n" + strings.Join(statements, ",\n") + "\n  ]\n}\n"
}

// filled is a resource with an account and its domains in it, as JSON: one text, or a list of them.
func filled(resource, account string, domains []string) string {
	resource = strings.NewReplacer("{account}", account, "{CasterId}", "*").Replace(resource)
	if !strings.Contains(resource, "{DomainName}") {
		domains = domains[:1]
	}
	var all []string
	for _, d := range domains {
		text, _ := json.Marshal(strings.ReplaceAll(resource, "{DomainName}", d)) // a text alone: it cannot fail
		all = append(all, string(text))
	}
	if len(all) == 1 {
		return all[0]
	}
	return "[" + strings.Join(all, ", ") + "]"
}
