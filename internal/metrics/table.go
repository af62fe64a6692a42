package metrics

import "strings"

// Name is a metric by its name.
type Name string

// What is measured. Ages and times are in seconds; what the database holds is the same on every replica.
const (
	Operations      Name = "casterbot_operations_total"
	Requests        Name = "casterbot_requests_total"
	Open            Name = "casterbot_operations_open"
	OpenAge         Name = "casterbot_operations_oldest_age_seconds"
	ClickToCall     Name = "casterbot_click_to_call_seconds"
	ClickToCard     Name = "casterbot_click_to_card_seconds"
	Denials         Name = "casterbot_denials_total"
	Envelopes       Name = "casterbot_envelopes_total"
	Acknowledged    Name = "casterbot_acknowledgement_seconds"
	Sockets         Name = "casterbot_slack_sockets"
	SocketsWanted   Name = "casterbot_slack_sockets_wanted"
	SocketAge       Name = "casterbot_slack_socket_oldest_age_seconds"
	SocketSilence   Name = "casterbot_slack_socket_silence_seconds"
	SocketsReplaced Name = "casterbot_slack_sockets_replaced_total"
	Connections     Name = "casterbot_slack_connections"
	Strangers       Name = "casterbot_slack_strangers"
	CardsOwed       Name = "casterbot_cards_owed"
	CardsOwedAge    Name = "casterbot_cards_owed_oldest_age_seconds"
	AnswersOwed     Name = "casterbot_answers_owed"
	AnswersOwedAge  Name = "casterbot_answers_owed_oldest_age_seconds"
	Calls           Name = "casterbot_cloud_calls_total"
	CallTime        Name = "casterbot_cloud_call_seconds"
	CloudUp         Name = "casterbot_cloud_up"
	ClockSkew       Name = "casterbot_cloud_clock_skew_seconds"
	QuotaLimit      Name = "casterbot_quota_limit"
	QuotaInUse      Name = "casterbot_quota_in_use"
	QuotaWaiting    Name = "casterbot_quota_waiting"
	QuotaWait       Name = "casterbot_quota_wait_seconds"
	GuardianLooks   Name = "casterbot_guardian_looks_total"
	GuardianLooked  Name = "casterbot_guardian_last_look_timestamp_seconds"
	PolicyInfo      Name = "casterbot_policy_info"
	PolicyLoaded    Name = "casterbot_policy_loaded_timestamp_seconds"
	PolicyGood      Name = "casterbot_policy_last_reload_successful"
	DatabaseUp      Name = "casterbot_database_up"
	DatabaseTime    Name = "casterbot_database_seconds"
	DatabaseFailed  Name = "casterbot_database_write_failures_total"
	Replicas        Name = "casterbot_replicas"
	BuildInfo       Name = "casterbot_build_info"
)

// kind is what Prometheus calls the type of a metric.
type kind string

const (
	counter   kind = "counter"
	gauge     kind = "gauge"
	histogram kind = "histogram"
)

// row is one metric.
type row struct {
	name    Name
	kind    kind
	labels  []string
	buckets []float64
	help    string
}

// The upper bounds of histograms: of what happens here, and of what is waited for.
var (
	quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
	slow  = []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
)

// table is everything that is shown, in this order.
var table = []row{
	{Operations, counter, []string{"verb", "outcome"}, nil,
		"Operations that came to an outcome; an unknown one counts again when it is settled."},
	{Requests, counter, []string{"verb"}, nil, "Changes that were asked for and planned: each has a card."},
	{Open, gauge, []string{"state"}, nil, "Operations that have not come to an end, in the database."},
	{OpenAge, gauge, []string{"state"}, nil, "How long the oldest operation in a state has been in it."},
	{ClickToCall, histogram, nil, slow, "From the arrival of a click that confirms to its call being out of hand."},
	{ClickToCard, histogram, nil, slow, "From the arrival of a click that confirms to its card showing that it counted."},
	{Denials, counter, []string{"reason"}, nil, "Requests and clicks that were refused, by what that rests on."},
	{Envelopes, counter, []string{"kind", "fate"}, nil, "What Slack sent, by what became of it."},
	{Acknowledged, histogram, []string{"kind"}, quick, "From the arrival of an envelope to its acknowledgement."},
	{Sockets, gauge, nil, nil, "Sockets to Slack that are up."},
	{SocketsWanted, gauge, nil, nil, "Sockets to Slack that there should be."},
	{SocketAge, gauge, nil, nil, "How long the oldest socket has been up."},
	{SocketSilence, gauge, nil, nil, "How long nothing was heard on the most silent socket."},
	{SocketsReplaced, counter, nil, nil, "Sockets that were replaced because nothing was heard on them any more."},
	{Connections, gauge, nil, nil, "Sockets of this app in all processes, as Slack said last."},
	{Strangers, gauge, nil, nil, "Sockets of this app that no process of this database has."},
	{CardsOwed, gauge, nil, nil, "Cards that do not show yet how their operation stands, in the database."},
	{CardsOwedAge, gauge, nil, nil, "How long ago that happened which the card that is longest behind does not show."},
	{AnswersOwed, gauge, nil, nil, "Private answers that Slack did not take yet, in the database."},
	{AnswersOwedAge, gauge, nil, nil, "How long ago the oldest answer that is owed could not be given."},
	{Calls, counter, []string{"action", "class"}, nil, "Requests to ApsaraVideo Live, by what came of them."},
	{CallTime, histogram, []string{"action"}, slow, "How long requests to ApsaraVideo Live took, without waiting for a turn."},
	{CloudUp, gauge, nil, nil, "Whether ApsaraVideo Live answers: 1, or 0 when no call works, or none was made yet."},
	{ClockSkew, gauge, nil, nil, "How far this machine's clock is ahead of that of ApsaraVideo Live."},
	{QuotaLimit, gauge, []string{"action"}, nil, "Calls that the account allows in a second."},
	{QuotaInUse, gauge, []string{"action"}, nil, "Calls of this process that count in this second, or are about to."},
	{QuotaWaiting, gauge, []string{"class"}, nil, "Calls of this process that wait for a turn now."},
	{QuotaWait, histogram, []string{"class"}, slow, "How long calls waited for their turn."},
	{GuardianLooks, counter, []string{"result"}, nil, "Looks of the guardian and the boards at ApsaraVideo Live."},
	{GuardianLooked, gauge, nil, nil, "When the guardian of this process last saw something; 0: never."},
	{PolicyInfo, gauge, []string{"hash"}, nil, "The policy in force."},
	{PolicyLoaded, gauge, nil, nil, "When this process took the policy in force."},
	{PolicyGood, gauge, nil, nil, "Whether the policy in force is what the file says: 0 when the file could not be taken."},
	{DatabaseUp, gauge, nil, nil, "Whether the database could be read for this answer in time."},
	{DatabaseTime, histogram, []string{"kind"}, quick, "How long reads and whole transactions took, with their waiting."},
	{DatabaseFailed, counter, nil, nil, "Transactions that could not be written, or nobody knows."},
	{Replicas, gauge, nil, nil, "Processes that share this database and live, with this one."},
	{BuildInfo, gauge, []string{"version", "goversion"}, nil, "What is running."},
	{"go_goroutines", gauge, nil, nil, "Goroutines."},
	{"process_cpu_seconds_total", counter, nil, nil, "Processor time that was used."},
	{"process_resident_memory_bytes", gauge, nil, nil, "Memory that the process has."},
	{"process_open_fds", gauge, nil, nil, "Open files and connections."},
	{"process_start_time_seconds", gauge, nil, nil, "When the process began."},
}

func find(name Name) row {
	for _, r := range table {
		if r.name == name {
			return r
		}
	}
	return row{name: name}
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// labelled is the name of a series: with a value for each label, whatever was given.
func (r row) labelled(values []string) string {
	if len(r.labels) == 0 {
		return string(r.name)
	}
	pairs := make([]string, len(r.labels))
	for i, label := range r.labels {
		value := others
		if i < len(values) {
			value = values[i]
		}
		pairs[i] = label + `="` + escape.Replace(value) + `"`
	}
	return string(r.name) + "{" + strings.Join(pairs, ",") + "}"
}

// Names are those of all metrics.
func Names() []Name {
	var all []Name
	for _, r := range table {
		all = append(all, r.name)
	}
	return all
}
