// Answers questions to Prometheus as it would after some hours: it loads series, evaluates the rules each minute with the engine of
// the deployed version, as the unit tests of promtool do, and prints what each query gives.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

type question struct {
	Expr    string `json:"expr"`
	Instant bool   `json:"instant"`
}

type questions struct {
	// In the notation of promtool: `up{job="a"} 1 1 1`, a value each minute.
	Series []string `json:"series"`
	Rules  string   `json:"rules"`
	// Queries over time are answered from From to To, the others at To.
	Start   time.Time     `json:"start"`
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to"`
	Seconds time.Duration `json:"seconds"`
	Queries []question    `json:"queries"`
}

type answer struct {
	Labels map[string]string `json:"labels"`
	// Milliseconds and value.
	Points [][2]float64 `json:"points"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var asked questions
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	load := "load 1m\n"
	for _, series := range asked.Series {
		load += "  " + series + "\n"
	}
	suite, err := promqltest.NewLazyLoader(load, promqltest.LazyLoaderOpts{
		EnableAtModifier: true, EnableNegativeOffset: true, StartTime: asked.Start,
	})
	if err != nil {
		return err
	}
	defer suite.Close()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 50_000_000, Timeout: time.Minute, Parser: parser.NewParser(parser.Options{})})
	defer engine.Close()
	if err := evaluate(suite, engine, asked); err != nil {
		return err
	}
	answers := make([][]answer, len(asked.Queries))
	for i, query := range asked.Queries {
		if answers[i], err = ask(suite, engine, asked, query); err != nil {
			return fmt.Errorf("%s: %w", query.Expr, err)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func evaluate(suite *promqltest.LazyLoader, engine *promql.Engine, asked questions) error {
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc:  rules.EngineQueryFunc(engine, suite.Storage()),
		Appendable: suite.Storage(),
		Context:    context.Background(),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
		Logger:     promslog.NewNopLogger(),
		Parser:     parser.NewParser(parser.Options{}),
	})
	groups, errs := manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, asked.Rules)
	for _, err := range errs {
		return err
	}
	names := slices.Sorted(maps.Keys(groups))
	for _, name := range names {
		for _, rule := range groups[name].Rules() {
			if alert, ok := rule.(*rules.AlertingRule); ok {
				alert.SetRestored(true) // without it, there are no ALERTS
			}
		}
	}
	var failed error
	for at := asked.Start; !at.After(asked.To) && failed == nil; at = at.Add(time.Minute) {
		suite.WithSamplesTill(at, func(err error) {
			failed = err
			for _, name := range names {
				groups[name].Eval(suite.Context(), at)
				for _, rule := range groups[name].Rules() {
					if rule.LastError() != nil {
						failed = fmt.Errorf("%s: %w", rule.Name(), rule.LastError())
					}
				}
			}
		})
	}
	return failed
}

func ask(suite *promqltest.LazyLoader, engine *promql.Engine, asked questions, query question) ([]answer, error) {
	from, ctx := asked.From, context.Background()
	if query.Instant {
		from = asked.To
	}
	prepared, err := engine.NewRangeQuery(ctx, suite.Queryable(), nil, query.Expr, from, asked.To, asked.Seconds*time.Second)
	if err != nil {
		return nil, err
	}
	defer prepared.Close()
	matrix, err := prepared.Exec(ctx).Matrix()
	if err != nil {
		return nil, err
	}
	return answersOf(matrix), nil
}

func answersOf(matrix promql.Matrix) []answer {
	answers := []answer{}
	for _, series := range matrix {
		one := answer{Labels: series.Metric.Map(), Points: [][2]float64{}}
		for _, sample := range series.Floats {
			if !math.IsNaN(sample.F) && !math.IsInf(sample.F, 0) {
				one.Points = append(one.Points, [2]float64{float64(sample.T), sample.F})
			}
		}
		answers = append(answers, one)
	}
	return answers
}
