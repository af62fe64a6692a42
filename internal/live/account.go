package live

import (
	"context"
	"strconv"
)

// Domains lists the account's streaming domains, whether they are in use or not: what a setup asks for, and no command.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describeliveuserdomains
func (c *Client) Domains(ctx context.Context) ([]string, error) {
	const size = 50
	var all []string
	for page := 1; page <= maxPages; page++ {
		said, err := read[struct {
			TotalCount number
			Domains    list[struct{ DomainName string }]
		}](ctx, c, ForSetup,
			params{{"LiveDomainType", "liveVideo"}, {"PageNumber", strconv.Itoa(page)}, {"PageSize", strconv.Itoa(size)}})
		if err != nil {
			return nil, err
		}
		for _, row := range said.Domains {
			all = append(all, row.DomainName)
		}
		if page*size >= int(said.TotalCount) || len(said.Domains) == 0 {
			break
		}
	}
	return all, nil
}

// RecordedStreams lists the streams of a domain that have a recording configuration of their own: those that can be
// recorded on command, live or not.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describeliverecordconfig
func (c *Client) RecordedStreams(ctx context.Context, domain string) ([]Stream, error) {
	var all []Stream
	err := pages(ctx, c, "DescribeLiveRecordConfig", params{{"DomainName", domain}}, 30, func(said struct {
		TotalNum          number
		LiveAppRecordList list[recordRow]
	}) (int, number) {
		for _, row := range said.LiveAppRecordList {
			if row.StreamName != "" && row.StreamName != "*" && row.AppName != "*" {
				all = append(all, Stream{domain, row.AppName, row.StreamName})
			}
		}
		return len(said.LiveAppRecordList), said.TotalNum
	})
	return all, err
}
